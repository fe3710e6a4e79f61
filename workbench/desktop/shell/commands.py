"""The shell's own commands."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from workbench.desktop.commands import Command, CommandId, PaletteItem, Provider
from workbench.desktop.context import AppContext
from workbench.desktop.shell.places import PLACES

if TYPE_CHECKING:
    from workbench.desktop.shell.window import MainWindow


class ShellCommands:
    """What the window itself can do, registered once. GUI thread only."""

    def __init__(self, context: AppContext, window: "MainWindow") -> None:
        self._context = context
        self._window = window
        context.commands.register(*self._of_file(), *self._of_view(), *self._of_help(), *self._of_places())
        context.commands.add_provider(Provider("projects", "Projects", self._find_projects, prefix="/"))

    def _has_project(self) -> bool:
        return self._context.project is not None

    def _of_file(self) -> list[Command]:
        i, window, has_project = CommandId, self._window, self._has_project
        file = partial(Command, category="File")
        return [
            file(i.NEW_PROJECT, "New project…", self._new, "folder-plus", ("Ctrl+N",), doc="Make a project from a template"),
            file(i.OPEN_PROJECT, "Open folder…", self._open, "folder-open", ("Ctrl+O",), doc="Open a project folder"),
            file(i.CLONE_PROJECT, "Clone…", self._clone, "git-branch", doc="Copy a project from a git repository"),
            file(
                i.OPEN_FOLDER,
                "Show in the file manager",
                self._show_folder,
                "external-link",
                when=has_project,
                doc="Show the project's folder",
            ),
            file(i.CLOSE_PROJECT, "Close project", self._close, "x", when=has_project, doc="Go to Home; jobs go on"),
            file(i.SETTINGS, "Settings", window.show_settings, "settings", ("Ctrl+,",), doc="Appearance, jobs, network"),
            file(i.QUIT, "Quit", window.close_window, keys=("Ctrl+Q",), doc="Close Workbench; jobs and services go on"),
        ]

    def _of_view(self) -> list[Command]:
        i, window = CommandId, self._window
        view = partial(Command, category="View")
        return [
            view(
                i.PALETTE,
                "Search or run a command",
                window.open_palette,
                "search",
                ("Ctrl+K", "Ctrl+Shift+P"),
                doc="The command palette",
                in_palette=False,
            ),
            view(
                i.JOBS_PANEL,
                "Jobs",
                window.toggle_jobs,
                "panel-right",
                ("Ctrl+J",),
                doc="Show or hide the jobs",
                checked=window.jobs_shown,
            ),
            view(i.PROBLEMS, "Problems", window.toggle_problems, "bell", ("Ctrl+Shift+M",), doc="What went wrong lately"),
            view(
                i.THEME,
                "Switch between light and dark",
                self._switch_theme,
                "sun",
                doc="Switch between the light and the dark theme",
            ),
            view(
                "view.next_pane",
                "Next pane",
                window.next_pane,
                keys=("F6",),
                doc="Move the focus to the next pane",
                in_palette=False,
            ),
            view(
                "view.previous_pane",
                "Previous pane",
                window.previous_pane,
                keys=("Shift+F6",),
                doc="Move the focus to the previous pane",
                in_palette=False,
            ),
            view(
                i.RESTART_SERVER,
                "Reconnect the job manager",
                self._context.events.restart,
                "refresh-cw",
                doc="Connect anew; start the job manager if it is gone",
            ),
        ]

    def _of_help(self) -> list[Command]:
        i, window = CommandId, self._window
        about = partial(Command, category="Help")
        return [
            about(i.SHORTCUTS, "Keyboard shortcuts", window.show_shortcuts, "keyboard", ("Ctrl+?", "F1"), doc="All keys"),
            about(i.ABOUT, "About Workbench", window.show_about, "info", doc="Version and surroundings"),
        ]

    def _of_places(self) -> list[Command]:
        window = self._window
        return [
            Command(
                f"go.{place.id}",
                f"Go to {place.title}",
                partial(window.show_place, place.id),
                place.icon,
                (f"Ctrl+{number}",),
                None if not place.needs_project or place.id == "dashboard" else self._has_project,
                "View",
                f"Show {place.title}",
            )
            for number, place in enumerate(PLACES, 1)
        ]

    def _new(self) -> None:
        from workbench.desktop.home.newproject import NewProjectSheet

        NewProjectSheet(self._context, self._window).open()

    def _open(self) -> None:
        from workbench.desktop.home.newproject import default_folder

        dialog = QFileDialog(self._window, "Open a project folder", str(default_folder(self._context)))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._window.open_folder)
        dialog.open()

    def _clone(self) -> None:
        from workbench.desktop.home.newproject import CloneSheet

        CloneSheet(self._context, self._window).open()

    def _close(self) -> None:
        self._context.set_project(None)

    def _show_folder(self) -> None:
        if self._context.project is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._context.project.folder)))

    def _switch_theme(self) -> None:
        mode = "light" if self._context.theme.tokens.dark else "dark"
        self._context.change_settings(self._context.settings.model_copy(update={"theme": mode}))

    def _find_projects(self, _text: str) -> list[PaletteItem]:
        return [
            PaletteItem(name, partial(self._context.open_project, folder), str(folder.parent), "folder")
            for folder, name in self._context.recent_projects()
        ]
