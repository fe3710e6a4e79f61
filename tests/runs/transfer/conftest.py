"""Sources as other people's programs write them: MLflow and tensorboardX, each in an environment of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import tools
from tests.conftest import Requirement
from workbench.runs import Database, RunStore
from workbench.runs.transfer import Imported, import_runs, reader_of

MLFLOW = """
import json, os, sys, time
import mlflow, mlflow.data, pandas
from mlflow import MlflowClient
uri, artifacts = sys.argv[1:3]
mlflow.set_tracking_uri(uri)
client = MlflowClient(uri)
flights = client.create_experiment("flights", artifact_location=artifacts or None, tags={"team": "delays"})
gone = client.create_experiment("gone", artifact_location=artifacts + "-gone" if artifacts else None)
mlflow.set_experiment("flights")
with mlflow.start_run(run_name="parent") as parent:
    mlflow.log_params({"depth": 3, "with/slash": "a b"})
    mlflow.set_tag("colour", "blue")
    mlflow.set_tag("mlflow.note.content", "a note")
    for step in range(50):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metric("odd/values", float("nan"), step=-3)
    mlflow.log_metric("odd/values", float("inf"), step=4)
    mlflow.log_metric("odd/values", float("-inf"), step=5)
    mlflow.log_text("hello", "reports/hello.txt")
    mlflow.log_text("", "empty.txt")
    mlflow.log_input(mlflow.data.from_pandas(pandas.DataFrame({"x": [1.0, 2.0]}), name="points"), context="training")
    with mlflow.start_run(nested=True, run_name="child") as child:
        mlflow.log_metric("loss", 0.5, step=0)
failed = client.create_run(flights, run_name="failed")
client.set_terminated(failed.info.run_id, "FAILED")
running = client.create_run(flights, run_name="running")
deleted = client.create_run(flights, run_name="deleted")
client.set_terminated(deleted.info.run_id, "KILLED")
client.delete_run(deleted.info.run_id)
old = client.create_run(gone, run_name="old")
client.set_terminated(old.info.run_id)
client.delete_experiment(gone)
client.create_registered_model("registered")
print(json.dumps({name: run.info.run_id for name, run in {"parent": parent, "child": child, "failed": failed, "running": running,
      "deleted": deleted, "old": old}.items()}))
"""

TENSORBOARD = """
import sys
import numpy as np
from tensorboardX import SummaryWriter
root = sys.argv[1]
for name in ("first", "second/inner"):
    with SummaryWriter(f"{root}/{name}") as writer:
        for step in range(100):
            writer.add_scalar("train/loss", 1 / (step + 1), step, walltime=1_700_000_000 + step)
        writer.add_scalar("odd", float("nan"), 0)
        writer.add_scalar("odd", float("inf"), 1)
        writer.add_text("note", "some *text*", 7)
        writer.add_image("digits/one", np.zeros((3, 4, 5), dtype=np.uint8), 2)
        writer.add_histogram("weights", np.arange(10), 0)
        writer.add_hparams({"lr": 0.1, "layers": 3, "model": "tree", "fast": True}, {"final": 0.25})
"""


@pytest.fixture
def mlflow_python(require: Requirement) -> Path:
    return tools.environment(require, "mlflow", "mlflow>=3", "scikit-learn")


@pytest.fixture
def tensorboard_python(require: Requirement) -> Path:
    return tools.environment(require, "tensorboard", "tensorboardX>=2.6", "pillow")


Import = Callable[..., Imported]


@pytest.fixture
def bring(store: RunStore, tmp_path: Path) -> Import:
    """Imports a source into the test's store; files go to `workspace/runs`."""

    def call(source: Path, experiment: str = "", **more: object) -> Imported:
        reader = reader_of(source, experiment, *more.pop("columns", ()))  # type: ignore[misc]
        return import_runs(store, reader, lambda run_id: tmp_path / "workspace" / "runs" / run_id, **more)  # type: ignore[arg-type]

    return call


@pytest.fixture
def second(tmp_path: Path) -> Iterator[RunStore]:
    """Another, empty store."""
    database = Database(tmp_path / "second" / "workspace.db")
    yield RunStore(database)
    database.close()
