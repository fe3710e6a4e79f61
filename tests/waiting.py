"""How tests wait for what another thread or process does: they poll, with a deadline."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], what: str = "", seconds: float = 60) -> T:
    """Polls until the condition holds and returns what it gave; fails after the deadline, saying `what` was awaited."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not in time: {what}" if what else "it did not come true in time"
        pause.wait(0.02)
    return found
