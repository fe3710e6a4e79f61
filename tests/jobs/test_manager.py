import math
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.waiting import until
from workbench.base.errors import Conflict, EnvironmentError_, NotFound, UserError
from workbench.base.settings import Settings
from workbench.jobs.folder import JobStatus, RunFolder
from workbench.projects import Project
from workbench.schema import (
    JobRequest,
    LocalSpec,
    LogAppended,
    MetricsLogged,
    Run,
    RunChanged,
    RunStatus,
    Slots,
    TargetRequest,
)

Request = Callable[..., JobRequest]
Workspace = Any

LOGS = """
import os, sys, pathlib, workbench
workbench.log_params({"rate": 0.1})
workbench.set_tags({"kind": "test"})
for step in range(5):
    workbench.log("loss", 1 / (step + 1), step=step)
    workbench.log("plain", step * 10)
workbench.log("odd", float("nan")); workbench.log("odd", float("inf"))
os.chdir("/")
workbench.log_text("result.txt", "done")
workbench.log_image("plot", b"PNG")
print("grüße", flush=True)
print("to stderr", file=sys.stderr)
print(pathlib.Path(os.environ["WORKBENCH_PROJECT"]).name, sys.argv[1:], os.environ["MINE"])
"""


def _running(run: Run) -> bool:
    return run.status is RunStatus.RUNNING


def _folder(workspace: Workspace, run: Run) -> RunFolder:
    return RunFolder(workspace.paths.run(run.id))


def test_that_a_job_records_what_its_script_logs(workspace: Workspace, request_for: Request, project: Project) -> None:
    (project.folder / "requirements.txt").write_text("six\n")
    with workspace.manager() as manager:
        run = manager.submit(request_for(LOGS, arguments=("--a", "b c"), variables={"MINE": "yes"}, name="first"))
        assert (run.status, run.number, run.experiment, run.name) == (RunStatus.QUEUED, 1, "flights", "first")
        run = workspace.end_of(run.id)
        assert (run.status, run.reason, run.exit_code) == (RunStatus.FINISHED, "", 0), workspace.log(run.id)
        chunk = manager.log(run.id)
    streams = [manager.log(run.id, stream=stream).text for stream in ("stdout", "stderr")]
    assert streams == ["grüße\nproject ['--a', 'b c'] yes\n", "to stderr\n"]
    assert sorted(chunk.text.splitlines()[-4:-1]) == ["grüße", "project ['--a', 'b c'] yes", "to stderr"]
    assert chunk.complete
    assert run.params == {"rate": "0.1"}
    assert run.tags == {"kind": "test"}
    assert (run.metrics["loss"].last, run.metrics["loss"].count) == (0.2, 5)
    assert workspace.store.series(run.id, "plain").steps == (0, 1, 2, 3, 4)
    assert math.isnan(workspace.store.series(run.id, "odd").values[0])
    assert [artifact.path for artifact in run.artifacts] == ["images/plot.png", "result.txt"]
    assert run.artifacts[1].digest.startswith("sha256:")
    assert run.environment_lock == "six==1.17.0\n"
    assert run.python.count(".") == 2
    assert run.started is not None
    assert run.ended is not None
    assert run.snapshot
    assert run.git.branch == "main"
    folder = _folder(workspace, run)
    assert not folder.work.exists()
    assert (folder.outputs / "result.txt").read_text() == "done"
    states = [event.status for event in workspace.events if isinstance(event, RunChanged)]
    assert list(dict.fromkeys(states)) == [RunStatus.QUEUED, RunStatus.PREPARING, RunStatus.RUNNING, RunStatus.FINISHED]
    assert {key for event in workspace.events if isinstance(event, MetricsLogged) for key in event.keys} == {"loss", "plain", "odd"}
    sizes = [event.size for event in workspace.events if isinstance(event, LogAppended)]
    assert sizes[-1] == folder.log.stat().st_size


def test_that_the_script_works_on_a_copy_of_the_project(workspace: Workspace, request_for: Request, project: Project) -> None:
    (project.folder / "helper.py").write_text("value = 7\n")
    with workspace.manager() as manager:
        code = "import helper, pathlib\npathlib.Path('helper.py').write_text('')\npathlib.Path('made').touch()"
        run = workspace.end_of(manager.submit(request_for(code)).id)
    assert run.status is RunStatus.FINISHED, workspace.log(run.id)
    assert (project.folder / "helper.py").read_text() == "value = 7\n"
    assert not (project.folder / "made").exists()


