"""Sees when the GUI thread does not come back to its event loop, and what it was doing then."""

import logging
import sys
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal

log = logging.getLogger(__name__)
_KEPT = 500
_DEPTH = 14
_UNDISTURBED_S = 0.1


@dataclass(frozen=True)
class Stall:
    """A gap between two beats. `cpu`: what of it the GUI thread itself computed; the rest it waited (for the GIL, the disk)."""

    seconds: float
    cpu: float
    stack: str
    """The GUI thread's calls when the limit was passed; empty when the gap ended before it could be looked at."""

    def __str__(self) -> str:
        return f"The window stood still for {self.seconds * 1000:.0f} ms ({self.cpu * 1000:.0f} ms of it computing)\n{self.stack}"


class Watchdog(QObject):
    """A beat on the GUI thread and a thread that looks at its stack when the beat stays away. It only tells."""

    stalled = Signal(object)

    def __init__(self, parent: QObject | None = None, *, beat_ms: int = 50, limit_s: float = 0.2) -> None:
        super().__init__(parent)
        self._limit, self._beat_s = limit_s, beat_ms / 1000
        self._look_s = min(0.05, limit_s / 4)
        self._gui = threading.get_ident()
        self._last = self._last_cpu = 0.0
        self._seen = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.stalls: deque[Stall] = deque(maxlen=_KEPT)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(beat_ms)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begins to watch the calling thread, which is the GUI thread."""
        self._last, self._last_cpu = time.perf_counter(), time.thread_time()
        self._timer.start()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._timer.stop()
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1.0)
            self._thread = None

    def _beat(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        gap, worked = now - self._last, cpu - self._last_cpu
        seen, self._seen = self._seen, ""
        self._last, self._last_cpu = now, cpu
        if gap - self._beat_s < self._limit:
            return
        stall = Stall(gap, worked, seen)
        self.stalls.append(stall)
        log.info("%s", stall)
        self.stalled.emit(stall)

    def _watch(self) -> None:
        while not self._stop.wait(self._look_s):
            late = time.perf_counter() - self._last - self._beat_s
            if late >= self._limit * 0.5 and not self._seen:
                self._seen = "".join(traceback.StackSummary.from_list(calls_of(self._gui)).format())


def calls_of(thread: int) -> list[tuple[str, int, str, None]]:
    """File, line and name of the thread's innermost calls, the outer ones first.

    No other thread runs meanwhile: a call that returned while its frame is held here would leave its widgets to be destroyed in
    this thread, which Qt does not allow.
    """
    calls: list[tuple[str, int, str, None]] = []
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_UNDISTURBED_S)
    try:
        time.sleep(0)  # who waited already for this thread's turn to end asked by the old interval: let it go first
        frame = sys._current_frames().get(thread)  # noqa: SLF001 (the documented way to another thread's stack)
        while frame is not None and len(calls) < _DEPTH:
            calls.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name, None))
            frame = frame.f_back
        del frame
    finally:
        sys.setswitchinterval(interval)
    return calls[::-1]
