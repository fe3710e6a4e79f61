"""Deploying a model: which version, then the service's name, score script and port."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from workbench.base.errors import WorkbenchError
from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.desktop.services.naming import name_problem, suggest_name
from workbench.desktop.widgets import KeyValueTable, NumberField, Wizard, WizardPage, label, restyle
from workbench.desktop.wording import full_moment, number_text, size_text
from workbench.schema import ModelSummary, ModelVersion, Service, ServiceRequest

_AS_RUN = "The packages of the model's run"


@dataclass(frozen=True)
class DeployFacts:
    """What the wizard offers: models, names that are taken, scripts and requirement files of the project."""

    models: tuple[ModelSummary, ...]
    taken: frozenset[str]
    scripts: tuple[str, ...]
    requirements: tuple[str, ...]


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setHorizontalSpacing(20)
    form.setVerticalSpacing(10)
    return form


class ModelPage(WizardPage):
    """Model and version, with what is known of that version."""

    def __init__(self, context: AppContext, chosen: ModelVersion | None) -> None:
        super().__init__("Model", "Which version of which model should answer requests?")
        self._context = context
        self._wanted = chosen
        self._versions: tuple[ModelVersion, ...] = ()
        form = _form()
        self.model = QComboBox()
        self.model.setAccessibleName("Model")
        self.model.currentTextChanged.connect(self._on_model_changed)
        self.version = QComboBox()
        self.version.setAccessibleName("Version")
        self.version.currentIndexChanged.connect(self._on_version_changed)
        form.addRow("Model", self.model)
        form.addRow("Version", self.version)
        self.body.addLayout(form)
        self.body.addSpacing(8)
        self.facts = KeyValueTable()
        self.body.addWidget(self.facts)
        self.body.addStretch(1)

    def set_models(self, models: Sequence[ModelSummary]) -> None:
        self.model.blockSignals(True)
        self.model.addItems([model.name for model in models])
        if self._wanted is not None:
            self.model.setCurrentText(self._wanted.name)
        self.model.blockSignals(False)
        if models:
            self._on_model_changed(self.model.currentText())

    def chosen(self) -> ModelVersion | None:
        """The chosen version, once the versions are loaded."""
        index = self.version.currentIndex()
        return self._versions[index] if 0 <= index < len(self._versions) else None

    def is_complete(self) -> bool:
        return self.chosen() is not None

    def _on_model_changed(self, name: str) -> None:
        self._versions = ()
        self.version.clear()
        self._context.call(
            "Loading the versions",
            lambda client, _progress: client.model_versions(name),
            self._on_versions,
            exclusive=f"deploy-versions-{id(self)}",
            quiet=True,
        )

    def _on_versions(self, versions: tuple[ModelVersion, ...]) -> None:
        self._versions = versions
        self.version.blockSignals(True)
        for number, one in enumerate(versions):
            self.version.addItem(f"{one.version} (the latest)" if number == 0 and len(versions) > 1 else str(one.version))
        wanted = self._wanted
        if wanted is not None:
            found = [place for place, one in enumerate(versions) if (one.name, one.version) == (wanted.name, wanted.version)]
            self.version.setCurrentIndex(found[0] if found else 0)
        self.version.blockSignals(False)
        self._on_version_changed()

    def _on_version_changed(self) -> None:
        version = self.chosen()
        if version is not None:
            metrics = ", ".join(f"{key} {number_text(value)}" for key, value in sorted(version.metrics.items())[:6])
            rows = [
                ("From", f"run #{version.run_number} of {version.experiment}"),
                ("Files", f"{len(version.files)}, {size_text(version.size)}"),
                ("Metrics", metrics),
                ("Registered", full_moment(version.created)),
                ("Description", version.description),
            ]
            self.facts.set_rows([row for row in rows if row[1]])
        self.complete_changed.emit()


class ServicePage(WizardPage):
    """Name, score script, packages and port."""

    def __init__(self, model_page: ModelPage) -> None:
        super().__init__("Service", "The service is a process of its own on this machine; it answers at its address with a key.")
        self._model_page = model_page
        self._facts: DeployFacts | None = None
        self._suggested = ""
        form = _form()
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.name.textChanged.connect(self._on_name_changed)
        self.problem = label("", "error", wrap=True)
        self.script = QComboBox()
        self.script.setEditable(True)
        self.script.setAccessibleName("Score script")
        self.script.editTextChanged.connect(self.complete_changed)
        self.requirements = QComboBox()
        self.requirements.setAccessibleName("Packages")
        self.requirements.addItem(_AS_RUN, "")
        self.port = NumberField(0, 65535)
        self.port.setSpecialValueText("A free one")
        self.port.setAccessibleName("Port")
        self.port.setMaximumWidth(160)
        form.addRow("Name", self.name)
        form.addRow("", self.problem)
        form.addRow("Score script", self.script)
        form.addRow("", label("Has init(), which loads the model, and run(data), which answers a request.", "small", wrap=True))
        form.addRow("Packages", self.requirements)
        form.addRow("Port", self.port)
        self.body.addLayout(form)
        self.body.addStretch(1)

    def set_facts(self, facts: DeployFacts) -> None:
        self._facts = facts
        first = sorted(facts.scripts, key=lambda name: ("score" not in Path(name).stem.lower(), name))
        self.script.addItems(first)
        for name in facts.requirements:
            self.requirements.addItem(name, name)
        self.entered()

    def entered(self) -> None:
        version = self._model_page.chosen()
        taken = self._facts.taken if self._facts else frozenset()
        if version is not None and self.name.text() in {"", self._suggested}:
            self._suggested = suggest_name(version.name, taken)
            self.name.setText(self._suggested)
        self._on_name_changed()

    def is_complete(self) -> bool:
        return not self._name_problem() and bool(self.script.currentText().strip())

    def request(self) -> ServiceRequest | None:
        """What the wizard asks for."""
        version = self._model_page.chosen()
        if version is None or not self.is_complete():
            return None
        return ServiceRequest(
            name=self.name.text(),
            model=version.name,
            version=version.version,
            score_script=self.script.currentText().strip(),
            requirements=str(self.requirements.currentData() or ""),
            port=self.port.value(),
        )

    def _name_problem(self) -> str:
        return name_problem(self.name.text(), self._facts.taken if self._facts else frozenset())

    def _on_name_changed(self) -> None:
        problem = self._name_problem()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.name.setProperty("invalid", bool(problem))
        restyle(self.name)
        self.complete_changed.emit()


class DeployWizard(Wizard):
    """Ends with a service that is being created; its page shows how that goes on."""

    created = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget | None, version: ModelVersion | None = None) -> None:
        super().__init__(parent, "Deploy a model", finish="Deploy", size=(820, 500))
        self._context = context
        self.model_page = ModelPage(context, version)
        self.service_page = ServicePage(self.model_page)
        self.add_page(self.model_page)
        self.add_page(self.service_page)
        self.finished_ok.connect(self._submit)
        self.model_page.model.setFocus()
        project = context.project

        def load(client: Client, _progress: Progress) -> DeployFacts:
            scripts = tuple(project.scripts()) if project else ()
            files = ("requirements.txt", "pyproject.toml")
            found = tuple(name for name in files if project and (project.folder / name).is_file())
            return DeployFacts(client.models(), frozenset(one.name for one in client.services()), scripts, found)

        context.call("Loading the models", load, self._on_facts, self._on_failed, quiet=True)

    def _on_facts(self, facts: DeployFacts) -> None:
        if not facts.models:
            self.show_error("There is no model yet: register one from a run first.")
            return
        self.model_page.set_models(facts.models)
        self.service_page.set_facts(facts)

    def _submit(self) -> None:
        request = self.service_page.request()
        if request is None:
            return
        self.next_button.setEnabled(False)
        self._context.call(
            f"Deploying {request.model}",
            lambda client, _progress: client.create_service(request),
            self._on_created,
            self._on_failed,
            cancellable=False,
        )

    def _on_created(self, service: Service) -> None:
        self.created.emit(service)
        self._context.open_activity("services", service.name)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.next_button.setEnabled(True)
        text = " ".join(filter(None, (error.message, error.hint))) if isinstance(error, WorkbenchError) else str(error)
        self.show_error(text)
