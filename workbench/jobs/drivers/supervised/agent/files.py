"""The files that an agent is known by: the job's status, and the lock of its supervisor."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any


def write(path: Path, value: Any) -> None:
    """Whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        return None


def taken(folder: Path) -> int | None:
    """The lock of the job's folder as a descriptor; None when its supervisor holds it."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    os.set_inheritable(handle, False)
    return handle


def is_locked(folder: Path) -> bool:
    if not (folder / "lock").exists():
        return False
    handle = taken(folder)
    if handle is not None:
        os.close(handle)
    return handle is None
