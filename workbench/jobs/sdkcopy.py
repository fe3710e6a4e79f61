"""The copies of ours that jobs import: an isolated environment holds the project's packages and one of these, no more of ours."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import workbench
from workbench.base.files import disk_error


def sdk_folder(home: Path) -> Path:
    """The folder for PYTHONPATH with `workbench/__init__.py` and `workbench/sdk/` only; made once per version of the SDK."""
    return _copy(home, ("sdk",))


def carried_folder(home: Path) -> Path:
    """The same with data preparation, for places where Workbench's own Python is not: there `workbench.prep` runs in the script's
    environment, where that has what it needs."""
    return _copy(home, ("base", "byexample", "dataprep", "sdk"))


def _copy(home: Path, parts: Sequence[str]) -> Path:
    package = Path(workbench.__file__).parent
    files = [package / "__init__.py", *(path for part in parts for path in sorted((package / part).rglob("*.py")))]
    hashed = hashlib.sha256()
    for path in files:
        hashed.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest = hashed.hexdigest()[:12]
    version = re.sub(r"[^A-Za-z0-9.]", "_", workbench.__version__)
    folder = home / "sdk" / f"{version}-{digest}"
    if folder.exists():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as temporary:
            made = Path(temporary, "made")
            for path in files:
                copied = made / "workbench" / path.relative_to(package)
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copied)
            try:
                os.rename(made, folder)  # noqa: PTH104 (Path.rename would replace on some platforms)
            except OSError:
                if not folder.exists():  # another one was quicker
                    raise
    except OSError as error:
        raise disk_error(error, str(folder)) from error
    return folder