def test_that_a_new_manager_takes_over_what_a_dead_one_left(workspace: Workspace, request_for: Request, tmp_path: Path) -> None:
    go = tmp_path / "go"
    code = f"""
import pathlib, time, workbench
for step in range(50):
    workbench.log("loss", step, step=step)
print("half", flush=True)
while not pathlib.Path({str(go)!r}).exists():
    time.sleep(0.02)
for step in range(50, 100):
    workbench.log("loss", step, step=step)
    workbench.log("later", step)
workbench.log_text("end.txt", "end")
print("end")
"""
    with workspace.manager() as manager:
        run = manager.submit(request_for(code))
        second = manager.submit(request_for("print('second')", file="second.py"))
        workspace.until(run.id, lambda run: "loss" in run.metrics and run.metrics["loss"].count == 50)
        workspace.settings = Settings(parallel_jobs=1)
    go.touch()  # while no manager is there
    until(lambda: (status := JobStatus.load(_folder(workspace, run))) and status.is_final)
    third_request = request_for("print('third')", file="third.py")
    with workspace.manager(started=False) as manager:
        third = manager.submit(third_request)
        assert manager.get(third.id).status is RunStatus.QUEUED
    with workspace.manager() as manager:
        run = workspace.end_of(run.id)
        assert (run.status, run.metrics["loss"].count, run.metrics["loss"].last) == (RunStatus.FINISHED, 100, 99)
        assert workspace.store.series(run.id, "later").steps == tuple(range(50))
        assert [artifact.path for artifact in run.artifacts] == ["end.txt"]
        assert "half\nend\n" in manager.log(run.id).text
        assert workspace.end_of(second.id).status is RunStatus.FINISHED
        assert workspace.end_of(third.id).status is RunStatus.FINISHED
        statuses = [one.status for one in manager.get(run.id).history]
    assert statuses == [RunStatus.QUEUED, RunStatus.PREPARING, RunStatus.RUNNING, RunStatus.FINISHED]


def test_that_no_more_jobs_run_than_there_are_slots_and_in_their_order(
    workspace: Workspace, request_for: Request, tmp_path: Path
) -> None:
    code = f"""
import pathlib, sys, time
folder = pathlib.Path({str(tmp_path)!r})
(folder / ("began" + sys.argv[1])).touch()
while not (folder / ("go" + sys.argv[1])).exists():
    time.sleep(0.02)
"""
    with workspace.manager() as manager:
        manager.targets.change(TargetRequest(name="local", spec=LocalSpec(), slots=Slots(cpus=8)))
        runs = [manager.submit(request_for(code, arguments=(str(number),))) for number in range(4)]
        until(lambda: manager.counts() == (2, 2) and all((tmp_path / f"began{number}").exists() for number in (0, 1)))
        assert [manager.get(run.id).queue_position for run in runs] == [None, None, 1, 2]
        (tmp_path / "go1").touch()
        workspace.until(runs[2].id, _running)
        assert manager.counts() == (2, 1)
        assert not (tmp_path / "began3").exists()
        manager.configure(Settings(parallel_jobs=3))
        workspace.until(runs[3].id, _running)
        for number in range(4):
            (tmp_path / f"go{number}").touch()
        for run in runs:
            assert workspace.end_of(run.id).status is RunStatus.FINISHED
        assert [job.id for job in manager.list()] == [run.id for run in reversed(runs)]


def test_that_cancel_ends_the_whole_tree_and_keeps_the_outputs(workspace: Workspace, request_for: Request) -> None:
    code = """
import os, signal, subprocess, sys, time, pathlib, workbench
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
workbench.log_text("partial.txt", "kept")
workbench.log("child", child.pid)
time.sleep(600)
"""
    with workspace.manager() as manager:
        run = manager.submit(request_for(code))
        run = workspace.until(run.id, lambda run: "child" in run.metrics)
        child = int(run.metrics["child"].last)
        assert manager.cancel(run.id).cancel_requested
        run = workspace.end_of(run.id)
        assert (run.status, run.reason) == (RunStatus.CANCELLED, "Cancelled by the user.")
        assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
        assert [artifact.path for artifact in run.artifacts] == ["partial.txt"]
        with pytest.raises(Conflict, match="is over"):
            manager.cancel(run.id)
        with pytest.raises(NotFound):
            manager.cancel("nothing")


