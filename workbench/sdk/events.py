"""Appending events to a run's `events.jsonl`: one write a call, so that a killed process loses nothing that was logged."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_MOST_OPEN = 32

_lock = threading.Lock()
_handles: dict[Path, int] = {}
_torn: set[Path] = set()
"""Files whose last line could not be written whole (a full disk): the next event begins a new one."""
_over: set[Path] = set()
"""Folders of runs of which it was said that they have ended."""


def append(folder: Path, events: Sequence[dict[str, Any]]) -> None:
    """Appends events, each on a line of its own. What this has returned from survives the process. Raises OSError (a full disk).

    Of a run that has ended meanwhile nothing is recorded any more: it is said once.
    """
    data = "".join([json.dumps(event) + "\n" for event in events]).encode()
    with _lock:
        handle = _handles.get(folder)
        if handle is None:
            if _has_ended(folder):
                _tell(folder)
                return
            handle = _opened(folder)
        if folder in _torn:
            data = b"\n" + data
        _torn.add(folder)
        while data:
            data = data[os.write(handle, data) :]
        _torn.discard(folder)
        if os.fstat(handle).st_nlink == 0:  # read to its end and taken away
            _tell(folder)


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


def _has_ended(folder: Path) -> bool:
    """Whether the run's folder says so; in a container, or on another machine, it says nothing."""
    try:
        state = json.loads((folder / "status.json").read_text("utf-8")).get("state")
    except (OSError, ValueError, AttributeError):
        return False
    return state in {"finished", "failed", "cancelled", "lost"}


def _tell(folder: Path) -> None:
    if folder not in _over:
        _over.add(folder)
        sys.stderr.write(f"workbench: the run {folder.name} has ended, so what is logged into it now is not recorded.\n")


def _after_fork() -> None:
    """Another thread may have held the lock when the process was forked; the open files serve both."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
