"""Commands are declared once; menus, toolbar, shortcuts and palette come from here."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from workbench.desktop.icons import icon

log = logging.getLogger(__name__)


class CommandId(StrEnum):
    """The shell's own commands. Activities define a StrEnum of their own in the same way (`runs.compare`)."""

    PALETTE = "app.palette"
    NEW_PROJECT = "project.new"
    OPEN_PROJECT = "project.open"
    CLONE_PROJECT = "project.clone"
    CLOSE_PROJECT = "project.close"
    OPEN_FOLDER = "project.show_folder"
    SETTINGS = "app.settings"
    PROBLEMS = "app.problems"
    JOBS_PANEL = "view.jobs"
    THEME = "view.theme"
    SHORTCUTS = "help.shortcuts"
    ABOUT = "help.about"
    RESTART_SERVER = "app.restart_server"
    QUIT = "app.quit"


@dataclass(frozen=True)
class Command:
    """What a user can do. `keys` are portable key texts; `scope` limits them to a widget and its children."""

    id: str
    title: str
    handler: Callable[[], object]
    icon: str = ""
    keys: tuple[str, ...] = ()
    when: Callable[[], bool] | None = None
    category: str = "General"
    doc: str = ""
    checked: Callable[[], bool] | None = None
    scope: QWidget | None = None
    in_palette: bool = True


@dataclass(frozen=True)
class PaletteItem:
    """An entry of the palette that is no command: a run, a column, a file."""

    title: str
    handler: Callable[[], object]
    detail: str = ""
    icon: str = ""
    keywords: str = ""


@dataclass(frozen=True)
class Provider:
    """Where the palette finds items. `find` runs in a worker thread when `slow`; `prefix` asks for it alone (`#` for runs)."""

    name: str
    title: str
    find: Callable[[str], Sequence[PaletteItem]]
    prefix: str = ""
    slow: bool = False


class _CommandAction(QAction):
    """The action of one command: it knows whom to run."""

    def __init__(self, registry: "CommandRegistry", command: Command) -> None:
        super().__init__(command.title, registry)
        self._registry = registry
        self._id = command.id
        self.triggered.connect(self._fire)

    def _fire(self) -> None:
        self._registry.run(self._id)


class CommandRegistry(QObject):
    """Holds all commands and makes one shared QAction of each, when it is first asked for. GUI thread only."""

    changed = Signal()
    failed = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._providers: dict[str, Provider] = {}
        self._recent: list[str] = []
        self._window: QWidget | None = None

    def set_window(self, window: QWidget | None) -> None:
        """Shortcuts without a scope work in this window."""
        self._window = window
        if window is not None:
            for command in self._commands.values():
                if command.keys:
                    self.action(command.id)

    def register(self, *commands: Command) -> None:
        """Adds commands. Raises ValueError for a known id, a key that is taken, or an unknown icon."""
        for command in commands:
            if command.id in self._commands:
                raise ValueError(f"The command {command.id} is registered twice.")
            for key in command.keys:
                if taken := self._taken(key, command.scope):
                    raise ValueError(f"The key {key} of {command.id} is taken by {taken}.")
            self._commands[command.id] = command
            if command.keys and (self._window is not None or command.scope is not None):
                self.action(command.id)
        self.changed.emit()

    def unregister(self, ids: Iterable[str]) -> None:
        """Forgets commands, for what does not live as long as the window."""
        for name in ids:
            self._commands.pop(name, None)
            if action := self._actions.pop(name, None):
                action.deleteLater()
        self.changed.emit()

    def owned(self) -> tuple[frozenset[str], frozenset[str]]:
        """Ids of all commands and names of all providers now: what is more of them later was added between."""
        return frozenset(self._commands), frozenset(self._providers)

    def forget_since(self, before: tuple[frozenset[str], frozenset[str]], after: tuple[frozenset[str], frozenset[str]]) -> None:
        """Forgets the commands and providers that were added between two moments: their place is gone."""
        for name in after[1] - before[1]:
            self._providers.pop(name, None)
        self.unregister(after[0] - before[0])

    def add_provider(self, provider: Provider) -> None:
        """Adds (or replaces, by name) a source of palette items."""
        self._providers[provider.name] = provider

    @property
    def providers(self) -> tuple[Provider, ...]:
        return tuple(self._providers.values())

    def all(self) -> tuple[Command, ...]:
        return tuple(self._commands.values())

    def get(self, command_id: str) -> Command:
        return self._commands[command_id]

    def recent(self) -> tuple[str, ...]:
        """Ids of commands run lately, newest first."""
        return tuple(self._recent)

    def enabled(self, command_id: str) -> bool:
        command = self._commands[command_id]
        return command.when is None or command.when()

    def run(self, command_id: str) -> None:
        """Runs the command unless its condition forbids it. An exception goes to the notifications."""
        command = self._commands[command_id]
        if command.when is not None and not command.when():
            return
        self._recent = [command_id, *(other for other in self._recent if other != command_id)][:20]
        try:
            command.handler()
        except Exception as error:  # noqa: BLE001 (shown in the one place for errors)
            self.failed.emit(command.title, error)
        self.refresh()

    def action(self, command_id: str) -> QAction:
        """The shared QAction of the command."""
        if known := self._actions.get(command_id):
            return known
        command = self._commands[command_id]
        action = _CommandAction(self, command)
        action.setObjectName(command_id)
        if command.icon:
            action.setIcon(icon(command.icon))
        if command.keys:
            action.setShortcuts([QKeySequence(key) for key in command.keys])
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        about = command.doc or command.title
        action.setToolTip(f"{about}  ({keys})" if keys else about)
        action.setStatusTip(about)
        if command.checked is not None:
            action.setCheckable(True)
            action.setChecked(command.checked())
        action.setEnabled(command.when is None or command.when())
        action.setData(command_id)
        holder = command.scope or self._window
        if holder is not None:
            if command.scope is not None:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            holder.addAction(action)
        self._actions[command_id] = action
        return action

    def refresh(self) -> None:
        """Asks all conditions again: call it when the selection, the project or the connection changed."""
        for name, action in self._actions.items():
            command = self._commands[name]
            action.setEnabled(command.when is None or command.when())
            if command.checked is not None:
                action.setChecked(command.checked())

    def menu(self, parent: QWidget, entries: Iterable[str], title: str = "") -> QMenu:
        """A menu of commands; an empty string is a separator."""
        self.refresh()
        menu = QMenu(title, parent)
        for entry in entries:
            if entry:
                menu.addAction(self.action(entry))
            else:
                menu.addSeparator()
        return menu

    def button(self, command_id: str, parent: QWidget | None = None, *, text: bool = False) -> QToolButton:
        """A tool button of the command; icon only unless `text`."""
        button = QToolButton(parent)
        button.setDefaultAction(self.action(command_id))
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if text else Qt.ToolButtonStyle.ToolButtonIconOnly
        button.setToolButtonStyle(style)
        button.setAccessibleName(self._commands[command_id].title)
        button.setIconSize(QSize(22 if text else 16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def key_text(self, command_id: str) -> str:
        """The first key as this platform writes it."""
        keys = self._commands[command_id].keys
        return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""

    def _taken(self, key: str, scope: QWidget | None) -> str:
        wanted = QKeySequence(key)
        for command in self._commands.values():
            overlap = command.scope is None or scope is None or command.scope is scope
            if overlap and any(QKeySequence(other) == wanted for other in command.keys):
                return command.id
        return ""
