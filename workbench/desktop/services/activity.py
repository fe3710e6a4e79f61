"""The Services activity: a list with states at the left, the chosen service at the right."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout

from workbench.client.client import Client
from workbench.desktop.commands import Command, PaletteItem, Provider
from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.desktop.services.deploywizard import DeployWizard
from workbench.desktop.services.details import ServiceDetails
from workbench.desktop.shell.listactivity import ListActivity
from workbench.desktop.widgets import EmptyState, button, confirm, label, status_look
from workbench.desktop.widgets.sidelist import SideItem
from workbench.schema import LineagePart, Service, ServiceChanged, ServiceStatus

_REFRESH_MS = 3000
Shown = tuple[tuple[Service, ...], tuple[LineagePart, ...]]


class ServicesActivity(ListActivity):
    """Counts of requests are polled while it is seen."""

    id = "services"
    title = "Services"
    icon = "rocket"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.details = ServiceDetails(context)
        top = QHBoxLayout()
        top.setContentsMargins(16, 0, 12, 0)
        top.addWidget(label("Services", font="title_font"))
        top.addStretch(1)
        top.addWidget(button("Deploy", self.deploy, icon="plus", tooltip="Make a version of a model a service  (Ctrl+D)"))
        self._lay_out(top, self.details)
        self._services: tuple[Service, ...] = ()
        self.details.part_clicked.connect(context.open_part)
        self.details.start_asked.connect(self._on_start_asked)
        self.details.stop_asked.connect(self._on_stop_asked)
        self.details.delete_asked.connect(self._on_delete_asked)
        context.events.service_changed.connect(self._on_service_changed)
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

    def activate(self) -> None:
        super().activate()
        self._timer.start()

    def deploy(self) -> None:
        """Opens the wizard."""
        DeployWizard(self._context, self.window()).open()

    # loading

    def reload(self) -> None:
        name, folder = self._name, self._project_folder()

        def load(client: Client, _progress: Progress) -> Shown:
            services = tuple(sorted(client.services(), key=lambda one: (one.project != folder, one.name)))
            shown = next((one.name for one in services if one.name == name), services[0].name if services else "")
            return services, client.lineage("service", shown).parts if shown else ()

        self._context.call(
            "Loading the services", load, self._on_loaded, self._on_failed, exclusive=f"services-{id(self)}", quiet=True
        )

    def _on_loaded(self, result: Shown) -> None:
        self._services, parts = result
        self._filled = bool(self._services)
        self._set_parts(parts)
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
        self._set_items([_item(one) for one in self._services])
        self.details.set_service(shown)
        self.stack.show_content()

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
