"""The dry run: what a submission would do, kept with the run, and held against its failure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until
from workbench.base.clock import utc_now
from workbench.base.errors import UserError
from workbench.base.settings import Settings
from workbench.jobs.planning import held_against
from workbench.projects import Project
from workbench.runs.tables import targets
from workbench.schema import JobRequest, RunStatus

Workspace = Any
Request = Callable[..., JobRequest]
OWN = '[environment]\nkind = "workbench"\n'


def _config(project: Project, text: str, name: str = "local") -> None:
    (project.folder / "runconfig" / f"{name}.toml").write_text(text)


def test_that_a_plan_shows_what_would_happen_and_nothing_is_queued(
    workspace: Workspace, request_for: Request, project: Project
) -> None:
    _config(project, f"resources = {{cpus = 1, memory_mb = 500}}\nvariables = {{MODE = 'fast', API_TOKEN = 'abcdefgh'}}\n{OWN}")
    (project.folder / "data.csv").write_text("a\n1\n")
    with workspace.manager(started=False) as manager:
        plan = manager.plan(request_for("print(1)", arguments=("--rate", "0.1")))
        assert manager.list() == ()
    assert (plan.target, plan.kind, plan.starts) == ("local", "local", "At once, on local.")
    assert plan.command == ("python", "script.py", "--rate", "0.1")
    assert plan.environment == "Workbench's own Python."
    assert {(one.path, one.size) for one in plan.files} >= {("data.csv", 4), ("script.py", 8)}
    assert plan.variables == {"MODE": "fast", "API_TOKEN": "••••••"}
    assert (plan.cpus, plan.memory_mb, plan.gpus, plan.problems) == (1, 500, 0, ())
    assert workspace.store.list().total == 0


def test_that_a_plan_names_the_packages_and_the_run_keeps_it(workspace: Workspace, request_for: Request, project: Project) -> None:
    (project.folder / "requirements.txt").write_text("six==1.17.0\n")
    with workspace.manager() as manager:
        request = request_for("print(1)")
        plan = manager.plan(request)
        assert plan.lock == "six==1.17.0\n"
        run = workspace.end_of(manager.submit(request).id)
    assert run.status is RunStatus.FINISHED, run.reason
    assert (run.plan["lock"], run.plan["starts"], run.plan["target"]) == ("six==1.17.0\n", "At once, on local.", "local")


def test_that_a_plan_says_what_a_job_would_wait_for(
    workspace: Workspace, request_for: Request, project: Project, tmp_path: Path
) -> None:
    _config(project, OWN)
    code = f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists():\n    time.sleep(0.02)"
    workspace.settings = Settings(parallel_jobs=1)
    with workspace.manager() as manager:
        first = manager.submit(request_for(code))
        until(lambda: workspace.store.get(first.id).status is RunStatus.RUNNING)
        assert manager.plan(request_for("print(1)", file="next.py")).starts == "Waits for the job on local to end."
        after = request_for("print(1)", file="next.py", depends_on=(first.id,))
        assert manager.plan(after).starts == "After run 1 of flights."
        second = manager.submit(request_for("print(2)", file="second.py"))
        assert manager.plan(request_for("print(1)", file="next.py")).starts == "After 1 waiting job on local."
        manager.targets.pause("local")
        assert manager.plan(request_for("print(1)", file="next.py")).starts.startswith("When the queue of local is resumed")
        manager.targets.pause("local", paused=False)
        (tmp_path / "go").touch()
        for run in (first, second):
            assert workspace.end_of(run.id).status is RunStatus.FINISHED


def test_that_a_plan_lists_what_will_go_wrong(workspace: Workspace, request_for: Request, project: Project) -> None:
    _config(project, f"resources = {{gpus = 9}}\n{OWN}")
    (project.folder / ".gitignore").write_text("script.py\n")
    with workspace.manager(started=False) as manager:
        plan = manager.plan(request_for("print(1)"))
        with pytest.raises(UserError, match="There is no script"):
            manager.plan(request_for("print(1)").model_copy(update={"script": "none.py"}))
    assert len(plan.problems) == 2
    assert plan.problems[0].startswith("The job asks for 9 GPUs, but local has none.")
    assert plan.problems[1].startswith("script.py is in the project but not in the run's copy of it")


def test_that_a_failure_is_told_against_the_plan(workspace: Workspace, request_for: Request, project: Project) -> None:
    (project.folder / "requirements.txt").write_text("six\n")
    request = request_for("raise SystemExit(3)")
    with workspace.manager() as manager:
        assert manager.plan(request).lock == "six==1.17.0\n"
        _forget_locks(workspace)
        index = manager._submitter._dry_runs._shown
        key = next(iter(index))
        index[key] = index[key].model_copy(update={"lock": "six==1.16.0\nwheel==0.1\n"})
        run = workspace.end_of(manager.submit(request).id)
        assert manager.get(run.id).reason == run.reason
    assert run.reason == (
        "The script ended with exit code 3. Other than planned, the environment was made with six 1.17.0 (not 1.16.0), no wheel."
    )


def test_that_a_failure_is_told_against_the_run_that_finished_before(
    workspace: Workspace, request_for: Request, project: Project
) -> None:
    (project.folder / "requirements.txt").write_text("six==1.16.0\n")
    with workspace.manager() as manager:
        first = workspace.end_of(manager.submit(request_for("print(1)")).id)
        assert first.status is RunStatus.FINISHED, first.reason
        same = workspace.end_of(manager.submit(request_for("raise SystemExit(3)")).id)
        (project.folder / "requirements.txt").write_text("six==1.17.0\n")
        other = workspace.end_of(manager.submit(request_for("raise SystemExit(3)")).id)
    assert (same.plan["as_run"], same.reason) == (first.id, "The script ended with exit code 3.")
    assert other.reason == (
        "The script ended with exit code 3. Other than in run 1, which finished, its environment has six 1.17.0 (not 1.16.0)."
    )


def test_that_a_failure_for_memory_says_how_much_was_asked_and_used(
    workspace: Workspace, request_for: Request, project: Project
) -> None:
    _config(project, f"resources = {{memory_mb = 150}}\n{OWN}")
    code = (
        "import time\nkept = []\nwhile len(kept) < 60:\n    kept.append(b'x' * 10_000_000)\n    time.sleep(0.06)\ntime.sleep(600)"
    )
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for(code)).id)
    used = f"{run.metrics['system/memory_mb'].max:,.0f} MB"
    assert run.reason == f"The script was stopped: it used more than its 150 MB of memory. It was seen to use {used}."
    assert held_against(workspace.store, run, "MemoryError in a.py line 1.", "", "") == (
        f"It was seen to use {used}; it had asked for 150 MB."
    )


def _forget_locks(workspace: Workspace) -> None:
    for path in (workspace.paths.environments / "locks").glob("*.txt"):
        path.unlink()


def test_that_a_failure_recalls_the_failed_test_of_its_target(workspace: Workspace, request_for: Request, project: Project) -> None:
    _config(project, OWN)
    failed = {"name": "disk", "state": "failed", "message": "The disk is full.", "hint": "Free some space."}
    with workspace.manager() as manager:
        manager.targets.test("local")
        with workspace.database.write() as write:
            write.execute(targets.update().values(tested={"time": utc_now().isoformat(), "links": [failed]}))
        run = workspace.end_of(manager.submit(request_for("raise SystemExit(3)")).id)
    assert run.reason == (
        "The script ended with exit code 3. "
        "The plan had said: The last test of the target local failed: The disk is full. Free some space."
    )
    assert held_against(workspace.store, run, "Nothing can be built: The disk is full. Free some space.", "", "") == ""


def test_that_a_plan_of_a_sweep_shows_the_first_trial(workspace: Workspace, request_for: Request, project: Project) -> None:
    sweep = '[sweep]\nmethod = "grid"\nparallel = 3\n[sweep.parameters]\nrate.values = [0.1, 0.2]\nwide.values = [true, false]'
    _config(project, f"{OWN}{sweep}")
    with workspace.manager(started=False) as manager:
        plan = manager.plan(request_for("print(1)", sweep=True))
    assert plan.command == ("python", "script.py", "--rate", "0.1", "--wide", "true")
    assert plan.starts == "At once, on local. At most 3 of 4 trials run at once."


def test_that_a_configuration_with_a_blacked_out_value_is_refused(
    workspace: Workspace, request_for: Request, project: Project
) -> None:
    _config(project, f'variables = {{API_TOKEN = "••••••"}}\n{OWN}')
    with (
        workspace.manager(started=False) as manager,
        pytest.raises(UserError, match="The value of the variable API_TOKEN is blacked out") as caught,
    ):
        manager.plan(request_for("print(1)"))
    assert 'API_TOKEN = "secret:NAME"' in caught.value.hint
