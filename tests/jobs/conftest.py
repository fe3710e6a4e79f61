"""A workspace with a job manager, and a project to run."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from workbench.base.errors import WorkbenchError
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import kill_tree
from workbench.base.settings import Settings
from workbench.jobs.manager import JobManager
from workbench.projects import Project
from workbench.runs import Database, RunStore
from workbench.schema import EventBody, JobRequest, Run, RunStatus


class Workspace:
    """What a server holds of jobs; `manager()` may be left and entered again, as servers come and go."""

    def __init__(self, home: Path) -> None:
        self.paths = WorkspacePaths(home)
        self.settings = Settings()
        self.events: list[EventBody] = []
        self.database = Database(self.paths.database)
        self.store = RunStore(self.database)

    @contextmanager
    def manager(self, *, started: bool = True) -> Iterator[JobManager]:
        manager = JobManager(self.database, self.store, self.paths, self.settings, self.events.append)
        if started:
            manager.start()
        try:
            yield manager
        finally:
            manager.stop()

    def end_of(self, run_id: str, *, within: float = 60) -> Run:
        return self.until(run_id, lambda run: run.status.is_final, within=within)

    def until(self, run_id: str, condition: Callable[[Run], bool], *, within: float = 60) -> Run:
        deadline = time.monotonic() + within
        while not condition(run := self.store.get(run_id)):
            assert time.monotonic() < deadline, f"still {run.status}: {run.reason}\n{self.log(run_id)}"
            time.sleep(0.02)
        return run

    def log(self, run_id: str) -> str:
        path = self.paths.run(run_id) / "log.txt"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def close(self) -> None:
        for process in psutil.process_iter(["cmdline"]):
            with suppress(psutil.Error):
                if str(self.paths.runs) in " ".join(process.info["cmdline"] or ()):
                    kill_tree(process.pid, grace=2)
        self.database.close()


@pytest.fixture
def workspace(home: Path) -> Iterator[Workspace]:
    made = Workspace(home)
    yield made
    made.close()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project without requirements."""
    return Project.create(tmp_path / "project", name="flights")


@pytest.fixture
def request_for(project: Project) -> Callable[..., JobRequest]:
    """Writes a script into the project and gives the request that runs it."""

    def write(code: str, file: str = "script.py", **values: object) -> JobRequest:
        (project.folder / file).write_text(code, encoding="utf-8")
        return JobRequest.model_validate({"project": str(project.folder), "script": file, "arguments": (), **values})

    return write


def is_running(run: Run) -> bool:
    return run.status is RunStatus.RUNNING


__all__ = ["WorkbenchError", "Workspace", "is_running"]
