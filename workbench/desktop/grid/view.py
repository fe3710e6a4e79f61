"""The table view of the grid and the delegate that paints its cells."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from workbench.desktop.grid.header import GridHeader, RowHeader
from workbench.desktop.grid.model import MISSING, GridModel
from workbench.desktop.theme import theme

if TYPE_CHECKING:
    from workbench.desktop.grid.grid import DataGrid

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NUMERIC = frozenset({"integer", "decimal"})


class _Cells(QStyledItemDelegate):
    """Paints from the model's text alone; asks no other role."""

    def __init__(self, view: "GridView") -> None:
        super().__init__(view)
        self._view = view
        self.refresh()

    def refresh(self) -> None:
        """Takes fonts and colours of the theme."""
        t = theme()
        self.number = t.number_font
        self.plain = t.font
        self.null = QFont(t.font)
        self.null.setItalic(True)
        self.tokens = t.tokens
        self.marked = QColor(t.tokens.selection)
        self.marked.setAlphaF(0.45)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = self._view
        model = view.grid_model
        row, section = index.row(), index.column()
        if section >= len(model.columns):
            return
        rect: QRect = option.rect
        tokens = self.tokens
        column = model.columns[section]
        text = model.cell(row, section)
        example = section == model.example_section
        if view.is_selected(row, section):
            painter.fillRect(rect, tokens.selection)
        elif example or column.name in view.marked:
            painter.fillRect(rect, self.marked)
        right = column.type in NUMERIC and not example
        inner = rect.adjusted(10, 0, -10, 0)
        if text is None:
            painter.setFont(self.null)
            painter.setPen(tokens.disabled)
            painter.drawText(inner, _RIGHT if right else _LEFT, "null")
        else:
            painter.setFont(self.number if right else self.plain)
            typed = example and row in model.example_values
            painter.setPen(tokens.disabled if text is MISSING else tokens.accent if typed else tokens.text)
            shown = text[:400].replace("\n", "⏎") if len(text) > 12 else text.replace("\n", "⏎")
            if len(shown) * 5 > inner.width():
                shown = painter.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, _RIGHT if right else _LEFT, shown)
        if example and row in model.doubtful:
            painter.fillRect(QRect(rect.x(), rect.y(), 3, rect.height()), tokens.warn)
        painter.setPen(tokens.hairline)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        current = view.currentIndex()
        if row == current.row() and section == current.column():
            painter.setPen(tokens.accent if view.hasFocus() else tokens.input_border)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName("Example")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            text = self._view.grid_model.cell(index.row(), index.column())
            editor.setText("" if text is None or text is MISSING else text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            shown = self._view.grid_model.cell(index.row(), index.column())
            if editor.isModified() and editor.text() and editor.text() == shown:
                self._view.grid_model.example_edited.emit(index.row(), shown)  # typed as it stands: right as it is
            else:
                self._view.grid_model.setData(index, editor.text())


class GridView(QTableView):
    """The view. Which cells are selected is asked of the ranges, once a repaint, never of the model."""

    def __init__(self, grid: "DataGrid", model: GridModel) -> None:
        super().__init__(grid)
        self._grid = grid
        self.grid_model = model
        self.marked: frozenset[str] = frozenset()
        self._ranges: list[tuple[int, int, int, int]] = []
        self.header = GridHeader(self)
        self.row_header = RowHeader(self)
        self.setHorizontalHeader(self.header)
        self.setVerticalHeader(self.row_header)
        self.setModel(model)
        self.cells = _Cells(self)
        self.setItemDelegate(self.cells)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(True)
        if corner := self.findChild(QAbstractButton):
            corner.setAccessibleName("Select all cells")
            corner.setToolTip("Select all cells  (Ctrl+A)")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Data")

    def note_ranges(self) -> None:
        """Takes the selection's ranges; called when it changes."""
        selection = self.selectionModel().selection()
        self._ranges = [(r.top(), r.bottom(), r.left(), r.right()) for r in (selection.at(i) for i in range(selection.count()))]

    @property
    def ranges(self) -> list[tuple[int, int, int, int]]:
        """The selection as (top, bottom, left, right)."""
        return self._ranges

    def is_selected(self, row: int, section: int) -> bool:
        return any(top <= row <= bottom and left <= section <= right for top, bottom, left, right in self._ranges)

    def column_fully_selected(self, section: int) -> bool:
        last = self.grid_model.rows - 1
        return last >= 0 and any(
            top == 0 and bottom == last and left <= section <= right for top, bottom, left, right in self._ranges
        )

    def selectAll(self) -> None:
        """One range over everything."""
        model, rows, columns = self.grid_model, self.grid_model.rows, len(self.grid_model.columns)
        if rows and columns:
            from PySide6.QtCore import QItemSelection

            selection = QItemSelection(model.index(0, 0), model.index(rows - 1, columns - 1))
            self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._grid.copy_selection()
        elif event.key() == Qt.Key.Key_F2 and self.currentIndex().column() != self.grid_model.example_section:
            self.header.edit_name(self.currentIndex().column())
        elif event.key() == Qt.Key.Key_Menu and self.currentIndex().isValid():
            self._grid.ask_cell_menu(self.visualRect(self.currentIndex()).bottomLeft())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.note_ranges()
        super().paintEvent(event)
