"""The outputs of a run: collected from the working copy at the end, and listed with size and digest."""

import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from workbench.base.files import file_digest, write_json
from workbench.jobs.folder import RunFolder


def collect_outputs(folder: RunFolder) -> None:
    """Moves `work/outputs` to `outputs`, removes the working copy, and writes the list of the outputs. May be called again."""
    made = folder.work / "outputs"
    if made.is_symlink():
        shutil.copytree(made.resolve(), folder.outputs, dirs_exist_ok=True)
    elif made.is_dir() and not folder.outputs.exists():
        made.rename(folder.outputs)
    else:
        folder.outputs.mkdir(exist_ok=True)
    shutil.rmtree(folder.work, ignore_errors=True)
    if folder.work.exists():
        _make_writable(folder.work)
        shutil.rmtree(folder.work, ignore_errors=True)
    write_json(folder.artifacts, list_outputs(folder.outputs))


def list_outputs(root: Path) -> list[dict[str, Any]]:
    """Path (relative, forward slashes), size and digest of every file; links that lead out of the outputs are left out."""
    found = []
    inside = root.resolve()
    for directory, _names, files in os.walk(root):
        for name in files:
            path = Path(directory, name)
            with contextlib.suppress(OSError):
                if path.is_file() and path.resolve().is_relative_to(inside):
                    digest = file_digest(path)
                    found.append({"path": path.relative_to(root).as_posix(), "size": path.stat().st_size, "digest": digest})
    return sorted(found, key=lambda one: str(one["path"]))


def read_outputs(folder: RunFolder) -> list[dict[str, Any]]:
    """The list that was written at the end, or a new one where there is none."""
    try:
        return list(json.loads(folder.artifacts.read_text("utf-8")))
    except (OSError, ValueError):
        return list_outputs(folder.outputs)


def _make_writable(root: Path) -> None:
    for directory, _names, _files in os.walk(root):
        with contextlib.suppress(OSError):
            Path(directory).chmod(0o700)
