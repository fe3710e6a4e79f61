"""Sweeps with the real job manager: parent, trials, early stopping, ends, and servers that come and go."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until
from workbench.base.errors import Conflict, UserError
from workbench.base.settings import Settings
from workbench.jobs.manager import JobManager
from workbench.projects import Project
from workbench.schema import JobPatch, JobRequest, Run, RunStatus, Sweep

Workspace = Any
Begin = Callable[..., JobRequest]

TRAIN = """
import argparse, workbench
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, required=True)
parser.add_argument("--depth", type=int, default=1)
given = parser.parse_args()
workbench.log("loss", (given.rate - 0.3) ** 2 + given.depth)
"""


@pytest.fixture
def begin(project: Project) -> Begin:
    """Writes a script and a run configuration with a sweep; gives the request that starts it."""

    def write(sweep: str, code: str = TRAIN, more: str = "") -> JobRequest:
        (project.folder / "train.py").write_text(code, encoding="utf-8")
        config = f'script = "train.py"\n{more}\n[environment]\nkind = "workbench"\n[sweep]\n{sweep}\n'
        (project.folder / "runconfig" / "local.toml").write_text(config, encoding="utf-8")
        return JobRequest(project=str(project.folder), sweep=True)

    return write


def _trials(manager: JobManager, run: Run) -> list[tuple[dict[str, Any], str, float | None]]:
    return [(dict(trial.values), trial.state, trial.value) for trial in manager.sweeps.get(run.id).trials]


def test_that_a_grid_runs_every_point_as_a_child_and_tells_the_best(workspace: Workspace, begin: Begin) -> None:
    sweep = 'method = "grid"\nmetric = "loss"\nparallel = 2\n[sweep.parameters]\nrate.values = [0.1, 0.3]\ndepth.values = [1, 2]'
    with workspace.manager() as manager:
        parent = manager.submit(begin(sweep, more='arguments = ["--depth", "7"]'))
        assert (parent.kind, parent.status) == ("sweep", RunStatus.RUNNING)
        parent = workspace.end_of(parent.id)
        found = manager.sweeps.get(parent.id)
        log = manager.log(parent.id)
    assert parent.status is RunStatus.FINISHED, log.text
    best = found.trials[2]
    assert parent.reason == f"4 trials: the best loss is 1 in run {best.run_number} (rate=0.3, depth=1)."
    assert found.best == 3
    assert [trial.values for trial in found.trials] == [
        {"rate": 0.1, "depth": 1}, {"rate": 0.1, "depth": 2}, {"rate": 0.3, "depth": 1}, {"rate": 0.3, "depth": 2},
    ]  # fmt: skip
    children = [workspace.store.get(trial.run_id) for trial in found.trials]
    assert {(child.kind, child.parent_id, child.snapshot, child.status) for child in children} == {
        ("trial", parent.id, parent.snapshot, RunStatus.FINISHED)
    }
    assert children[2].arguments == ("--depth", "7", "--rate", "0.3", "--depth", "1")
    assert children[2].params == {"rate": "0.3", "depth": "1"}
    assert children[2].name == "rate=0.3, depth=1"
    assert (parent.metrics["best/loss"].last, parent.metrics["best/trial"].last) == (1, 3)
    assert parent.metrics["best/loss"].count == parent.metrics["best/trial"].count
    assert log.complete
    assert "Trial 3 (run" in log.text
    assert log.text.endswith(f"{parent.reason}\n")


def test_that_no_more_trials_run_at_once_than_allowed_and_the_code_is_that_of_the_submission(
    workspace: Workspace, begin: Begin, project: Project, tmp_path: Path
) -> None:
    code = f"""
import pathlib, sys, time
folder = pathlib.Path({str(tmp_path)!r})
number = sys.argv[2]
(folder / ("began" + number)).touch()
while not (folder / "go").exists():
    time.sleep(0.02)
"""
    workspace.settings = Settings(parallel_jobs=4)
    with workspace.manager() as manager:
        parent = manager.submit(begin('method = "grid"\nparallel = 2\n[sweep.parameters]\nnumber.values = [1, 2, 3, 4]', code))
        (project.folder / "train.py").write_text("raise SystemExit(1)")
        until(lambda: (tmp_path / "began1").exists() and (tmp_path / "began2").exists())
        assert len(manager.sweeps.get(parent.id).trials) == 2
        (tmp_path / "go").touch()
        parent = workspace.end_of(parent.id)
    assert (parent.status, parent.reason) == (RunStatus.FINISHED, "4 trials.")


def test_that_a_bayesian_search_runs_as_many_trials_as_asked_for(workspace: Workspace, begin: Begin) -> None:
    sweep = """method = "bayesian"