def test_that_a_waiting_job_is_cancelled_without_being_started(workspace: Workspace, request_for: Request) -> None:
    with workspace.manager(started=False) as manager:
        run = manager.submit(request_for("print(1)"))
        assert manager.cancel(run.id).status is RunStatus.CANCELLED
        manager.start()
        other = workspace.end_of(manager.submit(request_for("print(2)")).id)
    assert other.status is RunStatus.FINISHED
    assert not workspace.paths.run(run.id).exists()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("row = {}\n\ndef f():\n    return row['x']\nf()\n", "KeyError: 'x' in script.py line 4."),
        ("import sys\nprint('no data')\nsys.exit(3)", "The script ended with exit code 3. Its last line: no data"),
        ("import not_there", "ModuleNotFoundError: No module named 'not_there' in script.py line 1. Add the package"),
        ("open('data/raw/x.csv')", "The file is in the project folder but left out of the run's copy"),
        ("import os\nos.kill(os.getpid(), 11)", "crashed in native code with signal SIGSEGV"),
        ("import os\nos.kill(os.getpid(), 9)", "ended from outside by signal SIGKILL"),
        ("raise ValueError('two\\nlines')", "ValueError: two in script.py line 1."),
    ],
)
def test_that_a_failed_script_gives_its_reason(
    workspace: Workspace, request_for: Request, project: Project, code: str, reason: str
) -> None:
    (project.folder / "data/raw").mkdir(parents=True)
    (project.folder / "data/raw/x.csv").write_text("1")
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for(code)).id)
    assert run.status is RunStatus.FAILED
    assert reason in run.reason


def test_that_limits_end_a_script_with_a_sentence(workspace: Workspace, request_for: Request, project: Project) -> None:
    config = project.folder / "runconfig/small.toml"
    config.write_text("[resources]\ntime_limit_s = 1\n")
    (project.folder / "runconfig/tight.toml").write_text("[resources]\nmemory_mb = 150\n")
    with workspace.manager() as manager:
        first = manager.submit(request_for("import time; time.sleep(600)", config="small"))
        second = manager.submit(
            request_for("import time; x = bytearray(300_000_000); time.sleep(600)", file="b.py", config="tight")
        )
        first, second = workspace.end_of(first.id), workspace.end_of(second.id)
    assert (first.status, first.reason) == (RunStatus.FAILED, "The script was stopped at its time limit of 1 s.")
    assert second.status is RunStatus.FAILED
    assert second.reason.startswith("The script was stopped: it used more than its 150 MB of memory. It was seen to use ")


def test_that_an_unresolvable_requirement_fails_the_run_with_a_sentence(
    workspace: Workspace, request_for: Request, project: Project
) -> None:
    (project.folder / "requirements.txt").write_text("six>99\n")
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for("print(1)")).id)
    assert run.status is RunStatus.FAILED
    assert run.reason.startswith("requirements.txt cannot be resolved: because only six<=")
    assert run.started is None
    assert run.reason in workspace.log(run.id)


def test_that_a_killed_runner_gives_a_lost_run_and_leaves_no_process(workspace: Workspace, request_for: Request) -> None:
    code = "import os, time, workbench\nworkbench.log('pid', os.getpid())\nworkbench.log_text('a.txt', 'a')\ntime.sleep(600)"
    with workspace.manager() as manager:
        run = workspace.until(manager.submit(request_for(code)).id, lambda run: "pid" in run.metrics)
        status = JobStatus.load(_folder(workspace, run))
        assert status is not None
        psutil.Process(status.runner_pid).kill()
        run = workspace.end_of(run.id)
    assert run.status is RunStatus.LOST
    assert "The runner was killed while the script ran" in run.reason
    assert [artifact.path for artifact in run.artifacts] == ["a.txt"]
    until(lambda: not psutil.pid_exists(int(run.metrics["pid"].last)))


