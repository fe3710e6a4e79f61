"""The Models activity: a list at the left, the chosen model at the right."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from workbench.client.client import Client
from workbench.desktop.commands import Command, PaletteItem, Provider
from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.models.details import ModelDetails
from workbench.desktop.operations import Progress
from workbench.desktop.runs.wording import moment_text
from workbench.desktop.shell.activity import Activity
from workbench.desktop.widgets import EmptyState, SearchBox, Splitter, StateStack, confirm, label
from workbench.desktop.widgets.sidelist import SideItem, SideList
from workbench.schema import LineagePart, ModelSummary, ModelVersion

Shown = tuple[tuple[ModelSummary, ...], tuple[ModelVersion, ...], tuple[LineagePart, ...]]


class ModelsActivity(Activity):
    """`open` takes `name`, `name:version` or a lineage part."""

    id = "models"
    title = "Models"
    icon = "box"

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._models: tuple[ModelSummary, ...] = ()
        self._name = ""
        self._version: int | None = None
        self._parts: tuple[LineagePart, ...] = ()
        self._text = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        split = Splitter("models", Qt.Orientation.Horizontal)
        split.addWidget(self._list())
        self.details = ModelDetails()
        self.details.part_clicked.connect(context.open_part)
        self.details.deploy_asked.connect(self._on_deploy_asked)
        self.details.delete_asked.connect(self._on_delete_asked)
        self.details.delete_model_asked.connect(self._on_delete_model_asked)
        self.details.version_chosen.connect(self._on_version_chosen)
        split.addWidget(self.details)
        split.setStretchFactor(1, 1)
        split.set_initial([260, 900])
        self.stack = StateStack(split)
        layout.addWidget(self.stack)
        self.stack.show_loading("Loading the models")
        context.events.model_changed.connect(self._on_model_changed)
        context.events.service_changed.connect(self._on_model_changed)
        context.events.reset.connect(self.reload)
        context.events.connected.connect(self.reload)
        context.commands.register(
            Command("models.show", "Show models", lambda: context.open_activity("models"), icon="box", category="Models"),
            Command(
                "models.deploy",
                "Deploy the shown model",
                self._deploy_shown,
                icon="rocket",
                when=lambda: self.details.version is not None,
                category="Models",
                scope=self,
            ),
        )
        context.commands.add_provider(Provider("models", "Models", self._find))
        self.reload()

    def _list(self) -> QWidget:
        panel = QWidget()
        panel.setProperty("surface", "base")
        panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        top = QVBoxLayout()
        top.setContentsMargins(16, 4, 12, 0)
        top.setSpacing(10)
        top.addWidget(label("Models", font="title_font"))
        self.search = SearchBox("Find a model")
        self.search.search_changed.connect(self._on_search)
        top.addWidget(self.search)
        column.addLayout(top)
        self.side = SideList("Models")
        self.side.chosen.connect(self._on_chosen)
        self.side.menu_requested.connect(self._on_menu)
        column.addWidget(self.side, 1)
        panel.setMinimumWidth(200)
        return panel

    # Activity

    def activate(self) -> None:
        self.reload()
        self.side.setFocus()

    def open(self, target: LineagePart | str | object) -> None:
        text = target.id if isinstance(target, LineagePart) else str(target or "")
        if not text:
            return
        name, _, version = text.rpartition(":") if text.rpartition(":")[2].isdigit() and ":" in text else (text, "", "")
        self._name, self._version = name, int(version) if version else None
        self.reload()

    def lineage(self) -> tuple[LineagePart, ...]:
        return self._parts

    def project_changed(self) -> None:
        self._name, self._version = "", None
        self.reload()

    # loading

    def reload(self) -> None:
        """Loads the list and the shown model again."""
        name, version = self._name, self._version
        folder = str(self._context.project.folder) if self._context.project else ""

        def load(client: Client, _progress: Progress) -> Shown:
            models = sorted(client.models(), key=lambda model: (model.project != folder, model.name.casefold()))
            shown = next((model.name for model in models if model.name == name), models[0].name if models else "")
            if not shown:
                return (), (), ()
            versions = client.model_versions(shown)
            number = next((one.version for one in versions if one.version == version), versions[0].version)
            return tuple(models), versions, client.lineage("model", f"{shown}:{number}").parts

        self._context.call("Loading the models", load, self._on_loaded, self._on_failed, exclusive=f"models-{id(self)}", quiet=True)

    def _on_loaded(self, result: Shown) -> None:
        self._models, versions, parts = result
        if not self._models:
            self._parts = ()
            self.lineage_changed.emit()
            self.stack.show_empty(
                EmptyState(
                    "box",
                    "No models yet",
                    "A model is a versioned copy of a run’s output, with its lineage. Register one from a finished run.",
                    ("Go to the runs", lambda: self._context.open_activity("runs")),
                )
            )
            return
        self._name = versions[0].name
        self.stack.show_content()
        self._fill_list()
        self.details.set_versions(versions, self._version)
        self._set_parts(parts)

    def _on_failed(self, error: Exception) -> None:
        if not self._models:
            self.stack.show_error(error, self.reload)

    def _fill_list(self) -> None:
        folder = str(self._context.project.folder) if self._context.project else ""
        found = [model for model in self._models if self._text in model.name.casefold()]
        mine = [model for model in found if model.project == folder]
        others = [model for model in found if model.project != folder]
        items = [_item(model) for model in mine]
        if others:
            items += [SideItem("", "Other projects", heading=True)] if mine else []
            items += [_item(model) for model in others]
        self.side.set_items(items)
        self.side.blockSignals(True)
        self.side.choose(self._name)
        self.side.blockSignals(False)

    def _set_parts(self, parts: Sequence[LineagePart]) -> None:
        self._parts = tuple(parts)
        self.details.set_lineage(parts)
        self.lineage_changed.emit()

    # events

    def _on_model_changed(self, _events: object) -> None:
        self.reload()

    def _on_search(self, text: str) -> None:
        self._text = text.casefold()
        self._fill_list()

    def _on_chosen(self, name: str) -> None:
        if name != self._name:
            self._name, self._version = name, None
            self.reload()

    def _on_version_chosen(self, version: ModelVersion) -> None:
        self._version = version.version
        self.reload()

    def _on_menu(self, name: str, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("trash-2", "bad"), f"Delete {name}…", lambda: self._on_delete_model_asked(name))
        menu.popup(at)

    def _deploy_shown(self) -> None:
        if self.details.version is not None:
            self._on_deploy_asked(self.details.version)

    def _on_deploy_asked(self, version: ModelVersion) -> None:
        from workbench.desktop.services.deploywizard import DeployWizard

        wizard = DeployWizard(self._context, self.window(), version)
        wizard.open()

    def _on_delete_asked(self, version: ModelVersion) -> None:
        self._ask_delete(f"version {version.version} of {version.name}", version.name, version.version)

    def _on_delete_model_asked(self, name: str) -> None:
        self._ask_delete(f"{name} with all its versions", name, None)

    def _ask_delete(self, what: str, name: str, version: int | None) -> None:
        def go() -> None:
            self._context.call(
                f"Deleting {what}",
                lambda client, _progress: client.delete_model(name, version),
                lambda _nothing: self._on_deleted(what),
                owner=self,
                cancellable=False,
            )

        confirm(self.window(), f"Delete {what}?", "Its files are deleted for good. The run they came from stays.", on_yes=go)

    def _on_deleted(self, what: str) -> None:
        self._version = None
        self._context.notifications.toast(f"Deleted {what}", kind="info")
        self.reload()

    def _find(self, text: str) -> list[PaletteItem]:
        return [
            PaletteItem(
                model.name,
                partial(self._context.open_activity, "models", model.name),
                f"version {model.latest}",
                "box",
            )
            for model in self._models
            if text.casefold() in model.name.casefold()
        ]


def _item(model: ModelSummary) -> SideItem:
    served = f" · {model.services} service{'s' if model.services > 1 else ''}" if model.services else ""
    return SideItem(
        model.name,
        model.name,
        "box",
        f"v{model.latest}",
        f"{moment_text(model.updated)}{served}",
        tooltip=f"{model.versions} version{'s' if model.versions != 1 else ''}",
    )
