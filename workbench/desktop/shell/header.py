"""The header: menu, project, lineage, the palette's field, the jobs button."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from workbench.desktop.commands import CommandId
from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import icon_button
from workbench.desktop.widgets.panels import Breadcrumb
from workbench.desktop.widgets.states import IconLabel

_SEARCH = "Search or run a command"


class Header(QWidget):
    """The first row of the window."""

    search_clicked = Signal()

    def __init__(self, context: AppContext, main_menu: QMenu | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 12, 7)
        row.setSpacing(6)
        if main_menu is not None:
            burger = icon_button("menu", "Menu")
            burger.setIconSize(QSize(18, 18))
            burger.setMenu(main_menu)
            burger.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            row.addWidget(burger)
            row.addSpacing(14)
        self.project = QToolButton()
        self.project.setProperty("project", True)
        self.project.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.project.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.project.setIcon(icon("folder"))
        self.project.setIconSize(QSize(22, 16))
        self.project.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu = QMenu(self.project)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.project.setMenu(self._menu)
        row.addWidget(self.project)
        self._arrow = IconLabel("chevron-right", 14, "disabled")
        row.addWidget(self._arrow)
        self.breadcrumb = Breadcrumb()
        self.breadcrumb.part_clicked.connect(context.open_part)
        row.addWidget(self.breadcrumb, 3)
        self.search = QPushButton(_SEARCH)
        self.search.setProperty("search", True)
        self.search.setIcon(icon("search"))
        self.search.setIconSize(QSize(22, 16))
        self.search.setMinimumWidth(120)
        self.search.setAccessibleName(_SEARCH)
        self.search.setMaximumWidth(340)
        self.search.setToolTip("Search or run a command  (Ctrl+K)")
        self.search.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.search.clicked.connect(self.search_clicked)
        row.addWidget(self.search, 1)
        self.jobs = context.commands.button(CommandId.JOBS_PANEL, self)
        row.addWidget(self.jobs)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        needed = self.search.fontMetrics().horizontalAdvance(_SEARCH) + 60
        self.search.setText(_SEARCH if self.width() > 5 * needed else "Search")

    def refresh(self) -> None:
        """The project's name, and whether there is a lineage to show."""
        project = self._context.project
        self.project.setText((project.name if project is not None else "No project").replace("&", "&&"))
        self.project.setToolTip(str(project.folder) if project is not None else "Open a project")
        self._arrow.setVisible(bool(self.breadcrumb.parts))

    def _fill_menu(self) -> None:
        self._menu.clear()
        commands = self._context.commands
        current = self._context.project.folder if self._context.project is not None else None
        recent = [entry for entry in self._context.recent_projects() if entry[0] != current]
        for folder, name in recent[:8]:
            entry = self._menu.addAction(icon("folder"), name.replace("&", "&&"))
            entry.setToolTip(str(folder))
            entry.triggered.connect(lambda _checked=False, folder=folder: self._context.open_project(folder))
        if recent:
            self._menu.addSeparator()
        for name in (CommandId.NEW_PROJECT, CommandId.OPEN_PROJECT, CommandId.CLONE_PROJECT):
            self._menu.addAction(commands.action(name))
        if current is not None:
            self._menu.addSeparator()
            self._menu.addAction(commands.action(CommandId.OPEN_FOLDER))
            self._menu.addAction(commands.action(CommandId.CLOSE_PROJECT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().tokens.window)
        painter.setPen(theme().tokens.hairline)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()
