"""The Services activity: a list with states at the left, the chosen service at the right."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.client.client import Client
from workbench.desktop.commands import Command, PaletteItem, Provider
from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.desktop.services.deploywizard import DeployWizard
from workbench.desktop.services.details import ServiceDetails
from workbench.desktop.shell.activity import Activity
from workbench.desktop.widgets import EmptyState, Splitter, StateStack, button, confirm, label, status_look
from workbench.desktop.widgets.sidelist import SideItem, SideList
from workbench.schema import LineagePart, Service, ServiceChanged, ServiceStatus

_REFRESH_MS = 3000
Shown = tuple[tuple[Service, ...], tuple[LineagePart, ...]]


class ServicesActivity(Activity):
    """`open` takes a service's name or a lineage part."""

    id = "services"
    title = "Services"
    icon = "rocket"

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._services: tuple[Service, ...] = ()
        self._name = ""
        self._parts: tuple[LineagePart, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        split = Splitter("services", Qt.Orientation.Horizontal)
        split.addWidget(self._list())
        self.details = ServiceDetails(context)
        self.details.part_clicked.connect(context.open_part)
        self.details.start_asked.connect(self._on_start_asked)
        self.details.stop_asked.connect(self._on_stop_asked)
        self.details.delete_asked.connect(self._on_delete_asked)
        split.addWidget(self.details)
        split.setStretchFactor(1, 1)
        split.set_initial([260, 900])
        self.stack = StateStack(split)
        layout.addWidget(self.stack)
        self.stack.show_loading("Loading the services")
        context.events.service_changed.connect(self._on_service_changed)
        context.events.reset.connect(self.reload)
        context.events.connected.connect(self.reload)
        self._timer = QTimer(self)  # counts of requests have no event
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._on_tick)
        context.commands.register(
            Command(
                "services.show", "Show services", lambda: context.open_activity("services"), icon="rocket", category="Services"
            ),
            Command(
                "services.deploy",
                "Deploy a model",
                self.deploy,
                icon="rocket",
                keys=("Ctrl+D",),
                category="Services",
                doc="Make a version of a model a service",
                scope=self,
            ),
        )
        context.commands.add_provider(Provider("services", "Services", self._find))
        self.reload()

    def _list(self) -> QWidget:
        panel = QWidget()
        panel.setProperty("surface", "base")
        panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.setContentsMargins(16, 0, 12, 0)
        top.addWidget(label("Services", font="title_font"))
        top.addStretch(1)
        top.addWidget(button("Deploy", self.deploy, icon="plus", tooltip="Make a version of a model a service  (Ctrl+D)"))
        column.addLayout(top)
        self.side = SideList("Services")
        self.side.chosen.connect(self._on_chosen)
        column.addWidget(self.side, 1)
        panel.setMinimumWidth(210)
        return panel

    # Activity

    def activate(self) -> None:
        self.reload()
        self._timer.start()
        self.side.setFocus()

    def open(self, target: LineagePart | str | object) -> None:
        name = target.id if isinstance(target, LineagePart) else str(target or "")
        if name:
            self._name = name
            self.reload()

    def lineage(self) -> tuple[LineagePart, ...]:
        return self._parts

    def project_changed(self) -> None:
        self._name = ""
        self.reload()

    def deploy(self) -> None:
        """Opens the wizard."""
        DeployWizard(self._context, self.window()).open()

    # loading

    def reload(self) -> None:
        """Loads the list and the shown service again."""
        name = self._name
        folder = str(self._context.project.folder) if self._context.project else ""

        def load(client: Client, _progress: Progress) -> Shown:
            services = tuple(sorted(client.services(), key=lambda one: (one.project != folder, one.name)))
            shown = next((one.name for one in services if one.name == name), services[0].name if services else "")
            return services, client.lineage("service", shown).parts if shown else ()

        self._context.call(
            "Loading the services", load, self._on_loaded, self._on_failed, exclusive=f"services-{id(self)}", quiet=True
        )

    def _on_loaded(self, result: Shown) -> None:
        self._services, parts = result
        if parts != self._parts:
            self._parts = parts
            self.lineage_changed.emit()
        if not self._services:
            self.stack.show_empty(
                EmptyState(
                    "rocket",
                    "No services yet",
                    "A service answers requests with a model, at an address of its own on this machine.",
                    ("Deploy a model", self.deploy),
                    ("Show the models", lambda: self._context.open_activity("models")),
                    shortcut="Ctrl+D",
                )
            )
            return
        shown = next((one for one in self._services if one.name == self._name), self._services[0])
        self._name = shown.name
        self.side.set_items([_item(one) for one in self._services])
        self.side.blockSignals(True)
        self.side.choose(shown.name)
        self.side.blockSignals(False)
        self.details.set_service(shown)
        self.stack.show_content()

    def _on_failed(self, error: Exception) -> None:
        if not self._services:
            self.stack.show_error(error, self.reload)

    def _on_tick(self) -> None:
        if not self.isVisible():
            self._timer.stop()
        elif self._context.events.is_connected and self._services:
            self.reload()

    def _on_service_changed(self, events: tuple[ServiceChanged, ...]) -> None:
        known = {service.name: service.status for service in self._services}
        for event in events:
            if event.status is ServiceStatus.HEALTHY and known.get(event.name) is ServiceStatus.CREATING:
                self._context.notifications.toast(f"The service {event.name} answers")
        self.reload()

    # what the user does

    def _on_chosen(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self.reload()

    def _on_start_asked(self, service: Service) -> None:
        self._act(f"Starting {service.name}", lambda client, _p: client.start_service(service.name))

    def _on_stop_asked(self, service: Service) -> None:
        self._act(f"Stopping {service.name}", lambda client, _p: client.stop_service(service.name))

    def _act(self, title: str, function: Callable[[Client, Progress], object]) -> None:
        self._context.call(title, function, self._on_acted, cancellable=False)

    def _on_acted(self, _result: object) -> None:
        self.reload()

    def _on_delete_asked(self, service: Service) -> None:
        def go() -> None:
            self._act(f"Deleting {service.name}", lambda client, _p: client.delete_service(service.name))

        confirm(
            self.window(),
            f"Delete the service {service.name}?",
            "It stops answering at once, and its address and key are gone. The model stays.",
            on_yes=go,
        )

    def _find(self, text: str) -> list[PaletteItem]:
        found = [service for service in self._services if text.casefold() in service.name]
        return [
            PaletteItem(
                service.name, partial(self._context.open_activity, "services", service.name), service.status.value, "rocket"
            )
            for service in found
        ]


def _item(service: Service) -> SideItem:
    name, role, _ground = status_look(service.status.value)
    return SideItem(
        service.name,
        service.name,
        name,
        "",
        f"{service.status.value} · {service.model} v{service.version}",
        role=role,
        tooltip=service.reason,
    )
