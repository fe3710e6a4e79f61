"""Putting aside what a restored snapshot overwrites."""

import shutil
from collections.abc import Sequence
from pathlib import Path


def put_aside(folder: Path, names: Sequence[str], kept: Path) -> None:
    """Moves what stands where the files will be written to `kept`."""
    for name in names:
        parts = Path(name).parts
        for depth in range(1, len(parts) + 1):
            path = folder.joinpath(*parts[:depth])
            if not path.is_symlink() and not path.exists():
                break
            if depth < len(parts) and path.is_dir() and not path.is_symlink():
                continue
            target = kept.joinpath(*parts[:depth])
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
            break
    if kept.exists():
        # So that the user's repository does not show what was put aside.
        (folder / ".workbench" / ".gitignore").write_text("*\n", encoding="utf-8")