def test_that_a_clock_that_was_set_makes_no_running_job_lost(
    workspace: Workspace, request_for: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists():\n    time.sleep(0.02)"
    with workspace.manager() as manager:
        run = workspace.until(manager.submit(request_for(code)).id, _running)
    asked: list[int] = []
    # process times count from the clock: after it was set they match none that was noted
    monkeypatch.setattr("workbench.jobs.watched.is_alive", lambda pid, began: asked.append(pid))
    with workspace.manager() as manager:
        until(lambda: len(asked) > 10)
        assert manager.get(run.id).status is RunStatus.RUNNING
        (tmp_path / "go").touch()
        assert workspace.end_of(run.id).status is RunStatus.FINISHED


def test_that_a_job_whose_runner_was_not_noted_is_started_once(workspace: Workspace, request_for: Request, tmp_path: Path) -> None:
    mark = tmp_path / "marks"
    code = f"open({str(mark)!r}, 'a').write('x')\nimport time; time.sleep(1)"
    with workspace.manager() as manager:
        run = manager.submit(request_for(code))
        workspace.until(run.id, _running)
    from workbench.jobs import table

    with workspace.database.write() as write:  # as if the server had died between start and note
        table.move(write, run.id, RunStatus.PREPARING)
        table.change(write, run.id, runner_pid=None, runner_began=None)
    with workspace.manager() as manager:
        assert workspace.end_of(run.id).status is RunStatus.FINISHED
    assert mark.read_text() == "x"
    from workbench.jobs.runner import main

    assert main([str(workspace.paths.run(run.id))]) == 0
    assert mark.read_text() == "x"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell whose a daemon was")
def test_that_a_daemon_of_a_script_ends_with_it_though_it_has_left_everything_behind(
    workspace: Workspace, request_for: Request, tmp_path: Path
) -> None:
    """Another session, no variables, its parent gone."""
    pid = tmp_path / "pid"
    code = f"""
import pathlib, subprocess, time
subprocess.run(["sh", "-c", "setsid sh -c 'exec >&- 2>&-; sleep 600 & echo $! >{pid}.new; mv {pid}.new {pid}' &"], env={{}})
while not pathlib.Path({str(pid)!r}).exists():
    time.sleep(0.02)
"""
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for(code)).id)
        assert run.status is RunStatus.FINISHED, run.reason
    assert not psutil.pid_exists(int(pid.read_text()))


def test_that_background_processes_of_a_script_end_with_it(workspace: Workspace, request_for: Request) -> None:
    code = """
import subprocess, sys, workbench
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
workbench.log("child", child.pid)
"""
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for(code)).id)
    assert run.status is RunStatus.FINISHED
    until(lambda: not psutil.pid_exists(int(run.metrics["child"].last)))


def test_that_wrong_requests_are_refused_before_they_are_queued(
    workspace: Workspace, request_for: Request, project: Project, tmp_path: Path
) -> None:
    good = request_for("print(1)")
    runconfig = project.folder / "runconfig"
    (runconfig / "typo.toml").write_text('targt = "local"\n')
    (runconfig / "value.toml").write_text("[resources]\ncpus = -1\n")
    (runconfig / "broken.toml").write_text("script = \n")
    (runconfig / "needs.toml").write_text('[environment]\nfile = "other.txt"\n')
    (runconfig / "python.toml").write_text('[environment]\nkind = "interpreter"\npython = "no-such-python"\n')
    (runconfig / "empty.toml").write_text("")
    (runconfig / "secret.toml").write_text("[variables]\nAPI_TOKEN = 123456789\n")
    (runconfig / "range.toml").write_text("[sweep.parameters]\nrate = [1, 2]\n")
    (runconfig / "stop.toml").write_text('[sweep]\nstop = "median"\n')
    (project.folder / "ignored.py").write_text("print(1)")
    (project.folder / ".wbignore").write_text("ignored.py\n")
    (project.folder / "notes.txt").write_text("")
    (tmp_path / "out.py").write_text("")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"project": str(tmp_path)}, "is not a Workbench project"),
        ({"project": "relative"}, "absolute path"),
        ({"config": "nothing"}, "no run configuration 'nothing'.*Known: local"),
        ({"config": "typo"}, r"runconfig/typo\.toml has a key targt"),
        ({"config": "value"}, r"resources\.cpus in runconfig/value\.toml is wrong: should be greater than 0"),
        ({"config": "broken"}, r"broken\.toml is not valid TOML"),
        ({"config": "needs"}, r"requirements file other\.txt is missing"),
        ({"config": "python"}, "interpreter no-such-python"),
        ({"config": "empty", "script": ""}, "No script was named"),
        ({"config": "secret"}, r"variables\.API_TOKEN in runconfig/secret\.toml is wrong: should be a valid string\."),
        (
            {"config": "range"},
            r"rate in runconfig/range\.toml is wrong: should be a table, such as .*values = \[0\.1, 0\.01\].*\[1, 2\]",
        ),
        ({"config": "stop"}, r"sweep\.stop .* should be a table, such as \{policy = \"median\"\} \(it is 'median'\)"),
        ({"script": "scrip.py"}, r"no script scrip\.py in the project flights\. Did you mean script\.py"),
        ({"script": "../out.py"}, "not inside the project"),
        ({"script": "notes.txt"}, "neither a Python script"),
        ({"script": "ignored.py"}, "ignored"),
        ({"arguments": ("a\0",)}, "NUL"),
        ({"variables": {"a b": "c"}}, "no name of an environment variable"),
        ({"variables": {"WORKBENCH_HOME": "c"}}, "set by Workbench itself"),
        ({"parent_id": "0" * 32}, "no run"),
    ]
    with workspace.manager() as manager:
        for values, message in cases:
            with pytest.raises(UserError, match=message):
                manager.submit(good.model_copy(update=values))
        with pytest.raises(UserError, match=r"script\.py line 2 is not valid Python 3\.\d+: .*\(  ?print\(|def f") as caught:
            manager.submit(request_for("x = 1\ndef f(:\n    pass\n"))
        assert caught.value.place.endswith("script.py:2")
        assert manager.list() == ()
    assert workspace.store.list().total == 0


