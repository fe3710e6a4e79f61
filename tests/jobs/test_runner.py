"""The runner's own part, whatever the target: states, patience, who is to blame, the end in the right order."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.drivers.inprocess import InProcessDriver, Script
from workbench.base.ids import new_id
from workbench.base.paths import WorkspacePaths
from workbench.jobs import runner as module
from workbench.jobs.drivers.base import Poll
from workbench.jobs.folder import JobSpec, JobStatus, RunFolder
from workbench.jobs.joblog import JobLog
from workbench.jobs.runner import Runner
from workbench.projects import SnapshotStore

Ended = tuple[JobStatus, InProcessDriver, str]
Run = Callable[..., Ended]


@pytest.fixture
def run(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a script to its end by the in-process driver; the status, the driver, the log."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "script.py").write_text("")
    paths = WorkspacePaths(home)
    snapshot = SnapshotStore(paths.snapshots).commit(project, "0" * 32).commit
    monkeypatch.setattr("workbench.jobs.runner.signal.signal", lambda *_: None)
    monkeypatch.setattr("workbench.jobs.runner.time.sleep", lambda _seconds: None)

    def work(script: Script = lambda _driver: 0, *, kind: str = "ssh", **values: Any) -> Ended:
        run_id = new_id()
        folder = RunFolder(paths.run(run_id))
        folder.path.mkdir(parents=True)
        spec = JobSpec(run_id, str(project), snapshot, str(home), "script.py", target="box", target_spec={"kind": kind})
        made: list[InProcessDriver] = []
        settings = {name: values.pop(name) for name in ("faults", "poll_as") if name in values}
        before = values.pop("before", lambda _folder: None)
        status = values.pop("status", None)

        def driver(folder: RunFolder, spec: JobSpec, _secret: str | None, log: JobLog) -> InProcessDriver:
            made.append(InProcessDriver(folder, spec, log, script, **settings))
            return made[0]

        monkeypatch.setattr(module, "driver_for", driver)
        before(folder)
        Runner(folder, replace(spec, **values), status).run(again=status is not None)
        ended = JobStatus.load(folder)
        assert ended is not None
        return ended, made[0], folder.log.read_text("utf-8")

    return work


def _say_and_log(driver: InProcessDriver) -> int:
    driver.log.write("stdout", b"hello\n")
    driver.event(kind="metric", key="loss", value=1.0, step=0, time=0.0)
    (driver.folder.work / "outputs" / "made.txt").write_text("made")
    return 0


def test_that_a_script_goes_through_its_states_and_leaves_its_outputs(run: Run) -> None:
    status, driver, log = run(_say_and_log)
    assert (status.state, status.exit_code, status.cause) == ("finished", 0, "")
    assert (status.lock, status.python) == ("six==1.17.0\n", "3.11.0")
    assert status.started is not None
    assert status.ended is not None
    assert log == "[workbench] Prepared.\n[workbench] Started script.py with Python 3.11.0.\nhello\n[workbench] Finished.\n"
    assert [call for call in driver.calls if call not in {"poll", "pull"}] == ["prepare", "start", "pull-final", "clean"]
    assert (driver.folder.outputs / "made.txt").read_text() == "made"
    assert not driver.folder.work.exists()


def test_that_a_target_that_answers_again_costs_nothing(run: Run) -> None:
    status, _driver, log = run(_say_and_log, faults={"start": 2, "poll": 3, "pull-final": 2})
    assert status.state == "finished"
    assert log.count("box does not answer") == 3
    assert log.count("box answers again") == 3


def test_that_a_target_that_never_answers_is_a_fault_of_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.jobs.patience._UNREACHABLE_S", 0.0)
    status, _driver, _log = run(faults={"start": 10**9})
    assert (status.state, status.cause) == ("failed", "environment")
    assert status.reason == "Workbench could not start the script on box any more: The target does not answer."


def test_that_who_is_to_blame_is_told_apart(run: Run) -> None:
    assert run(lambda _driver: 3)[0].cause == "script"
    assert run(faults={"prepare": 1})[0].cause == "environment"
    status, _driver, _log = run(poll_as=Poll(running=False, reason="The machine was rebooted."))
    assert (status.state, status.cause, status.reason) == ("lost", "environment", "The machine was rebooted.")
    status, _driver, _log = run(poll_as=Poll(running=False, exit_code=-9, out_of_memory=True), memory_mb=10)
    assert (status.cause, status.reason) == ("script", "The script was stopped: it used more than its 10 MB of memory.")


def test_that_a_cancelled_job_is_ended_and_cleaned_with_its_reason(run: Run) -> None:
    def endless(driver: InProcessDriver) -> int:
        driver.folder.cancel.write_text("Stopped early: it was the worst.")
        return 0 if driver.cancelled.wait(60) else 1

    status, driver, log = run(endless)
    assert (status.state, status.reason) == ("cancelled", "Stopped early: it was the worst.")
    assert [call for call in driver.calls if call not in {"poll", "pull"}] == ["prepare", "start", "cancel", "pull-final", "clean"]
    assert log.endswith("[workbench] Cancelled.\n")
    status, driver, _log = run(before=lambda folder: folder.cancel.touch())
    assert (status.state, driver.calls) == ("cancelled", ["clean"])


def test_that_a_runner_told_to_end_leaves_a_job_whose_target_does_not_answer_to_the_next_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[int, Callable[..., None]] = {}
    monkeypatch.setattr("workbench.jobs.runner.signal.signal", told.__setitem__)

    def endless(driver: InProcessDriver) -> int:
        told[signal.SIGTERM](signal.SIGTERM, None)
        return int(driver.cancelled.wait(60))

    status, driver, _log = run(endless, faults={"poll": 10**9})
    assert (status.state, status.ended) == ("running", None)
    assert not {"cancel", "clean"} & set(driver.calls)
    driver.cancelled.set()


def test_that_a_time_limit_ends_a_script(run: Run) -> None:
    status, driver, _log = run(lambda driver: int(driver.cancelled.wait(60)), time_limit_s=1)
    assert (status.state, status.reason, status.cause) == ("failed", "The script was stopped at its time limit of 1 s.", "script")
    assert "cancel" in driver.calls


def test_that_a_second_runner_takes_up_what_the_first_left(run: Run) -> None:
    begun = JobStatus(state="running", handle={"run_id": "x"}, started=1.0, lock="a==1\n", python="3.11.0")

    def work(folder: RunFolder) -> None:
        (folder.work / "outputs").mkdir(parents=True)

    status, driver, _log = run(status=begun, before=work, poll_as=Poll(running=False, exit_code=0))
    assert (status.state, status.started, status.lock) == ("finished", 1.0, "a==1\n")
    assert [call for call in driver.calls if call != "pull"] == ["poll", "pull-final", "clean"]
    # the first one was killed between the note of what it was about to start and the start
    status, driver, _log = run(_say_and_log, status=JobStatus(handle={"run_id": "x"}), before=work)
    assert status.state == "finished"
    assert "start" in driver.calls
    assert "prepare" not in driver.calls


def test_that_a_local_runner_starts_without_the_heavy_libraries() -> None:
    heavy = ("pydantic", "sqlalchemy", "docker", "paramiko", "pyarrow", "pandas", "fastapi", "httpx", "yaml")
    code = f"import sys, workbench.jobs.runner, workbench.jobs.drivers.local; print([m for m in {heavy!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
