"""Registering an output of a run as a model."""

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.notifications import NoticeAction
from workbench.desktop.operations import Progress
from workbench.desktop.runs.outputspanel import likely_model
from workbench.desktop.runs.wording import run_title
from workbench.desktop.widgets import Sheet, button, label, restyle
from workbench.desktop.wording import number_text, size_text
from workbench.schema import ModelRequest, ModelSummary, ModelVersion, Run

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*")


def output_choices(run: Run) -> list[tuple[str, str]]:
    """What can be registered, as (path, detail): the files, and the folders that hold some."""
    files = [(one.path, size_text(one.size)) for one in run.artifacts]
    folders: dict[str, int] = {}
    for one in run.artifacts:
        parts = one.path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            folders[folder] = folders.get(folder, 0) + 1
    return [*files, *((f"{path}/", f"{count} file{'s' if count > 1 else ''}") for path, count in sorted(folders.items()))]


def suggest_model_name(run: Run) -> str:
    """A model's name from the project's folder."""
    name = Path(run.project).name if run.project else run.experiment
    return re.sub(r"[^A-Za-z0-9 ._-]+", "-", name).strip("-._ ") or "model"


def model_name_problem(name: str) -> str:
    """One sentence: what is wrong with a model's name; empty when nothing is."""
    if not name:
        return "Give the model a name."
    if len(name) > 120:
        return f"A name has at most 120 characters; this one has {len(name)}."
    if not _NAME.fullmatch(name):
        return "A name begins with a letter or digit and has letters, digits, spaces, dots, dashes and underscores only."
    return ""


def read_tags(text: str) -> dict[str, str]:
    """`stage=candidate, owner=ada` as tags. Raises ValueError with a sentence."""
    tags: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key, equals, value = part.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise ValueError(f"“{part}” is no tag: write name=value, several with commas between them.")
        tags[key.strip()] = value.strip()
    return tags


class RegisterDialog(Sheet):
    """Asks for name, output, description and tags; closes when the version is registered."""

    registered = Signal(object)

    def __init__(self, context: AppContext, run: Run, path: str = "", parent: QWidget | None = None) -> None:
        metrics = ", ".join(f"{key} {number_text(one.last)}" for key, one in sorted(run.metrics.items())[:3])
        text = f"A copy of the files of {run_title(run)} becomes the next version of the model, with its lineage"
        super().__init__(parent, "Register model", f"{text} and metrics ({metrics})." if metrics else f"{text}.", width=540)
        self._context = context
        self._run = run
        self._versions: dict[str, int] = {}
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setAccessibleName("Name")
        self.name.setEditText(suggest_model_name(run))
        self.name.editTextChanged.connect(self._on_name_changed)
        form.addRow("Name", self.name)
        self.version = label("", "small", wrap=True)
        form.addRow("", self.version)
        self.path = QComboBox()
        self.path.setAccessibleName("Output")
        for choice, detail in output_choices(run):
            self.path.addItem(f"{choice}   ({detail})", choice.rstrip("/"))
        index = self.path.findData(path or likely_model(run.artifacts))
        self.path.setCurrentIndex(max(index, 0))
        form.addRow("Output", self.path)
        self.description = QPlainTextEdit()
        self.description.setAccessibleName("Description")
        self.description.setPlaceholderText("What is new in this version")
        self.description.setFixedHeight(72)
        self.description.setTabChangesFocus(True)
        form.addRow("Description", self.description)
        self.tags = QLineEdit()
        self.tags.setAccessibleName("Tags")
        self.tags.setPlaceholderText("stage=candidate, owner=ada")
        form.addRow("Tags", self.tags)
        self.body.addLayout(form)
        self.buttons.addWidget(button("Cancel", self.reject))
        self.action = button("Register", self.submit, kind="primary")
        self.action.setDefault(True)
        self.buttons.addWidget(self.action)
        context.call("Loading the models", _load_models, self._on_models, lambda _error: None, quiet=True, owner=self)
        self._on_name_changed()

    def submit(self) -> None:
        """Registers, or says what is wrong."""
        self.show_error("")
        name = self.name.currentText().strip()
        path = str(self.path.currentData() or "")
        if model_name_problem(name):  # stands under the field already
            self.name.setFocus()
            return
        problem = "" if path else "The run has no output that could be registered."
        try:
            tags = read_tags(self.tags.text())
        except ValueError as error:
            tags, problem = {}, problem or str(error)
        if problem:
            self.show_error(problem)
            return
        request = ModelRequest(
            name=name, run_id=self._run.id, path=path, description=self.description.toPlainText().strip(), tags=tags
        )
        self.action.setEnabled(False)
        self._context.call(
            f"Registering {name}",
            lambda client, _progress: client.register_model(request),
            self._on_registered,
            self._on_failed,
            cancellable=False,
        )

    def _on_models(self, models: Sequence[ModelSummary]) -> None:
        self._versions = {model.name: model.latest for model in models}
        text = self.name.currentText()
        same = next((model.name for model in models if model.project == self._run.project), "")
        self.name.blockSignals(True)
        self.name.addItems(sorted(self._versions))
        self.name.blockSignals(False)
        self.name.setEditText(same if same and text == suggest_model_name(self._run) else text)
        self._on_name_changed()

    def _on_name_changed(self) -> None:
        name = self.name.currentText().strip()
        problem = model_name_problem(name)
        latest = self._versions.get(name)
        self.version.setText(problem or (f"Becomes version {latest + 1}" if latest else "A new model, version 1"))
        self.version.setProperty("role", "error" if problem else "small")
        restyle(self.version)

    def _on_registered(self, version: ModelVersion) -> None:
        context = self._context
        context.notifications.toast(
            f"Registered {version.name} version {version.version}",
            action=NoticeAction("Open", lambda: context.open_activity("models", f"{version.name}:{version.version}")),
        )
        self.registered.emit(version)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.action.setEnabled(True)
        self.show_error(error)


def _load_models(client: Client, _progress: Progress) -> tuple[ModelSummary, ...]:
    return client.models()
