"""The Models activity: a list at the left, the chosen model at the right."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout

from workbench.client.client import Client
from workbench.desktop.commands import Command, PaletteItem, Provider
from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.models.details import ModelDetails
from workbench.desktop.operations import Progress
from workbench.desktop.shell.listactivity import ListActivity
from workbench.desktop.widgets import EmptyState, SearchBox, confirm, label
from workbench.desktop.widgets.sidelist import SideItem
from workbench.desktop.wording import moment_text
from workbench.schema import LineagePart, ModelSummary, ModelVersion

Shown = tuple[tuple[ModelSummary, ...], tuple[ModelVersion, ...], tuple[LineagePart, ...]]


class ModelsActivity(ListActivity):
    """`open` takes `name:version` too."""

    id = "models"
    title = "Models"
    icon = "box"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.details = ModelDetails()
        self.search = SearchBox("Find a model")
        top = QVBoxLayout()
        top.setContentsMargins(16, 4, 12, 0)
        top.setSpacing(10)
        top.addWidget(label("Models", font="title_font"))
        top.addWidget(self.search)
        self._lay_out(top, self.details)
        self._models: tuple[ModelSummary, ...] = ()
        self._version: int | None = None
        self._text = ""
        self.search.search_changed.connect(self._on_search)
        self.side.menu_requested.connect(self._on_menu)
        self.details.part_clicked.connect(context.open_part)
        self.details.deploy_asked.connect(self._on_deploy_asked)
        self.details.delete_asked.connect(self._on_delete_asked)
        self.details.delete_model_asked.connect(self._on_delete_model_asked)
        self.details.version_chosen.connect(self._on_version_chosen)
        context.events.model_changed.connect(self._on_model_changed)
        context.events.service_changed.connect(self._on_model_changed)
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

    def show_name(self, name: str) -> None:
        model, _, version = name.rpartition(":")
        self._version = int(version) if model and version.isdigit() else None
        super().show_name(name if self._version is None else model)

    # loading

    def reload(self) -> None:
        name, version, folder = self._name, self._version, self._project_folder()

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
        self._filled = bool(self._models)
        self._set_parts(parts)
        if not self._models:
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
        self.details.set_lineage(parts)

    def _fill_list(self) -> None:
        folder = self._project_folder()
        found = [model for model in self._models if self._text in model.name.casefold()]
        mine = [model for model in found if model.project == folder]
        others = [model for model in found if model.project != folder]
        items = [_item(model) for model in mine]
        if others:
            items += [SideItem("", "Other projects", heading=True)] if mine else []
            items += [_item(model) for model in others]
        self._set_items(items)

    # events

    def _on_model_changed(self, _events: object) -> None:
        self.reload()

    def _on_search(self, text: str) -> None:
        self._text = text.casefold()
        self._fill_list()

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
