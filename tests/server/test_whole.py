"""The whole server: a job from submission to restored files, a server killed in between, a kernel over the API."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.waiting import until
from workbench.base.errors import Conflict, NotFound
from workbench.base.processes import is_alive, reap
from workbench.client import Client
from workbench.projects import Project
from workbench.schema import JobRequest, KernelChanged, KernelRequest, KernelStatus, MetricsLogged, RunChanged, RunStatus

SCRIPT = """
import os, time, pathlib, workbench
workbench.log_params({"depth": 3})
for step in range(20):
    workbench.log("loss", 1 / (step + 1), step=step)
    print("step", step, flush=True)
    if step == 10:
        gate = pathlib.Path(os.environ["WORKBENCH_PROJECT"], "gate")
        while not gate.exists():
            time.sleep(0.05)
workbench.log("loss", float("nan"), step=20)
workbench.log_text("report.txt", "all well")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose script waits at its middle for a file named gate; it runs on Workbench's own interpreter."""
    folder = tmp_path / "project"
    Project.create(folder, name="flights")
    (folder / "train.py").write_text(SCRIPT)
    (folder / ".gitignore").write_text("gate\n")
    configs = folder / "runconfig"
    configs.mkdir(exist_ok=True)
    (configs / "own.toml").write_text('target = "local"\nscript = "train.py"\n[environment]\nkind = "workbench"\n')
    return folder


def test_that_a_job_goes_from_submission_to_restored_files(client: Client, project: Path) -> None:
    stream = client.events(-1)
    (project / "gate").touch()
    run = client.wait(client.submit(JobRequest(project=str(project), config="own")).id, timeout=60)
    assert (run.status, run.reason) == (RunStatus.FINISHED, run.reason), client.log(run.id).text
    assert (run.number, run.params, run.exit_code) == (1, {"depth": "3"}, 0)
    assert client.run(f"{run.experiment}/{run.number}").id == run.id
    series = client.series(run.id, "loss")
    assert series.steps == tuple(range(21))
    assert series.values[20] != series.values[20]
    assert client.artifact(run.id, "report.txt") == b"all well"
    log = client.log(run.id)
    assert "step 19" in log.text
    assert log.complete
    bodies = []
    for event in stream:
        bodies.append(event.body)
        if isinstance(event.body, RunChanged) and event.body.status.is_final:
            break
    stream.close()
    states = list(dict.fromkeys(body.status for body in bodies if isinstance(body, RunChanged)))
    assert states[0] is RunStatus.QUEUED
    assert states[-1] is RunStatus.FINISHED
    assert any(isinstance(body, MetricsLogged) and body.keys == ("loss",) for body in bodies)
    with pytest.raises(Conflict):
        client.cancel(run.id)
    (project / "train.py").write_text("changed")
    restored = client.restore(run.id)
    assert restored.changed == ("train.py",)
    assert (project / "train.py").read_text() == SCRIPT
    assert next(Path(restored.kept_in).rglob("train.py")).read_text() == "changed"
    client.delete_run(run.id)
    with pytest.raises(NotFound):
        client.job(run.id)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_that_a_server_killed_in_the_middle_of_a_run_loses_nothing(client: Client, project: Path) -> None:
    run_id = client.submit(JobRequest(project=str(project), config="own")).id
    until(lambda: "step 10" in client.log(run_id).text)
    pid = client.pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: not is_alive(pid))
    reap(pid)
    (project / "gate").touch()
    with Client.connect(client.home) as second:
        run = second.wait(run_id, timeout=60)
        assert (run.status, run.exit_code) == (RunStatus.FINISHED, 0)
        assert second.series(run_id, "loss").steps == tuple(range(21))
        assert [line for line in second.log(run_id).text.splitlines() if line.startswith("step")] == [
            f"step {at}" for at in range(20)
        ]
        assert run.artifacts[0].path == "report.txt"


def test_that_a_kernel_runs_in_the_project_s_environment_and_ends_with_the_server(client: Client, project: Path) -> None:
    stream = client.events(-1)
    kernel = client.start_kernel(KernelRequest(project=str(project), config="own"))
    assert kernel.status is KernelStatus.PREPARING
    until(lambda: client.kernel(kernel.id).status is KernelStatus.IDLE)
    assert client.kernels()[0].python == sys.executable
    assert client.restart_kernel(kernel.id).status is KernelStatus.IDLE
    told = [event.body for event, _ in zip(stream, range(3), strict=False)]
    stream.close()
    assert {body.kernel_id for body in told if isinstance(body, KernelChanged)} == {kernel.id}
    with pytest.raises(NotFound):
        client.stop_kernel("none")
    client.shutdown()
    assert not Path(kernel.record).with_name("connection.json").exists()


def test_that_a_kernel_of_no_project_says_so(client: Client, tmp_path: Path) -> None:
    kernel = client.start_kernel(KernelRequest(project=str(tmp_path)))
    until(lambda: client.kernel(kernel.id).status is KernelStatus.DEAD)
    assert "not a Workbench project" in client.kernel(kernel.id).reason
    client.stop_kernel(kernel.id)
    assert client.kernels() == ()
