"""Single numbers, large: metrics that have one value only have no chart."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from workbench.desktop.widgets import Card, ElidedLabel, ThemedLabel, clear_layout

_COLUMNS = 6


class NumberTiles(QWidget):
    """A row (or rows) of name and number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self.shown: tuple[tuple[str, str], ...] = ()

    def set_numbers(self, numbers: Sequence[tuple[str, str]]) -> None:
        """Shows these names and numbers."""
        if tuple(numbers) == self.shown:
            return
        self.shown = tuple(numbers)
        clear_layout(self._grid)
        for place, (name, number) in enumerate(numbers):
            card = Card()
            card.setMinimumWidth(130)
            card.setContentsMargins(-2, -2, -2, -4)
            card.body.setSpacing(2)
            card.body.addWidget(ElidedLabel(name, "small"))
            card.body.addWidget(ThemedLabel(number, "title_font"))
            self._grid.addWidget(card, place // _COLUMNS, place % _COLUMNS)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self.setVisible(bool(numbers))
