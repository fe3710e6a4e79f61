"""The inspector of a column: statistics, histogram, most frequent values; a click on a bar filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workbench.desktop.data.profile_view import number, short
from workbench.desktop.data.wizard.draft import TYPE_ICONS, TYPE_TITLES
from workbench.desktop.theme import theme
from workbench.desktop.widgets import ElidedLabel, HLine, IconLabel, clear_layout, label

if TYPE_CHECKING:
    from workbench.dataprep.profiles import ColumnProfile


@dataclass(frozen=True)
class Bar:
    """A bar: its label, its count, and the filter that it stands for (operator and values)."""

    text: str
    count: int
    operator: str
    value: str
    value2: str = ""


class _Bars(QWidget):
    """Common to both kinds of bars: hover, keys, click."""

    clicked = Signal(object, QPointF)

    def __init__(self) -> None:
        super().__init__()
        self.bars: tuple[Bar, ...] = ()
        self._hover = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        self.bars, self._hover = tuple(bars), -1
        self.setVisible(bool(bars))
        self.updateGeometry()
        self.update()

    def place(self, index: int) -> QRectF:
        """Where a bar is."""
        raise NotImplementedError

    def at(self, point: QPointF) -> int:
        """The bar under a point; -1 for none."""
        return next((index for index in range(len(self.bars)) if self.place(index).contains(point)), -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (index := self.at(event.position())) >= 0:
            self.clicked.emit(self.bars[index], event.globalPosition())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        if event.key() in steps and self.bars:
            self._set_hover(max(0, min(len(self.bars) - 1, self._hover + steps[Qt.Key(event.key())])))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Space} and self._hover >= 0:
            spot = self.mapToGlobal(self.place(self._hover).center().toPoint())
            self.clicked.emit(self.bars[self._hover], QPointF(spot))
        else:
            super().keyPressEvent(event)

    def _set_hover(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self.setCursor(Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor)
            self.setToolTip(f"{self.bars[index].text}: {self.bars[index].count:,} rows. Click to filter." if index >= 0 else "")
            self.update()


class Histogram(_Bars):
    """Standing bars; below them the ends of the range."""

    def __init__(self) -> None:
        super().__init__()
        self.ends = ("", "")
        self.setFixedHeight(112)
        self.setAccessibleName("Histogram")

    def place(self, index: int) -> QRectF:
        step = self.width() / max(1, len(self.bars))
        return QRectF(index * step, 0, step, self.height() - 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), theme().tokens
        top = max((bar.count for bar in self.bars), default=0)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, bar in enumerate(self.bars):
            area = self.place(index)
            tall = max(1.5, (area.height() - 4) * bar.count / top) if bar.count and top else 0
            painter.setBrush(tokens.accent if index == self._hover else tokens.histogram)
            if index == self._hover:
                painter.fillRect(area, tokens.hover)
            painter.drawRect(QRectF(area.x() + 0.5, area.bottom() - tall, max(1.0, area.width() - 1.5), tall))
        base = self.height() - 17.5
        painter.setPen(tokens.hairline)
        painter.drawLine(QPointF(0, base), QPointF(self.width(), base))
        painter.setPen(tokens.muted)
        painter.setFont(theme().small_font)
        words = QRectF(0, self.height() - 16, self.width(), 16)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.ends[0])
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.ends[1])
        if self._hover >= 0:
            bar = self.bars[self._hover]
            painter.setPen(tokens.text)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, f"{bar.count:,}")
        painter.end()


class TopValues(_Bars):
    """Lying bars with value and count."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Most frequent values")
        self.total = 0

    @property
    def _row(self) -> int:
        return theme().metrics.row - 4

    def sizeHint(self) -> QSize:
        return QSize(200, self._row * len(self.bars) + 2)

    def place(self, index: int) -> QRectF:
        return QRectF(0, index * self._row, self.width(), self._row)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), theme().tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = max((bar.count for bar in self.bars), default=1)
        painter.setFont(theme().small_font)
        metrics = painter.fontMetrics()
        for index, bar in enumerate(self.bars):
            area = self.place(index).adjusted(0, 1.5, 0, -1.5)
            painter.setPen(Qt.PenStyle.NoPen)
            if index == self._hover:
                painter.setBrush(tokens.hover)
                painter.drawRoundedRect(area, 4, 4)
            painter.setBrush(tokens.selection)
            painter.drawRoundedRect(QRectF(area.x(), area.y(), max(4.0, area.width() * bar.count / top), area.height()), 4, 4)
            share = f"{bar.count:,}   {100 * bar.count / self.total:.1f} %" if self.total else f"{bar.count:,}"
            room = area.width() - metrics.horizontalAdvance(share) - 24
            painter.setPen(tokens.text)
            text = metrics.elidedText(bar.text or "(empty text)", Qt.TextElideMode.ElideRight, max(20, int(room)))
            painter.drawText(area.adjusted(8, 0, -8, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            painter.setPen(tokens.muted)
            painter.drawText(area.adjusted(8, 0, -8, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)
        painter.end()


class Inspector(QWidget):
    """Shows the profile of one column of what the grid shows."""

    bar_clicked = Signal(str, object, QPointF)
    """Column, Bar and where."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.column = ""
        self._glyph = IconLabel("columns-3", 14)
        self._name = ElidedLabel("Column")
        self._name.setFont(theme().strong_font)
        self._kind = label("", "small")
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 12, 8)
        head.setSpacing(8)
        head.addWidget(self._glyph)
        head.addWidget(self._name, 1)
        head.addWidget(self._kind)
        body = QWidget()
        body.setProperty("transparent", True)
        self._body = QVBoxLayout(body)
        self._body.setContentsMargins(14, 10, 14, 12)
        self._body.setSpacing(10)
        self._hint = label("Click a column to see its statistics here.", "muted", wrap=True)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(3)
        self.histogram = Histogram()
        self.top = TopValues()
        for bars in (self.histogram, self.top):
            bars.set_bars(())
            bars.clicked.connect(self._on_bar)
        self._body.addWidget(self._hint)
        self._body.addWidget(self.histogram)
        self._body.addLayout(self._facts)
        self._body.addWidget(self.top)
        self._body.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setStyleSheet("QScrollArea { background: transparent; }")
        area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(HLine())
        layout.addWidget(area, 1)

    def show_nothing(self, column: str) -> None:
        """A column without values to count, yet."""
        self.show_profile(None, column)
        self._hint.setText("There are no values to count yet.")

    def show_profile(self, profile: "ColumnProfile | None", column: str = "") -> None:
        """Shows a column's profile; None while it is not known."""
        self.column = profile.name if profile is not None else column
        self._name.set_text(self.column or "Column")
        self._hint.setVisible(profile is None)
        self._hint.setText("Computing the statistics …" if column else "Click a column to see its statistics here.")
        clear_layout(self._facts)
        if profile is None:
            self._kind.setText("")
            self.histogram.set_bars(())
            self.top.set_bars(())
            return
        self._glyph.set_icon(TYPE_ICONS.get(profile.type, "type"))
        self._kind.setText(TYPE_TITLES.get(profile.type, profile.type))
        for row, (name, value, role) in enumerate(facts(profile)):
            self._facts.addWidget(label(name, "small"), row, 0)
            text = label(value, role, selectable=True)
            text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._facts.addWidget(text, row, 1)
        self._facts.setColumnStretch(1, 1)
        self.histogram.ends = (short(profile.minimum, 18), short(profile.maximum, 18))
        self.histogram.set_bars(histogram_bars(profile))
        present = profile.count - profile.missing
        self.top.total = profile.count
        shown = profile.top if profile.distinct <= max(20, present // 2) else ()
        self.top.set_bars([Bar(value.value, value.count, "equals", value.value) for value in shown[:12]])

    def _on_bar(self, bar: Bar, place: QPointF) -> None:
        self.bar_clicked.emit(self.column, bar, place)


def facts(profile: "ColumnProfile") -> list[tuple[str, str, str]]:
    """Names and values of the statistics, with the role of the value's label."""
    share = f" ({100 * profile.missing / profile.count:.1f} %)" if profile.count and profile.missing else ""
    rows = [
        ("Rows", f"{profile.count:,}", ""),
        ("Missing", f"{profile.missing:,}{share}", ""),
        ("Distinct", f"{profile.distinct:,}", ""),
    ]
    if profile.minimum is not None:
        rows.append(("Minimum", short(profile.minimum, 26), ""))
    if profile.quartiles is not None:
        for name, value in zip(("Lower quartile", "Median", "Upper quartile"), profile.quartiles, strict=True):
            rows.append((name, number(value), ""))
    if profile.maximum is not None:
        rows.append(("Maximum", short(profile.maximum, 26), ""))
    if profile.mean is not None:
        rows.append(("Mean", number(profile.mean), ""))
    if profile.deviation is not None:
        rows.append(("Standard deviation", number(profile.deviation), ""))
    return rows


def histogram_bars(profile: "ColumnProfile") -> list[Bar]:
    """The bins as bars; each stands for `between` its ends."""
    import datetime as dt

    bars = []
    for bin_ in profile.histogram:
        low, high = _plain(bin_.low), _plain(bin_.high)
        if profile.type in {"date", "timestamp", "timestamp_tz"}:
            start, end = (dt.datetime(1970, 1, 1) + dt.timedelta(seconds=s) for s in (bin_.low, bin_.high))  # noqa: DTZ001
            low, high = (t.date().isoformat() if profile.type == "date" else t.isoformat(" ", "seconds") for t in (start, end))
        elif profile.type == "integer":
            import math

            last = bin_ is profile.histogram[-1]
            low, high = str(math.ceil(bin_.low)), str(math.floor(bin_.high) if last else math.ceil(bin_.high) - 1)
        same = low == high
        bars.append(Bar(bin_.label, bin_.count, "equals" if same else "between", low, "" if same else high))
    return bars


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 10))
