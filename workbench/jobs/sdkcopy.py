"""The copy of the SDK that jobs import: an isolated environment holds the project's packages and this, nothing else of ours."""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

import workbench
from workbench.base.files import disk_error


def sdk_folder(home: Path) -> Path:
    """The folder for PYTHONPATH with `workbench/__init__.py` and `workbench/sdk/` only; made once per version of the SDK."""
    package = Path(workbench.__file__).parent
    files = [package / "__init__.py", *sorted((package / "sdk").glob("*.py"))]
    digest = hashlib.sha256(b"\0".join(path.name.encode() + b"\0" + path.read_bytes() for path in files)).hexdigest()[:12]
    version = re.sub(r"[^A-Za-z0-9.]", "_", workbench.__version__)
    folder = home / "sdk" / f"{version}-{digest}"
    if folder.exists():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as temporary:
            made = Path(temporary, "made")
            (made / "workbench" / "sdk").mkdir(parents=True)
            for path in files:
                shutil.copyfile(path, made / "workbench" / path.relative_to(package))
            try:
                os.rename(made, folder)  # noqa: PTH104 (Path.rename would replace on some platforms)
            except OSError:
                if not folder.exists():  # another one was quicker
                    raise
    except OSError as error:
        raise disk_error(error, str(folder)) from error
    return folder