metric = "loss"
trials = 6
parallel = 2
[sweep.parameters]
rate = {low = 0.001, high = 1, log = true}
depth = {low = 1, high = 4, integer = true}"""
    with workspace.manager() as manager:
        parent = workspace.end_of(manager.submit(begin(sweep)).id)
        trials = _trials(manager, parent)
    assert parent.status is RunStatus.FINISHED, parent.reason
    assert len({json.dumps(values) for values, _, _ in trials}) == 6
    assert parent.metrics["best/loss"].last == min(value for _, _, value in trials if value is not None)


def test_that_a_bad_trial_is_stopped_early_and_counts(workspace: Workspace, begin: Begin, tmp_path: Path) -> None:
    code = f"""
import pathlib, sys, time, workbench
bad = float(sys.argv[2])
for step in range(5):
    workbench.log("loss", bad - step / 100)
while bad > 3 and not pathlib.Path({str(tmp_path / "never")!r}).exists():
    time.sleep(0.02)
"""
    sweep = """method = "grid"
metric = "loss"
parallel = 1
stop = {policy = "bandit", delay = 3, slack = 0.5}
[sweep.parameters]
bad.values = [1, 9, 1.2]"""
    with workspace.manager() as manager:
        parent = workspace.end_of(manager.submit(begin(sweep, code)).id)
        found = manager.sweeps.get(parent.id)
        assert parent.status is RunStatus.FINISHED, parent.reason
        stopped = workspace.store.get(found.trials[1].run_id)
        text = manager.log(parent.id).text
    assert [trial.state for trial in found.trials] == ["finished", "stopped", "finished"]
    assert stopped.status is RunStatus.CANCELLED
    assert stopped.reason == found.trials[1].reason
    assert stopped.reason.startswith("Stopped early: its best loss of 5 values, 8.96, is worse than the best one, 0.96,")
    assert found.trials[1].value == 8.96
    assert "was stopped, loss 8.96: Stopped early" in text
    assert stopped.metrics["loss"].count == 5


def test_that_a_new_server_goes_on_with_a_sweep_and_runs_no_trial_twice(workspace: Workspace, begin: Begin, tmp_path: Path) -> None:
    code = f"""
import pathlib, sys, time, workbench
folder = pathlib.Path({str(tmp_path)!r})
with open(folder / "began", "a") as file:
    file.write(sys.argv[2] + "\\n")
while not (folder / "go").exists():
    time.sleep(0.02)
workbench.log("loss", int(sys.argv[2]))
"""
    sweep = 'method = "grid"\nmetric = "loss"\nparallel = 2\n[sweep.parameters]\nnumber.values = [5, 6, 7, 8, 9]'
    with workspace.manager() as manager:
        parent = manager.submit(begin(sweep, code))
        until(lambda: (tmp_path / "began").exists() and len((tmp_path / "began").read_text().split()) == 2)
    (tmp_path / "go").touch()
    for _ in range(3):  # servers that come and go
        with workspace.manager() as manager:
            known = len(manager.sweeps.get(parent.id).trials)
            until(lambda: len(manager.sweeps.get(parent.id).trials) > known or workspace.store.get(parent.id).status.is_final)  # noqa: B023
    with workspace.manager() as manager:
        parent = workspace.end_of(parent.id)
        assert [state for _, state, _ in _trials(manager, parent)] == ["finished"] * 5
    assert sorted((tmp_path / "began").read_text().split()) == ["5", "6", "7", "8", "9"]
    assert parent.reason.startswith("5 trials: the best loss is 5 in run ")


def _blocked(tmp_path: Path) -> str:
    return f"""
import pathlib, sys, time, workbench
number = int(sys.argv[2])
workbench.log("loss", number)
while number > 1 and not pathlib.Path({str(tmp_path / "go")!r}).exists():
    time.sleep(0.02)
