"""Reference cycles are freed on the GUI thread, also while workers allocate much."""

import gc
import threading
import weakref
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from workbench.desktop.context import AppContext
from workbench.desktop.operations import Collector, Progress


class _Knot:
    """Refers to itself, and to a label that nothing else keeps."""

    def __init__(self) -> None:
        self.me = self
        self.label = QLabel("shown once")


def _allocate(_progress: Progress) -> int:
    kept: list[Any] = []
    for _ in range(300_000):
        kept.append([kept])
    return len(kept)


def test_that_a_worker_frees_no_cycle(context: AppContext, qtbot: QtBot) -> None:
    freed_by: list[str] = []
    knots = [_Knot() for _ in range(300)]
    for knot in knots:
        weakref.finalize(knot, lambda: freed_by.append(threading.current_thread().name))
    del knot
    knots.clear()
    context.operations.run("Allocating", _allocate)
    qtbot.waitUntil(lambda: context.operations.inflight == 0, timeout=20_000)
    qtbot.waitUntil(lambda: len(freed_by) == 300, timeout=20_000)
    assert set(freed_by) == {threading.main_thread().name}


def test_that_python_collects_by_itself_before_and_after() -> None:
    assert gc.isenabled()
    holder = QObject()
    first, second = Collector(holder), Collector(holder)
    assert not gc.isenabled()
    first.close()
    first.close()
    assert not gc.isenabled()
    second.close()
    assert gc.isenabled()
