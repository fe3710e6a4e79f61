"""The preview of a notebook file: rendered, never run; JupyterLab in the browser is one key away."""

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.base.clock import utc_now
from workbench.desktop.context import AppContext
from workbench.desktop.notebooks.reading import Preview, read_notebook
from workbench.desktop.notebooks.transcriptview import TranscriptView
from workbench.desktop.operations import Operation, Progress
from workbench.desktop.widgets import Banner, EmptyState, HLine, StateStack, button, icon_button, label
from workbench.desktop.wording import moment_text
from workbench.notebooks.files import NotebookFile


class PreviewPage(QWidget):
    """Shows one notebook of the project."""

    rename_wanted = Signal()
    delete_wanted = Signal()
    _said = Signal(str)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._project = Path()
        self.file: NotebookFile | None = None
        self.address = ""
        self._opening: Operation | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._toolbar())
        layout.addWidget(HLine())
        self.starting = Banner("info", "JupyterLab is starting …", ("Cancel", self._on_cancel))
        self.started = Banner("ok", "", ("Copy address", self._on_copy))
        for banner in (self.starting, self.started):
            banner.hide()
            layout.addWidget(banner)
        self.view = TranscriptView("Notebook preview")
        self.view.keep_at_top()
        self.stack = StateStack(self.view)
        layout.addWidget(self.stack, 1)
        self._said.connect(self.starting.set_text)

    def _toolbar(self) -> QWidget:
        bar = QWidget()
        bar.setProperty("surface", "base")
        bar.setMinimumHeight(51)  # with its line as high as a PageHeader
        row = QHBoxLayout(bar)
        row.setContentsMargins(20, 8, 12, 8)
        row.setSpacing(8)
        self._title = label("", font="title_font")
        self._about = label("", "small")
        row.addWidget(self._title)
        row.addWidget(self._about)
        row.addStretch(1)
        row.addWidget(icon_button("pencil", "Rename  (F2)", self.rename_wanted.emit))
        row.addWidget(icon_button("trash-2", "Delete  (Del in the list)", self.delete_wanted.emit))
        self.lab_button = button(
            "Open in JupyterLab", self.open_lab, icon="external-link", tooltip="Edit and run it in the browser  (Ctrl+Shift+J)"
        )
        row.addWidget(self.lab_button)
        return bar

    def show_file(self, project: Path, file: NotebookFile) -> None:
        """Reads and shows a notebook; the one shown before stays until this one is read."""
        if self.file is None or (self._project, self.file.path) != (project, file.path):
            self.started.hide()
            self.stack.show_loading(f"Reading {file.name}")
        self._project, self.file = project, file
        self._title.setText(file.name)
        self._about.setText(file.folder)
        path = project / file.path
        self._context.operations.run(
            f"Reading {file.name}",
            lambda _progress: (file, read_notebook(path)),
            self._on_read,
            self._on_failed,
            exclusive="notebook-preview",
        )

    def _on_read(self, read: tuple[NotebookFile, Preview]) -> None:
        file, preview = read
        if file != self.file:
            return
        cells = f"{preview.cells} cell{'' if preview.cells == 1 else 's'}"
        changed = moment_text(file.changed, utc_now())
        self._about.setText(" · ".join(filter(None, (file.folder, cells, f"changed {changed}"))))
        if preview.transcript.entries:
            self.view.set_transcript(preview.transcript, at_end=False)
            self.stack.show_content()
        else:
            self.stack.show_empty(
                EmptyState(
                    "notebook-text",
                    f"{file.name} is empty",
                    "Write and run its cells in JupyterLab. What it shows then, this preview shows too.",
                    ("Open in JupyterLab", self.open_lab),
                    shortcut="Ctrl+Shift+J",
                )
            )

    def _on_failed(self, error: Exception) -> None:
        self.stack.show_error(error, self.reload)

    def reload(self) -> None:
        """Reads the file again."""
        if self.file is not None:
            self.show_file(self._project, self.file)

    def open_lab(self) -> None:
        """Opens the notebook in JupyterLab, which is started (the first time: downloaded) for it."""
        if self.file is None or self._opening is not None:
            return
        project, path, paths = self._project, self.file.path, self._context.paths

        def work(progress: Progress) -> str:
            from workbench.notebooks.jupyterlab import open_lab

            def say(text: str) -> None:
                progress.say(text)
                self._said.emit(text)

            return open_lab(project, path, paths=paths, say=say, cancel=lambda: progress.cancelled)

        self.started.hide()
        self.starting.set_text("JupyterLab is starting …")
        self.starting.show()
        self.lab_button.setEnabled(False)
        self._opening = self._context.operations.run("Opening JupyterLab", work, self._on_opened, self._on_open_failed)

    def _on_opened(self, address: str) -> None:
        self._end_opening()
        self.address = address
        self.started.set_text(f"JupyterLab runs at  {address}")
        self.started.show()
        if not QDesktopServices.openUrl(QUrl(address)):
            self._context.notifications.problem(
                "No browser could be opened.", hint="Copy the address into your browser.", place=address
            )

    def _on_open_failed(self, error: Exception) -> None:
        self._end_opening()
        self._context.notifications.error(error, "Opening JupyterLab")

    def _on_cancel(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
        self._end_opening()

    def _end_opening(self) -> None:
        self._opening = None
        self.starting.hide()
        self.lab_button.setEnabled(True)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.address)
        self._context.notifications.toast("Address copied", kind="info")
