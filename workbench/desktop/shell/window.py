"""The main window: rail, header, one surface, jobs at the right, status below; popups over it."""

import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from workbench.desktop.commands.palette import Palette
from workbench.desktop.context import AppContext
from workbench.desktop.home.page import HomePage
from workbench.desktop.notifications.views import ProblemsPanel, Toasts
from workbench.desktop.shell.activity import Activity
from workbench.desktop.shell.commands import ShellCommands
from workbench.desktop.shell.header import Header
from workbench.desktop.shell.jobs import JobsPanel
from workbench.desktop.shell.lineage import ProjectLineage
from workbench.desktop.shell.news import RunNews
from workbench.desktop.shell.places import KIND_PLACE, PLACES
from workbench.desktop.shell.rail import Rail
from workbench.desktop.shell.statusbar import StatusBar
from workbench.desktop.widgets.dialogs import confirm
from workbench.desktop.widgets.panels import Banner, Splitter
from workbench.desktop.widgets.states import ErrorState
from workbench.schema import LineagePart

Owned = tuple[frozenset[str], frozenset[str]]
_MENUS = ("File", "Edit", "View", "Help")


class MainWindow(QMainWindow):
    """The one window. Activities are made when first shown and stay."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        context.window = self
        self._activities: dict[str, QWidget] = {}
        self._brought: dict[str, tuple[Owned, Owned]] = {}
        self._current = ""
        self._closing = False
        self.setWindowTitle("Workbench")
        self.setMinimumSize(900, 560)
        self._commands = ShellCommands(context, self)
        self._main_menu = QMenu("Menu", self)
        self._main_menu.aboutToShow.connect(self._fill_menu)
        self._build()
        self._connect()
        context.commands.set_window(self)
        self._restore()
        self._on_project_changed()

    # --- the surface

    def show_place(self, place: str) -> None:
        """Brings an activity to the front; the first place is Home while no project is open."""
        if place == "dashboard" and self._context.project is None:
            place = "home"
        widget = self._widget(place)
        if widget is None:
            return
        self._current = place
        self._stack.setCurrentWidget(widget)
        self._rail.show_current("dashboard" if place == "home" else place)
        if isinstance(widget, Activity):
            widget.activate()
        self._show_lineage()
        self._context.commands.refresh()

    @property
    def current_place(self) -> str:
        """Id of the activity in front, `home` or `settings`."""
        return self._current

    @property
    def current(self) -> QWidget | None:
        """What is in front."""
        return self._stack.currentWidget()

    def activity(self, place: str) -> QWidget | None:
        """The activity, made if need be."""
        return self._widget(place)

    def show_settings(self) -> None:
        self.show_place("settings")

    def open_folder(self, folder: str) -> None:
        """Opens the project in that folder."""
        self._context.open_project(Path(folder))

    def open_palette(self) -> None:
        self.palette_popup.open()

    def toggle_problems(self) -> None:
        self.problems.toggle()

    def toggle_jobs(self) -> None:
        """Shows or hides the Jobs panel."""
        self.jobs.setVisible(not self.jobs.isVisible())
        self._context.state.setValue("window/jobs", self.jobs.isVisible())
        self._context.commands.refresh()

    def jobs_shown(self) -> bool:
        return hasattr(self, "jobs") and not self.jobs.isHidden()

    def show_shortcuts(self) -> None:
        from workbench.desktop.shell.overlay import shortcuts_sheet

        shortcuts_sheet(self._context, self)

    def show_about(self) -> None:
        from workbench.desktop.shell.overlay import about_sheet

        about_sheet(self._context, self)

    def next_pane(self) -> None:
        self._cycle(1)

    def previous_pane(self) -> None:
        self._cycle(-1)

    def close_window(self) -> None:
        self.close()

    # --- making

    def _build(self) -> None:
        mac = sys.platform == "darwin"
        self._rail = Rail()
        self._header = Header(self._context, None if mac else self._main_menu)
        if mac:
            self.menuBar().addMenu(self._main_menu)
        self._stack = QStackedWidget()
        self.banner = Banner("bad", "", ("Restart", self._context.events.restart))
        self.banner.hide()
        surface = QWidget()
        column = QVBoxLayout(surface)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        self.jobs = JobsPanel(self._context)
        self.jobs.setVisible(bool(self._context.state.value("window/jobs", False, type=bool)))
        self._splitter = Splitter("window/jobs")
        self._splitter.addWidget(surface)
        self._splitter.addWidget(self.jobs)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.set_initial([1100, 320])
        self._status = StatusBar(self._context)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._rail)
        middle.addWidget(self._splitter, 1)
        central = QWidget()
        outer = QVBoxLayout(central)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header)
        outer.addLayout(middle, 1)
        outer.addWidget(self._status)
        self.setCentralWidget(central)
        self._stack.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._stack.setFocus()
        self.toasts = Toasts(self, self._context.notifications)
        self.problems = ProblemsPanel(self, self._context.notifications)
        self.palette_popup = Palette(self, self._context.commands, self._context.operations)

    def _connect(self) -> None:
        context = self._context
        self._rail.place_chosen.connect(self.show_place)
        self._rail.settings_clicked.connect(self.show_settings)
        self._rail.bell_clicked.connect(self.toggle_problems)
        self._header.search_clicked.connect(self.open_palette)
        self._status.jobs_clicked.connect(self.toggle_jobs)
        self._status.problems_clicked.connect(self.toggle_problems)
        self.jobs.closed.connect(self.toggle_jobs)
        context.project_changed.connect(self._on_project_changed)
        context.part_requested.connect(self._on_part)
        context.activity_requested.connect(self._on_activity_requested)
        context.notifications.problems_changed.connect(self._on_problems)
        self._news = RunNews(context, self)
        self._lineage = ProjectLineage(context, self)
        self._lineage.changed.connect(self._show_lineage)
        context.events.connected.connect(self._on_connected)
        context.events.disconnected.connect(self._on_disconnected)

    def _widget(self, place: str) -> QWidget | None:
        if known := self._activities.get(place):
            return known
        made: QWidget
        if place == "home":
            made = HomePage(self._context)
        elif place == "settings":
            from workbench.desktop.settings.page import SettingsPage

            made = SettingsPage(self._context)
        else:
            entry = next((one for one in PLACES if one.id == place), None)
            if entry is None or (entry.needs_project and self._context.project is None):
                return None
            commands = self._context.commands
            before = commands.owned()
            try:
                activity = entry.create(self._context)
            except Exception as error:  # noqa: BLE001 (one broken place must not take the window with it)
                self._context.notifications.error(error, f"Opening {entry.title}")
                made = ErrorState(error, self._retrier(place))
            else:
                activity.lineage_changed.connect(self._show_lineage)
                made = activity
            self._brought[place] = before, commands.owned()
        self._activities[place] = made
        self._stack.addWidget(made)
        return made

    def _retrier(self, place: str) -> "_Retry":
        return _Retry(self, place)

    def forget(self, place: str) -> None:
        """Throws an activity away, with its commands; it is made anew when shown next."""
        if brought := self._brought.pop(place, None):
            self._context.commands.forget_since(*brought)
        if widget := self._activities.pop(place, None):
            self._stack.removeWidget(widget)
            widget.deleteLater()

    def _fill_menu(self) -> None:
        self._main_menu.clear()
        commands = self._context.commands
        commands.refresh()
        groups: dict[str, list[str]] = {}
        for command in commands.all():
            groups.setdefault(command.category, []).append(command.id)
        widget = self.current
        own = [widget.title] if isinstance(widget, Activity) and widget.title in groups else []
        for name in (*_MENUS[:3], *own, _MENUS[3]):
            if name in groups:
                menu = commands.menu(self._main_menu, groups[name], name)
                self._main_menu.addMenu(menu)

    # --- reactions

    def _on_project_changed(self) -> None:
        project = self._context.project
        self.setWindowTitle(f"{project.name} – Workbench" if project is not None else "Workbench")
        self._rail.set_has_project(project is not None)
        self._header.breadcrumb.set_parts(())
        self._header.refresh()
        for place in PLACES:
            widget = self._activities.get(place.id)
            if widget is None:
                continue
            if isinstance(widget, Activity):
                self._tell_project(widget)  # also before it goes: what is unwritten is written, what is open is closed
            if project is None and place.needs_project:
                self.forget(place.id)
        if project is not None and self._current in {"", "home"}:
            self.show_place("dashboard")
        elif (
            (project is None and self._widget(self._current or "home") is None)
            or not self._current
            or (project is None and self._current not in {"settings", "runs", "models", "services"})
        ):
            self.show_place("home")
        else:
            self._show_lineage()

    def _tell_project(self, activity: Activity) -> None:
        try:
            activity.project_changed()
        except Exception as error:  # noqa: BLE001 (the other places must hear of the project all the same)
            self._context.notifications.error(error, f"Loading {activity.title}")

    def _on_part(self, part: LineagePart) -> None:
        self._on_activity_requested(KIND_PLACE[part.kind], part)

    def _on_activity_requested(self, place: str, target: object) -> None:
        self.show_place(place)
        widget = self._activities.get(place)
        if target is not None and isinstance(widget, Activity):
            widget.open(target)

    def _show_lineage(self) -> None:
        widget = self.current
        parts = (widget.lineage() if isinstance(widget, Activity) else ()) or self._lineage.parts
        self._header.breadcrumb.set_parts(parts)
        self._header.refresh()

    def _on_problems(self) -> None:
        self._rail.bell.set_badge(self._context.notifications.unread)

    def _on_connected(self, _health: object) -> None:
        self.banner.hide()

    def _on_disconnected(self, sentence: str) -> None:
        self.banner.set_text("The job manager does not answer. Jobs and services that run go on without it.")
        self.banner.setToolTip(sentence)
        self.banner.show()

    # --- windows business

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.toasts.place()
        if self.problems.isVisible():
            self.problems.place()
        if self.palette_popup.isVisible():
            self.palette_popup.place()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not all(widget.may_close() for widget in self._activities.values() if isinstance(widget, Activity)):
            event.ignore()
            return
        health = self._context.events.health
        live = (health.running + health.queued) if health is not None else 0
        told = bool(self._context.state.value("told/jobs_go_on", False, type=bool))
        if live and not told and not self._closing:
            event.ignore()
            what = "The job goes" if live == 1 else f"{live} jobs go"
            confirm(
                self,
                f"{what} on without the window",
                "Jobs and services belong to the job manager, which keeps running. Their results are here when you come back. "
                "This is said only once.",
                action="Close Workbench",
                danger=False,
                on_yes=self._close_now,
            )
            return
        self._context.state.setValue("window/geometry", self.saveGeometry())
        super().closeEvent(event)

    def _close_now(self) -> None:
        self._closing = True
        self._context.state.setValue("told/jobs_go_on", True)
        QTimer.singleShot(0, self, self.close_window)

    def _restore(self) -> None:
        geometry = self._context.state.value("window/geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            screen = self.screen().availableGeometry().size() if self.screen() else QSize(1440, 900)
            self.resize(QSize(1440, 900).boundedTo(screen))

    def _cycle(self, step: int) -> None:
        panes: list[QWidget] = [
            self._rail,
            self._header,
            self._stack,
            *([self.jobs] if self.jobs.isVisible() else []),
            self._status,
        ]
        focus = self.focusWidget()
        at = next((number for number, pane in enumerate(panes) if focus is not None and pane.isAncestorOf(focus)), 2)
        for distance in range(1, len(panes) + 1):
            pane = panes[(at + step * distance) % len(panes)]
            first = _first_focus(pane)
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)
                return


def _first_focus(pane: QWidget) -> QWidget | None:
    for child in pane.findChildren(QWidget):
        if child.isVisibleTo(pane) and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return child
    return None


class _Retry:
    """Makes an activity again that could not be made."""

    def __init__(self, window: MainWindow, place: str) -> None:
        self._window = window
        self._place = place

    def __call__(self) -> None:
        self._window.forget(self._place)
        self._window.show_place(self._place)
