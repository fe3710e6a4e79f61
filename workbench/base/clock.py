"""The one clock: times are aware, in UTC. And how much time has passed, whatever becomes of the clock."""

import contextlib
import functools
import time
from datetime import UTC, datetime
from pathlib import Path

# Linux counts the time that a machine sleeps here, macOS there; Windows counts it in the plain monotonic clock.
_PASSING = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def mark() -> str:
    """This moment as any process of this machine understands it (see `since`), until the machine is restarted."""
    return f"{_boot()} {_passing()}"


def since(marked: str) -> float | None:
    """Seconds since a `mark`: setting the clock does not change them. None when the machine was restarted since, or cannot tell."""
    boot, _, at = marked.partition(" ")
    if not boot or boot != _boot():
        return None
    try:
        return max(0.0, _passing() - float(at))
    except ValueError:
        return None


def _passing() -> float:
    return time.monotonic() if _PASSING is None else time.clock_gettime(_PASSING)


@functools.cache
def _boot() -> str:
    """Another one after every start of the machine; empty where that is not told."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""
