"""The grid's model: true row count, pages of text fetched by a worker when they are painted, never waited for."""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from workbench.desktop.grid.source import ColumnLike, GridSource, WindowLike
from workbench.desktop.operations import Operations, Progress

log = logging.getLogger(__name__)
Index = QModelIndex | QPersistentModelIndex
PAGE = 256
_CACHE_CELLS = 1_500_000
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_EDIT = int(Qt.ItemDataRole.EditRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_EDITABLE = _PLAIN | Qt.ItemFlag.ItemIsEditable
MISSING = "…"


class GridModel(QAbstractTableModel):
    """Cells of a GridSource as text. A cell whose page is not there yet shows `…` and asks for it."""

    example_edited = Signal(int, str)
    first_page = Signal()
    fetch_failed = Signal(object)

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self._source: GridSource | None = None
        self._generation = 0
        self._pages: OrderedDict[int, WindowLike] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._loading: set[int] = set()
        self._arrived: set[int] = set()
        self._failed = False
        self.columns: tuple[ColumnLike, ...] = ()
        self.rows = 0
        self.row_limit = (2**31 - 1) // 64
        self.example_section = -1
        self.example_values: dict[int, str] = {}
        self.doubtful: set[int] = set()
        self._fetch_timer = QTimer(self)
        self._fetch_timer.setSingleShot(True)
        self._fetch_timer.setInterval(8)
        self._fetch_timer.timeout.connect(self._fetch)
        self._tell_timer = QTimer(self)
        self._tell_timer.setSingleShot(True)
        self._tell_timer.setInterval(33)
        self._tell_timer.timeout.connect(self._tell)

    @property
    def source(self) -> GridSource | None:
        return self._source

    def set_source(self, source: GridSource | None) -> None:
        """Shows another table. Pages of the earlier one that still come are dropped."""
        self.beginResetModel()
        self._generation += 1
        self._source = source
        self._pages.clear()
        self._wanted.clear()
        self._loading.clear()
        self._arrived.clear()
        self._failed = False
        self.columns = tuple(source.columns) if source is not None else ()
        self.rows = min(source.row_count, self.row_limit) if source is not None else 0
        self.example_section = -1
        self.example_values = {}
        self.doubtful = set()
        self.endResetModel()

    def section_of(self, name: str | None) -> int:
        return next((number for number, column in enumerate(self.columns) if column.name == name), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else self.rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _EDITABLE if self.example_section >= 0 and index.column() == self.example_section else _PLAIN

    def cell(self, row: int, section: int) -> str | None:
        """The text of a cell: None is a missing value, `…` a cell that is not there yet."""
        if section == self.example_section and row in self.example_values:
            return self.example_values[row]
        number = row // PAGE
        page = self._pages.get(number)
        if page is None:
            if number not in self._loading and not self._failed:
                self._wanted[number] = None
                self._wanted.move_to_end(number)
                if not self._fetch_timer.isActive():
                    self._fetch_timer.start()
            return MISSING
        values = page.columns[section]
        at = row - number * PAGE
        return values[at] if at < len(values) else None

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role not in {_DISPLAY, _EDIT, _TOOLTIP} or not index.isValid() or index.row() >= self.rows:
            return None
        text = self.cell(index.row(), index.column())
        if role == _TOOLTIP:
            return text if text and len(text) > 24 else None
        return "" if text is None and role == _EDIT else text

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:
        """Only cells of the example column can be typed into; the table itself never changes here."""
        if role != _EDIT or not index.isValid() or index.column() != self.example_section:
            return False
        before = self.cell(index.row(), index.column())
        if str(value) != (before or "") or index.row() in self.doubtful:
            self.example_edited.emit(index.row(), str(value))
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if role != _DISPLAY:
            return None
        if orientation == Qt.Orientation.Vertical:
            return f"{section + 1:,}"
        return self.columns[section].name if section < len(self.columns) else None

    def first_rows(self, limit: int = 200) -> list[Sequence[str | None]]:
        """The columns' first values, if their page is there."""
        page = self._pages.get(0)
        return [values[:limit] for values in page.columns] if page is not None else []

    def _fetch(self) -> None:
        if self._source is None:
            return
        wanted = list(self._wanted)[-8:]  # what was scrolled past is not needed any more
        self._wanted.clear()
        source, generation = self._source, self._generation
        for number in reversed(wanted):
            if number in self._pages or number in self._loading:
                continue
            self._loading.add(number)
            limit = min(PAGE, self.rows - number * PAGE)

            def read(_progress: Progress, number: int = number, limit: int = limit) -> tuple[int, int, WindowLike]:
                return generation, number, source.window(number * PAGE, limit)

            self._operations.run("Reading rows", read, self._on_page, self._on_failed, quiet=True)

    def _on_page(self, answer: tuple[int, int, WindowLike]) -> None:
        generation, number, page = answer
        if generation != self._generation:
            return
        self._loading.discard(number)
        self._pages[number] = page
        keep = max(8, _CACHE_CELLS // (PAGE * max(1, len(self.columns))))
        while len(self._pages) > keep:
            self._pages.popitem(last=False)
        self._arrived.add(number)
        if number == 0:
            self.first_page.emit()
        if not self._tell_timer.isActive():
            self._tell_timer.start()

    def _on_failed(self, error: Exception) -> None:
        if not self._failed:
            self._failed = True
            self._loading.clear()
            self.fetch_failed.emit(error)

    def _tell(self) -> None:
        if not self._arrived or not self.columns:
            return
        low = min(self._arrived) * PAGE
        high = min(self.rows, (max(self._arrived) + 1) * PAGE) - 1
        self._arrived.clear()
        if high >= low:
            self.dataChanged.emit(self.index(low, 0), self.index(high, len(self.columns) - 1), [_DISPLAY])
