"""The project's own breadcrumb: its data, preparations, newest run, models and services; shown where a page has none of its own."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.schema import LineagePart

if TYPE_CHECKING:
    from workbench.client.client import Client
    from workbench.projects.project import Project


class ProjectLineage(QObject):
    """Read in the background: from the folder at once, from the server when it answers. GUI thread only."""

    changed = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._files: tuple[LineagePart, ...] = ()
        self._records: tuple[LineagePart, ...] = ()
        events = context.events
        context.project_changed.connect(self._on_project_changed)
        for signal in (events.connected, events.run_changed, events.model_changed, events.service_changed):
            signal.connect(self.reload)
        events.reset.connect(self.reload)

    @property
    def parts(self) -> tuple[LineagePart, ...]:
        """In the breadcrumb's order; empty without a project."""
        return self._files + self._records

    def reload(self, *_events: object) -> None:
        """Asks folder and server again."""
        project = self._context.project
        if project is None:
            return
        run = self._context.operations.run
        run(
            "Listing the project",
            partial(_read_files, project),
            self._on_files,
            self._on_failed,
            exclusive="lineage-files",
            quiet=True,
        )
        if self._context.events.is_connected:
            folder = str(project.folder)
            self._context.call(
                "Reading the lineage",
                lambda client, _progress: _records(client, folder),
                self._on_records,
                self._on_failed,
                exclusive="lineage-records",
                quiet=True,
            )

    def _on_project_changed(self) -> None:
        self._files = self._records = ()
        for group in ("lineage-files", "lineage-records"):  # what is still being read belongs to the project before
            self._context.operations.cancel_group(group)
        self.changed.emit()
        self.reload()

    def _on_files(self, parts: tuple[LineagePart, ...]) -> None:
        self._files = parts
        self.changed.emit()

    def _on_records(self, parts: tuple[LineagePart, ...]) -> None:
        self._records = parts
        self.changed.emit()

    def _on_failed(self, _error: Exception) -> None:
        """What cannot be read is left out; the page in front says what is wrong with it."""


def _read_files(project: "Project", _progress: Progress) -> tuple[LineagePart, ...]:
    def part(kind: str, path: str) -> LineagePart:
        name = path.rsplit("/", 1)[-1]
        return LineagePart.model_validate({"kind": kind, "id": path, "title": name.removesuffix(".wbsource"), "detail": path})

    return (*(part("data", path) for path in project.sources()), *(part("preparation", path) for path in project.packages()))


def _records(client: "Client", folder: str) -> tuple[LineagePart, ...]:
    runs = client.runs(project=folder, limit=1).runs
    models = [model for model in client.models() if model.project == folder]
    services = [service for service in client.services() if service.project == folder]
    return (
        *(
            LineagePart(
                kind="run", id=run.id, title=" · ".join(filter(None, (f"Run {run.number}", run.name))), detail=run.status.value
            )
            for run in runs
        ),
        *(LineagePart(kind="model", id=f"{m.name}:{m.latest}", title=f"{m.name} {m.latest}") for m in models),
        *(LineagePart(kind="service", id=service.name, title=service.name, detail=service.status.value) for service in services),
    )
