"""The charts of a run or of a comparison: a grid of cards with one set of controls."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSlider, QVBoxLayout, QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.runs.chartcard import ChartCard
from workbench.desktop.runs.seriesloader import SeriesLoader
from workbench.desktop.widgets import SearchBox, label
from workbench.schema import RunSummary

_MIN_WIDTH = 300
_X = (("Step", "step"), ("Relative time", "relative"), ("Time", "time"))


class ChartsPanel(QScrollArea):
    """Cards in as many columns as fit. Extra widgets (numbers, images) stand above and below them."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._loader = SeriesLoader(context, self)
        self._cards: dict[str, ChartCard] = {}
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
        """The cards by metric."""
        return self._cards

    def set_runs(self, runs: Sequence[RunSummary], keys: Sequence[str]) -> None:
        """Charts of these metrics of these runs; cards that stay are kept."""
        self._runs = tuple(runs)
        self._loader.set_runs(runs)
        if list(self._cards) != list(keys):
            for key in [key for key in self._cards if key not in keys]:
                card = self._cards.pop(key)
                self._grid.removeWidget(card)
                card.hide()
                card.deleteLater()
            self._cards = {key: self._cards.get(key) or self._make(key) for key in keys}
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

    def _make(self, key: str) -> ChartCard:
        card = ChartCard(self._context, key, self._loader, self.widget())
        card.set_look(*self._look())
        return card

    def _fitting(self) -> int:
        return max(1, min(4, (self.viewport().width() - 20) // _MIN_WIDTH))

    def _arrange(self) -> None:
        self._fitted = self._fitting()
        self._columns = max(1, min(self._fitted, sum(self._text in key.casefold() for key in self._cards)))
        for card in self._cards.values():
            self._grid.removeWidget(card)
        shown = [card for key, card in self._cards.items() if self._text in key.casefold()]
        for key, card in self._cards.items():
            card.setVisible(self._text in key.casefold())
        for place, card in enumerate(shown):
            self._grid.addWidget(card, place // self._columns, place % self._columns)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)

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
