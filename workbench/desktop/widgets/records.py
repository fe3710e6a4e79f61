"""A table of records (runs, models, jobs...): typed columns, sort, filter, check marks, keyboard; selection survives a refresh."""

from collections.abc import Callable, Sequence
from typing import Any, Generic

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.desktop.icons import pixmap
from workbench.desktop.theme import theme
from workbench.desktop.widgets.recordheader import RecordHeader
from workbench.desktop.widgets.recordmodel import LEFT, RIGHT, Column, Index, R, RecordModel
from workbench.desktop.widgets.status import paint_status, pill_width

_CHECK_WIDTH = 36


class _Delegate(QStyledItemDelegate):
    """Paints a cell by itself: ground, check mark, pill, icon, text."""

    def __init__(self, table: "RecordTable[Any]") -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = self._table.model
        if index.row() >= len(model.shown):
            return
        record = model.shown[index.row()]
        tokens = theme().tokens
        rect: QRect = option.rect
        view = self._table.view
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, tokens.selection)
        elif self._table.hovered_row == index.row():
            painter.fillRect(rect, tokens.hover)
        painter.setPen(tokens.hairline)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if index.column() == 0 and view.hasFocus() and index.row() == view.currentIndex().row():
            painter.fillRect(QRect(rect.x(), rect.y(), 2, rect.height() - 1), tokens.accent)
        column = model.column_at(index.column())
        if column is None:
            _paint_check(painter, rect, model.id_of(record) in model.checked, view.devicePixelRatioF())
        else:
            self._paint_cell(painter, rect, column, record)
        painter.restore()

    def _paint_cell(self, painter: QPainter, rect: QRect, column: Column[Any], record: Any) -> None:
        tokens = theme().tokens
        text = column.text(record)
        inner = rect.adjusted(10, 0, -10, -1)
        dpr = self._table.devicePixelRatioF()
        if column.kind == "status":
            painter.setFont(theme().small_font)
            if text:
                paint_status(painter, inner, text, dpr)
            return
        if column.colour is not None and (swatch := column.colour(record)) is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(swatch)
            painter.drawEllipse(inner.x(), inner.center().y() - 4, 9, 9)
            inner = inner.adjusted(16, 0, 0, 0)
        if column.icon is not None and (name := column.icon(record)):
            painter.drawPixmap(inner.x(), inner.y() + (inner.height() - 16) // 2, pixmap(name, 16, "muted", dpr))
            inner = inner.adjusted(22, 0, 0, 0)
        fonts = {"number": "number_font", "mono": "mono_font", "strong": "strong_font"}
        painter.setFont(self._table.fonts[fonts.get(column.kind, "font")])
        painter.setPen({"link": tokens.accent, "muted": tokens.muted, "time": tokens.muted}.get(column.kind, tokens.text))
        elided = painter.fontMetrics().elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, RIGHT if column.right else LEFT, elided)


def _paint_check(painter: QPainter, rect: QRect, on: bool, dpr: float) -> None:
    tokens = theme().tokens
    box = QRect(rect.x() + (rect.width() - 16) // 2, rect.y() + (rect.height() - 17) // 2, 16, 16)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(tokens.accent_fill if on else tokens.input_border)
    painter.setBrush(tokens.accent_fill if on else tokens.base)
    painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 4, 4)
    if on:
        painter.drawPixmap(box.x() + 2, box.y() + 2, pixmap("check", 12, "on_accent", dpr))


class _View(QTableView):
    """The inner view: Enter activates, Space checks or selects, a right click asks for a menu."""

    def __init__(self, table: "RecordTable[Any]") -> None:
        super().__init__(table)
        self._table = table

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and row >= 0:
            self._table.activated.emit(self._table.model.shown[row])
        elif event.key() == Qt.Key.Key_Space and row >= 0 and self._table.model.checkable:
            self._table.model.toggle(row)
        elif event.key() == Qt.Key.Key_Menu and row >= 0:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
            self._table.menu_requested.emit(self._table.model.shown[row], place)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._table.hover(self.indexAt(event.position().toPoint()).row())
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == 0 and self._table.model.checkable and event.button() == Qt.MouseButton.LeftButton:
            self._table.model.toggle(index.row())
            return
        super().mousePressEvent(event)

    def leaveEvent(self, event: Any) -> None:
        self._table.hover(-1)
        super().leaveEvent(event)