"""


def _second_runs(manager: JobManager, run: Run) -> Sweep | None:
    found = manager.sweeps.get(run.id)
    return found if len(found.trials) == 2 and found.trials[1].state == "running" else None


GRID = 'method = "grid"\nmetric = "loss"\nparallel = 1\n[sweep.parameters]\nnumber.values = [1, 2, 3]'


def test_that_cancelling_a_sweep_cancels_its_trials_and_a_resume_runs_what_is_missing(
    workspace: Workspace, begin: Begin, tmp_path: Path
) -> None:
    with workspace.manager() as manager:
        parent = manager.submit(begin(GRID, _blocked(tmp_path)))
        until(lambda: _second_runs(manager, parent), "the second trial")
        manager.cancel(parent.id)
        parent = workspace.end_of(parent.id)
        found = manager.sweeps.get(parent.id)
        assert parent.status is RunStatus.CANCELLED
        first = found.trials[0].run_number
        assert parent.reason == f"Cancelled by the user after 2 trials: the best loss is 1 in run {first} (number=1)."
        assert [trial.state for trial in found.trials] == ["finished", "cancelled"]
        cancelled = workspace.store.get(found.trials[1].run_id)
        assert (cancelled.status, cancelled.reason) == (RunStatus.CANCELLED, "Cancelled by the user.")
        with pytest.raises(Conflict):
            manager.cancel(parent.id)
        (tmp_path / "go").touch()
        assert manager.sweeps.resume(parent.id).status is RunStatus.RUNNING
        with pytest.raises(Conflict):
            manager.sweeps.resume(parent.id)
        parent = workspace.end_of(parent.id)
        after = manager.sweeps.get(parent.id)
        with pytest.raises(UserError):
            manager.sweeps.resume(parent.id)
    assert parent.status is RunStatus.FINISHED, parent.reason
    assert [trial.state for trial in after.trials] == ["finished"] * 3
    assert after.trials[0].run_id == found.trials[0].run_id
    assert after.trials[1].run_id != found.trials[1].run_id
    assert workspace.store.get(cancelled.id).status is RunStatus.CANCELLED


def test_that_a_sweep_that_is_stopped_before_its_trials_were_started_anew_can_be_resumed(
    workspace: Workspace, begin: Begin
) -> None:
    with workspace.manager(started=False) as manager:
        parent = manager.submit(begin('method = "grid"\n[sweep.parameters]\nnumber.values = [1]'))
        manager.sweeps.step()
        for _ in range(2):
            manager.sweeps.stop(parent.id)
            for _round in range(2):  # asks the trial to end, takes up its end
                manager.sweeps.step()
            assert workspace.store.get(parent.id).reason == "Cancelled by the user after 1 trial."
            manager.sweeps.resume(parent.id)
        manager.sweeps.step()
        assert [trial.state for trial in manager.sweeps.get(parent.id).trials] == ["queued"]


def test_that_a_gentle_stop_lets_the_running_trial_end(workspace: Workspace, begin: Begin, tmp_path: Path) -> None:
    with workspace.manager() as manager:
        parent = manager.submit(begin(GRID, _blocked(tmp_path)))
        until(lambda: _second_runs(manager, parent), "the second trial")
        manager.sweeps.stop(parent.id, cancel=False)
        (tmp_path / "go").touch()
        parent = workspace.end_of(parent.id)
        assert [state for _, state, _ in _trials(manager, parent)] == ["finished", "finished"]
        assert [one.status.value for one in manager.get(parent.id).history] == ["running", "cancelled"]
        # One trial is left: stopped once more while that runs, nothing is, and the sweep is whole.
        (tmp_path / "go").unlink()
        manager.sweeps.resume(parent.id)
        until(lambda: len(manager.sweeps.get(parent.id).trials) == 3, "the last trial")
        manager.sweeps.stop(parent.id, cancel=False)
        (tmp_path / "go").touch()
        whole = workspace.end_of(parent.id)
    assert parent.status is RunStatus.CANCELLED
    assert (whole.status, whole.reason.split(":")[0]) == (RunStatus.FINISHED, "3 trials")


def test_that_the_trials_of_a_sweep_wait_for_what_it_depends_on_and_have_its_priority(
    workspace: Workspace, begin: Begin, project: Project, tmp_path: Path
) -> None:
    (project.folder / "first.py").write_text(_blocked(tmp_path))
    sweep = "[sweep.parameters]\nnumber.values = [1]"
    request = begin(f'method = "grid"\n{sweep}', "print('trial')")
    with workspace.manager() as manager:
        first = manager.submit(request.model_copy(update={"sweep": False, "script": "first.py", "arguments": ("--number", "2")}))
        parent = manager.submit(request.model_copy(update={"depends_on": (first.id,), "priority": 7}))
        until(lambda: manager.sweeps.get(parent.id).trials)
        trial = manager.sweeps.get(parent.id).trials[0]
        waits = until(lambda: (job := manager.get(trial.run_id)).reason.startswith("Waits for run") and job)
        assert waits.status is RunStatus.QUEUED
        assert workspace.store.get(trial.run_id).config.priority == 7
        (tmp_path / "go").touch()
        assert workspace.end_of(parent.id).status is RunStatus.FINISHED


def test_that_a_sweep_is_moved_in_the_queue_with_all_its_trials_and_keeps_its_retries(
    workspace: Workspace, begin: Begin, project: Project, tmp_path: Path
) -> None:
    (project.folder / "first.py").write_text(_blocked(tmp_path))
    request = begin('method = "grid"\nparallel = 1\n[sweep.parameters]\nnumber.values = [1, 2]', "print('trial')")
    plain = request.model_copy(update={"sweep": False, "script": "first.py", "arguments": ("--number", "9")})
    workspace.settings = Settings(parallel_jobs=1)
    with workspace.manager() as manager:
        first = manager.submit(plain)
        workspace.until(first.id, lambda run: run.status is RunStatus.RUNNING)
        urgent = manager.submit(plain.model_copy(update={"priority": 5}))
        parent = manager.submit(request.model_copy(update={"retries": 2}))
        trial = until(lambda: manager.sweeps.get(parent.id).trials)[0]
        assert (manager.get(parent.id).priority, manager.get(trial.run_id).queue_position) == (0, 2)
        assert manager.change(parent.id, JobPatch(first=True)).priority == 6
        assert (manager.get(trial.run_id).queue_position, manager.get(trial.run_id).attempts) == (1, 3)
        assert manager.get(urgent.id).priority == 5
        behind = manager.submit(plain.model_copy(update={"depends_on": (parent.id,)}))
        for wish in (trial.run_id, behind.id):
            with pytest.raises(UserError, match="The sweep would wait for itself"):
                manager.change(parent.id, JobPatch(depends_on=(wish,)))
        with pytest.raises(UserError, match="in a circle"):
            manager.change(trial.run_id, JobPatch(depends_on=(behind.id,)))
        (tmp_path / "go").touch()
        workspace.end_of(parent.id)
        assert [manager.get(one.run_id).priority for one in manager.sweeps.get(parent.id).trials] == [6, 6]
        with pytest.raises(Conflict, match="The sweep is over: it is finished"):
            manager.change(parent.id, JobPatch(priority=1))


def test_that_a_sweep_out_of_time_ends_its_trials_and_tells_so(workspace: Workspace, begin: Begin, tmp_path: Path) -> None:
    with workspace.manager() as manager:
        parent = manager.submit(begin(f"time_limit_s = 1\n{GRID}", _blocked(tmp_path)))
        parent = workspace.end_of(parent.id)
        states = [state for _, state, _ in _trials(manager, parent)]
        assert parent.reason.startswith("The sweep's time limit of 1 s was reached; ")
        assert set(states) <= {"finished", "cancelled"}
        (tmp_path / "go").touch()
        assert manager.sweeps.resume(parent.id).status is RunStatus.RUNNING
        workspace.end_of(parent.id)
        assert manager.sweeps.get(parent.id).trials[0].state in {"finished", "cancelled"}


def test_that_a_sweep_whose_first_trials_all_fail_gives_up(workspace: Workspace, begin: Begin) -> None:
    sweep = "parallel = 1\ntrials = 50\n[sweep.parameters]\nrate = {low = 0, high = 1}"
    with workspace.manager() as manager:
        parent = workspace.end_of(manager.submit(begin(sweep, "raise KeyError('column')")).id)
        with pytest.raises(UserError, match="All of the first 3 trials failed"):
            manager.sweeps.resume(parent.id)
        assert workspace.store.get(parent.id) == parent
    assert parent.status is RunStatus.FAILED
    assert parent.reason == (
        "All of the first 3 trials failed, so no more are tried; 3 trials, 3 of them failed: "
        "the first: KeyError: 'column' in train.py line 1."
    )


def test_that_a_sweep_whose_script_logs_another_metric_says_so(workspace: Workspace, begin: Begin) -> None:
    sweep = 'metric = "accuracy"\nparallel = 1\n[sweep.parameters]\nrate = {low = 0, high = 1}'
    with workspace.manager() as manager:
        parent = workspace.end_of(manager.submit(begin(sweep)).id)
    assert parent.status is RunStatus.FAILED
    assert parent.reason == (
        "None of the first 3 trials logged a number as accuracy, so no more are tried; 3 trials: none gave a accuracy."
    )


def test_that_a_configuration_without_a_sweep_is_refused_and_nothing_is_queued(
    workspace: Workspace, begin: Begin, project: Project
) -> None:
    request = begin("")
    (project.folder / "runconfig" / "local.toml").write_text('script = "train.py"\n')
    with workspace.manager(started=False) as manager, pytest.raises(UserError, match="has no sweep"):
        manager.submit(request)
    assert workspace.store.list().total == 0


def test_that_a_secret_of_a_sweep_is_refused_before_it_starts_and_its_script_alone_may_have_one(
    workspace: Workspace, begin: Begin
) -> None:
    request = begin("[sweep.parameters]\nrate.values = [1]", "print('alone')", more='variables = {API_TOKEN = "abcdefgh"}')
    alone = request.model_copy(update={"sweep": False, "arguments": ("--rate", "2")})
    with workspace.manager() as manager:
        for ask in (manager.plan, manager.submit):
            with pytest.raises(UserError, match="The variable API_TOKEN of a sweep is a secret"):
                ask(request)
        assert manager.plan(alone).command == ("python", "train.py", "--rate", "2")
        run = workspace.end_of(manager.submit(alone).id)
    assert (run.status, run.config.sweep) == (RunStatus.FINISHED, None)
