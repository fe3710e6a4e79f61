"""The list of other programs that fulfil the examples: what each does, where it differs, and a button that takes it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from workbench.desktop.data.derive_learn import Reading
from workbench.desktop.widgets import ElidedLabel, button, clear_layout, label


class ReadingList(QWidget):
    """One line a reading; the columns stand under one another."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(24, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 5)
        self._grid.setColumnStretch(1, 3)

    def show_readings(self, readings: Sequence[Reading]) -> None:
        """Replaces what the list shows."""
        clear_layout(self._grid)
        for line, reading in enumerate(readings):
            words = ElidedLabel(reading.words)
            words.setAccessibleDescription(reading.sentence)
            words.setToolTip(reading.sentence)
            self._grid.addWidget(words, line, 0)
            self._grid.addWidget(ElidedLabel(_difference(reading), "muted"), line, 1)
            self._grid.addWidget(label(reading.differs, "muted"), line, 2)
            use = button("Use this", partial(self.chosen.emit, line), kind="link")
            use.setAccessibleName(f"Use this: {reading.words}")
            self._grid.addWidget(use, line, 3)


def _difference(reading: Reading) -> str:
    """The first row on which it differs, with both values."""
    if reading.row is None:
        return ""
    return f"row {reading.row + 1:,}: {_value(reading.there)} in place of {_value(reading.here)}"


def _value(text: str | None) -> str:
    return "missing" if text is None else f"'{text}'"
