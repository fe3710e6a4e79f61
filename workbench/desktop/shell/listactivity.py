"""An activity of a list at the left and the details of the chosen entry at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QVBoxLayout, QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.shell.activity import Activity
from workbench.desktop.widgets import Splitter, StateStack, surface
from workbench.desktop.widgets.sidelist import SideItem, SideList
from workbench.schema import LineagePart


class ListActivity(Activity):
    """Entries have names; `open` takes one or a lineage part.

    A subclass calls `_lay_out` and gives `reload`, which loads the list and the shown entry.
    """

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._name = ""
        """The entry to show; empty: the first one."""
        self._filled = False
        """There is at least one entry."""
        self._parts: tuple[LineagePart, ...] = ()
        self.side = SideList(self.title)
        self.side.chosen.connect(self._on_chosen)
        context.events.reset.connect(self.reload)
        context.events.connected.connect(self.reload)

    def _lay_out(self, top: QLayout, details: QWidget) -> None:
        """`top` stands above the list."""
        panel = surface()
        panel.setMinimumWidth(210)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.side, 1)
        split = Splitter(self.id, Qt.Orientation.Horizontal)
        split.addWidget(panel)
        split.addWidget(details)
        split.setStretchFactor(1, 1)
        split.set_initial([260, 900])
        self.stack = StateStack(split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        self.stack.show_loading(f"Loading the {self.title.lower()}")

    def reload(self) -> None:
        """Loads the list and the shown entry again."""

    def activate(self) -> None:
        self.reload()
        self.side.setFocus()

    def open(self, target: LineagePart | str | object) -> None:
        if name := target.id if isinstance(target, LineagePart) else str(target or ""):
            self.show_name(name)

    def show_name(self, name: str) -> None:
        """Shows the entry of that name."""
        self._name = name
        self.reload()

    def lineage(self) -> tuple[LineagePart, ...]:
        return self._parts

    def project_changed(self) -> None:
        self.show_name("")

    def _project_folder(self) -> str:
        """The open project's folder: its entries stand first."""
        return str(self._context.project.folder) if self._context.project else ""

    def _set_items(self, items: list[SideItem]) -> None:
        """Fills the list, with the shown entry marked."""
        self.side.set_items(items)
        self.side.blockSignals(True)
        self.side.choose(self._name)
        self.side.blockSignals(False)

    def _set_parts(self, parts: tuple[LineagePart, ...]) -> None:
        if parts != self._parts:
            self._parts = parts
            self.lineage_changed.emit()

    def _on_chosen(self, name: str) -> None:
        if name != self._name:
            self.show_name(name)

    def _on_failed(self, error: Exception) -> None:
        if not self._filled:
            self.stack.show_error(error, self.reload)
