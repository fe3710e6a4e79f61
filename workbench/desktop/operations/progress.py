"""What a background function gets: a way to tell how far it is, and to learn that it should stop."""

import threading
from collections.abc import Callable

from workbench.base.errors import Cancelled


class Progress:
    """Used in the worker's thread: call it with a fraction (None: unknown) and a text; `check()` raises Cancelled when to stop."""

    def __init__(self, tell: Callable[[float | None, str], None] | None = None) -> None:
        self.cancel_event = threading.Event()
        self._tell = tell

    def __call__(self, fraction: float | None = None, text: str = "") -> None:
        self.check()
        if self._tell is not None:
            self._tell(fraction, text)

    def say(self, text: str) -> None:
        """Tells what is being done, without a fraction."""
        self(None, text)

    @property
    def cancelled(self) -> bool:
        return self.cancel_event.is_set()

    def check(self) -> None:
        """Raises Cancelled when the user or a newer operation asked to stop."""
        if self.cancel_event.is_set():
            raise Cancelled
