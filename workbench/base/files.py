"""Files that are never half written: a temporary name, synced, then renamed."""

import contextlib
import csv
import errno
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from workbench.base.errors import EnvironmentError_

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


def disk_error(error: OSError, what: str) -> EnvironmentError_:
    """The sentence for a failed write of `what`; says so plainly when the disk is full."""
    if error.errno in _DISK_FULL:
        return EnvironmentError_(f"The disk is full: {what} could not be written.", hint="Free some space and try again.")
    return EnvironmentError_(f"{what} could not be written: {error.strerror or error}.", place=str(error.filename or ""))


def readable_name(name: str) -> str:
    """A file's name, or a path, as text that every record can keep: a byte that is no UTF-8 reads `%FF`."""
    return "".join(f"%{ord(one) - 0xDC00:02X}" if 0xDC80 <= ord(one) <= 0xDCFF else one for one in name)


def write_atomic(path: Path, content: bytes | str, *, mode: int = 0o644) -> None:
    """Writes the whole file or leaves the old one untouched. Raises EnvironmentError_ (a full disk, no permission)."""
    data = content.encode() if isinstance(content, str) else content
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise disk_error(error, str(path)) from error


def write_json(path: Path, value: Any, *, mode: int = 0o644) -> None:
    """Writes `value` as indented JSON, atomically."""
    write_atomic(path, json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n", mode=mode)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a small table as CSV, atomically."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_atomic(path, text.getvalue())


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, as `sha256:<hex>`."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def tree_digest(folder: Path) -> str:
    """The SHA-256 of all files of a folder with their names, as `sha256:<hex>`."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(folder).as_posix()}\0{file_digest(path)}\n".encode())
    return f"sha256:{total.hexdigest()}"
