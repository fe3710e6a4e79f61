"""The run bar: configuration, script or package, arguments, Run. On the dashboard and over the list of runs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workbench.base.errors import UserError, WorkbenchError
from workbench.desktop.commands import Command
from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.runs.request import RunChoices, join_arguments, read_request
from workbench.desktop.runs.wording import run_title
from workbench.desktop.widgets.basics import button, label, restyle
from workbench.projects.project import Project
from workbench.schema import Run, RunConfig


def load_choices(project: Project) -> RunChoices:
    """Reads what the project offers to run; a broken configuration is left out and said."""
    from pydantic import ValidationError

    configs: dict[str, tuple[str, tuple[str, ...]]] = {}
    problem = ""
    for name in project.config_names():
        try:
            config = RunConfig.model_validate(project.config(name))
            configs[name] = (config.script, config.arguments)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            problem = f"The run configuration {name} is wrong: {field}: {first['msg']}."
        except WorkbenchError as error:
            problem = str(error)
    return RunChoices(str(project.folder), configs, (*project.scripts(), *project.packages()), problem)


class RunBar(QWidget):
    """Fills itself from the open project, checks in words, and submits in the background."""

    submitted = Signal(object)
    """The run that was queued."""

    def __init__(self, context: AppContext, scope: QWidget, command: str, parent: QWidget | None = None) -> None:
        """`scope`: the widget in which Ctrl+R runs; `command`: the id of that command."""
        super().__init__(parent)
        self._context = context
        self._choices: RunChoices | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.config = QComboBox()
        self.config.setMinimumWidth(130)
        self.config.setAccessibleName("Run configuration")
        self.config.setToolTip("Run configuration: target, environment, variables (runconfig/*.toml)")
        self.script = QComboBox()
        self.script.setEditable(True)
        self.script.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.script.setMinimumWidth(220)
        self.script.setAccessibleName("Script or data preparation")
        self.script.setToolTip("The script or data preparation to run")
        if line := self.script.lineEdit():
            line.setPlaceholderText("Script or data preparation")
            line.returnPressed.connect(self.run)
        if completer := self.script.completer():
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.arguments = QLineEdit()
        self.arguments.setPlaceholderText("Arguments")
        self.arguments.setAccessibleName("Arguments")
        self.arguments.setToolTip("Arguments as in a shell, e.g. --depth 8 --name “two words”")
        self.arguments.returnPressed.connect(self.run)
        self.button = button("Run", self.run, kind="primary", icon="play", tooltip="Run as a tracked job  (Ctrl+R)")
        row.addWidget(self.config)
        row.addWidget(self.script, 2)
        row.addWidget(self.arguments, 3)
        row.addWidget(self.button)
        outer.addLayout(row)
        self.message = label("", "error", wrap=True)
        self.message.hide()
        outer.addWidget(self.message)
        self.config.activated.connect(self._on_config_chosen)
        self.script.editTextChanged.connect(self._clear_message)
        self.arguments.textChanged.connect(self._clear_message)
        context.commands.register(
            Command(
                command,
                "Run the chosen script",
                self.run,
                icon="play",
                keys=("Ctrl+R",),
                when=lambda: context.project is not None,
                category="Runs",
                doc="Run the script of the run bar as a tracked job",
                scope=scope,
            )
        )
        context.project_changed.connect(self.reload)
        self.reload()

    def reload(self) -> None:
        """Reads the project's configurations and scripts again; what was typed stays."""
        project = self._context.project
        self.setEnabled(project is not None)
        if project is None:
            return
        self._context.operations.run(
            "Reading the project",
            lambda _progress: load_choices(project),
            self._on_choices,
            exclusive=f"runbar-{id(self)}",
            quiet=True,
        )

    def propose(self, script: str, arguments: tuple[str, ...] | None = None, config: str = "") -> None:
        """Fills the bar, for example with what an earlier run had."""
        if config and self.config.findText(config) >= 0:
            self.config.setCurrentText(config)
        self.script.setEditText(script)
        if arguments is not None:
            self.arguments.setText(join_arguments(arguments))

    def run(self) -> None:
        """Submits what the bar holds, or says what is wrong with it."""
        choices = self._choices
        if choices is None or not self.button.isEnabled():
            return
        try:
            request = read_request(choices, self.config.currentText(), self.script.currentText(), self.arguments.text())
        except UserError as error:
            self._say(error)
            return
        self._clear_message()
        self.button.setEnabled(False)
        self._context.call(
            f"Submitting {request.script}",
            lambda client, _progress: client.submit(request),
            self._on_submitted,
            self._on_refused,
            cancellable=False,
        )

    def _on_choices(self, choices: RunChoices) -> None:
        before, self._choices = self._choices, choices
        config, script, arguments = self.config.currentText(), self.script.currentText(), self.arguments.text()
        same = before is not None and before.project == choices.project
        self.config.clear()
        self.config.addItems(list(choices.configs))
        self.script.clear()
        for name in choices.runnable:
            self.script.addItem(icon("file-code" if name.endswith(".py") else "layers"), name)
        if same and config in choices.configs:
            self.config.setCurrentText(config)
            self.script.setEditText(script)
            self.arguments.setText(arguments)
        else:
            self._on_config_chosen()
        self._clear_message()
        if choices.problem:
            self._show(choices.problem)

    def _on_config_chosen(self) -> None:
        if self._choices is None:
            return
        script, arguments = self._choices.configs.get(self.config.currentText(), ("", ()))
        first = next((name for name in self._choices.runnable if name.endswith(".py")), "")
        self.script.setEditText(script or first)
        self.arguments.setText(join_arguments(arguments))

    def _on_submitted(self, run: Run) -> None:
        self.button.setEnabled(True)
        self._context.notifications.toast(f"Queued {run_title(run)}: {run.script}", kind="info")
        self.submitted.emit(run)

    def _on_refused(self, error: Exception) -> None:
        self.button.setEnabled(True)
        if isinstance(error, WorkbenchError):
            self._say(error)
        else:
            self._context.notifications.error(error, "Submitting the run")

    def _say(self, error: WorkbenchError) -> None:
        place = error.place if error.place and error.place not in {"config", "script", "arguments"} else ""
        self._show(" ".join(filter(None, (error.message, error.hint, f"({place})" if place else ""))))
        field = {"script": self.script.lineEdit(), "arguments": self.arguments}.get(error.place)
        if field is not None:
            field.setProperty("invalid", True)
            restyle(field)
            field.setFocus()

    def _show(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.show()

    def _clear_message(self) -> None:
        if self.message.isHidden():
            return
        self.message.hide()
        for field in (self.script.lineEdit(), self.arguments):
            if field is not None and field.property("invalid"):
                field.setProperty("invalid", False)
                restyle(field)
