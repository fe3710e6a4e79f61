"""The list at the left: running consoles, and the project's notebooks."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.desktop.widgets import SearchBox, label, status_look
from workbench.desktop.widgets.sidelist import SideItem, SideList
from workbench.desktop.wording import moment_text
from workbench.notebooks.files import NotebookFile

CONSOLE = "console:"
FILE = "file:"


class SidePanel(QWidget):
    """Shows consoles (id, name, state) and files; ids in the list are `console:ID` and `file:PATH`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(210)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        top = QVBoxLayout()
        top.setContentsMargins(16, 0, 12, 0)
        top.setSpacing(10)
        self.title_row = QHBoxLayout()
        self.title_row.setSpacing(2)
        self.title_row.addWidget(label("Notebooks", font="title_font"))
        self.title_row.addStretch(1)
        top.addLayout(self.title_row)
        self.search = SearchBox("Find a notebook")
        self.search.search_changed.connect(self._on_search)
        top.addWidget(self.search)
        column.addLayout(top)
        self.side = SideList("Notebooks and consoles")
        column.addWidget(self.side, 1)
        self._consoles: list[tuple[str, str, str]] = []
        self._files: tuple[NotebookFile, ...] = ()

    def set_consoles(self, consoles: Sequence[tuple[str, str, str]]) -> None:
        """Id, name and state of each."""
        self._consoles = list(consoles)
        self._fill()

    def set_files(self, files: Sequence[NotebookFile]) -> None:
        self._files = tuple(files)
        self._fill()

    def _fill(self) -> None:
        wanted = self.search.text().strip().casefold()
        items: list[SideItem] = []
        if self._consoles:
            items.append(SideItem("", "Consoles", heading=True))
            for kernel_id, name, state in self._consoles:
                role = status_look(state)[1]
                items.append(SideItem(f"{CONSOLE}{kernel_id}", name, "square-terminal", state.capitalize(), role=role))
        files = [file for file in self._files if wanted in file.path.casefold()]
        if self._files:
            count = f"{len(files)} of {len(self._files)}" if wanted else ""
            items.append(SideItem("", f"Notebooks  {count}".rstrip(), heading=True))
        for file in files:
            where = file.folder or moment_text(file.changed)
            items.append(SideItem(f"{FILE}{file.path}", file.name, "notebook-text", subtitle=where, tooltip=file.path))
        self.side.set_items(items)

    def _on_search(self, _text: str) -> None:
        self._fill()
