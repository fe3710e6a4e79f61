"""The watchdog sees a GUI thread that stands still, and what it did."""

import threading
import time
from typing import ClassVar

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from workbench.desktop.operations import Watchdog
from workbench.desktop.operations.watchdog import calls_of


def _dawdle(seconds: float) -> None:
    """Computes for so long, also where other programs take most of the processor."""
    deadline, computed = time.perf_counter() + seconds, time.thread_time() + seconds / 2
    while time.perf_counter() < deadline or time.thread_time() < computed:
        pass


def test_that_a_stall_is_told_with_the_calls_that_made_it(qtbot: QtBot) -> None:
    dog = Watchdog(beat_ms=10, limit_s=0.1)
    dog.start()
    try:
        qtbot.wait(60)
        _dawdle(0.4)
        qtbot.waitUntil(lambda: bool(dog.stalls), timeout=5000)
    finally:
        dog.stop()
    worst = max(dog.stalls, key=lambda stall: stall.seconds)
    assert worst.seconds >= 0.35
    assert worst.cpu > 0.1
    assert "_dawdle" in worst.stack
    assert "stood still" in str(worst)


class _Local(QObject):
    """Notes in which thread it was destroyed."""

    ended: ClassVar[list[str]] = []

    def __del__(self) -> None:
        _Local.ended.append(threading.current_thread().name)


def _dawdle_shortly(kept: _Local) -> None:
    assert kept is not None
    _dawdle(0.02)


def test_that_looking_at_calls_destroys_nothing_of_theirs(qtbot: QtBot) -> None:
    _Local.ended.clear()
    gui = threading.get_ident()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            calls_of(gui)

    watcher = threading.Thread(target=look, name="looks")
    watcher.start()
    try:
        for _ in range(10):
            _dawdle_shortly(_Local())
    finally:
        over.set()
        watcher.join()
    assert set(_Local.ended) == {threading.current_thread().name}
