"""The Notebooks activity: consoles and notebook files at the left, the chosen one at the right."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton, QStackedWidget, QToolButton, QVBoxLayout

from workbench.base.errors import UserError, WorkbenchError
from workbench.client.client import Client
from workbench.desktop.commands import PaletteItem, Provider
from workbench.desktop.context import AppContext
from workbench.desktop.notebooks.commands import CONSOLE_MENU, FILE_MENU, NotebookCommand, register_commands
from workbench.desktop.notebooks.console import ConsolePage
from workbench.desktop.notebooks.namesheet import NameSheet
from workbench.desktop.notebooks.preview import PreviewPage
from workbench.desktop.notebooks.sidepanel import CONSOLE, FILE, SidePanel
from workbench.desktop.notifications.center import NoticeAction
from workbench.desktop.operations import Progress
from workbench.desktop.shell.activity import Activity
from workbench.desktop.widgets import EmptyState, Splitter
from workbench.notebooks.files import NotebookFile, create_notebook, free_name, list_notebooks, rename_notebook
from workbench.projects.trash import Trashed, move_to_trash
from workbench.schema import Kernel, KernelChanged, KernelRequest, KernelStatus, LineagePart

Listed = tuple[tuple[NotebookFile, ...], tuple[str, ...]]


class NotebooksActivity(Activity):
    """`open` takes the path of a notebook in the project, or a kernel's id."""

    id = "notebooks"
    title = "Notebooks"
    icon = "notebook-text"

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self._files: tuple[NotebookFile, ...] = ()
        self._kernels: dict[str, Kernel] = {}
        self._configs: tuple[str, ...] = ()
        self._consoles: dict[str, ConsolePage] = {}
        self._wanted = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.panel = SidePanel()
        self.panel.side.chosen.connect(self._on_chosen)
        self.panel.side.menu_requested.connect(self._on_menu)
        self.panel.side.itemActivated.connect(self._on_activated)
        self.pages = QStackedWidget()
        self.pages.setProperty("surface", "base")
        self.empty = EmptyState(
            "square-terminal",
            "Try something out in Python",
            "A console runs what you type in the project's own environment. It goes on when the window is closed.",
            ("Start console", self.new_console),
            ("New notebook", self.new_notebook),
            shortcut="Ctrl+Shift+K",
        )
        self.preview = PreviewPage(context)
        self.preview.rename_wanted.connect(self.rename_current)
        self.preview.delete_wanted.connect(self.delete_current)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.preview)
        split = Splitter("notebooks", Qt.Orientation.Horizontal)
        split.addWidget(self.panel)
        split.addWidget(self.pages)
        split.setStretchFactor(1, 1)
        split.set_initial([270, 900])
        layout.addWidget(split)
        register_commands(self)
        self._add_buttons()
        context.commands.add_provider(Provider("notebooks", "Notebooks", self._find))
        context.events.kernel_changed.connect(self._on_kernel_changed)
        context.events.reset.connect(self._reload_kernels)
        context.events.connected.connect(self._reload_kernels)
        self.reload()

    def _add_buttons(self) -> None:
        commands = self.context.commands
        self.new_button = commands.button(NotebookCommand.NEW, self.panel)
        self.console_button = commands.button(NotebookCommand.CONSOLE, self.panel)
        for made in (self.new_button, self.console_button, commands.button(NotebookCommand.REFRESH, self.panel)):
            self.panel.title_row.addWidget(made)

    # Activity

    def activate(self) -> None:
        self.reload()
        page = self.current_console
        if page is not None:
            page.focus_input()
        elif self.pages.currentWidget() is self.empty:
            # A list takes its first entry when it gets the focus, and a notebook is only shown when it is asked for.
            if (first := self.empty.findChild(QPushButton)) is not None:
                first.setFocus()
        else:
            self.panel.side.setFocus()

    def open(self, target: LineagePart | str | object) -> None:
        text = target.id if isinstance(target, LineagePart) else str(target or "")
        if not text:
            return
        self._wanted = f"{FILE if text.endswith('.ipynb') else CONSOLE}{text}"
        if not self._choose_wanted():
            self.reload()

    def project_changed(self) -> None:
        for page in (*self._consoles.values(),):
            self._drop(page)
        self._files, self._kernels, self._configs, self._wanted = (), {}, (), ""
        self.panel.set_files(())
        self._show_list()
        self.pages.setCurrentWidget(self.empty)
        self.reload()

    def may_close(self) -> bool:
        """The kernels go on without the window; what they say is recorded."""
        return True

    # what there is

    @property
    def current_file(self) -> NotebookFile | None:
        """The notebook that is shown."""
        return self.preview.file if self.pages.currentWidget() is self.preview else None

    @property
    def current_console(self) -> ConsolePage | None:
        """The console that is shown."""
        page = self.pages.currentWidget()
        return page if isinstance(page, ConsolePage) else None

    def reload(self) -> None:
        """Lists the notebooks and the consoles again."""
        project = self.context.project
        if project is None:
            return

        def work(_progress: Progress) -> Listed:
            return list_notebooks(project.folder, project.notebooks()), tuple(project.config_names())

        self.context.operations.run("Looking for notebooks", work, self._on_listed, exclusive="notebooks-list", quiet=True)
        self._reload_kernels()

    def _reload_kernels(self, _health: object = None) -> None:
        project = self.context.project
        if project is None:
            return
        folder = str(project.folder)
        self.context.call(
            "Asking for the consoles",
            lambda client, _progress: tuple(kernel for kernel in client.kernels() if kernel.project == folder),
            self._on_kernels,
            self._on_kernels_failed,
            exclusive="notebooks-kernels",
            quiet=True,
        )

    def _on_listed(self, listed: Listed) -> None:
        self._files, self._configs = listed
        self._fill_console_menu()
        self.panel.set_files(self._files)
        self._choose_wanted()
        before = self.preview.file
        if before is not None and self.pages.currentWidget() is self.preview:
            now = next((file for file in self._files if file.path == before.path), None)
            if now is None:
                self._show_nothing()
            elif now != before:
                self.preview.show_file(self._folder, now)

    def _on_kernels(self, kernels: tuple[Kernel, ...]) -> None:
        self._kernels = {kernel.id: kernel for kernel in kernels}
        for kernel_id, page in self._consoles.items():
            if kernel_id in self._kernels:
                page.take(self._kernels[kernel_id])
            else:
                page.lose("This kernel ended with the server that ran it; what it said is kept.")
        self._show_list()
        if not self._choose_wanted() and self.pages.currentWidget() is self.empty and kernels:
            self.panel.side.choose(f"{CONSOLE}{kernels[-1].id}")

    def _on_kernels_failed(self, _error: Exception) -> None:
        """The status bar says that the server does not answer; the files can be seen without it."""

    def _on_kernel_changed(self, events: tuple[KernelChanged, ...]) -> None:
        for event in events:
            page = self._consoles.get(event.kernel_id)
            if page is None:
                self._reload_kernels()
            elif event.status in {KernelStatus.PREPARING, KernelStatus.DEAD} or not page.connected:
                page.reload()

    def _show_list(self) -> None:
        known = {kernel_id: str(kernel.status) for kernel_id, kernel in self._kernels.items()}
        known |= {kernel_id: page.status for kernel_id, page in self._consoles.items()}
        configs = {kernel_id: kernel.config for kernel_id, kernel in self._kernels.items()}
        configs |= {kernel_id: page.kernel.config for kernel_id, page in self._consoles.items()}
        default = self.context.project.default_config if self.context.project is not None else ""
        names: list[tuple[str, str, str]] = []
        seen: dict[str, int] = {}
        for kernel_id, state in known.items():
            name = configs[kernel_id] or default or "Console"
            seen[name] = seen.get(name, 0) + 1
            names.append((kernel_id, name if seen[name] == 1 else f"{name} {seen[name]}", state))
        self.panel.set_consoles(names)

    @property
    def _folder(self) -> Path:
        project = self.context.project
        if project is None:
            raise UserError("No project is open.")
        return project.folder

    # choosing

    def _choose_wanted(self) -> bool:
        if self._wanted and self.panel.side.choose(self._wanted):
            self._wanted = ""
            if self.isVisible() and self.current_console is None:
                self.panel.side.setFocus()
            return True
        return False

    def _on_chosen(self, item: str) -> None:
        if item.startswith(FILE):
            file = next((file for file in self._files if file.path == item.removeprefix(FILE)), None)
            if file is not None:
                self.preview.show_file(self._folder, file)
                self.pages.setCurrentWidget(self.preview)
        elif (kernel_id := item.removeprefix(CONSOLE)) in self._consoles or kernel_id in self._kernels:
            page = self._consoles.get(kernel_id) or self._add_console(self._kernels[kernel_id])
            self.pages.setCurrentWidget(page)
        self.context.commands.refresh()

    def _on_activated(self) -> None:
        """Enter or a double click: to work with it."""
        if self.current_file is not None:
            self.preview.open_lab()
        else:
            self.focus_input()

    def _on_menu(self, item: str, at: QPoint) -> None:
        self.panel.side.choose(item)
        menu = self.context.commands.menu(self, FILE_MENU if item.startswith(FILE) else CONSOLE_MENU)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _show_nothing(self) -> None:
        self.panel.side.setCurrentRow(-1)
        self.pages.setCurrentWidget(self.empty)
        self.context.commands.refresh()

    # notebooks

    def new_notebook(self) -> None:
        """Asks for a name and makes a notebook."""
        if self.context.project is None:
            return
        name = free_name(self._folder, [file.path for file in self._files])
        sheet = NameSheet(self.window(), "New notebook", "Create", name)
        sheet.named.connect(lambda text: self._change(sheet, "Making the notebook", partial(create_notebook, self._folder, text)))
        sheet.open()

    def rename_current(self) -> None:
        """Asks for another name of the shown notebook."""
        file = self.current_file
        if file is None:
            return
        sheet = NameSheet(self.window(), "Rename notebook", "Rename", file.path.removesuffix(".ipynb"))
        sheet.named.connect(
            lambda text: self._change(sheet, "Renaming the notebook", partial(rename_notebook, self._folder, file.path, text))
        )
        sheet.open()

    def _change(self, sheet: NameSheet, title: str, act: "partial[str]") -> None:
        """Does it in a worker; the sheet closes when it succeeded and says why not otherwise."""
        sheet.action.setEnabled(False)

        def done(path: str) -> None:
            sheet.accept()
            self._wanted = f"{FILE}{path}"
            self.reload()

        def failed(error: Exception) -> None:
            sheet.action.setEnabled(True)
            if isinstance(error, WorkbenchError):
                sheet.show_error(error)
            else:
                self.context.notifications.error(error, title)

        self.context.operations.run(title, lambda _progress: act(), done, failed, owner=sheet, cancellable=False)

    def delete_current(self) -> None:
        """Moves the shown notebook to the trash; Undo stands in the message."""
        file = self.current_file
        if file is None:
            return
        folder = self._folder
        self.context.operations.run(
            f"Deleting {file.name}",
            lambda _progress: move_to_trash(folder, folder / file.path),
            self._on_deleted,
            cancellable=False,
        )

    def _on_deleted(self, trashed: Trashed) -> None:
        self._show_nothing()
        self.context.notifications.toast(
            f"{trashed.original.name} is in the trash", kind="info", action=NoticeAction("Undo", lambda: self._undelete(trashed))
        )
        self.reload()

    def _undelete(self, trashed: Trashed) -> None:
        self._wanted = f"{FILE}{trashed.original.relative_to(self._folder).as_posix()}"
        self.context.operations.run(
            "Taking the notebook back", lambda _progress: trashed.restore(), self._on_undeleted, cancellable=False
        )

    def _on_undeleted(self, _path: object) -> None:
        self.reload()

    def copy_path(self) -> None:
        """Puts the notebook's full path on the clipboard."""
        if (file := self.current_file) is not None:
            QGuiApplication.clipboard().setText(str(self._folder / file.path))
            self.context.notifications.toast("Path copied", kind="info")

    def open_lab(self) -> None:
        """Opens the shown notebook in JupyterLab."""
        if self.current_file is not None:
            self.preview.open_lab()

    # consoles

    def new_console(self, config: str = "") -> None:
        """Starts a console in the environment of a run configuration, the project's default one when none is named."""
        project = self.context.project
        if project is None:
            return
        request = KernelRequest(project=str(project.folder), config=config or project.default_config)

        def work(client: Client, progress: Progress) -> Kernel:
            progress.say("The console is being started")
            return client.start_kernel(request)

        self.context.call("Starting a console", work, self._on_started)

    def _on_started(self, kernel: Kernel) -> None:
        if self.context.project is None or kernel.project != str(self.context.project.folder):
            return
        self._kernels.setdefault(kernel.id, kernel)
        self._show_list()
        self.panel.side.choose(f"{CONSOLE}{kernel.id}")
        self._reload_kernels()

    def _add_console(self, kernel: Kernel) -> ConsolePage:
        page = ConsolePage(self.context, kernel)
        page.state_changed.connect(self._on_state_changed)
        page.closed.connect(self._on_closed)
        page.new_wanted.connect(self._on_new_wanted)
        self._consoles[kernel.id] = page
        self.pages.addWidget(page)
        return page

    def _on_state_changed(self) -> None:
        self._show_list()
        self.context.commands.refresh()

    def _on_closed(self, kernel_id: str) -> None:
        self._kernels.pop(kernel_id, None)
        if (page := self._consoles.get(kernel_id)) is not None:
            self._drop(page)
        self._show_list()
        self._show_nothing()
        self.activate()

    def _on_new_wanted(self, config: str) -> None:
        """In place of a dead console."""
        page = self.current_console
        if page is not None and not page.alive:
            page.stop()
        self.new_console(config)

    def _drop(self, page: ConsolePage) -> None:
        self._consoles.pop(page.kernel.id, None)
        page.close_link()
        self.pages.removeWidget(page)
        page.deleteLater()

    def interrupt(self) -> None:
        if (page := self.current_console) is not None:
            page.interrupt()

    def restart(self) -> None:
        if (page := self.current_console) is not None:
            page.restart()

    def stop(self) -> None:
        if (page := self.current_console) is not None:
            page.stop()

    def clear(self) -> None:
        if (page := self.current_console) is not None:
            page.clear()

    def focus_input(self) -> None:
        """The keys go to the console's input."""
        if (page := self.current_console) is not None:
            page.focus_input()

    def _fill_console_menu(self) -> None:
        """Several run configurations: the button offers each."""
        if len(self._configs) < 2:
            self.console_button.setMenu(None)  # type: ignore[arg-type]
            return
        menu = QMenu(self.console_button)
        for config in self._configs:
            menu.addAction(f"Console in {config}", partial(self.new_console, config))
        self.console_button.setMenu(menu)
        self.console_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    def _find(self, text: str) -> list[PaletteItem]:
        found = [file for file in self._files if text.casefold() in file.path.casefold()]
        go = self.context.open_activity
        return [
            PaletteItem(file.name, partial(go, "notebooks", file.path), file.folder or "notebook", "notebook-text")
            for file in found
        ]
