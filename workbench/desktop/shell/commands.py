"""The shell's own commands."""

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
        self._register()

    def _register(self) -> None:
        context, window = self._context, self._window
        i = CommandId

        def has_project() -> bool:
            return context.project is not None

        context.commands.register(
            Command(
                i.NEW_PROJECT, "New project…", self._new, "folder-plus", ("Ctrl+N",), None, "File", "Make a project from a template"
            ),
            Command(i.OPEN_PROJECT, "Open folder…", self._open, "folder-open", ("Ctrl+O",), None, "File", "Open a project folder"),
            Command(i.CLONE_PROJECT, "Clone…", self._clone, "git-branch", (), None, "File", "Copy a project from a git repository"),
            Command(
                i.OPEN_FOLDER,
                "Show in the file manager",
                self._show_folder,
                "external-link",
                (),
                has_project,
                "File",
                "Show the project's folder",
            ),
            Command(i.CLOSE_PROJECT, "Close project", self._close, "x", (), has_project, "File", "Go to Home; jobs go on"),
            Command(
                i.SETTINGS, "Settings", window.show_settings, "settings", ("Ctrl+,",), None, "File", "Appearance, jobs, network"
            ),
            Command(i.QUIT, "Quit", window.close_window, "", ("Ctrl+Q",), None, "File", "Close Workbench; jobs and services go on"),
            Command(
                i.PALETTE,
                "Search or run a command",
                window.open_palette,
                "search",
                ("Ctrl+K", "Ctrl+Shift+P"),
                None,
                "View",
                "The command palette",
                in_palette=False,
            ),
            Command(
                i.JOBS_PANEL,
                "Jobs",
                window.toggle_jobs,
                "panel-right",
                ("Ctrl+J",),
                None,
                "View",
                "Show or hide the jobs",
                window.jobs_shown,
            ),
            Command(
                i.PROBLEMS, "Problems", window.toggle_problems, "bell", ("Ctrl+Shift+M",), None, "View", "What went wrong lately"
            ),
            Command(
                i.THEME,
                "Switch between light and dark",
                self._switch_theme,
                "sun",
                (),
                None,
                "View",
                "Switch between the light and the dark theme",
            ),
            Command(
                "view.next_pane",
                "Next pane",
                window.next_pane,
                "",
                ("F6",),
                None,
                "View",
                "Move the focus to the next pane",
                in_palette=False,
            ),
            Command(
                "view.previous_pane",
                "Previous pane",
                window.previous_pane,
                "",
                ("Shift+F6",),
                None,
                "View",
                "Move the focus to the previous pane",
                in_palette=False,
            ),
            Command(
                i.RESTART_SERVER,
                "Reconnect the job manager",
                context.events.restart,
                "refresh-cw",
                (),
                None,
                "View",
                "Connect anew; start the job manager if it is gone",
            ),
            Command(
                i.SHORTCUTS, "Keyboard shortcuts", window.show_shortcuts, "keyboard", ("Ctrl+?", "F1"), None, "Help", "All keys"
            ),
            Command(i.ABOUT, "About Workbench", window.show_about, "info", (), None, "Help", "Version and surroundings"),
        )
        for number, place in enumerate(PLACES, 1):
            context.commands.register(
                Command(
                    f"go.{place.id}",
                    f"Go to {place.title}",
                    partial(window.show_place, place.id),
                    place.icon,
                    (f"Ctrl+{number}",),
                    None if not place.needs_project or place.id == "dashboard" else has_project,
                    "View",
                    f"Show {place.title}",
                )
            )
        context.commands.add_provider(Provider("projects", "Projects", self._find_projects, prefix="/"))

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
