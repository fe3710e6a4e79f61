"""The list at the left: the project's data sources and data preparations."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.desktop.data.catalog import Catalog, Item
from workbench.desktop.icons import icon
from workbench.desktop.theme import theme

_ITEM = Qt.ItemDataRole.UserRole
_TITLES = {"source": "Data Sources", "preparation": "Data Preparations"}
_ICONS = {"source": "database", "preparation": "wand-sparkles"}
_HINTS = {"source": "None yet. Add a file with +", "preparation": "None yet. Open a source and choose Prepare"}


class _Rows(QStyledItemDelegate):
    """Rows of the theme's height."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), theme().metrics.row + (4 if not index.parent().isValid() else 0))


class _Tree(QTreeWidget):
    """Tells Enter and Delete; the rest is Qt's."""

    opened = Signal(object)
    deleted = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        data: Item | None = item.data(0, _ITEM) if item else None
        if data is not None and self.state() != QAbstractItemView.State.EditingState:
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.opened.emit(data)
                return
            if event.key() == Qt.Key.Key_Delete:
                self.deleted.emit(data)
                return
        super().keyPressEvent(event)


class SideList(QWidget):
    """Shows a catalog; says what the user wants with signals. Renames in place with F2."""

    open_asked = Signal(object)
    rename_asked = Signal(object, str)
    delete_asked = Signal(object)
    menu_asked = Signal(object, QPoint)
    add_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._catalog = Catalog()
        self._filling = False
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter data")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter data")
        self.filter.textChanged.connect(self._fill)
        self.add = QToolButton(self)
        self.add.setIcon(icon("plus"))
        self.add.setToolTip("Add a data source or a preparation")
        self.add.setAccessibleName("Add data")
        self.add.clicked.connect(self._on_add)
        self.tree = _Tree(self)
        self._prepare_tree()
        title = QLabel("Data", self)
        title.setFont(theme().heading_font)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.add)
        head.setContentsMargins(16, 10, 8, 4)
        row = QHBoxLayout()
        row.addWidget(self.filter)
        row.setContentsMargins(12, 0, 12, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(row)
        layout.addWidget(self.tree, 1)
        self._fill()

    def set_catalog(self, catalog: Catalog) -> None:
        """Shows another catalog; the current item stays current."""
        self._catalog = catalog
        self._fill()

    def select(self, path: Path | None) -> None:
        """Makes the item of `path` current, without opening it."""
        for item in self._items():
            data: Item = item.data(0, _ITEM)
            if data.path == path:
                self.tree.setCurrentItem(item)
                return
        self.tree.setCurrentItem(None)

    def rename(self, item: Item) -> None:
        """Opens the editor of an item's name in place."""
        for row in self._items():
            if row.data(0, _ITEM) == item:
                self.tree.setCurrentItem(row)
                self.tree.editItem(row, 0)

    def _prepare_tree(self) -> None:
        tree = self.tree
        tree.setHeaderHidden(True)
        tree.setColumnCount(1)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        tree.setRootIsDecorated(False)
        tree.setIndentation(14)
        tree.setItemDelegate(_Rows(tree))
        tree.setUniformRowHeights(False)
        tree.setExpandsOnDoubleClick(False)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        tree.setAccessibleName("Data of the project")
        tree.setStyleSheet("QTreeView { background: transparent; }")
        tree.itemClicked.connect(self._on_clicked)
        tree.itemChanged.connect(self._on_changed)
        tree.customContextMenuRequested.connect(self._on_menu)
        tree.opened.connect(self.open_asked)
        tree.deleted.connect(self.delete_asked)

    def _fill(self) -> None:
        current = self.tree.currentItem()
        data: Item | None = current.data(0, _ITEM) if current else None
        wanted = self.filter.text().casefold().strip()
        self._filling = True
        self.tree.clear()
        for kind, items in (("source", self._catalog.sources), ("preparation", self._catalog.preparations)):
            group = QTreeWidgetItem(self.tree, [f"{_TITLES[kind]} ({len(items)})"])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setFont(0, theme().small_font)
            group.setForeground(0, theme().tokens.muted)
            shown = [item for item in items if wanted in item.relative.casefold()]
            for item in shown:
                self._row(group, item)
            if not shown:
                hint = QTreeWidgetItem(group, [_HINTS[kind] if not items else "No match"])
                hint.setFlags(Qt.ItemFlag.NoItemFlags)
                hint.setFont(0, theme().small_font)
                hint.setToolTip(0, hint.text(0))
            group.setExpanded(True)
        self._filling = False
        if data is not None:
            self.select(data.path)

    def _row(self, group: QTreeWidgetItem, item: Item) -> None:
        row = QTreeWidgetItem(group, [item.name])
        row.setIcon(0, icon(_ICONS[item.kind]))
        row.setData(0, _ITEM, item)
        row.setToolTip(0, item.relative)
        row.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable)

    def _items(self) -> list[QTreeWidgetItem]:
        groups = [self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount())]
        rows = [group.child(number) for group in groups if group for number in range(group.childCount())]
        return [row for row in rows if row.data(0, _ITEM) is not None]

    def _on_clicked(self, row: QTreeWidgetItem) -> None:
        if (item := row.data(0, _ITEM)) is not None:
            self.open_asked.emit(item)

    def _on_changed(self, row: QTreeWidgetItem) -> None:
        item: Item | None = row.data(0, _ITEM)
        if self._filling or item is None or row.text(0) == item.name:
            return
        text = row.text(0)
        self._filling = True
        row.setText(0, item.name)  # the file decides: it is read anew after the renaming
        self._filling = False
        self.rename_asked.emit(item, text)

    def _on_menu(self, point: QPoint) -> None:
        row = self.tree.itemAt(point)
        item = row.data(0, _ITEM) if row else None
        self.menu_asked.emit(item, self.tree.viewport().mapToGlobal(point))

    def _on_add(self) -> None:
        self.add_asked.emit(self.add.mapToGlobal(QPoint(0, self.add.height())))