def test_that_two_threads_can_submit_at_once(workspace: Workspace, request_for: Request) -> None:
    request = request_for("print(1)")
    runs: list[Run] = []
    with workspace.manager() as manager:
        threads = [threading.Thread(target=lambda: runs.append(manager.submit(request))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(run.number for run in runs) == [1, 2, 3, 4]
        assert {workspace.end_of(run.id).status for run in runs} == {RunStatus.FINISHED}


def test_that_a_run_is_restored_into_its_project_or_another_folder(
    workspace: Workspace, request_for: Request, project: Project, tmp_path: Path
) -> None:
    with workspace.manager(started=False) as manager:
        run = manager.submit(request_for("print('old')"))
        (project.folder / "script.py").write_text("print('new')")
        copied = manager.restore(run.id, tmp_path / "copy")
        assert "script.py" in copied.changed
        assert (tmp_path / "copy/script.py").read_text() == "print('old')"
        restored = manager.restore(run.id)
        assert restored.changed == ("script.py",)
        assert restored.kept_in is not None
        assert (restored.kept_in / "script.py").read_text() == "print('new')"


def test_that_an_ended_run_is_removed_with_its_folder_and_a_waiting_one_is_not(workspace: Workspace, request_for: Request) -> None:
    with workspace.manager(started=False) as manager:
        run = manager.submit(request_for("print(1)"))
        with pytest.raises(Conflict):
            manager.remove(run.id)
        manager.start()
        workspace.end_of(run.id)
        manager.remove(run.id)
        assert manager.list() == ()
    assert not workspace.paths.run(run.id).exists()


def test_that_a_submission_on_a_workspace_that_cannot_be_written_queues_nothing(workspace: Workspace, request_for: Request) -> None:
    workspace.paths.snapshots.write_text("in the way")
    with workspace.manager(started=False) as manager, pytest.raises(EnvironmentError_):
        manager.submit(request_for("print(1)"))
    assert workspace.store.list().total == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b'{"version": 1, "flows": [', r"prep\.wbprep is damaged \(line 1"), (b"\xff\xfe\x00", "not UTF-8"), (b"[]", "no dataflows")],
)
def test_that_a_damaged_preparation_is_refused_before_it_is_queued(
    workspace: Workspace, project: Project, content: bytes, sentence: str
) -> None:
    (project.folder / "prep.wbprep").write_bytes(content)
    with workspace.manager(started=False) as manager:
        with pytest.raises(UserError, match=sentence):
            manager.submit(JobRequest(project=str(project.folder), script="prep.wbprep"))
        assert manager.list() == ()


def test_that_a_preparation_that_fails_gives_its_own_sentence_as_the_reason(workspace: Workspace, project: Project) -> None:
    flow = '{"id": "f", "name": "f", "source": {"kind": "file", "path": "gone.csv"}, "steps": [%s]}'
    step = '{"op": "write_csv", "id": "s", "path": "out.csv"}'
    (project.folder / "prep.wbprep").write_text('{"version": 1, "flows": [%s]}' % (flow % step))
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(JobRequest(project=str(project.folder), script="prep.wbprep")).id)
    assert run.status is RunStatus.FAILED
    assert run.reason.startswith(f"The file gone.csv is not in {project.folder}. ")
    assert str(workspace.paths.root) not in run.reason


def test_that_a_run_s_libraries_get_as_many_threads_as_it_has_cpus(
    workspace: Workspace, request_for: Request, project: Project
) -> None:
    config = project.folder / "runconfig" / "local.toml"
    config.write_text('[environment]\nkind = "workbench"\n[resources]\ncpus = 2.5\n[variables]\nMKL_NUM_THREADS = "7"\n')
    code = "import os; print([os.environ[n] for n in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS')], end='')"
    with workspace.manager() as manager:
        manager.targets.change(TargetRequest(name="local", spec=LocalSpec(), slots=Slots(cpus=8)))
        run = workspace.end_of(manager.submit(request_for(code)).id)
    # the last line of the script had no end: ours begins a new one all the same
    assert workspace.log(run.id).splitlines()[-2:] == ["['3', '3', '7']", "[workbench] Finished."]
