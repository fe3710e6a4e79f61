"""The dataflows of a package as tabs: click to show, double click to rename, + for one more."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QMenu, QSizePolicy, QTabBar, QWidget

from workbench.desktop.data.menus import add
from workbench.desktop.widgets import icon_button

if TYPE_CHECKING:
    from workbench.dataprep.package import Package


class FlowStrip(QWidget):
    """Holds no package; tells by the ids of flows."""

    flow_chosen = Signal(str)
    rename_asked = Signal(str, str)
    delete_asked = Signal(str)
    add_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.setAccessibleName("Dataflows")
        self.tabs.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tabs.currentChanged.connect(self._on_current)
        self.tabs.tabBarDoubleClicked.connect(self.rename)
        self.tabs.customContextMenuRequested.connect(self._on_menu)
        self.more = icon_button("plus", "Add a dataflow: another table of this preparation", self._on_add)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(2)
        row.addWidget(self.tabs)
        row.addWidget(self.more)
        row.addStretch(1)
        self._ids: list[str] = []
        self._filling = False

    def show_package(self, package: "Package", current: str) -> None:
        """Shows the flows' names."""
        self._filling = True
        wanted = [(flow.id, flow.name) for flow in package.flows]
        while self.tabs.count() > len(wanted):
            self.tabs.removeTab(self.tabs.count() - 1)
        for number, (_, name) in enumerate(wanted):
            if number >= self.tabs.count():
                self.tabs.addTab(name)
            self.tabs.setTabText(number, name.replace("&", "&&"))
        self._ids = [flow_id for flow_id, _ in wanted]
        if current in self._ids:
            self.tabs.setCurrentIndex(self._ids.index(current))
        self.tabs.setMaximumWidth(sum(self.tabs.tabRect(number).width() + 24 for number in range(self.tabs.count())))
        self._filling = False

    def rename(self, index: int) -> None:
        """Asks for another name of the flow at `index`."""
        if not 0 <= index < len(self._ids):
            return
        flow_id = self._ids[index]
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Rename dataflow")
        dialog.setLabelText("Name of the dataflow")
        dialog.setTextValue(self.tabs.tabText(index).replace("&&", "&"))
        dialog.textValueSelected.connect(lambda text: self.rename_asked.emit(flow_id, text.strip()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _on_current(self, index: int) -> None:
        if not self._filling and 0 <= index < len(self._ids):
            self.flow_chosen.emit(self._ids[index])

    def _on_menu(self, point: QPoint) -> None:
        index = self.tabs.tabAt(point)
        if 0 <= index < len(self._ids):
            menu = QMenu(self)
            add(menu, "Rename dataflow", lambda: self.rename(index), "pencil")
            add(menu, "Delete dataflow", lambda: self.delete_asked.emit(self._ids[index]), "trash-2")
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.tabs.mapToGlobal(point))

    def _on_add(self) -> None:
        self.add_asked.emit(self.more.mapToGlobal(QPoint(0, self.more.height())))
