"""What the dashboard shows, read in the background: the project's files, and what the workspace knows of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from workbench.client.client import Client
from workbench.projects.project import Project
from workbench.schema import ModelSummary, RunStatus, RunSummary, Service

_RECENT = 8


@dataclass(frozen=True)
class ProjectFacts:
    """The project on disk."""

    readme: str
    sources: tuple[str, ...]
    packages: tuple[str, ...]
    created: datetime | None
    updated: datetime | None


@dataclass(frozen=True)
class WorkspaceFacts:
    """The project's runs, models and services."""

    runs: tuple[RunSummary, ...]
    run_count: int
    running: int
    models: tuple[ModelSummary, ...]
    services: tuple[Service, ...]


def read_project(project: Project) -> ProjectFacts:
    """Reads the disk: never on the GUI thread."""
    file = project.folder / "workbench.toml"
    names = (*project.scripts(), *project.packages(), *project.sources(), *project.notebooks(), "workbench.toml", "README.md")
    times = [path.stat().st_mtime for name in names if (path := project.folder / name).is_file()]
    created = None
    if file.is_file():
        status = file.stat()
        born = getattr(status, "st_birthtime", None) or min(status.st_ctime, status.st_mtime)
        created = datetime.fromtimestamp(born, UTC)
    updated = datetime.fromtimestamp(max(times), UTC) if times else None
    return ProjectFacts(project.readme(), tuple(project.sources()), tuple(project.packages()), created, updated)


def read_workspace(client: Client, folder: str) -> WorkspaceFacts:
    """Asks the server."""
    page = client.runs(project=folder, limit=_RECENT, filter="kind != 'trial'")  # a sweep stands for its trials
    unfinished = [status for status in RunStatus if not status.is_final]
    running = client.runs(project=folder, status=unfinished, limit=1).total
    models = tuple(model for model in client.models() if model.project == folder)
    services = tuple(service for service in client.services() if service.project == folder)
    return WorkspaceFacts(page.runs, page.total, running, models, services)
