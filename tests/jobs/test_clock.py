"""The clock is set back by an hour while a server, its runners and their scripts are at work, and the server is killed after it."""

import os
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Requirement
from tests.jobs.clock import SetClock, compiler
from tests.waiting import until
from workbench.base.processes import reap
from workbench.client import Client
from workbench.jobs.folder import JobStatus, RunFolder
from workbench.projects import Project
from workbench.schema import Job, JobRequest, Run, RunStatus

HOUR = 3600
LOGS = """
import os, pathlib, sys, time, workbench
project = pathlib.Path(os.environ["WORKBENCH_PROJECT"])
step = 0
while not (project / "go").exists():
    workbench.log("loss", 1 / (step + 1), step=step)
    with (project / "acknowledged").open("a") as file:
        file.write(f"{step} {time.time()}\\n")
    step += 1
    time.sleep(0.05)
"""
SLEEPS = "import time\ntime.sleep(600)"
LOST_ONCE = """
import os, pathlib, time
with pathlib.Path(os.environ["WORKBENCH_PROJECT"], "attempts").open("a") as file:
    file.write("x")
    if file.tell() == 1:
        time.sleep(600)
"""
NOTES = """
import os, pathlib, sys
with pathlib.Path(os.environ["WORKBENCH_PROJECT"], "order").open("a") as file:
    file.write(sys.argv[1])
"""


@pytest.fixture
def clock(require: Requirement, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Of every process that the test starts from now on."""
    require("compiler", available=bool(compiler()), reason="there is no C compiler (tcc, cc) to make a clock with")
    made = SetClock(tmp_path)
    for name, value in made.variables.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = Project.create(tmp_path / "project", name="flights").folder
    own = '[environment]\nkind = "workbench"\n[resources]\ncpus = 0.1\n'
    (folder / "runconfig/own.toml").write_text(own)
    (folder / "runconfig/limited.toml").write_text(f"{own}time_limit_s = 4\n")
    (folder / "runconfig/again.toml").write_text(f"retries = 1\n{own}")
    sweep = '[sweep]\nmethod = "grid"\ntime_limit_s = 4\n[sweep.parameters]\nnumber.values = [1]\n'
    (folder / "runconfig/sweep.toml").write_text(f"{own}{sweep}")
    (folder / ".gitignore").write_text("go\nacknowledged\nattempts\norder\n")
    for name, code in (("logs", LOGS), ("sleeps", SLEEPS), ("lost", LOST_ONCE), ("notes", NOTES)):
        (folder / f"{name}.py").write_text(code)
    return folder


@pytest.fixture
def client(home: Path, clock: SetClock) -> Iterator[Client]:
    with Client.connect(home) as found:
        yield found


def _acknowledged(project: Path) -> list[tuple[int, float]]:
    path = project / "acknowledged"
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return [(int(step), float(at)) for step, at in lines]


def _check_times(run: Run, job: Job) -> None:
    assert [one.status.is_final for one in job.history] == [False] * (len(job.history) - 1) + [True], job.history
    times = [one.time for one in job.history]
    assert times == sorted(times)
    assert run.started is not None
    assert run.ended is not None
    assert run.duration_s is not None
    assert 0 <= run.duration_s < HOUR / 2, "the hour is in it"


@pytest.mark.timeout(180)
def test_that_a_clock_set_back_under_server_and_jobs_ends_none_of_them_early_late_or_twice(
    client: Client, project: Path, home: Path, clock: SetClock
) -> None:
    def submit(script: str, *arguments: str, config: str = "own", sweep: bool = False) -> str:
        request = JobRequest(project=str(project), config=config, script=script, arguments=arguments, sweep=sweep)
        return client.submit(request).id

    def began(run_id: str) -> bool:
        return client.run(run_id).started is not None

    settings: Any = client.settings()
    client.save_settings(settings.model_copy(update={"parallel_jobs": 4}))
    logs, limited, lost = submit("logs.py"), submit("sleeps.py", config="limited"), submit("lost.py", config="again")
    sweep = submit("sleeps.py", config="sweep", sweep=True)
    until(lambda: began(logs) and began(limited) and (project / "attempts").exists() and client.sweep(sweep).trials, "all run")
    client.save_settings(settings.model_copy(update={"parallel_jobs": 1}))
    status = JobStatus.load(RunFolder(home / "runs" / lost))
    assert status is not None
    os.kill(status.runner_pid, signal.SIGKILL)
    until(lambda: client.job(lost).status is RunStatus.QUEUED, "the lost job waits for its next attempt")
    waiting = [submit("notes.py", "a")]

    clock.set(-HOUR)
    before = len(_acknowledged(project))
    waiting += [submit("notes.py", "b"), submit("notes.py", "c")]
    assert [client.job(one).queue_position for one in waiting] == [1, 2, 3]
    os.kill(client.pid, signal.SIGKILL)
    reap(client.pid)
    with Client.connect(home) as second:
        until(lambda: len(_acknowledged(project)) > before + 10, "it logs on after the clock was set")
        assert [second.job(one).queue_position for one in waiting] == [1, 2, 3]
        end = second.wait(limited, timeout=60)
        assert (end.status, end.reason) == (RunStatus.FAILED, "The script was stopped at its time limit of 4 s.")
        assert second.wait(sweep, timeout=60).reason.startswith("The sweep's time limit of 4 s was reached; 1 trial")
        assert second.run(logs).status is RunStatus.RUNNING
        (project / "go").touch()
        ends = {one: second.wait(one, timeout=60) for one in (logs, *waiting, lost)}
        assert {end.status for end in ends.values()} == {RunStatus.FINISHED}, [end.reason for end in ends.values()]
        assert (project / "order").read_text() == "abc"
        assert (project / "attempts").read_text() == "xx"
        for one, ended in (ends | {limited: end}).items():
            _check_times(ended, second.job(one))
        steps = _acknowledged(project)
        assert max(earlier - later for (_, earlier), (_, later) in pairwise(steps)) > HOUR / 2, "it had no effect"
        assert second.series(logs, "loss").steps == tuple(step for step, _ in steps)
        assert second.run(logs).metrics["loss"].last == 1 / len(steps)
        second.shutdown()
