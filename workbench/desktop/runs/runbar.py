"""The run bar: configuration, script or package, arguments, Run. On the dashboard and over the list of runs."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from workbench.base.errors import UserError, WorkbenchError
from workbench.desktop.commands import Command
from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.runs.plansheet import PlanSheet
from workbench.desktop.runs.request import ConfigChoice, RunChoices, RunWay, join_arguments, read_request
from workbench.desktop.runs.wording import run_title
from workbench.desktop.widgets.basics import button, icon_button, label, restyle
from workbench.projects.project import Project
from workbench.schema import JobPlanned, JobRequest, Run, RunConfig

_PRIORITIES: tuple[tuple[int | None, str], ...] = ((None, "as configured"), (10, "high"), (-10, "low"))


def load_choices(project: Project) -> RunChoices:
    """Reads what the project offers to run; a broken configuration is left out and said."""
    from pydantic import ValidationError

    configs: dict[str, ConfigChoice] = {}
    problem = ""
    for name in project.config_names():
        try:
            config = RunConfig.model_validate(project.config(name))
            configs[name] = ConfigChoice(config.script, config.arguments, config.target, config.sweep is not None)
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
        self._way = RunWay()
        self._targets: tuple[str, ...] = ()
        self._build()
        self._register(scope, command)
        context.project_changed.connect(self.reload)
        self.reload()

    def _build(self) -> None:
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
        self.target = QComboBox()
        self.target.setAccessibleName("Target")
        self.target.setToolTip("Where it runs; the targets are told by: workbench target list")
        self.target.hide()
        self.target.activated.connect(self._on_target_chosen)
        self.button = button("Run", self.run, kind="primary", icon="play", tooltip="Run as a tracked job  (Ctrl+R)")
        self.more = icon_button("chevron-down", "More ways to run", self._show_menu)
        row.addWidget(self.config)
        row.addWidget(self.target)
        row.addWidget(self.script, 2)
        row.addWidget(self.arguments, 3)
        row.addWidget(self.button)
        row.addWidget(self.more)
        outer.addLayout(row)
        self.message = label("", "error", wrap=True)
        self.message.hide()
        outer.addWidget(self.message)
        self.config.activated.connect(self._on_config_chosen)
        self.script.editTextChanged.connect(self._clear_message)
        self.arguments.textChanged.connect(self._clear_message)

    def _register(self, scope: QWidget, command: str) -> None:
        context = self._context
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
            ),
            Command(
                f"{command}.plan",
                "Show what a run would do",
                self.show_plan,
                icon="list",
                when=lambda: context.project is not None,
                category="Runs",
                doc="Target, command, environment and files of the run bar's job, without queueing it",
                scope=scope,
            ),
        )

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
        self._context.call(
            "Reading the targets",
            lambda client, _progress: tuple(target.name for target in client.targets()),
            self._on_targets,
            self._on_no_targets,
            exclusive=f"runbar-targets-{id(self)}",
            quiet=True,
        )

    def propose(self, script: str, arguments: tuple[str, ...] | None = None, config: str = "", target: str = "") -> None:
        """Fills the bar, for example with what an earlier run had."""
        if config and self.config.findText(config) >= 0:
            self.config.setCurrentText(config)
        if target:
            self._way = replace(self._way, target="" if target == self._config_choice().target else target)
        self._fill_targets()
        self.script.setEditText(script)
        if arguments is not None:
            self.arguments.setText(join_arguments(arguments))

    def run(self) -> None:
        """Submits what the bar holds, or says what is wrong with it."""
        self._submit(self._way)

    def show_plan(self) -> None:
        """Shows what a press on Run would do, or says what is wrong."""
        if (request := self._request(self._way)) is None:
            return
        self._context.call(
            f"Looking what {request.script} would do",
            lambda client, _progress: client.plan(request),
            self._on_planned,
            self._on_refused,
        )

    def _request(self, way: RunWay) -> JobRequest | None:
        """What the bar holds; None when it was told what is wrong with it."""
        choices = self._choices
        if choices is None or not self.button.isEnabled():
            return None
        try:
            request = read_request(choices, self.config.currentText(), self.script.currentText(), self.arguments.text(), way)
        except UserError as error:
            self._say(error)
            return None
        self._clear_message()
        return request

    def _submit(self, way: RunWay) -> None:
        if (request := self._request(way)) is None:
            return
        self.button.setEnabled(False)
        self._context.call(
            f"Submitting {request.script}",
            lambda client, _progress: client.submit(request),
            self._on_submitted,
            self._on_refused,
            cancellable=False,
        )

    def _on_planned(self, plan: JobPlanned) -> None:
        PlanSheet(plan, self.run, self.window(), self.button.text()).open()

    def _on_targets(self, names: tuple[str, ...]) -> None:
        self._targets = names
        self._fill_targets()

    def _on_no_targets(self, _error: Exception) -> None:
        """A lost server is told by the window's banner."""

    def _fill_targets(self) -> None:
        """The configuration's target first; hidden where there is no choice."""
        config = self._config_choice()
        names = list(dict.fromkeys((config.target, *self._targets)))
        chosen = self._way.target if self._way.target in names else config.target
        if [self.target.itemText(place) for place in range(self.target.count())] != names:
            self.target.clear()
            self.target.addItems(names)
        self.target.setCurrentText(chosen)
        self.target.setVisible(len(names) > 1)
        self._show_way()

    def _config_choice(self) -> ConfigChoice:
        return (self._choices.configs if self._choices else {}).get(self.config.currentText(), ConfigChoice())

    def _on_target_chosen(self) -> None:
        chosen = self.target.currentText()
        self._set_way(replace(self._way, target="" if chosen == self._config_choice().target else chosen))

    def _set_way(self, way: RunWay) -> None:
        self._way = way
        self._clear_message()
        self._show_way()

    def _show_way(self) -> None:
        """The button says what a press on it does."""
        sweep = self._config_choice().sweep and not self._way.once
        priority = dict(_PRIORITIES).get(self._way.priority, "")
        self.button.setText(("Run sweep" if sweep else "Run") + (f" · {priority}" if self._way.priority else ""))
        what = "Start the sweep of this configuration: a run for each trial" if sweep else "Run as a tracked job"
        self.button.setToolTip(f"{what}  (Ctrl+R)")

    def _show_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """Other ways to run what the bar holds."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("list"), "Show what would happen…", self.show_plan)
        if self._config_choice().sweep:
            menu.addAction(icon("play"), "Run once, without the sweep", lambda: self._submit(replace(self._way, once=True)))
        if self.script.currentText().endswith(".wbprep"):
            menu.addAction(
                icon("rotate-ccw"), "Run also if nothing has changed", lambda: self._submit(replace(self._way, force=True))
            )
        menu.addSeparator()
        for value, title in _PRIORITIES:
            action = menu.addAction(f"Priority {title}", partial(self._set_priority, value))
            action.setCheckable(True)
            action.setChecked(self._way.priority == value)
        return menu

    def _set_priority(self, priority: int | None) -> None:
        self._set_way(replace(self._way, priority=priority))

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
        self._fill_targets()
        self._clear_message()
        if choices.problem:
            self._show(choices.problem)

    def _on_config_chosen(self) -> None:
        if self._choices is None:
            return
        config = self._config_choice()
        first = next((name for name in self._choices.runnable if name.endswith(".py")), "")
        self.script.setEditText(config.script or first)
        self.arguments.setText(join_arguments(config.arguments))
        self._way = replace(self._way, target="")
        self._fill_targets()

    def _on_submitted(self, run: Run) -> None:
        self.button.setEnabled(True)
        done = "Started the sweep" if run.kind == "sweep" else "Queued"
        self._context.notifications.toast(f"{done} {run_title(run)}: {run.script}", kind="info")
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
