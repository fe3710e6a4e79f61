"""Choosing the columns of the list of runs."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workbench.desktop.runs.columns import FIXED, RunColumn
from workbench.desktop.theme import theme
from workbench.desktop.widgets import SearchBox, button, label

_GROUPS = {"run": "Run", "metric": "Metrics", "param": "Parameters", "tag": "Tags"}
_KEY = Qt.ItemDataRole.UserRole


class ColumnChooser(QDialog):
    """A list of all columns with ticks; each change takes effect at once."""

    columns_changed = Signal(object)
    """The keys of the ticked columns, in the order of the list."""

    def __init__(self, available: Sequence[RunColumn], shown: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Columns")
        self.resize(360, 520)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.setSpacing(10)
        outer.addWidget(label("Columns", font="heading_font"))
        search = SearchBox("Find a metric, parameter or tag")
        search.search_changed.connect(self._on_search)
        outer.addWidget(search)
        self.list = QListWidget()
        self.list.setAccessibleName("Columns")
        outer.addWidget(self.list, 1)
        group = ""
        for column in available:
            if column.group != group:
                group = column.group
                head = QListWidgetItem(_GROUPS[group])
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                head.setFont(theme().small_font)
                head.setSizeHint(QSize(0, theme().metrics.row + 4))
                head.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
                self.list.addItem(head)
            item = QListWidgetItem(column.title)
            item.setData(_KEY, column.key)
            item.setSizeHint(QSize(0, theme().metrics.row))
            fixed = column.key == FIXED[0]
            item.setFlags(Qt.ItemFlag.ItemIsEnabled if fixed else Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if column.key in shown or fixed else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.itemChanged.connect(self._on_item_changed)
        row = QHBoxLayout()
        row.addWidget(button("Show all", lambda: self._set_all(True), kind="ghost"))
        row.addWidget(button("Hide all", lambda: self._set_all(False), kind="ghost"))
        row.addStretch(1)
        row.addWidget(button("Done", self.accept, kind="primary"))
        outer.addLayout(row)

    def keys(self) -> list[str]:
        """The ticked columns."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(_KEY) for item in items if item.data(_KEY) and item.checkState() == Qt.CheckState.Checked]

    def _on_item_changed(self, _item: QListWidgetItem) -> None:
        self.columns_changed.emit(self.keys())

    def _set_all(self, on: bool) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_KEY) and item.flags() & Qt.ItemFlag.ItemIsUserCheckable and not item.isHidden():
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        self.columns_changed.emit(self.keys())

    def _on_search(self, text: str) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(text.casefold() not in item.text().casefold() if item.data(_KEY) else bool(text))
