"""The middle of a data document: a panel slot, the grid, and what stands in for it; the inspector follows the current column."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QVBoxLayout, QWidget

from workbench.desktop.data.inspector import Inspector
from workbench.desktop.data.profile_view import header_profile
from workbench.desktop.grid import ColumnProfileView, DataGrid
from workbench.desktop.widgets import SearchBox, StateStack

if TYPE_CHECKING:
    from workbench.dataprep.columns import ColumnInfo
    from workbench.dataprep.engine.views import TableView
    from workbench.dataprep.profiles import ColumnProfile
    from workbench.desktop.data.editor_host import Panel
    from workbench.desktop.data.flow_data import FlowData
    from workbench.desktop.operations import Operations


class TablePane(QWidget):
    """Shows the views of a FlowData. The column search and the inspector are made here and placed by the page."""

    retry_asked = Signal()

    def __init__(self, data: "FlowData", operations: "Operations", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = data
        self.grid = DataGrid(operations)
        self.inspector = Inspector()
        self.stack = StateStack(self.grid)
        self.search = SearchBox("Find column")
        self.search.setFixedWidth(170)
        self.search.setToolTip("Find a column  (/)")
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self.show_column)
        self.search.setCompleter(completer)
        self.search.returnPressed.connect(self._on_search)
        self.panel: Panel | None = None
        self._profiles: dict[str, ColumnProfile] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.stack, 1)
        self.grid.current_changed.connect(self._on_current)
        data.profiled.connect(self._on_profile)
        data.profiles_done.connect(self._on_profiles_done)
        self.stack.show_loading("Reading the data")

    def set_panel(self, panel: "Panel | None") -> None:
        """Puts a panel above the grid; the one before goes."""
        if self.panel is not None:
            self._layout.removeWidget(self.panel)
            self.panel.hide()
            self.panel.deleteLater()
        self.panel = panel
        if panel is not None:
            self._layout.insertWidget(0, panel)
            panel.show()

    def show_view(self, view: "TableView") -> None:
        """Shows the rows of a view and starts its profiles."""
        self._profiles = {}
        self._names.setStringList([column.name for column in view.columns])
        self.grid.set_source(view)
        self.stack.show_content()
        self.grid.set_profile_status("Profiling columns …")
        self.data.profile()
        if self.grid.current_cell() is None and view.columns and view.row_count:
            self.grid.go_to(0, view.columns[0].name, scroll=False)
        cell = self.grid.current_cell()
        self.inspector.show_profile(None, cell[1] if cell is not None else "")

    def forget_profile(self, name: str) -> None:
        """The column has no values any more that were counted."""
        self._profiles.pop(name, None)
        self.grid.set_profile(name, ColumnProfileView(0.0, (), "none", (), ""))
        if self.inspector.column == name:
            self.inspector.show_nothing(name)

    def show_error(self, error: Exception) -> None:
        """A sentence in place of the grid."""
        self.stack.show_error(error, self.retry_asked.emit)

    def column(self, name: str) -> "ColumnInfo | None":
        """The column of that name of what is shown."""
        view = self.data.view
        return next((column for column in view.columns if column.name == name), None) if view is not None else None

    def selected(self) -> tuple[str, ...]:
        """The columns that are chosen in the grid and exist in the view."""
        return tuple(name for name in self.grid.selected_columns() if self.column(name) is not None)

    def show_column(self, name: str) -> None:
        """Selects a column and brings it into view."""
        cell = self.grid.current_cell()
        self.grid.go_to(cell[0] if cell else 0, name)
        self.grid.select_column(name)
        self.grid.view.setFocus()

    def find_column(self) -> None:
        """Puts the cursor into the column search."""
        self.search.setFocus()
        self.search.selectAll()

    def _on_search(self) -> None:
        wanted = self.search.text().casefold()
        names = self._names.stringList()
        found = [name for name in names if name.casefold() == wanted] or [name for name in names if wanted in name.casefold()]
        if found and wanted:
            self.show_column(found[0])

    def _on_current(self, _row: int, name: str) -> None:
        if name != self.inspector.column:
            self.inspector.show_profile(self._profiles.get(name), name)

    def _on_profile(self, name: str, profile: "ColumnProfile") -> None:
        self._profiles[name] = profile
        self.grid.set_profile(name, header_profile(profile))
        cell = self.grid.current_cell()
        if cell is not None and cell[1] == name:
            self.inspector.show_profile(profile)

    def _on_profiles_done(self) -> None:
        self.grid.set_profile_status("")
