"""The list at the left: the project's data sources and data preparations."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QListWidgetItem, QVBoxLayout, QWidget

from workbench.desktop.data.catalog import Catalog, Item
from workbench.desktop.widgets import SearchBox, icon_button, label
from workbench.desktop.widgets.sidelist import SideItem, SideList

_ITEM = Qt.ItemDataRole.UserRole


class DataList(QWidget):
    """Shows a catalog; says what the user wants with signals. F2 renames in place."""

    open_asked = Signal(object)
    rename_asked = Signal(object, str)
    delete_asked = Signal(object)
    menu_asked = Signal(object, QPoint)
    add_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._catalog = Catalog()
        self.filter = SearchBox("Filter data")
        self.filter.search_changed.connect(self._fill)
        self.add = icon_button("plus", "Add a data source or a preparation", self._on_add)
        self.list = SideList("Data of the project")
        self.list.setStyleSheet("QListView { background: transparent; }")
        self.list.chosen.connect(self._on_chosen)
        self.list.menu_requested.connect(self._on_menu)
        self.list.itemChanged.connect(self._on_edited)
        for key, handler in ((QKeySequence.StandardKey.Delete, self._on_delete), (QKeySequence(Qt.Key.Key_F2), self._on_rename)):
            shortcut = QShortcut(key, self.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(handler)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 12, 6)
        head.addWidget(label("Data", font="title_font"), 1)
        head.addWidget(self.add)
        search = QHBoxLayout()
        search.setContentsMargins(16, 0, 12, 8)
        search.addWidget(self.filter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(search)
        layout.addWidget(self.list, 1)

    @property
    def catalog(self) -> Catalog:
        """What the list shows."""
        return self._catalog

    def set_catalog(self, catalog: Catalog) -> None:
        """Shows another catalog; the current item stays current."""
        self._catalog = catalog
        self._fill()

    def select(self, path: Path | None) -> None:
        """Makes the item of `path` current without opening it."""
        self.list.blockSignals(True)
        if path is None or not self.list.choose(str(path)):
            self.list.setCurrentRow(-1)
        self.list.blockSignals(False)
        self.list.viewport().update()

    def rename(self, item: Item) -> None:
        """Opens the editor of an item's name in place."""
        for row in range(self.list.count()):
            entry = self.list.item(row)
            if entry.data(_ITEM).id == str(item.path):
                self.list.blockSignals(True)
                entry.setFlags(entry.flags() | Qt.ItemFlag.ItemIsEditable)
                self.list.setCurrentItem(entry)
                self.list.blockSignals(False)
                self.list.editItem(entry)

    def current(self) -> Item | None:
        """The current item."""
        return self._item(self.list.current_id())

    def _item(self, item_id: str) -> Item | None:
        return next((item for item in self._catalog.items if str(item.path) == item_id), None)

    def _fill(self) -> None:
        wanted = self.filter.text().casefold().strip()
        rows: list[SideItem] = []
        groups = (
            ("Data sources", self._catalog.sources, "database"),
            ("Data preparations", self._catalog.preparations, "wand-sparkles"),
        )
        for title, items, glyph in groups:
            rows.append(SideItem(f"heading:{title}", f"{title} ({len(items)})", heading=True))
            shown = [item for item in items if wanted in item.relative.casefold()]
            rows += [SideItem(str(item.path), item.name, glyph, tooltip=item.relative) for item in shown]
            if not shown:
                hint = "No match" if items else "None yet"
                rows.append(SideItem(f"hint:{title}", f"   {hint}", heading=True))
        self.list.set_items(rows)

    def _on_chosen(self, item_id: str) -> None:
        if (item := self._item(item_id)) is not None:
            self.open_asked.emit(item)

    def _on_menu(self, item_id: str, place: QPoint) -> None:
        if (item := self._item(item_id)) is not None:
            self.menu_asked.emit(item, place)

    def _on_edited(self, row: QListWidgetItem) -> None:
        side: SideItem = row.data(_ITEM)
        item, text = self._item(side.id), row.text()
        if item is not None and text != side.title:
            self.list.blockSignals(True)
            row.setText(side.title)  # the file decides: the list is read anew after the renaming
            self.list.blockSignals(False)
            self.rename_asked.emit(item, text)

    def _on_delete(self) -> None:
        if (item := self.current()) is not None:
            self.delete_asked.emit(item)

    def _on_rename(self) -> None:
        if (item := self.current()) is not None:
            self.rename(item)

    def _on_add(self) -> None:
        self.add_asked.emit(self.add.mapToGlobal(QPoint(0, self.add.height())))