class RecordTable(QWidget, Generic[R]):
    """The table. Records are frozen objects; `id_of` names them. Up to some ten thousand rows."""

    selection_changed = Signal()
    activated = Signal(object)
    checked_changed = Signal()
    menu_requested = Signal(object, QPoint)
    shown_count_changed = Signal(int, int)
    link_clicked = Signal()
    """The link in the text that stands for no rows."""
    hovered = Signal(str)
    """The mouse came over the row of that id."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        id_of: Callable[[R], str],
        parent: QWidget | None = None,
        *,
        checkable: bool = False,
        empty: str = "Nothing here yet",
    ) -> None:
        super().__init__(parent)
        self._empty_text = empty
        self.hovered_row = -1
        self.model: RecordModel[R] = RecordModel(columns, id_of, checkable, self)
        self.view = _View(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Delegate(self))
        self._set_up_view()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._empty = QLabel(empty, self.view.viewport())
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.linkActivated.connect(self._on_link)
        self.model.checks_changed.connect(self.checked_changed)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.view.doubleClicked.connect(self._on_double_clicked)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.view.horizontalHeader().sectionClicked.connect(self._on_section_clicked)
        theme().theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._fit_columns()

    @property
    def records(self) -> tuple[R, ...]:
        """All records, also those the filter hides."""
        return tuple(self.model.all)

    def set_columns(self, columns: Sequence[Column[R]], records: Sequence[R] | None = None) -> None:
        """Other columns for the same records, or for these."""

        def change() -> None:
            self._keep_sorted(columns)
            self.model.columns = tuple(columns)
            self.model.set_all(self.model.all if records is None else records)

        self._rearrange(change)
        self._fit_columns()

    def set_records(self, records: Sequence[R]) -> None:
        """Shows these; selection, current row, check marks and scroll position stay where ids stay."""
        first_fill = not self.model.all
        plain = self.model.sorted_by is None and not self.model.filter
        if plain and [self.model.id_of(r) for r in self.model.all] == [self.model.id_of(r) for r in records]:
            self.model.set_all(records)
            if records:
                self.model.dataChanged.emit(
                    self.model.index(0, 0), self.model.index(len(self.model.shown) - 1, self.model.columnCount() - 1)
                )
            return
        self._rearrange(lambda: self.model.set_all(records))
        if first_fill:
            self._fit_columns()

    def set_filter(self, text: str) -> None:
        """Shows only records that contain all words, in any column."""
        self.model.filter = text
        self._rearrange(self.model.arrange)

    def sort_by(self, title: str, *, descending: bool = False) -> None:
        """Sorts by the column of that title."""
        for section in range(self.model.columnCount()):
            column = self.model.column_at(section)
            if column is not None and column.title == title:
                self._sort(section, descending)

    def selected_ids(self) -> tuple[str, ...]:
        return tuple(self.model.id_of(record) for record in self.selected())

    def selected(self) -> tuple[R, ...]:
        ranges: list[QItemSelectionRange] = list(self.view.selectionModel().selection())  # type: ignore[call-overload]  # a list in Qt
        rows = sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)})
        return tuple(self.model.shown[row] for row in rows if row < len(self.model.shown))

    def current(self) -> R | None:
        row = self.view.currentIndex().row()
        return self.model.shown[row] if 0 <= row < len(self.model.shown) else None

    def select_id(self, record_id: str) -> bool:
        """Selects and shows the record; False when it is not in view."""
        for row, record in enumerate(self.model.shown):
            if self.model.id_of(record) == record_id:
                self._select_row(row)
                self.view.scrollTo(self.model.index(row, 0))
                return True
        return False

    def _select_row(self, row: int) -> None:
        """Unlike `selectRow` of Qt this does not go by the keys that are held down just now."""
        how = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(self.model.index(row, 0), how.ClearAndSelect | how.Rows)

    def checked_ids(self) -> tuple[str, ...]:
        """In the order of the records."""
        if not self.model.checked:
            return ()
        return tuple(self.model.id_of(r) for r in self.model.all if self.model.id_of(r) in self.model.checked)

    def set_checked(self, ids: Sequence[str]) -> None:
        self.model.checked = set(ids)
        self.view.viewport().update()
        self.checked_changed.emit()

    def set_empty_text(self, text: str) -> None:
        self._empty_text = text
        self._show_count()

    def hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.view.viewport().update()
            if 0 <= row < len(self.model.shown):
                self.hovered.emit(self.model.id_of(self.model.shown[row]))

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.view.viewport().rect())

    def _set_up_view(self) -> None:
        view = self.view
        view.setHorizontalHeader(RecordHeader(view))
        view.setShowGrid(False)
        view.setMouseTracking(True)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = view.horizontalHeader()
        header.setMinimumSectionSize(_CHECK_WIDTH)
        header.setDefaultAlignment(LEFT)
        self.setFocusProxy(view)

    def _rearrange(self, change: Callable[[], object]) -> None:
        """Runs `change` as a layout change, so that selection and current row follow the ids."""
        selected = set(self.selected_ids())
        current = self.current()
        current_id = self.model.id_of(current) if current is not None else ""
        bar = self.view.verticalScrollBar().value()
        selection_model = self.view.selectionModel()
        blocked = selection_model.blockSignals(True)
        self.model.beginResetModel()
        change()
        self.model.endResetModel()
        last = self.model.columnCount() - 1
        selection = QItemSelection()
        rows = [row for row, record in enumerate(self.model.shown) if self.model.id_of(record) in selected] if selected else []
        for first, end in _stretches(rows):
            selection.select(self.model.index(first, 0), self.model.index(end, last))
        if current_id:
            at = next((row for row, record in enumerate(self.model.shown) if self.model.id_of(record) == current_id), -1)
            if at >= 0:
                selection_model.setCurrentIndex(self.model.index(at, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        selection_model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        selection_model.blockSignals(blocked)
        self.view.verticalScrollBar().setValue(bar)
        self.view.viewport().update()
        self._show_count()
        if set(self.selected_ids()) != selected:
            self.selection_changed.emit()

    def _keep_sorted(self, columns: Sequence[Column[R]]) -> None:
        """Stays sorted by the same column of the new ones, or by none where it is not among them."""
        if self.model.sorted_by is None:
            return
        section, descending = self.model.sorted_by
        before = self.model.column_at(section)
        places = [place for place, column in enumerate(columns) if before is not None and column.title == before.title]
        self.model.sorted_by = (places[0] + self.model.checkable, descending) if places else None
        header = self.view.horizontalHeader()
        header.setSortIndicatorShown(bool(places))
        if places:
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(places[0] + self.model.checkable, order)

    def _show_count(self) -> None:
        shown, total = len(self.model.shown), len(self.model.all)
        self._empty.setVisible(shown == 0)
        self._empty.setText(self._empty_text if total == 0 else f"None of {total} match “{self.model.filter}”")
        self._empty.setGeometry(self.view.viewport().rect())
        self.shown_count_changed.emit(shown, total)

    def _fit_columns(self) -> None:
        """Widths from the titles and the first 200 rows, within bounds; stretched columns take the rest."""
        header = self.view.horizontalHeader()
        metrics = QFontMetrics(theme().font)
        bold = QFontMetrics(theme().strong_font)
        for section in range(self.model.columnCount()):
            column = self.model.column_at(section)
            if column is None:
                header.setSectionResizeMode(section, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(section, _CHECK_WIDTH)
                continue
            header.setSectionResizeMode(
                section, QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            )
            if not column.stretch:
                header.resizeSection(section, column.width or self._fitting_width(column, metrics, bold))
        header.setStretchLastSection(not any(column.stretch for column in self.model.columns))

    def _fitting_width(self, column: Column[R], metrics: QFontMetrics, bold: QFontMetrics) -> int:
        texts = [column.text(record) for record in self.model.shown[:200]]
        if column.kind == "status":
            widest = max((pill_width(metrics, text) for text in texts), default=96)
        else:
            fonts = {"strong": bold, "mono": QFontMetrics(theme().mono_font), "number": QFontMetrics(theme().number_font)}
            measure = fonts.get(column.kind, metrics)
            widest = max((measure.horizontalAdvance(text[:80]) for text in texts), default=60)
        extra = (22 if column.icon else 0) + (16 if column.colour else 0) + 24
        return min(max(widest + extra, bold.horizontalAdvance(column.title) + 34, 64), 360)

    def _sort(self, section: int, descending: bool) -> None:
        self.model.sorted_by = (section, descending)
        header = self.view.horizontalHeader()
        header.setSortIndicatorShown(True)
        header.setSortIndicator(section, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)
        self._rearrange(self.model.arrange)

    def _on_section_clicked(self, section: int) -> None:
        column = self.model.column_at(section)
        if column is None:
            shown = {self.model.id_of(record) for record in self.model.shown}
            self.set_checked(() if shown <= self.model.checked else tuple(self.model.checked | shown))
            return
        before = self.model.sorted_by
        first_descends = column.kind in {"number", "time"}
        self._sort(section, not before[1] if before and before[0] == section else first_descends)

    def _on_link(self, _where: str) -> None:
        self.link_clicked.emit()

    def _on_selection_changed(self) -> None:
        self.view.viewport().update()
        self.selection_changed.emit()

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if self.model.column_at(index.column()) is not None:
            self.activated.emit(self.model.shown[index.row()])

    def _on_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            if not self.view.selectionModel().isRowSelected(index.row()):
                self._select_row(index.row())
            self.menu_requested.emit(self.model.shown[index.row()], self.view.viewport().mapToGlobal(place))

    def _on_theme_changed(self) -> None:
        t = theme()
        self.fonts = {"font": t.font, "number_font": t.number_font, "mono_font": t.mono_font, "strong_font": t.strong_font}
        self.view.verticalHeader().setDefaultSectionSize(t.metrics.row + 4)
        self.view.horizontalHeader().setFixedHeight(t.metrics.row + 4)
        self.view.viewport().update()


def _stretches(rows: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each stretch of neighbouring rows."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
