"""Python's collections of reference cycles, on the GUI thread alone."""

import gc
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 100


class Collector(QObject):
    """While one lives, cycles are freed on its thread, that of the GUI.

    Python would free them in whichever thread allocates something just then, and a Qt object that a worker frees takes the program
    down. After Erik Janssens, http://pydev.blogspot.com/2014/03/should-python-garbage-collector-be.html
    """

    _living: ClassVar[int] = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        Collector._living += 1
        gc.disable()
        self._kept = len(gc.get_objects(2))
        self._aged = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """By Python's own rules: the old ones are looked through only when a quarter more have become old since."""
        young, middle, old = (count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True))
        if middle:
            looked_through = len(gc.get_objects(0)) + len(gc.get_objects(1))
            self._aged += looked_through - gc.collect(1)
            if old and self._aged > self._kept / 4:
                gc.collect()
                self._kept, self._aged = len(gc.get_objects(2)), 0
        elif young:
            gc.collect(0)

    def close(self) -> None:
        """Leaves it to Python again."""
        if self._timer.isActive():
            self._timer.stop()
            Collector._living -= 1
            if Collector._living == 0:
                gc.enable()
