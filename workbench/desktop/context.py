"""What every part of the desktop is given: a small context instead of globals."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from workbench.base.errors import UserError
from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings, load_settings, save_settings
from workbench.desktop.commands import CommandRegistry
from workbench.desktop.events import Connection, EventBridge
from workbench.desktop.notifications import Notifications
from workbench.desktop.operations import Collector, Operation, Operations, Progress
from workbench.desktop.theme import Theme
from workbench.schema import LineagePart

if TYPE_CHECKING:
    from workbench.client.client import Client
    from workbench.projects.project import Project

T = TypeVar("T")
_RECENT = 12


class AppContext(QObject):
    """Theme, settings, operations, commands, notifications, events, the client and the open project. GUI thread only.

    Activities talk to each other through `open_part` and `open_activity`, never directly.
    """

    project_changed = Signal()
    """`project` is another one, or None."""
    settings_changed = Signal()
    part_requested = Signal(object)
    activity_requested = Signal(str, object)

    def __init__(self, theme: Theme, *, home: Path | None = None, start_server: bool = True) -> None:
        super().__init__()
        self.theme = theme
        self.paths = WorkspacePaths(home) if home is not None else WorkspacePaths.default()
        self.settings = Settings()
        self.notifications = Notifications(self)
        self.operations = Operations(self)
        self._collector = Collector(self)
        self.commands = CommandRegistry(self)
        self.connection = Connection(home, start=start_server)
        self.events = EventBridge(self.connection, self.operations, self)
        self.state = QSettings()
        self.window: QWidget | None = None
        """The main window, the parent of dialogs."""
        self.project: Project | None = None
        self.operations.failed.connect(self._on_operation_failed)
        self.commands.failed.connect(self._on_command_failed)
        self._load_settings()

    @property
    def client(self) -> "Client | None":
        """The client if it is connected already. For calls use `call`, which waits for it off the GUI thread."""
        return self.connection.now

    def call(
        self,
        title: str,
        function: "Callable[[Client, Progress], T]",
        on_done: Callable[[T], Any] | None = None,
        on_error: Callable[[Exception], Any] | None = None,
        *,
        exclusive: str = "",
        quiet: bool = False,
        cancellable: bool = True,
        owner: QObject | None = None,
    ) -> Operation:
        """Runs `function(client, progress)` as an operation: every request to the server goes this way."""
        connection = self.connection

        def work(progress: Progress) -> T:
            return function(connection.get(), progress)

        return self.operations.run(
            title, work, on_done, on_error, exclusive=exclusive, quiet=quiet, cancellable=cancellable, owner=owner
        )

    def open_project(self, folder: Path) -> None:
        """Opens the project in the background; a folder without one becomes a problem with a hint."""
        self.operations.run(
            "Opening the project", lambda _progress: _open(folder), self._on_project_opened, exclusive="open-project"
        )

    def set_project(self, project: "Project | None") -> None:
        """Makes it the open project."""
        self.project = project
        if project is not None:
            self.remember_project(project.folder, project.name)
        self.project_changed.emit()
        self.commands.refresh()

    def open_part(self, part: LineagePart) -> None:
        """Shows what a lineage link names, in its activity."""
        self.part_requested.emit(part)

    def open_activity(self, activity_id: str, target: object = None) -> None:
        """Brings an activity to the front (`data`, `runs`...), and opens `target` in it when given."""
        self.activity_requested.emit(activity_id, target)

    def change_settings(self, settings: Settings) -> None:
        """Applies and saves new settings."""
        before, self.settings = self.settings, settings
        look = ("theme", "density", "font_size")
        if any(getattr(before, name) != getattr(settings, name) for name in look):
            self.theme.apply(settings)
        path = self.paths.settings

        def save(_progress: Progress) -> None:
            save_settings(path, settings)
            if (client := self.connection.now) is not None:
                client.save_settings(settings)

        self.operations.run("Saving the settings", save, exclusive="save-settings", cancellable=False, quiet=True)
        self.settings_changed.emit()

    def recent_projects(self) -> list[tuple[Path, str]]:
        """Folders and names of the projects opened last, newest first; those that are gone are left out."""
        known = self.state.value("recent/projects")
        lines = known if isinstance(known, list) else [known] if isinstance(known, str) else []
        entries = [str(line).split("\t", 1) for line in lines]
        return [(Path(entry[0]), entry[-1]) for entry in entries if (Path(entry[0]) / "workbench.toml").is_file()]

    def remember_project(self, folder: Path, name: str) -> None:
        entries = [f"{folder}\t{name}", *(f"{path}\t{title}" for path, title in self.recent_projects() if path != folder)]
        self.state.setValue("recent/projects", entries[:_RECENT])

    def forget_project(self, folder: Path) -> None:
        """Takes it off the list of recent ones; the files stay."""
        self.state.setValue("recent/projects", [f"{path}\t{name}" for path, name in self.recent_projects() if path != folder])

    def close(self) -> bool:
        """Ends threads and timers; jobs and the server go on. False when a worker did not stop in time."""
        self.events.stop()
        ended = self.operations.close()
        self._collector.close()
        return ended

    def _load_settings(self) -> None:
        try:
            self.settings = load_settings(self.paths.settings)
        except UserError as error:
            self.notifications.error(error, "Reading the settings")
        if self.settings != Settings():
            self.theme.apply(self.settings)

    def _on_project_opened(self, project: "Project") -> None:
        self.set_project(project)

    def _on_operation_failed(self, title: str, error: Exception) -> None:
        self.notifications.error(error, title)

    def _on_command_failed(self, title: str, error: Exception) -> None:
        self.notifications.error(error, title)


def _open(folder: Path) -> "Project":
    from workbench.projects.project import Project

    return Project.open(folder)
