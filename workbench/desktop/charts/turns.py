"""Charts that have to be drawn anew take turns, one in each round of the event loop: a page of many does not stand still."""

from collections import deque
from typing import Protocol

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer


class Drawn(Protocol):
    """What takes turns."""

    def draw_now(self) -> None: ...


class Turns(QObject):
    """Those that wait, in their order. GUI thread only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Drawn] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)

    @property
    def waiting(self) -> int:
        """How many have not been drawn yet."""
        return len(self._waiting)

    def ask(self, chart: Drawn) -> None:
        """It is drawn when its turn comes, if it is still there."""
        if chart not in self._waiting:
            self._waiting.append(chart)
        self._timer.start()

    def _next(self) -> None:
        while self._waiting:
            chart = self._waiting.popleft()
            if shiboken6.isValid(chart):
                chart.draw_now()
                break
        if not self._waiting:
            self._timer.stop()


_turns: Turns | None = None


def turns() -> Turns:
    """The one line that all charts stand in."""
    global _turns
    if _turns is None or not shiboken6.isValid(_turns):
        _turns = Turns(QCoreApplication.instance())
    return _turns
