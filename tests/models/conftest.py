"""A workspace with a finished run that has a model, and services whose environment is built once for all tests."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.waiting import until
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import is_alive, kill_tree
from workbench.base.settings import Settings
from workbench.jobs.environments import EnvironmentBuilder
from workbench.models.records import ServiceRecords
from workbench.models.registry import ModelRegistry
from workbench.models.services import ServiceManager
from workbench.projects.snapshots import SnapshotStore
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.schema import (
    DataInput,
    EventBody,
    LogBatch,
    MetricPoint,
    ModelRequest,
    ModelVersion,
    Run,
    RunConfig,
    RunStatus,
    Service,
    ServiceStatus,
    SourceInput,
)

SCORE = """\
import json
import os
from pathlib import Path

from helpers import double

SAMPLE = {"x": 2}
model = {}

def init():
    model.update(json.loads(Path(os.environ["WORKBENCH_MODEL_DIR"], "model.json").read_text()))
    print("key in sight:", "WORKBENCH_SERVICE_KEY" in os.environ)

def run(data):
    return {"y": double(data["x"]) * model["factor"]}
"""


@dataclass
class Workspace:
    """The rooms that models stand on, as the server puts them together."""

    paths: WorkspacePaths
    project: Path
    environments: EnvironmentBuilder
    events: list[EventBody] = field(default_factory=list)
    managers: list[ServiceManager] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = Database(self.paths.database)
        self.store = RunStore(self.database)
        self.snapshots = SnapshotStore(self.paths.snapshots)
        self.registry = ModelRegistry(self.database, self.paths, self.store, self.events.append)

    def manager(self, *, poll_seconds: float = 0.2) -> ServiceManager:
        """A manager as a newly started server makes it, but quicker to lose patience."""
        manager = ServiceManager(
            self.database,
            self.paths,
            registry=self.registry,
            store=self.store,
            snapshots=self.snapshots,
            environments=self.environments,
            emit=self.events.append,
            poll_seconds=poll_seconds,
            answer_seconds=1.0,
        )
        self.managers.append(manager)
        return manager

    def finished_run(self, *, factor: int = 10, name: str = "") -> Run:
        """A run that has written `outputs/model.json`, with the project's code as its snapshot."""
        snapshot = self.snapshots.commit(self.project, "project", "before the run")
        run = self.store.create_run(
            experiment="flights",
            config=RunConfig(script="train.py"),
            project=str(self.project),
            snapshot=snapshot.commit,
            name=name,
        )
        outputs = self.paths.run(run.id) / "outputs"
        outputs.mkdir(parents=True)
        (outputs / "model.json").write_text(json.dumps({"factor": factor}))
        (outputs / "report").mkdir()
        (outputs / "report" / "a.txt").write_text("alpha")
        (outputs / "report" / "b.txt").write_text("beta")
        now = run.created
        source = SourceInput(path="data/flights.csv", rows=336_776, digest="sha256:1", size=5)
        prep = DataInput(kind="prep", name="flights", path="data/flights.wbprep", flow="flights", rows=1000, sources=(source,))
        points = tuple(MetricPoint(key="auc", value=value, step=step, time=now) for step, value in enumerate((0.5, 0.75)))
        self.store.log_batch(run.id, LogBatch(metrics=points, inputs=(prep,)))
        return self.store.set_status(run.id, RunStatus.FINISHED)

    def model(self, name: str = "delay") -> ModelVersion:
        return self.registry.register(ModelRequest(name=name, run_id=self.finished_run().id, path="model.json"))

    def close(self) -> None:
        for manager in self.managers:
            manager.stop_watch()
        for record in ServiceRecords(self.database, self.events.append).all():
            if record.pid and is_alive(record.pid, record.began):
                kill_tree(record.pid)
        self.database.close()


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> EnvironmentBuilder:
    """Environments that all tests share: what serving needs is installed once."""
    return EnvironmentBuilder(WorkspacePaths(tmp_path_factory.mktemp("shared")), Settings())


@pytest.fixture
def workspace(home: Path, tmp_path: Path, environments: EnvironmentBuilder) -> Iterator[Workspace]:
    project = tmp_path / "project"
    project.mkdir()
    (project / "score.py").write_text(SCORE)
    (project / "helpers.py").write_text("def double(x):\n    return 2 * x\n")
    workspace = Workspace(WorkspacePaths(home), project, environments)
    yield workspace
    workspace.close()


def settled(manager: ServiceManager, name: str) -> Service:
    """The service, once it is no longer in the making."""
    until(lambda: manager.get(name).status != ServiceStatus.CREATING, f"the service {name}")
    return manager.get(name)
