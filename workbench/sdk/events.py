"""Appending events to a run's `events.jsonl`: one write a call, so that a killed process loses nothing that was logged."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_MOST_OPEN = 32

_lock = threading.Lock()
_handles: dict[Path, int] = {}
_torn: set[Path] = set()
"""Files whose last line could not be written whole (a full disk): the next event begins a new one."""


def append(folder: Path, events: Sequence[dict[str, Any]]) -> None:
    """Appends events, each on a line of its own. What this has returned from survives the process. Raises OSError (a full disk)."""
    data = "".join([json.dumps(event) + "\n" for event in events]).encode()
    with _lock:
        handle = _handles.get(folder)
        if handle is None:
            handle = _opened(folder)
        if folder in _torn:
            data = b"\n" + data
        _torn.add(folder)
        while data:
            data = data[os.write(handle, data) :]
        _torn.discard(folder)


def close(folder: Path) -> None:
    """Closes the file; a later event opens it again."""
    with _lock:
        handle = _handles.pop(folder, None)
        if handle is not None:
            os.close(handle)


def _opened(folder: Path) -> int:
    while len(_handles) >= _MOST_OPEN:
        os.close(_handles.pop(next(iter(_handles))))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    _handles[folder] = os.open(folder / "events.jsonl", flags, 0o644)
    return _handles[folder]


def _after_fork() -> None:
    """Another thread may have held the lock when the process was forked; the open files serve both."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
