"""The grid's own headers: type glyph, name, bars, missing share; and row numbers.

A stock header asks the selection about every row (35 s for a million rows and a select-all), so both are ours.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetrics, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QHeaderView, QLineEdit, QStyleOptionHeader

from workbench.desktop.grid.source import ColumnProfileView
from workbench.desktop.icons import pixmap
from workbench.desktop.theme import theme

if TYPE_CHECKING:
    from workbench.desktop.grid.view import GridView

TYPE_ICONS = {
    "integer": "hash",
    "decimal": "decimals-arrow-right",
    "boolean": "toggle-left",
    "date": "calendar",
    "time": "clock",
    "timestamp": "calendar-clock",
    "timestamp_tz": "calendar-clock",
    "string": "type",
    "struct": "braces",
    "list": "list",
    "other": "braces",
}
_BARS = 26


class GridHeader(QHeaderView):
    """Column headers. Double click or F2 renames in place; right click asks for a menu."""

    menu_requested = Signal(int, QPoint)
    rename_requested = Signal(int, str)
    name_clicked = Signal(int)

    def __init__(self, grid: "GridView") -> None:
        super().__init__(Qt.Orientation.Horizontal, grid)
        self._grid = grid
        self.profiles: dict[str, ColumnProfileView] = {}
        self.marked: frozenset[str] = frozenset()
        self.note = ""
        self._cache: dict[tuple[object, ...], QPixmap] = {}
        self._editor: QLineEdit | None = None
        self._editing = -1
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(56)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.sectionDoubleClicked.connect(self.edit_name)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical_index: int) -> None:
        """Nothing: the stock one asks the selection about every row."""

    def sizeHint(self) -> QSize:
        name = QFontMetrics(theme().strong_font).height()
        small = QFontMetrics(theme().small_font).height()
        return QSize(super().sizeHint().width(), name + _BARS + small + 24)

    def forget(self) -> None:
        """Draws all anew."""
        self._cache.clear()
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        columns = self._grid.grid_model.columns
        if logical_index >= len(columns) or not rect.isValid():
            return
        column = columns[logical_index]
        profile = self.profiles.get(column.name)
        current = self._grid.currentIndex().column() == logical_index
        selected = self._grid.column_fully_selected(logical_index)
        dpr = self.devicePixelRatioF()
        marked = column.name in self.marked
        key = (
            column.name,
            column.type,
            rect.size().toTuple(),
            dpr,
            theme().tokens.dark,
            theme().font_size,
            id(profile),
            current,
            selected,
            marked,
        )
        if (drawn := self._cache.get(key)) is None:
            if len(self._cache) > 400:
                self._cache.clear()
            drawn = self._cache[key] = self._draw(rect.size(), column.name, column.type, profile, current, selected, marked, dpr)
        painter.drawPixmap(rect.topLeft(), drawn)

    def _draw(
        self,
        size: QSize,
        name: str,
        kind: str,
        profile: ColumnProfileView | None,
        current: bool,
        selected: bool,
        marked: bool,
        dpr: float,
    ) -> QPixmap:
        tokens = theme().tokens
        drawn = QPixmap(size * dpr)
        drawn.setDevicePixelRatio(dpr)
        drawn.fill(tokens.selection if selected or marked else tokens.base)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = size.width(), size.height()
        painter.setFont(theme().strong_font)
        line = painter.fontMetrics().height()
        painter.drawPixmap(
            QPoint(9, 8 + (line - 14) // 2), pixmap(TYPE_ICONS.get(kind, "braces"), 14, "accent" if marked else "muted", dpr)
        )
        painter.setPen(tokens.accent if current or marked else tokens.text)
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, width - 38)
        painter.drawText(QRect(29, 8, width - 36, line), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if profile is not None:
            self._draw_bars(painter, QRectF(9, 13 + line, width - 18, _BARS), profile)
            self._draw_missing(painter, QRect(9, 15 + line + _BARS, width - 18, height - line - _BARS - 18), profile)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(tokens.hairline)
        painter.drawLine(width - 1, 0, width - 1, height)
        painter.drawLine(0, height - 1, width, height - 1)
        if current:
            painter.fillRect(0, height - 2, width, 2, tokens.accent)
        painter.end()
        return drawn

    @staticmethod
    def _draw_bars(painter: QPainter, area: QRectF, profile: ColumnProfileView) -> None:
        bars = profile.bars
        top = max(bars, default=0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        tokens = theme().tokens
        if top <= 0:
            return
        if profile.kind == "top":  # shares of the most frequent values, as lying bars
            shown = bars[:3]
            step = area.height() / 3
            for number, value in enumerate(shown):
                colour = QColor(tokens.histogram)
                painter.setBrush(colour)
                length = max(2.0, area.width() * value / top)
                painter.drawRoundedRect(QRectF(area.x(), area.y() + number * step + 1, length, step - 2.5), 1.5, 1.5)
            return
        step = area.width() / len(bars)
        gap = 1.0 if step > 3 else 0.0
        painter.setBrush(tokens.histogram)
        for number, value in enumerate(bars):
            if value > 0:
                tall = max(1.5, area.height() * value / top)
                painter.drawRect(QRectF(area.x() + number * step, area.bottom() - tall, max(1.0, step - gap), tall))

    @staticmethod
    def _draw_missing(painter: QPainter, area: QRect, profile: ColumnProfileView) -> None:
        tokens = theme().tokens
        bar = QRectF(area.x(), area.y(), area.width(), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.neutral_soft)
        painter.drawRoundedRect(bar, 1.5, 1.5)
        if profile.missing > 0:
            painter.setBrush(tokens.warn)
            length = max(3.0, bar.width() * profile.missing)
            painter.drawRoundedRect(QRectF(bar.right() - length, bar.y(), length, 3), 1.5, 1.5)
        painter.setFont(theme().small_font)
        text = f"{_percent(profile.missing)} missing" if profile.missing > 0 else profile.caption
        painter.setPen(tokens.warn if profile.missing > 0 else tokens.muted)
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area.adjusted(0, 5, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, elided)

    def tooltip(self, section: int) -> str:
        """Name, type and profile in words."""
        columns = self._grid.grid_model.columns
        if not 0 <= section < len(columns):
            return ""
        column = columns[section]
        profile = self.profiles.get(column.name)
        return "\n".join(filter(None, (f"{column.name} · {column.type}", profile.summary if profile else "", self.note)))

    def edit_name(self, section: int) -> None:
        """Opens a field over the name."""
        if not 0 <= section < len(self._grid.grid_model.columns):
            return
        self._close_editor()
        editor = QLineEdit(self._grid.grid_model.columns[section].name, self.viewport())
        editor.setFont(theme().strong_font)
        left = self.sectionViewportPosition(section)
        line = QFontMetrics(theme().strong_font).height()
        editor.setGeometry(left + 2, 3, max(140, self.sectionSize(section) - 4), line + 12)
        editor.setAccessibleName("New name of the column")
        editor.selectAll()
        editor.editingFinished.connect(self._on_edited)
        editor.show()
        editor.setFocus()
        self._editor, self._editing = editor, section

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        section = self.logicalIndexAt(event.position().toPoint())
        text = self.tooltip(section)
        if text != self.toolTip():
            self.setToolTip(text)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            section = self.logicalIndexAt(event.position().toPoint())
            if section >= 0:
                self.name_clicked.emit(section)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        section = self.logicalIndexAt(event.pos())
        if section >= 0:
            self.menu_requested.emit(section, event.globalPos())

    def _on_edited(self) -> None:
        editor, section = self._editor, self._editing
        if editor is None:
            return
        name = editor.text().strip()
        self._close_editor()
        columns = self._grid.grid_model.columns
        if section < len(columns) and name and name != columns[section].name:
            self.rename_requested.emit(section, name)

    def _close_editor(self) -> None:
        if (editor := self._editor) is not None:
            self._editor = None
            editor.hide()
            editor.deleteLater()
            self._grid.setFocus()


class RowHeader(QHeaderView):
    """Row numbers."""

    def __init__(self, grid: "GridView") -> None:
        super().__init__(Qt.Orientation.Vertical, grid)
        self._grid = grid
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical_index: int) -> None:
        """Nothing: see GridHeader."""

    def sizeHint(self) -> QSize:
        digits = max(3, len(f"{self._grid.grid_model.rows:,}"))
        return QSize(QFontMetrics(theme().small_font).horizontalAdvance("0" * digits) + 24, 100)

    def sectionSizeFromContents(self, logical_index: int) -> QSize:
        return QSize(self.sizeHint().width(), self.defaultSectionSize())

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        tokens = theme().tokens
        current = self._grid.currentIndex().row() == logical_index
        painter.fillRect(rect, tokens.selection if current else tokens.base)
        painter.setFont(theme().small_font)
        painter.setPen(tokens.text if current else tokens.muted)
        painter.drawText(
            rect.adjusted(4, 0, -10, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{logical_index + 1:,}"
        )
        painter.setPen(tokens.hairline)
        painter.drawLine(rect.topRight(), rect.bottomRight())


def _percent(share: float) -> str:
    value = share * 100
    if value < 0.1:
        return "< 0.1%"
    return f"{value:.1f}%" if value < 10 else f"{value:.0f}%"
