"""The watchdog sees a GUI thread that stands still, and what it did."""

import time

from pytestqt.qtbot import QtBot

from workbench.desktop.operations import Watchdog


def _dawdle(seconds: float) -> None:
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
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
