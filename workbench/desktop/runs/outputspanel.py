"""The files that a run produced: open, save, register as a model."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.notifications import NoticeAction
from workbench.desktop.operations import Progress
from workbench.desktop.runs.actions import RunActions
from workbench.desktop.widgets import Column, HLine, RecordTable, SearchBox, button, label
from workbench.desktop.wording import size_text
from workbench.schema import Artifact, Run

_ICONS = {
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
    ".svg": "image",
    ".csv": "table",
    ".parquet": "table",
    ".json": "braces",
}
_TEXT = {".txt": "file-text", ".md": "file-text", ".log": "file-text", ".py": "file-code"}
_MODELS = {".pkl", ".joblib", ".onnx", ".pt", ".h5", ".keras", ".json", ".cbm", ".ubj", ".npz", ".safetensors", ".model"}


def file_icon(path: str) -> str:
    """The icon for a file's ending."""
    suffix = Path(path).suffix.lower()
    return _ICONS.get(suffix) or _TEXT.get(suffix) or ("box" if suffix in _MODELS else "file")


def likely_model(artifacts: Sequence[Artifact]) -> str:
    """The output that most looks like a model; empty when none does."""

    def rank(artifact: Artifact) -> tuple[int, int, int]:
        suffix = Path(artifact.path).suffix.lower()
        name = "model" in Path(artifact.path).stem.lower()
        return (int(name and suffix in _MODELS), int(suffix in _MODELS and suffix != ".json"), artifact.size)

    best = max(artifacts, key=rank, default=None)
    return best.path if best is not None and rank(best)[:2] != (0, 0) else ""


class OutputsPanel(QWidget):
    """A table of the run's outputs."""

    register_asked = Signal(str)
    """A path of the outputs."""

    def __init__(self, context: AppContext, actions: RunActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._actions = actions
        self._run: Run | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        search = SearchBox("Filter the files")
        search.setMaximumWidth(280)
        row.addWidget(search, 1)
        self._total = label("", "muted")
        row.addWidget(self._total)
        row.addStretch(1)
        self._open = button("Open", self._open_selected, icon="external-link")
        self._save = button("Save as…", self._save_selected, icon="download")
        self._register = button("Register model…", self._register_selected, icon="box")
        for made in (self._open, self._save, self._register):
            row.addWidget(made)
        layout.addLayout(row)
        layout.addWidget(HLine())
        columns: list[Column[Artifact]] = [
            Column("File", lambda a: a.path, sort=lambda a: a.path, icon=lambda a: file_icon(a.path), stretch=True),
            Column("Size", lambda a: size_text(a.size), sort=lambda a: a.size, kind="number", width=110),
            Column("Digest", lambda a: a.digest.removeprefix("sha256:")[:12], kind="mono", width=140, tooltip=lambda a: a.digest),
        ]
        self.table: RecordTable[Artifact] = RecordTable(columns, lambda a: a.path, empty="No outputs")
        self.table.activated.connect(self._on_activated)
        self.table.selection_changed.connect(self._on_selection_changed)
        self.table.menu_requested.connect(self._on_menu)
        search.search_changed.connect(self.table.set_filter)
        layout.addWidget(self.table, 1)
        self._on_selection_changed()

    def set_run(self, run: Run) -> None:
        """Shows this run's files."""
        self._run = run
        self.table.set_empty_text(
            "This run left no outputs. What a script writes into outputs/ is kept here."
            if run.status.is_final
            else "Outputs are listed when the run has ended."
        )
        self.table.set_records(run.artifacts)
        count = len(run.artifacts)
        total = size_text(sum(artifact.size for artifact in run.artifacts))
        self._total.setText(f"{count} file{'s' if count != 1 else ''}, {total}" if count else "")

    def _on_selection_changed(self) -> None:
        some = bool(self.table.selected_ids())
        self._open.setEnabled(some)
        self._save.setEnabled(some)
        self._register.setEnabled(len(self.table.selected_ids()) == 1)

    def _on_activated(self, artifact: Artifact) -> None:
        self.open_file(artifact.path)

    def _open_selected(self) -> None:
        for path in self.table.selected_ids():
            self.open_file(path)

    def open_file(self, path: str) -> None:
        """Opens the file with the system's program for it."""
        run = self._run
        if run is None:
            return
        folder = self._actions.outputs_folder(run)
        if folder is not None and (local := folder / path).is_file():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(local)))
            return
        target = self._context.paths.cache / "outputs" / run.id / path
        self._context.call(
            f"Fetching {path}",
            lambda client, _p: client.download_artifact(run.id, path, target),
            self._on_fetched,
            exclusive="open-output",
        )

    def _on_fetched(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _save_selected(self) -> None:
        run, paths = self._run, self.table.selected_ids()
        if run is None or not paths:
            return
        if len(paths) == 1:
            dialog = QFileDialog(self.window(), "Save the output as", str(Path.home() / Path(paths[0]).name))
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        else:
            dialog = QFileDialog(self.window(), "Save the outputs into a folder", str(Path.home()))
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save(paths, Path(chosen)))
        dialog.open()

    def save(self, paths: Sequence[str], target: Path) -> None:
        """Saves one file as `target`, or several into it."""
        run = self._run
        if run is None:
            return

        def fetch(client: Client, progress: Progress) -> Path:
            for number, path in enumerate(paths):
                progress(number / len(paths), path)
                client.download_artifact(run.id, path, target if len(paths) == 1 else target / path)
            return target

        def done(saved: Path) -> None:
            folder = saved if saved.is_dir() else saved.parent
            show = NoticeAction("Show", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
            self._context.notifications.toast(f"Saved {saved.name}", action=show)

        self._context.call("Saving outputs", fetch, done, owner=self)

    def _register_selected(self) -> None:
        if paths := self.table.selected_ids():
            self.register_asked.emit(paths[0])

    def _on_menu(self, artifact: Artifact, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("external-link"), "Open", self._open_selected)
        menu.addAction(icon("download"), "Save as…", self._save_selected)
        menu.addSeparator()
        menu.addAction(icon("box"), "Register as a model…", lambda: self.register_asked.emit(artifact.path))
        menu.popup(at)
