"""In a process that has opened a run by `workbench.start_run`, MLflow's own clients log into that run, and nothing stays of it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.mlflow.conftest import CLIENTS
from tests.server.conftest import served
from tests.waiting import until
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import reap
from workbench.client import Client
from workbench.client.starting import read_handshake
from workbench.jobs.sdkcopy import sdk_folder
from workbench.schema import RunStatus

_SCRIPT = """
import os, sys, threading
from pathlib import Path
import workbench

with workbench.start_run("before") as before:
    import mlflow  # the first import is in an open run
    import mlflow.sklearn
    import numpy as np
    from sklearn.linear_model import Ridge

    mlflow.log_param("depth", 3)
    thread = threading.Thread(target=lambda: workbench.log("own", 2))
    thread.start(); thread.join()
assert mlflow.active_run() is None

elsewhere = (Path.cwd() / "elsewhere").as_uri()
mlflow.set_tracking_uri(elsewhere)
mlflow.set_experiment("theirs")
outside = mlflow.start_run()
mlflow.log_metric("outside", 1)
variables = {name: value for name, value in os.environ.items() if "MLFLOW" in name or "proxy" in name.lower()}
inputs = np.arange(40.0).reshape(20, 2)

mlflow.sklearn.autolog(log_models=False, log_datasets=False)
with workbench.start_run("autolog"):
    Ridge(alpha=0.5).fit(inputs, inputs.sum(axis=1))
    mlflow.log_metric("after", 1)
mlflow.sklearn.autolog(disable=True)

with workbench.start_run("outer"):
    mlflow.log_metric("outer", 1)
    for step in range(50):
        mlflow.log_metric("late", step, step=step, synchronous=False)
    with workbench.start_run("inner"):
        mlflow.set_experiment("any")
        mlflow.log_metric("inner", 1)
        mlflow.log_text("kept", "note.txt")
    mlflow.log_metric("outer", 2, step=1)
    with mlflow.start_run(nested=True, run_name="nested"):
        mlflow.log_metric("nested", 1)

first = workbench.start_run("first")
mlflow.log_metric("first", 1)
second = workbench.start_run("second", nested=False)
mlflow.log_metric("second", 1)
first.end()
mlflow.log_metric("second", 2, step=1)
second.end()

try:
    with workbench.start_run("failing"):
        mlflow.start_run()
        raise ValueError("no data")
except ValueError:
    pass
with workbench.start_run("alone", mlflow=False):
    mlflow.log_metric("outside", 2, step=1)

assert mlflow.get_tracking_uri() == elsewhere
assert mlflow.active_run().info.run_id == outside.info.run_id
assert variables == {name: value for name, value in os.environ.items() if "MLFLOW" in name or "proxy" in name.lower()}
mlflow.end_run()
assert len(mlflow.search_runs(experiment_names=["theirs"])) == 1
with workbench.start_run("killed server"):
    mlflow.log_metric("early", 1)
    Path("began").touch()
    sys.stdin.read()
"""


def _run(client: Client, python: Path, folder: Path) -> "subprocess.Popen[str]":
    """Runs the script where everything speaks for another server: a proxy, and a password for it in the user's home."""
    (folder / "own.py").write_text(_SCRIPT, "utf-8")
    (folder / "user" / ".mlflow").mkdir(parents=True)
    secret = "[mlflow]\nmlflow_tracking_username = somebody\nmlflow_tracking_password = else\n"
    (folder / "user" / ".mlflow" / "credentials").write_text(secret, "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "PYTHON"))}
    variables = kept | {
        "WORKBENCH_HOME": str(client.home),
        "PYTHONPATH": str(sdk_folder(client.home)),
        "HOME": str(folder / "user"),
        "HTTP_PROXY": "http://127.0.0.1:9",
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    return subprocess.Popen(
        [str(python), "own.py"], cwd=folder, env=variables, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("python", CLIENTS, indirect=True)
def test_that_mlflow_logs_into_the_run_that_is_open_and_forgets_it(home: Path, tmp_path: Path, python: Path) -> None:
    with served(home) as client:
        process = _run(client, python, tmp_path)
        until(lambda: (tmp_path / "began").exists() or process.poll() is not None, seconds=120)
        listed = {one.name: one.id for one in client.runs().runs}
        runs = {name: client.wait(run_id, timeout=60) for name, run_id in listed.items() if name != "killed server"}
        runs["killed server"] = client.run(listed["killed server"])
        assert client.artifact(runs["inner"].id, "note.txt") == b"kept"
        handshake = read_handshake(WorkspacePaths(home))
        assert handshake is not None
        os.kill(handshake.pid, signal.SIGKILL)
        reap(handshake.pid)
        out, error = process.communicate(timeout=60)  # MLflow's client alone would try for minutes
        assert process.returncode == 0, out + error
    names = {"before", "autolog", "outer", "inner", "nested", "first", "second", "failing", "alone", "killed server"}
    assert runs.keys() == names  # and no run besides, also none without a name
    assert {run.experiment for run in runs.values()} == {"own"}
    assert (runs["before"].params, runs["before"].metrics["own"].last) == ({"depth": "3"}, 2)
    assert runs["autolog"].params["alpha"] == "0.5"
    assert {"after", "training_r2_score"} <= runs["autolog"].metrics.keys()
    assert (runs["outer"].metrics["outer"].last, runs["outer"].metrics["late"].count) == (2, 50)
    assert (set(runs["inner"].metrics), runs["inner"].parent_id) == ({"inner"}, runs["outer"].id)
    assert runs["nested"].parent_id == runs["outer"].id
    assert (set(runs["first"].metrics), runs["second"].metrics["second"].last) == ({"first"}, 2)
    assert (runs["failing"].status, runs["failing"].tags["mlflow.endStatus"]) == (RunStatus.FAILED, "FAILED")
    assert runs["alone"].metrics == {}
    assert runs["killed server"].metrics["early"].last == 1
