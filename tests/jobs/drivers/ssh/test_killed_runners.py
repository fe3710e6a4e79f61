"""Runners of jobs on a remote machine are killed: the job goes on with a second runner; without one it is ended there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.jobs.conftest import Workspace
from tests.jobs.drivers.contract import processes_of
from tests.jobs.drivers.sshd import Sshd
from tests.waiting import until
from workbench.jobs.folder import JobStatus, RunFolder
from workbench.schema import JobRequest, RunStatus, SshSpec, TargetRequest

STEPS = """
import pathlib, time, workbench
for step in range(1000):
    print("line", step, flush=True)
    workbench.log("step", step, step=step)
    time.sleep(0.05)
    if pathlib.Path(GO).exists() and step > 40:
        break
workbench.log_text("end.txt", "end")
"""


def _kill_runner(folder: RunFolder, *, other_than: int = 0) -> int:
    """Kills the runner of a job whose script runs; returns its process."""

    def living() -> int:
        status = JobStatus.load(folder)
        there = status and status.state == "running" and status.runner_pid != other_than and psutil.pid_exists(status.runner_pid)
        return status.runner_pid if status and there else 0

    pid = until(living, "a runner watches the script", 120)
    psutil.Process(pid).kill()
    return pid


@pytest.mark.timeout(400)
def test_that_a_job_outlives_one_runner_and_is_ended_there_after_the_second(
    workspace: Workspace, request_for: Callable[..., JobRequest], sshd: Sshd, remote: Path, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    request = request_for(STEPS.replace("GO", repr(str(go))), target="box")
    Path(request.project, "runconfig", "local.toml").write_text(
        '[environment]\nkind = "interpreter"\npython = "python3"\n', encoding="utf-8"
    )
    with workspace.manager() as manager:
        manager.targets.add(TargetRequest(name="box", spec=SshSpec(**sshd.spec(folder=str(remote)))))
        first = manager.submit(request)
        workspace.until(first.id, lambda _: "line 5\n" in workspace.log(first.id), within=240)
        _kill_runner(RunFolder(workspace.paths.run(first.id)))
        go.touch()
        first = workspace.end_of(first.id, within=240)
        assert (first.status, first.reason) == (RunStatus.FINISHED, ""), workspace.log(first.id)
        lines = [line for line in workspace.log(first.id).splitlines() if line.startswith("line ")]
        assert lines == [f"line {number}" for number in range(len(lines))]
        assert workspace.store.series(first.id, "step", 0).steps == tuple(range(len(lines)))
        assert [one.path for one in first.artifacts] == ["end.txt"]
        assert [one.status.value for one in manager.get(first.id).history] == ["queued", "preparing", "running", "finished"]
        go.unlink()
        second = manager.submit(request)
        workspace.until(second.id, lambda _: "line 5\n" in workspace.log(second.id), within=240)
        folder = RunFolder(workspace.paths.run(second.id))
        _kill_runner(folder, other_than=_kill_runner(folder))
        second = workspace.end_of(second.id, within=240)
    assert second.status is RunStatus.LOST
    assert second.reason.startswith("The runner was killed while the script ran")
    for run in (first, second):
        assert processes_of(run.id) == []
    assert list((remote / "runs").iterdir()) == []
