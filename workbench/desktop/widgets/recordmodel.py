"""The records of a table as Qt's model: typed columns, sort, filter and check marks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_LONG_TITLE = 16  # characters; it may be cut short
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Column(Generic[R]):
    """How one column shows a record. `kind`: text, number, status, link, mono, time, strong or muted."""

    title: str
    text: Callable[[R], str]
    sort: Callable[[R], Any] | None = None
    align: str = ""
    width: int = 0
    kind: str = "text"
    icon: Callable[[R], str | None] | None = None
    colour: Callable[[R], QColor | None] | None = None
    tooltip: Callable[[R], str] | None = None
    stretch: bool = False

    @property
    def right(self) -> bool:
        return self.align == "right" or (not self.align and self.kind == "number")


def ordered(records: Sequence[R], key: Callable[[R], Any], *, descending: bool) -> list[R]:
    """The records by their keys, numbers before texts; missing ones last whichever way, NaN before them.

    Numbers and texts are sorted each for themselves: Python compares ten thousand of one kind in a fraction of the time.
    """
    found: tuple[tuple[list[Any], list[R]], ...] = (([], []), ([], []), ([], []))
    (numbers, of_numbers), (texts, of_texts), (others, of_others) = found
    nans: list[R] = []
    missing: list[R] = []
    for record in records:
        value = key(record)
        if isinstance(value, int | float):
            if value != value:
                nans.append(record)
            else:
                numbers.append(value)
                of_numbers.append(record)
        elif value is None or value == "":
            missing.append(record)
        elif isinstance(value, str):
            texts.append(value.casefold())
            of_texts.append(record)
        else:
            others.append(value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value)
            of_others.append(record)
    result: list[R] = []
    for values, its in reversed(found) if descending else found:
        result += [its[at] for at in sorted(range(len(values)), key=values.__getitem__, reverse=descending)]
    return result + nans + missing


class RecordModel(QAbstractTableModel, Generic[R]):
    """The rows in view, in order; the check marks by id."""

    checks_changed = Signal()

    def __init__(self, columns: Sequence[Column[R]], id_of: Callable[[R], str], checkable: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.id_of = id_of
        self.checkable = checkable
        self.all: list[R] = []
        self.shown: list[R] = []
        self.checked: set[str] = set()
        self.filter = ""
        self.sorted_by: tuple[int, bool] | None = None
        self._texts: dict[str, str] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns) + self.checkable

    def column_at(self, section: int) -> Column[R] | None:
        index = section - self.checkable
        return self.columns[index] if 0 <= index < len(self.columns) else None

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role not in {_DISPLAY, _TOOLTIP, _ACCESSIBLE} or not index.isValid() or index.row() >= len(self.shown):
            return None
        record = self.shown[index.row()]
        column = self.column_at(index.column())
        if column is None:
            return ("checked" if self.id_of(record) in self.checked else "not checked") if role == _ACCESSIBLE else None
        if role == _TOOLTIP:
            return (column.tooltip(record) if column.tooltip else column.text(record)) or None
        return column.text(record)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == _DISPLAY:
            column = self.column_at(section)
            return column.title if column else ""
        if orientation == Qt.Orientation.Horizontal and role == _TOOLTIP:
            column = self.column_at(section)
            return column.title if column and len(column.title) > _LONG_TITLE else None
        if orientation == Qt.Orientation.Horizontal and role == _ALIGNMENT:
            column = self.column_at(section)
            return RIGHT if column is not None and column.right else LEFT
        return None

    def arrange(self) -> None:
        """Filters and sorts anew what is in `all`."""
        words = self.filter.casefold().split()
        rows = self.all
        if words:
            rows = [record for record in rows if all(word in self._text_of(record) for word in words)]
        if self.sorted_by is not None:
            section, descending = self.sorted_by
            column = self.column_at(section)
            if column is not None:
                rows = ordered(rows, column.sort or column.text, descending=descending)
        self.shown = list(rows)

    def set_all(self, records: Sequence[R]) -> None:
        self.all = list(records)
        self._texts.clear()
        if self.checked:
            self.checked &= {self.id_of(record) for record in self.all}
        self.arrange()

    def toggle(self, row: int) -> None:
        record_id = self.id_of(self.shown[row])
        self.checked ^= {record_id}
        index = self.index(row, 0)
        self.dataChanged.emit(index, index)
        self.checks_changed.emit()

    def _text_of(self, record: R) -> str:
        record_id = self.id_of(record)
        if record_id not in self._texts:
            self._texts[record_id] = "\n".join(column.text(record) for column in self.columns).casefold()
        return self._texts[record_id]
