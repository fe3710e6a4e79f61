"""The charts of a run or of a comparison: a grid of cards with one set of controls."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSlider, QVBoxLayout, QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.runs.chartcard import CARD_HEIGHT, ChartCard
from workbench.desktop.runs.seriesloader import SeriesLoader
from workbench.desktop.widgets import SearchBox, label
from workbench.schema import RunSummary

_MIN_WIDTH = 300
_AT_FIRST = 12  # cards
_X = (("Step", "step"), ("Relative time", "relative"), ("Time", "time"))


class ChartsPanel(QScrollArea):
    """Cards in as many columns as fit. Extra widgets (numbers, images) stand above and below them."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._loader = SeriesLoader(context, self)
        self._cards: dict[str, ChartCard] = {}
        self._keys: list[str] = []
        self._places: dict[str, int] = {}
        self._adding = QTimer(self)
        self._adding.setSingleShot(True)
        self._adding.setInterval(0)
        self._adding.timeout.connect(self._add_seen)
        self._runs: tuple[RunSummary, ...] = ()
        self._columns = 0
        self._fitted = 0
        self._text = ""
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setProperty("surface", "window")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(body)
        outer.setContentsMargins(16, 12, 16, 16)
        outer.setSpacing(12)
        self.above = QVBoxLayout()
        self.below = QVBoxLayout()
        outer.addLayout(self.above)
        self._bar = self._controls()
        outer.addWidget(self._bar)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        outer.addLayout(self._grid)
        outer.addLayout(self.below)
        outer.addStretch(1)
        self.setWidget(body)
        self._bar.hide()
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)

    def _controls(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(label("Charts", font="heading_font"))
        self.search = SearchBox("Find a metric")
        self.search.setMaximumWidth(220)
        self.search.search_changed.connect(self._on_search)
        row.addSpacing(6)
        row.addWidget(self.search, 1)
        row.addStretch(1)
        self.x_axis = QComboBox()
        for title, value in _X:
            self.x_axis.addItem(title, value)
        self.x_axis.setAccessibleName("Horizontal axis")
        self.x_axis.setToolTip("Horizontal axis")
        self.x_axis.currentIndexChanged.connect(self._on_look_changed)
        self._axis_text = label("X axis", "muted")
        row.addWidget(self._axis_text)
        row.addWidget(self.x_axis)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, 95)
        self.smoothing.setFixedWidth(110)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setToolTip("Smoothing")
        self.smoothing.valueChanged.connect(self._on_look_changed)
        self._smoothing_text = QLabel("Smoothing")
        self._smoothing_text.setProperty("role", "muted")
        row.addWidget(self._smoothing_text)
        row.addWidget(self.smoothing)
        self.log_y = QCheckBox("Log scale")
        self.log_y.toggled.connect(self._on_look_changed)
        row.addWidget(self.log_y)
        return bar

    @property
    def cards(self) -> dict[str, ChartCard]:
        """The cards by metric: those that were in sight."""
        return self._cards

    @property
    def keys(self) -> list[str]:
        """The metrics that have a chart."""
        return self._keys

    def set_runs(self, runs: Sequence[RunSummary], keys: Sequence[str]) -> None:
        """Charts of these metrics of these runs; cards that stay are kept."""
        self._runs = tuple(runs)
        self._loader.set_runs(runs)
        if self._keys != list(keys):
            self._keys = list(keys)
            for key in self._cards.keys() - set(keys):
                card = self._cards.pop(key)
                self._grid.removeWidget(card)
                card.hide()
                card.deleteLater()
            self._cards = {key: self._cards.get(key) or self._make(key) for key in self._keys[:_AT_FIRST]} | self._cards
            self._arrange()
        for card in self._cards.values():
            card.set_runs(runs)
        self._bar.setVisible(bool(keys))
        self.search.setVisible(len(keys) > 4)

    def refresh(self, keys: Sequence[str] = ()) -> None:
        """These metrics (all without names) have new points."""
        for key, card in self._cards.items():
            if not keys or key in keys:
                card.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.viewport().width() > 40 + self.fontMetrics().averageCharWidth() * 90
        for word in (self._axis_text, self._smoothing_text):
            word.setVisible(roomy)
        if self._fitting() != self._fitted:
            self._arrange()
        else:
            self._adding.start()

    def _make(self, key: str) -> ChartCard:
        card = ChartCard(self._context, key, self._loader, self.widget())
        card.set_look(*self._look())
        return card

    def _add_seen(self) -> None:
        """Makes the cards that have come into sight, and those of the rows beside them."""
        row = CARD_HEIGHT + self._grid.spacing()
        top = self.verticalScrollBar().value() - self._grid.geometry().top()
        first, last = (top // row - 1) * self._columns, ((top + self.viewport().height()) // row + 2) * self._columns
        for key in [key for key, place in self._places.items() if first <= place < last and key not in self._cards]:
            card = self._cards[key] = self._make(key)
            card.set_runs(self._runs)
            self._place(key)

    def _on_scrolled(self, _value: int) -> None:
        self._adding.start()

    def _on_range_changed(self, _low: int, _high: int) -> None:
        self._adding.start()

    def _fitting(self) -> int:
        return max(1, min(4, (self.viewport().width() - 20) // _MIN_WIDTH))

    def _arrange(self) -> None:
        self._fitted = self._fitting()
        self._places = {key: place for place, key in enumerate(key for key in self._keys if self._text in key.casefold())}
        self._columns = max(1, min(self._fitted, len(self._places)))
        for card in self._cards.values():
            self._grid.removeWidget(card)
        for key in self._cards:
            self._place(key)
        rows = -(-len(self._places) // self._columns)
        for row in range(max(rows, self._grid.rowCount())):  # room for the cards that are yet to come: what is shown is not moved
            self._grid.setRowMinimumHeight(row, CARD_HEIGHT if row < rows else 0)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        self._adding.start()

    def _place(self, key: str) -> None:
        card, place = self._cards[key], self._places.get(key)
        if place is not None:
            self._grid.addWidget(card, place // self._columns, place % self._columns)
        card.setVisible(place is not None)

    def _look(self) -> tuple[str, float, bool]:
        return str(self.x_axis.currentData()), self.smoothing.value() / 100, self.log_y.isChecked()

    def _on_look_changed(self) -> None:
        value = self.smoothing.value()
        self._smoothing_text.setText(f"Smoothing {value / 100:.2f}" if value else "Smoothing")
        for card in self._cards.values():
            card.set_look(*self._look())

    def _on_search(self, text: str) -> None:
        self._text = text.casefold()
        self._arrange()
