"""The one chart of lines: metrics of runs over steps or time."""

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QByteArray, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.base.errors import EnvironmentError_
from workbench.desktop.charts.loading import ready
from workbench.desktop.charts.series import Floats, Series, decimate, levels, smooth, x_values
from workbench.desktop.charts.turns import turns
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import ElidedLabel, label
from workbench.desktop.wording import number_text

_MAX_POINTS = 1400
_MAX_SIGNS = 100
_X_LABELS = {"step": "Step", "time": "Time", "relative": "Seconds since the start"}


class _Curve:
    """The plot items of one series: the line, the raw values behind it when it is smoothed, signs for what is no number."""

    def __init__(self, line: Any, raw: Any) -> None:
        self.line = line
        self.raw = raw
        self.signs: Any = None
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)
        """Where each point stands; NaN for what a logarithm does not have."""


class LineChart(QWidget):
    """Lines with legend, hover readout, log scale, smoothing. The plot is made when the chart is first shown. GUI thread only."""

    series_hovered = Signal(str)

    def __init__(self, title: str = "", parent: QWidget | None = None, *, legend: bool = True) -> None:
        super().__init__(parent)
        self._series: tuple[Series, ...] = ()
        self._curves: dict[str, _Curve] = {}
        self._plot: Any = None
        self._x_mode = "step"
        self._log_y = False
        self._smoothing = 0.0
        self._highlight: str | None = None
        self._hovered = ""
        self._stale = False
        self._hover_at: QPointF | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        top = QHBoxLayout()
        self._title = label(title, font="strong_font")
        self._title.setVisible(bool(title))
        self._readout = ElidedLabel("", "small")
        self._readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self._title)
        top.addWidget(self._readout, 1)
        self._layout.addLayout(top)
        self._legend = _Legend(self)
        self._legend_wanted = legend
        self._placeholder = QWidget()
        self._layout.addWidget(self._placeholder, 1)
        self._layout.addWidget(self._legend)
        self.setMinimumSize(180, 140)
        self._make_timer = QTimer(self)
        self._make_timer.setSingleShot(True)
        self._make_timer.setInterval(30)
        self._make_timer.timeout.connect(self._ask)
        self._hover_timer = QTimer(self)
        self._hover_timer.setSingleShot(True)
        self._hover_timer.setInterval(16)
        self._hover_timer.timeout.connect(self._on_hover)
        theme().theme_changed.connect(self._on_theme_changed)

    @property
    def title(self) -> str:
        return self._title.text()

    @property
    def series(self) -> tuple[Series, ...]:
        return self._series

    def set_title(self, title: str) -> None:
        self._title.setText(title)
        self._title.setVisible(bool(title))

    def set_series(self, series: Sequence[Series]) -> None:
        """Shows these lines; lines of known ids are changed, not made anew."""
        self._series = tuple(series)
        self._refresh()

    def set_x(self, mode: str) -> None:
        """`step`, `time` (of day) or `relative` (seconds since each series' first point)."""
        self._x_mode = mode
        if self._plot is not None:
            self._plot.setAxisItems({"bottom": self._bottom_axis()})
            self._style()
        self._refresh()

    def set_log_y(self, on: bool) -> None:
        """A logarithmic scale; values that have no logarithm become gaps."""
        self._log_y = on
        if self._plot is not None:
            self._plot.setLogMode(y=on)
        self._refresh()

    def set_smoothing(self, weight: float) -> None:
        """0 to 0.99; the raw values stay behind, faint."""
        self._smoothing = min(max(weight, 0.0), 0.99)
        self._refresh()

    def highlight(self, series_id: str | None) -> None:
        """Draws one series over the others."""
        self._highlight = series_id
        self._pens()

    def set_legend_visible(self, on: bool) -> None:
        self._legend_wanted = on
        self._legend.setVisible(on and bool(self._series))

    def export_png(self, path: Path) -> None:
        """Writes what is shown, at twice its size. Raises EnvironmentError_."""
        image = QImage(self.size() * 2, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(2)
        image.fill(theme().tokens.base)
        self.render(image)
        if not QImageWriter(str(path), QByteArray(b"png")).write(image):
            raise EnvironmentError_(f"The picture could not be written to {path}.", hint="Choose another folder.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._plot is None or self._stale:
            turns().ask(self)

    def draw_now(self) -> None:
        """Makes the plot, or draws what has changed while it was not shown."""
        if not self.isVisible():
            return
        if self._plot is None:
            self._make()
        elif self._stale:
            self._refresh()

    def _ask(self) -> None:
        turns().ask(self)

    def _bottom_axis(self) -> Any:
        import pyqtgraph as pg

        return pg.DateAxisItem(orientation="bottom") if self._x_mode == "time" else pg.AxisItem("bottom")

    def _make(self) -> None:
        if self._plot is not None:
            return
        if not ready():
            self._make_timer.start()
            return
        import pyqtgraph as pg

        pg.setConfigOptions(antialias=True, background=None, foreground=theme().tokens.muted)
        self._plot = pg.PlotWidget(self, axisItems={"bottom": self._bottom_axis()})
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setLogMode(y=self._log_y)
        self._plot.getViewBox().setMouseEnabled(x=True, y=False)
        self._plot.getViewBox().setDefaultPadding(0.03)
        self._plot.setAccessibleName(self.title or "Chart")
        self._plot.scene().sigMouseMoved.connect(self._on_mouse)
        self._plot.viewport().installEventFilter(self)
        self._layout.replaceWidget(self._placeholder, self._plot)
        self._placeholder.deleteLater()
        self._style()
        self._refresh()

    def eventFilter(self, watched: Any, event: Any) -> bool:
        from PySide6.QtCore import QEvent

        if event.type() == QEvent.Type.MouseButtonDblClick:
            self._plot.getViewBox().autoRange()
            self._plot.enableAutoRange()
            return True
        if event.type() == QEvent.Type.Leave:
            self._readout.set_text("")
            self._set_hovered("")
        return super().eventFilter(watched, event)

    def _style(self) -> None:
        t = theme()
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(QPen(t.tokens.hairline))
            axis.setTextPen(QPen(t.tokens.muted))
            axis.setTickFont(t.small_font)
            axis.setStyle(tickLength=-4, tickTextOffset=6, autoExpandTextSpace=True)
            axis.enableAutoSIPrefix(False)
        self._plot.getAxis("bottom").setLabel(
            _X_LABELS[self._x_mode], color=t.tokens.muted.name(), **{"font-size": f"{t.small_font.pointSizeF()}pt"}
        )
        self._plot.showGrid(x=False, y=True, alpha=0.18)

    def _refresh(self) -> None:
        self._legend.set_series(self._series)
        self._legend.setVisible(self._legend_wanted and bool(self._series))
        if self._plot is None or not self.isVisible():
            self._stale = True
            return
        self._stale = False
        wanted = {one.id for one in self._series}
        for series_id in [known for known in self._curves if known not in wanted]:
            curve = self._curves.pop(series_id)
            self._plot.removeItem(curve.line)
            self._plot.removeItem(curve.raw)
            if curve.signs is not None:
                self._plot.removeItem(curve.signs)
        for one in self._series:
            self._draw(one)
        self._pens()

    def _draw(self, one: Series) -> None:
        import pyqtgraph as pg

        curve = self._curves.get(one.id)
        if curve is None:
            raw, line = pg.PlotDataItem(), pg.PlotDataItem()
            self._plot.addItem(raw)
            self._plot.addItem(line)
            for item in (raw, line):  # only after addItem: pyqtgraph 0.14 raises otherwise
                item.setClipToView(True)
            curve = self._curves[one.id] = _Curve(line, raw)
        x = x_values(one, self._x_mode)
        given = np.asarray(one.values, dtype=np.float64)
        y = given
        if self._log_y:
            y = np.where(y > 0, y, np.nan)
        y = np.where(np.isfinite(y), y, np.nan)
        line = smooth(y, self._smoothing)
        curve.x, curve.y = x, np.where(np.isfinite(given), line, levels(line))
        limit = max(200, _MAX_POINTS // max(1, len(self._series) // 10))
        known = int(np.isfinite(y).sum())
        few = len(y) <= 12
        symbol = "o" if known == 1 or (few and known) else None
        curve.line.setData(*decimate(x, line, limit), connect="finite", symbol=symbol, symbolSize=5 if few else 6)
        if self._smoothing > 0:
            curve.raw.setData(*decimate(x, y, limit), connect="finite")
        else:
            curve.raw.setData([], [])
        self._sign(curve, given)

    def _sign(self, curve: _Curve, given: Floats) -> None:
        """Where the value is no number, a cross (an arrow for an infinite one) stands at the level of the last number."""
        import pyqtgraph as pg

        odd = np.flatnonzero(~np.isfinite(given))
        if not len(odd) and curve.signs is None:
            return
        if curve.signs is None:
            curve.signs = pg.PlotDataItem()
            self._plot.addItem(curve.signs)
        odd = odd[:: max(1, len(odd) // _MAX_SIGNS)]
        kinds = ["x" if np.isnan(value) else "t1" if value > 0 else "t" for value in given[odd]]
        curve.signs.setData(curve.x[odd], curve.y[odd], pen=None, symbol=kinds, symbolSize=7, symbolPen=None)

    def _pens(self) -> None:
        if self._plot is None:
            return
        top = self._highlight or self._hovered
        for number, one in enumerate(self._series):
            curve = self._curves.get(one.id)
            if curve is None:
                continue
            colour = QColor(self.colour(one))
            faint = QColor(colour)
            faint.setAlphaF(0.28)
            raised = one.id == top
            if top and not raised and len(self._series) > 1:
                colour.setAlphaF(0.45)
            wide = 2 if raised or len(self._series) <= 6 else 1
            pen = QPen(colour, wide, (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)[number // 8 % 3])
            pen.setCosmetic(True)
            curve.line.setPen(pen)  # each of these draws the curve anew: only what is there is set
            if curve.line.opts["symbol"] is not None:
                curve.line.setSymbolBrush(colour)
                curve.line.setSymbolPen(None)
            curve.line.setZValue(10 if raised else 1)
            if curve.signs is not None:
                curve.signs.setSymbolBrush(colour)
            if self._smoothing > 0:
                raw_pen = QPen(faint, 1)
                raw_pen.setCosmetic(True)
                curve.raw.setPen(raw_pen)

    def colour(self, one: Series) -> QColor:
        """The line's colour: its own, else the one that its id always has."""
        return one.colour or theme().series_colour(one.id)

    def _on_mouse(self, place: QPointF) -> None:
        self._hover_at = place
        if not self._hover_timer.isActive():
            self._hover_timer.start()

    def _on_hover(self) -> None:
        if self._plot is None or self._hover_at is None or not self._curves:
            return
        box = self._plot.getViewBox()
        if not self._plot.sceneBoundingRect().contains(self._hover_at):
            return
        at = box.mapSceneToView(self._hover_at)
        best: tuple[float, Series, int] | None = None
        for one in self._series:
            curve = self._curves[one.id]
            if len(curve.x) == 0:
                continue
            index = int(np.clip(np.searchsorted(curve.x, at.x()), 0, len(curve.x) - 1))
            if index and abs(curve.x[index - 1] - at.x()) < abs(curve.x[index] - at.x()):
                index -= 1
            value = curve.y[index]
            if not math.isfinite(value):
                continue
            level = math.log10(value) if self._log_y else value
            there = box.mapViewToScene(QPointF(float(curve.x[index]), float(level)))
            distance = abs(there.y() - self._hover_at.y()) + abs(there.x() - self._hover_at.x()) * 0.3
            if best is None or distance < best[0]:
                best = (distance, one, index)
        if best is not None:
            _, one, index = best
            self._readout.set_text(
                f"{one.name}   {self._x_text(self._curves[one.id].x[index])}   {_number(float(one.values[index]))}"
            )
            self._set_hovered(one.id if len(self._series) > 1 else "")

    def _x_text(self, value: float) -> str:
        if self._x_mode == "time":
            return datetime.fromtimestamp(value).astimezone().strftime("%H:%M:%S")
        return f"{value:,.1f} s" if self._x_mode == "relative" else f"step {value:,.0f}"

    def _set_hovered(self, series_id: str) -> None:
        if series_id != self._hovered:
            self._hovered = series_id
            self._pens()
            self._legend.set_current(series_id)
            self.series_hovered.emit(series_id)

    def legend_hovered(self, series_id: str) -> None:
        """The mouse is over that entry of the legend."""
        self._set_hovered(series_id)

    def _on_theme_changed(self) -> None:
        if self._plot is not None:
            self._style()
            self._pens()
        self._legend.update()


class _Legend(QWidget):
    """Coloured dots with names, in one or more lines; what does not fit is counted."""

    def __init__(self, chart: LineChart) -> None:
        super().__init__(chart)
        self._chart = chart
        self._series: tuple[Series, ...] = ()
        self._current = ""
        self._spots: list[tuple[int, int, str]] = []
        self.setMouseTracking(True)
        self.setFixedHeight(22)

    def set_series(self, series: tuple[Series, ...]) -> None:
        self._series = series
        self.update()

    def set_current(self, series_id: str) -> None:
        self._current = series_id
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().small_font)
        metrics = painter.fontMetrics()
        left = 8
        self._spots = []
        for number, one in enumerate(self._series):
            name = metrics.elidedText(one.name, Qt.TextElideMode.ElideMiddle, 160)
            width = 18 + metrics.horizontalAdvance(name)
            rest = len(self._series) - number
            if left + width > self.width() - (60 if rest > 1 else 0):
                painter.setPen(theme().tokens.muted)
                painter.drawText(left, 0, 80, self.height(), Qt.AlignmentFlag.AlignVCenter, f"+{rest} more")
                break
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._chart.colour(one))
            painter.drawEllipse(left, self.height() // 2 - 4, 8, 8)
            painter.setPen(theme().tokens.text if one.id == self._current else theme().tokens.muted)
            painter.drawText(left + 14, 0, width, self.height(), Qt.AlignmentFlag.AlignVCenter, name)
            self._spots.append((left, left + width, one.id))
            left += width + 12
        painter.end()

    def mouseMoveEvent(self, event: Any) -> None:
        x = event.position().x()
        self._chart.legend_hovered(next((series_id for low, high, series_id in self._spots if low <= x <= high), ""))

    def leaveEvent(self, event: Any) -> None:
        self._chart.legend_hovered("")


def _number(value: float) -> str:
    if not math.isfinite(value):
        return number_text(value)
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:.5g}"
