"""A sweep whose server is killed again and again: every trial is run, and none twice."""

import os
import signal
from pathlib import Path

from tests.server.conftest import served
from tests.waiting import until
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import reap
from workbench.client.starting import read_handshake
from workbench.projects import Project
from workbench.schema import JobRequest, RunStatus

SWEEP = """
script = "train.py"
[environment]
kind = "workbench"
[sweep]
method = "grid"
metric = "loss"
parallel = 2
[sweep.parameters]
number.values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
"""


def test_that_a_sweep_survives_its_killed_servers_and_runs_no_trial_twice(home: Path, tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project", name="search")
    begun = tmp_path / "begun"
    begun.touch()
    code = f"import sys, workbench\nwith open({str(begun)!r}, 'a') as file:\n    file.write(sys.argv[2] + chr(10))\n"
    (project.folder / "train.py").write_text(code + "workbench.log('loss', int(sys.argv[2]))\n")
    (project.folder / "runconfig" / "local.toml").write_text(SWEEP)
    with served(home) as client:
        parent = client.submit(JobRequest(project=str(project.folder), sweep=True))
        _kill_server(home)
    for count in (1, 3, 6, 7):
        with served(home) as client:
            until(lambda: len(begun.read_text().split()) >= count, f"{count} trials")  # noqa: B023
            _kill_server(home)
    with served(home) as client:
        parent = client.wait(parent.id, timeout=180)
        sweep = client.sweep(parent.id)
        children = [client.run(trial.run_id) for trial in sweep.trials]
        assert client.runs().total == 11
    assert parent.status is RunStatus.FINISHED, parent.reason
    assert sorted(map(int, begun.read_text().split())) == list(range(1, 11))
    assert [trial.state for trial in sweep.trials] == ["finished"] * 10
    assert [child.metrics["loss"].last for child in children] == list(range(1, 11))
    assert all(child.metrics["loss"].count == 1 for child in children)
    assert parent.reason == f"10 trials: the best loss is 1 in run {sweep.trials[0].run_number} (number=1)."


def _kill_server(home: Path) -> None:
    found = read_handshake(WorkspacePaths(home))
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    reap(found.pid)
    until(lambda: read_handshake(WorkspacePaths(home)) is None, "the end of the server")
