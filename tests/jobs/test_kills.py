"""Server and runners are killed at random points of many short jobs: each job ends once, and nothing is lost or left behind."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.jobs.drivers.contract import processes_of
from tests.waiting import until
from workbench.jobs.folder import JobStatus, RunFolder
from workbench.jobs.manager import JobManager
from workbench.schema import JobRequest, LocalSpec, RunStatus, Slots, TargetRequest

JOBS = 50
FINAL = {"finished", "failed", "cancelled", "lost"}

SERVER = """
import sys, threading
from pathlib import Path
from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings
from workbench.jobs.manager import JobManager
from workbench.runs import Database, RunStore
paths = WorkspacePaths(Path(sys.argv[1]))
database = Database(paths.database)
manager = JobManager(database, RunStore(database), paths, Settings(parallel_jobs=6), lambda event: None)
manager.start()
print("ready", flush=True)
threading.Event().wait()
"""

SCRIPT = """
import pathlib, sys, time, workbench
acknowledged = pathlib.Path(sys.argv[1])
for step in range(8):
    workbench.log("loss", step, step=step)
    with acknowledged.open("a") as file:
        file.write(f"{step}\\n")
    print("step", step, flush=True)
    time.sleep(0.1)
pathlib.Path("outputs/result.txt").write_text("whole")
"""


@contextmanager
def _server(home: Path) -> Iterator[subprocess.Popen[str]]:
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(home)], stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield server
    finally:
        server.kill()
        server.communicate()


def _runners(workspace: Any, ids: list[str]) -> list[int]:
    """The processes of runners that live now."""
    found = []
    for run_id in ids:
        status = JobStatus.load(RunFolder(workspace.paths.run(run_id)))
        if status and not status.is_final and psutil.pid_exists(status.runner_pid):
            found.append(status.runner_pid)
    return found


def _all_ended(workspace: Any, ids: list[str]) -> bool:
    return all(workspace.store.get(run_id).status.is_final for run_id in ids)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(600)
def test_that_whatever_is_killed_each_job_ends_once_and_loses_nothing(
    workspace: Any, request_for: Callable[..., JobRequest], project: Any, home: Path, tmp_path: Path
) -> None:
    (project.folder / "runconfig/plain.toml").write_text('[environment]\nkind = "workbench"\n[resources]\ncpus = 0.25\n')
    chance = random.Random(20261121)
    acknowledged = tmp_path / "acknowledged"
    acknowledged.mkdir()
    request = request_for(SCRIPT, config="plain")
    with workspace.manager(started=False) as manager:
        manager.targets.change(TargetRequest(name="local", spec=LocalSpec(), slots=Slots(cpus=4)))
        ids = [
            manager.submit(request.model_copy(update={"arguments": (str(acknowledged / str(number)),)})).id
            for number in range(JOBS)
        ]
    kills = {"server": 0, "runner": 0, "both": 0}
    while sum(kills.values()) < 24 and not _all_ended(workspace, ids):
        with _server(home) as server:
            for _ in range(chance.randint(1, 3)):
                until(lambda: _runners(workspace, ids) or _all_ended(workspace, ids), "a job runs, or all have ended", 30)
                with suppress(subprocess.TimeoutExpired):
                    server.wait(timeout=chance.uniform(0.0, 0.8))
                what = chance.choice(list(kills))
                runners = _runners(workspace, ids)
                if what != "server" and not runners:
                    continue
                kills[what] += 1
                if what != "server":
                    _kill(chance.choice(runners))
                if what != "runner":
                    server.kill()
                    break
    with _server(home):
        for run_id in ids:
            workspace.end_of(run_id, within=240)
    _check(workspace, ids, acknowledged, kills)


def _check(workspace: Any, ids: list[str], acknowledged: Path, kills: dict[str, int]) -> None:
    ends = dict.fromkeys(FINAL, 0)
    with workspace.manager(started=False) as manager:
        for number, run_id in enumerate(ids):
            run, folder = workspace.store.get(run_id), RunFolder(workspace.paths.run(run_id))
            ends[run.status.value] += 1
            assert [one.status.value for one in manager.get(run_id).history if one.status.value in FINAL] == [run.status.value]
            steps = (
                [int(line) for line in (acknowledged / str(number)).read_text().split()]
                if (acknowledged / str(number)).exists()
                else []
            )
            assert steps == sorted(set(steps)), f"a job ran twice: {steps}"
            stored = workspace.store.series(run_id, "loss", 0).steps if "loss" in run.metrics else ()
            assert set(stored) >= set(steps), f"acknowledged {steps}, stored {stored}"
            assert len(stored) == len(set(stored)), "a value was stored twice"
            if run.status is RunStatus.FINISHED:
                assert stored == tuple(range(8))
                assert [one.path for one in run.artifacts] == ["result.txt"]
            else:
                assert run.status is RunStatus.LOST, f"{run.status}: {run.reason}"
                assert run.reason.startswith("The runner was killed")
            assert processes_of(run_id) == []
            assert not folder.work.exists()
            assert not folder.reserve.exists()
            assert not folder.secrets.exists()
    assert ends["finished"] > 0, (ends, kills)
    assert ends["lost"] > 0, (ends, kills)
    assert min(kills.values()) > 0, kills


def test_that_a_clock_set_back_changes_no_order_and_ends_no_job(
    workspace: Any, request_for: Callable[..., JobRequest], project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manager's clock goes back an hour while one job runs and another waits."""
    from datetime import timedelta

    from workbench.base import clock

    (project.folder / "runconfig/plain.toml").write_text('[environment]\nkind = "workbench"\n')
    code = f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists():\n    time.sleep(0.02)"
    manager: JobManager
    workspace.settings = workspace.settings.model_copy(update={"parallel_jobs": 1})
    with workspace.manager() as manager:
        first = manager.submit(request_for(code, config="plain"))
        workspace.until(first.id, lambda run: run.status is RunStatus.RUNNING)
        second = manager.submit(request_for("print(2)", file="second.py", config="plain"))
        now = clock.utc_now
        for module in [name for name in sys.modules if name.startswith("workbench.") and hasattr(sys.modules[name], "utc_now")]:
            monkeypatch.setattr(f"{module}.utc_now", lambda: now() - timedelta(hours=1))
        third = manager.submit(request_for("print(3)", file="third.py", config="plain"))
        (tmp_path / "go").touch()
        runs = [workspace.end_of(run.id) for run in (first, second, third)]
        histories = [manager.get(run.id).history for run in runs]
    assert [run.status for run in runs] == [RunStatus.FINISHED] * 3
    for run, history in zip(runs, histories, strict=True):
        assert [one.status.value for one in history] == ["queued", "preparing", "running", "finished"]
        assert run.duration_s is not None
        assert run.duration_s >= 0
    assert json.loads((workspace.paths.run(first.id) / "status.json").read_text())["state"] == "finished"
