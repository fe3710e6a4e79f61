"""The sample data that are shipped with the program."""

import lzma
import os
import shutil
import tempfile
from pathlib import Path

from workbench.base.errors import NotFound
from workbench.base.files import disk_error
from workbench.base.paths import resources_dir


def sample_names() -> list[str]:
    """The names that `write_sample` takes."""
    return sorted(path.name.removesuffix(".csv.xz") for path in (resources_dir() / "samples").glob("*.csv.xz"))


def write_sample(name: str, folder: Path) -> Path:
    """Writes the raw CSV of a sample (`flights`, `weather`) into `folder` and returns its path."""
    packed = resources_dir() / "samples" / f"{name}.csv.xz"
    if not packed.is_file():
        raise NotFound(f"There is no sample called {name}.", hint=f"There are {' and '.join(sample_names())}.")
    target = Path(folder) / f"{name}.csv"
    temporary = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as out, lzma.open(packed, "rb") as source:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise disk_error(error, str(target)) from error
    return target
