"""Slots, priorities, dependencies, retries, pauses: with real jobs and a real queue."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.jobs.test_targets import KEY
from tests.waiting import until
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.base.masking import MASK
from workbench.jobs import table
from workbench.jobs.folder import JobSpec, JobStatus, RunFolder
from workbench.projects import Project
from workbench.runs.tables import jobs as jobs_table
from workbench.schema import JobPatch, JobRequest, LocalSpec, Run, RunStatus, Slots, SshSpec, TargetRequest

Request = Callable[..., JobRequest]


@pytest.fixture
def waits(tmp_path: Path) -> str:
    """A script that goes on until `go` is there."""
    return f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists():\n    time.sleep(0.02)"


@pytest.fixture
def plain(project: Project) -> Project:
    """A project whose default configuration builds no environment."""
    (project.folder / "runconfig/local.toml").write_text('[environment]\nkind = "workbench"\n')
    return project


def _config(project: Project, name: str, text: str) -> str:
    (project.folder / f"runconfig/{name}.toml").write_text(f'{text}\n[environment]\nkind = "workbench"\n')
    return name


def _running(run: Run) -> bool:
    return run.status is RunStatus.RUNNING


def test_that_a_job_waits_for_its_cpus_and_says_so(
    workspace: Any, plain: Project, request_for: Request, waits: str, tmp_path: Path
) -> None:
    config = _config(plain, "two", "resources = { cpus = 2 }")
    with workspace.manager() as manager:
        manager.targets.change(TargetRequest(name="local", spec=LocalSpec(), slots=Slots(cpus=2)))
        first = manager.submit(request_for(waits))
        workspace.until(first.id, _running)
        second = manager.submit(request_for("print(1)", file="b.py", config=config))
        job = manager.get(second.id)
        assert (job.status, job.reason, job.queue_position) == (
            RunStatus.QUEUED, "Waits for 2 CPUs on local; 1 is free.", 1,
        )  # fmt: skip
        (tmp_path / "go").touch()
        assert workspace.end_of(second.id).status is RunStatus.FINISHED
        with pytest.raises(UserError, match="The job asks for 3 CPUs, but local has 2"):
            manager.submit(request_for("print(1)", config=_config(plain, "three", "resources = { cpus = 3 }")))


def test_that_jobs_get_gpus_of_their_own(workspace: Any, plain: Project, request_for: Request) -> None:
    config = _config(plain, "gpu", "resources = { gpus = 1, cpus = 0.5 }")
    code = "import os, workbench\nworkbench.log('gpu', int(os.environ['CUDA_VISIBLE_DEVICES']))\nimport time\ntime.sleep(2)"
    with workspace.manager() as manager:
        with pytest.raises(UserError, match="The job asks for 1 GPU, but local has none"):
            manager.submit(request_for(code, config=config))
        manager.targets.change(TargetRequest(name="local", spec=LocalSpec(), slots=Slots(cpus=2, gpus=2)))
        runs = [manager.submit(request_for(code, config=config)) for _ in range(2)]
        ended = [workspace.end_of(run.id) for run in runs]
    assert [run.status for run in ended] == [RunStatus.FINISHED] * 2
    assert {run.metrics["gpu"].last for run in ended} == {0, 1}


def test_that_a_job_waits_for_those_it_depends_on_and_fails_with_them(
    workspace: Any, plain: Project, request_for: Request, waits: str, tmp_path: Path
) -> None:
    with workspace.manager() as manager:
        first = manager.submit(request_for(waits))
        after = manager.submit(request_for("print(1)", file="b.py", depends_on=(str(first.number),)))
        last = manager.submit(request_for("print(1)", file="b.py", depends_on=(after.id,)))
        assert manager.get(after.id).reason == "Waits for run 1 of flights."
        with pytest.raises(UserError, match="in a circle"):
            manager.change(after.id, JobPatch(depends_on=(last.id,)))
        with pytest.raises(NotFound):
            manager.submit(request_for("print(1)", file="b.py", depends_on=("99",)))
        (tmp_path / "go").touch()
        assert workspace.end_of(last.id).status is RunStatus.FINISHED
        bad = manager.submit(request_for("raise SystemExit(1)", file="bad.py"))
        behind = manager.submit(request_for("print(1)", file="b.py", depends_on=(bad.id,)))
        behind = workspace.end_of(behind.id)
        assert (behind.status, behind.reason) == (RunStatus.FAILED, f"It depends on run {bad.number} of flights, which has failed.")
        with pytest.raises(Conflict, match="cannot wait for run"):
            manager.submit(request_for("print(1)", file="b.py", depends_on=(bad.id,)))


def test_that_priorities_and_the_front_of_the_queue_decide(
    workspace: Any, plain: Project, request_for: Request, waits: str, tmp_path: Path
) -> None:
    code = f"open({str(tmp_path / 'order')!r}, 'a').write(__import__('sys').argv[1])"
    workspace.settings = workspace.settings.model_copy(update={"parallel_jobs": 1})
    with workspace.manager() as manager:
        first = manager.submit(request_for(waits))
        workspace.until(first.id, _running)
        made = {name: manager.submit(request_for(code, file="b.py", arguments=(name,))) for name in "abc"}
        made["d"] = manager.submit(request_for(code, file="b.py", arguments=("d",), priority=5))
        assert [manager.get(made[name].id).queue_position for name in "dabc"] == [1, 2, 3, 4]
        assert manager.change(made["c"].id, JobPatch(first=True)).queue_position == 1
        manager.change(made["a"].id, JobPatch(priority=-1))
        with pytest.raises(Conflict):
            manager.change(first.id, JobPatch(priority=1))
        (tmp_path / "go").touch()
        for run in made.values():
            assert workspace.end_of(run.id).status is RunStatus.FINISHED
    assert (tmp_path / "order").read_text() == "cdba"


def test_that_a_paused_target_starts_nothing_until_it_is_resumed(workspace: Any, plain: Project, request_for: Request) -> None:
    with workspace.manager() as manager:
        manager.targets.pause("local")
        run = manager.submit(request_for("print(1)"))
        other = manager.submit(request_for("print(1)"))
        assert manager.cancel(other.id).status is RunStatus.CANCELLED
        assert manager.get(run.id).reason == "Waits until the queue of local is resumed."
        assert manager.targets.get("local").queued == 1
        manager.targets.pause("local", paused=False)
        manager.look()
        assert workspace.end_of(run.id).status is RunStatus.FINISHED


def test_that_a_fault_of_the_environment_is_tried_again_and_one_of_the_script_is_not(
    workspace: Any, project: Project, request_for: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_FIRST_WAIT_S", 0)
    (project.folder / "runconfig/again.toml").write_text("retries = 2\n")
    (project.folder / "requirements.txt").write_text("workbench-never-cached\n")
    workspace.settings = workspace.settings.model_copy(update={"package_index": "http://127.0.0.1:9/simple"})
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for("print(1)", config="again")).id, within=120)
        assert run.status is RunStatus.FAILED
        assert "no connection to the package index" in run.reason
        job = manager.get(run.id)
        assert (job.attempt, job.attempts) == (3, 3)
        states = [one.status.value for one in job.history]
        assert states == ["queued", "preparing", "queued", "preparing", "queued", "preparing", "failed"]
        again = [one.reason for one in job.history if one.status is RunStatus.QUEUED and one.reason]
        assert [reason[:22] for reason in again] == ["Attempt 1 of 3 failed:", "Attempt 2 of 3 failed:"]
        folder = RunFolder(workspace.paths.run(run.id))
        assert [(folder.path / "attempts" / number / "log.txt").exists() for number in "12"] == [True, True]
        (project.folder / "requirements.txt").write_text("")
        workspace.settings = workspace.settings.model_copy(update={"package_index": ""})
        manager.configure(workspace.settings)
        bad = workspace.end_of(manager.submit(request_for("raise SystemExit(1)", config="again")).id)
        assert (bad.status, manager.get(bad.id).attempt) == (RunStatus.FAILED, 1)


def test_that_secrets_reach_the_script_and_nothing_else(workspace: Any, plain: Project, request_for: Request) -> None:
    from workbench.base.masking import stored_name
    from workbench.base.secrets import SecretStore

    SecretStore(workspace.paths.root).set(stored_name("bucket"), "kept-in-the-keyring")
    code = (
        "import os, workbench\n"
        "print(os.environ['BUCKET'] == 'kept-in-the-keyring', os.environ['API_TOKEN'], os.environ['BUCKET'])\n"
        "workbench.log_params({'bucket': os.environ['BUCKET'], 'rate': 0.1})\n"
        "workbench.set_tags({'database': os.environ['DATABASE']})\n"
    )
    variables = {"BUCKET": "secret:bucket", "API_TOKEN": "given-at-submission", "DATABASE": "postgres://me:pw-in-address@host/db"}
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for(code, variables=variables)).id)
        assert manager.log(run.id, stream="stdout").text == f"True {MASK} {MASK}\n"
        with pytest.raises(NotFound, match="refers to the secret other"):
            manager.submit(request_for(code, variables={"X": "secret:other"}))
    assert run.config.variables == {"BUCKET": "secret:bucket", "API_TOKEN": MASK, "DATABASE": f"postgres://me:{MASK}@host/db"}
    assert (run.params, run.tags["database"]) == ({"bucket": MASK, "rate": "0.1"}, MASK)
    kept = b"".join(path.read_bytes() for path in workspace.paths.run(run.id).rglob("*") if path.is_file())
    with workspace.database.read() as connection:
        kept += str(connection.execute(jobs_table.select()).all()).encode()
    for secret in (b"kept-in-the-keyring", b"given-at-submission", b"pw-in-address"):
        assert secret not in kept


def test_that_what_a_job_uses_becomes_system_metrics(workspace: Any, plain: Project, request_for: Request) -> None:
    code = (
        "import time\nkept = b'x' * 80_000_000\nend = time.monotonic() + 5\nwhile time.monotonic() < end:\n    sum(range(10_000))"
    )
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for(code)).id)
    assert run.status is RunStatus.FINISHED
    assert run.metrics["system/memory_mb"].max > 80
    assert run.metrics["system/cpu"].max > 0.05
    assert run.metrics["system/cpu"].count == run.metrics["system/disk_written_mb"].count >= 1


def test_that_outputs_of_the_script_and_of_the_server_are_both_kept(
    workspace: Any, plain: Project, request_for: Request, waits: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.jobs.watched._OUTPUTS_EVERY_S", 0.1)
    code = f"open('outputs/same.txt', 'w').write('script')\nopen('outputs/own.txt', 'w').write('script')\n{waits}"
    with workspace.manager() as manager:
        run = manager.submit(request_for(code))
        workspace.until(run.id, _running)
        until(
            lambda: [one.path for one in workspace.store.get(run.id).artifacts] == ["own.txt", "same.txt"], "listed while it runs"
        )
        uploaded = manager.outputs(run.id)
        (uploaded / "model").mkdir(parents=True)
        (uploaded / "model/MLmodel").write_text("server")
        (uploaded / "same.txt").write_text("server")
        (tmp_path / "go").touch()
        run = workspace.end_of(run.id)
        assert [one.path for one in run.artifacts] == ["model/MLmodel", "own.txt", "same-1.txt", "same.txt"]
        assert all(one.digest for one in run.artifacts)
        texts = {path.name: path.read_text() for path in manager.outputs(run.id).rglob("*") if path.is_file()}
    assert texts == {"MLmodel": "server", "own.txt": "script", "same-1.txt": "script", "same.txt": "server"}


def test_that_the_script_can_reach_the_server_with_a_token_of_its_run(workspace: Any, plain: Project, request_for: Request) -> None:
    from workbench.jobs.manager import JobManager

    def tracking(run_id: str) -> dict[str, str]:
        return {"MLFLOW_TRACKING_URI": "http://127.0.0.1:1", "MLFLOW_RUN_ID": run_id, "MLFLOW_TRACKING_TOKEN": "wbr-a-token"}

    code = "import os\nprint(os.environ['MLFLOW_TRACKING_URI'], os.environ['MLFLOW_RUN_ID'], os.environ['MLFLOW_TRACKING_TOKEN'])"
    manager = JobManager(
        workspace.database, workspace.store, workspace.paths, workspace.settings, workspace.events.append, tracking
    )
    manager.start()
    try:
        run = workspace.end_of(manager.submit(request_for(code)).id)
        assert manager.log(run.id, stream="stdout").text == f"http://127.0.0.1:1 {run.id} {MASK}\n"
    finally:
        manager.stop()
    kept = b"".join(path.read_bytes() for path in workspace.paths.run(run.id).rglob("*") if path.is_file())
    assert b"wbr-a-token" not in kept


def test_that_a_waiting_job_takes_its_target_as_it_is_when_it_starts(workspace: Any, plain: Project, request_for: Request) -> None:
    (plain.folder / "runconfig/box.toml").write_text('target = "box"\n[environment]\nkind = "interpreter"\npython = "python3"\n')
    spec = SshSpec(address="127.0.0.1", port=1, host_key=KEY)
    with workspace.manager() as manager:
        manager.targets.add(TargetRequest(name="box", spec=spec))
        manager.targets.pause("box")
        run = manager.submit(request_for("print(1)", config="box"))
        manager.targets.change(TargetRequest(name="box", spec=spec.model_copy(update={"port": 2})))
        manager.targets.pause("box", paused=False)
        manager.look()
        workspace.until(run.id, lambda run: run.status is RunStatus.PREPARING)
        folder = RunFolder(workspace.paths.run(run.id))
        until(lambda: JobStatus.load(folder), "the runner has begun")
        assert JobSpec.load(folder).target_spec["port"] == 2
        manager.cancel(run.id)
        workspace.end_of(run.id)


def test_that_an_untracked_run_leaves_the_history(workspace: Any, plain: Project, request_for: Request) -> None:
    config = _config(plain, "away", "tracked = false")
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for("print(1)", config=config)).id)
        until(lambda: workspace.store.list().total == 0, "the run has left the list")
        assert [one.id for one in workspace.store.trashed()] == [run.id]


def test_that_an_environment_is_prepared_without_a_script(workspace: Any, plain: Project) -> None:
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(JobRequest(project=str(plain.folder), kind="prepare")).id)
    assert (run.status, run.reason) == (RunStatus.FINISHED, "The environment is ready.")
    assert run.environment_lock


def test_that_a_time_limit_and_a_signal_and_memory_are_told_apart(workspace: Any, plain: Project, request_for: Request) -> None:
    limit = _config(plain, "limit", "resources = { time_limit_s = 1 }")
    memory = _config(plain, "memory", "resources = { memory_mb = 150 }")
    with workspace.manager() as manager:
        runs = [
            manager.submit(request_for("import time\ntime.sleep(600)", file="a.py", config=limit)),
            manager.submit(request_for("x = b'x' * 300_000_000\nimport time\ntime.sleep(600)", file="b.py", config=memory)),
            manager.submit(request_for("import os\nos.kill(os.getpid(), 9)", file="c.py")),
        ]
        reasons = [workspace.end_of(run.id).reason for run in runs]
    assert (reasons[0], reasons[2]) == (
        "The script was stopped at its time limit of 1 s.",
        "The script was ended from outside by signal SIGKILL.",
    )
    assert reasons[1].startswith("The script was stopped: it used more than its 150 MB of memory.")


def test_that_a_runner_that_hangs_does_not_keep_a_cancelled_job_alive(
    workspace: Any, plain: Project, request_for: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.jobs.watched._DEAF_AFTER_S", 1.0)
    code = "import os, time, workbench\nworkbench.log('pid', os.getpid())\ntime.sleep(600)"
    with workspace.manager() as manager:
        run = workspace.until(manager.submit(request_for(code)).id, lambda run: "pid" in run.metrics)
        status = JobStatus.load(RunFolder(workspace.paths.run(run.id)))
        assert status is not None
        psutil.Process(status.runner_pid).suspend()
        manager.cancel(run.id)
        run = workspace.end_of(run.id)
    assert (run.status, run.reason) == (RunStatus.CANCELLED, "Cancelled by the user.")
    assert not psutil.pid_exists(int(run.metrics["pid"].last))
