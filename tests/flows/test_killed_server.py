"""Killing the server during a training run loses nothing."""

import json
import os
import signal
from pathlib import Path

import psutil

from tests.waiting import until
from workbench.base.paths import WorkspacePaths
from workbench.client import Client
from workbench.schema import JobRequest, RunStatus

TRAIN = """
import pathlib, time, workbench
gate = pathlib.Path({gate!r})
for step in range(500):
    workbench.log("loss", 1 / (step + 1), step=step)
    print("step", step, flush=True)
    if step == 100:
        (gate / "halfway").touch()
        while not (gate / "go").exists():
            time.sleep(0.02)
workbench.log("auc", 0.75)
workbench.log_text("model.txt", "trained")
print("the end", flush=True)
"""


def test_that_a_killed_server_loses_nothing_of_a_run(workspace: Path, project: Path, tmp_path: Path) -> None:
    (project / "train.py").write_text(TRAIN.format(gate=str(tmp_path)), "utf-8")
    paths = WorkspacePaths(workspace)
    with Client.connect(workspace) as client:
        run = client.submit(JobRequest(project=str(project), script="train.py"))
        waiting = client.submit(JobRequest(project=str(project), script="train.py", name="second"))
        until((tmp_path / "halfway").exists)
        first_server = client.pid
    os.kill(first_server, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    psutil.wait_procs([psutil.Process(first_server)] if psutil.pid_exists(first_server) else [], timeout=10)

    (tmp_path / "go").touch()
    status = paths.run(run.id) / "status.json"
    until(lambda: json.loads(status.read_text("utf-8"))["state"] == "finished")  # without any server

    with Client.connect(workspace) as client:
        assert client.pid != first_server
        ended = client.wait(run.id, timeout=60)
        assert ended.status is RunStatus.FINISHED
        series = client.series(run.id, "loss", max_points=0)
        assert series.steps == tuple(range(500))
        assert series.values == tuple(1 / (step + 1) for step in range(500))
        assert ended.metrics["auc"].last == 0.75
        assert [artifact.path for artifact in ended.artifacts] == ["model.txt"]
        log = client.log(run.id)
        assert log.complete
        assert [line for line in log.text.splitlines() if line.startswith("step")] == [f"step {step}" for step in range(500)]
        assert "the end" in log.text
        assert client.wait(waiting.id, timeout=120).status is RunStatus.FINISHED  # what was queued is run, once
        assert client.runs(project=str(project)).total == 2
