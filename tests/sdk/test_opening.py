"""Runs that a process opens by itself, with nothing but the standard library, against a real server."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.conftest import served
from tests.waiting import until
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import kill_tree, reap
from workbench.client import Client
from workbench.client.starting import read_handshake
from workbench.jobs.sdkcopy import sdk_folder
from workbench.projects import Project
from workbench.schema import JobRequest, Run, RunPage, RunStatus

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts code in a Python that sees no installed package, only the copy of the SDK; what still runs at the end is killed."""
    copy = sdk_folder(home)
    begun: list[subprocess.Popen[str]] = []

    def run(code: str) -> "subprocess.Popen[str]":
        environment = {**os.environ, "PYTHONPATH": str(copy), "WORKBENCH_PYTHON": sys.executable}
        (tmp_path / "own.py").write_text(code, encoding="utf-8")
        command = [sys.executable, "-S", "own.py", "--rate", "3"]
        begun.append(
            subprocess.Popen(command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        )
        return begun[-1]

    yield run
    for process in begun:
        process.kill()
        process.communicate()


def _done(process: "subprocess.Popen[str]") -> str:
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    return out


def _only(client: Client) -> Run:
    page: RunPage = client.runs()
    assert page.total == 1
    return client.run(page.runs[0].id)


def test_that_a_process_opens_logs_to_and_ends_a_run_of_its_own(home: Path, start: Start, tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project", name="flights")
    code = f"""
import os, threading, workbench
os.chdir({str(project.folder)!r})
with workbench.start_run("first", params={{"rate": 0.1}}, tags={{"by": "hand"}}) as run:
    assert workbench.current_run() is run
    for step in range(1000):
        workbench.log("loss", 1 / (step + 1), step=step)
    with workbench.start_run("inner", experiment="other") as inner:
        workbench.log("loss", 5)
        assert workbench.current_run() is inner
    assert workbench.current_run() is run
    thread = threading.Thread(target=workbench.log, args=("in_thread", 7))
    thread.start(); thread.join()
    workbench.log_text("note.txt", "kept")
    workbench.log_params({{"file": os.fsdecode(b"\\xff.csv"), "nul": "\\0"}})  # no database holds them
    workbench.log_row("errors", depth=1, error=0.5)
    workbench.log_row("errors", depth=2, error=float("nan"))
assert workbench.current_run() is None
print(run.number, run.experiment)
"""
    with served(home) as client:
        assert _done(start(code)) == "1 flights\n"
        outer, inner = sorted((client.run(one.id) for one in client.runs().runs), key=lambda run: run.name)
        text = client.artifact(outer.id, "tables/errors.jsonl")
    assert (outer.name, outer.status, outer.reason, outer.kind) == ("first", RunStatus.FINISHED, "", "external")
    assert (outer.experiment, outer.project, outer.script) == ("flights", str(project.folder), "own.py")
    assert outer.arguments == ("--rate", "3")
    assert outer.snapshot
    assert outer.git.branch == "main"
    assert outer.params == {"rate": "0.1", "file": "\\udcff.csv", "nul": "\\x00"}
    assert outer.tags == {"by": "hand"}
    assert (outer.metrics["loss"].count, outer.metrics["loss"].last, outer.metrics["in_thread"].last) == (1000, 0.001, 7)
    assert [one.path for one in outer.artifacts] == ["note.txt", "tables/errors.jsonl"]
    assert outer.artifacts[0].digest.startswith("sha256:")
    assert text == b'{"depth": 1, "error": 0.5}\n{"depth": 2, "error": "nan"}\n'
    assert (inner.name, inner.parent_id, inner.experiment, inner.metrics["loss"].last) == ("inner", outer.id, "other", 5)
    assert outer.python.count(".") == 2


def test_that_processes_log_into_the_run_that_is_open_when_they_start(home: Path, start: Start) -> None:
    code = """
import multiprocessing, os, workbench

def work(number):
    workbench.log("score", number, step=number)
    with workbench.start_run(f"trial {number}"):
        workbench.log("score", 10 * number)

if __name__ == "__main__":
    before = dict(os.environ)
    with workbench.start_run("parent"):
        for number, method in enumerate(multiprocessing.get_all_start_methods()):
            process = multiprocessing.get_context(method).Process(target=work, args=(number,))
            process.start(); process.join()
            assert process.exitcode == 0, method
    first, second = workbench.start_run("first"), workbench.start_run("second", nested=False)
    first.end()
    assert workbench.current_run() is second
    assert second.id in os.environ["WORKBENCH_RUN_OPENED"]
    second.end()
    assert dict(os.environ) == before
    assert workbench.current_run() is None
"""
    with served(home) as client:
        _done(start(code))
        runs = {run.name: client.wait(run.id, timeout=60) for run in client.runs().runs}
    methods = len(multiprocessing.get_all_start_methods())
    assert runs.keys() == {"parent", "first", "second", *(f"trial {number}" for number in range(methods))}
    assert (runs["parent"].metrics["score"].count, runs["parent"].metrics["score"].last) == (methods, methods - 1)
    for number in range(methods):
        trial = runs[f"trial {number}"]
        assert (trial.parent_id, trial.status, trial.metrics["score"].last) == (runs["parent"].id, RunStatus.FINISHED, 10 * number)


def test_that_runs_of_threads_side_by_side_lie_below_that_of_the_main_thread(home: Path, start: Start) -> None:
    code = """
import threading, workbench

def trial(number, barrier):
    with workbench.start_run(f"{barrier.parties} {number}"):
        barrier.wait()  # all of them are open now
        workbench.log("score", number)
        with workbench.start_run(f"{barrier.parties} {number} inner"):
            barrier.wait()
            workbench.log("inner", number)
        barrier.wait()

def side_by_side(count):
    barrier = threading.Barrier(count)
    threads = [threading.Thread(target=trial, args=(number, barrier)) for number in range(count)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()

with workbench.start_run("search"):
    side_by_side(3)
side_by_side(2)
assert workbench.current_run() is None
"""
    with served(home) as client:
        _done(start(code))
        runs = {run.name: client.wait(run.id, timeout=60) for run in client.runs().runs}
    for count, above in ((3, runs["search"].id), (2, None)):
        for number in range(count):
            trial, inner = runs[f"{count} {number}"], runs[f"{count} {number} inner"]
            assert (trial.parent_id, trial.metrics["score"].last, set(trial.metrics)) == (above, number, {"score"})
            assert (inner.parent_id, inner.metrics["inner"].last, set(inner.metrics)) == (trial.id, number, {"inner"})


def test_that_an_exception_in_the_block_is_the_reason_of_its_failure(home: Path, start: Start) -> None:
    code = """
import os, workbench
try:
    with workbench.start_run() as run:
        workbench.log("loss", 1)
        open(os.fsencode(run.outputs) + b"/no\\xfftext.txt", "w").close()
        raise ValueError("no \\udcff column")
except ValueError:
    pass
"""
    with served(home) as client:
        _done(start(code))
        run = _only(client)
    assert (run.status, run.reason) == (RunStatus.FAILED, "ValueError: no \\udcff column in own.py line 7.")
    assert [one.path for one in run.artifacts] == ["no%FFtext.txt"]
    assert run.experiment == "own"


def test_that_a_run_without_a_block_ends_with_its_process(home: Path, start: Start) -> None:
    with served(home) as client:
        _done(start("import workbench\nworkbench.start_run('good')\nworkbench.log('loss', 1)"))
        failing = start("import workbench\nworkbench.start_run('bad')\nraise ValueError('no data')")
        assert "ValueError: no data" in failing.communicate(timeout=60)[1]
        stopped = start("import workbench\nworkbench.start_run('stopped')\nworkbench.log('loss', 1)\nraise KeyboardInterrupt")
        stopped.communicate(timeout=60)
        runs = {run.name: run for run in client.runs().runs}
    assert (runs["good"].status, runs["good"].metrics["loss"].last) == (RunStatus.FINISHED, 1)
    assert (runs["bad"].status, runs["bad"].reason) == (RunStatus.FAILED, "ValueError: no data in own.py line 3.")
    assert runs["stopped"].status is RunStatus.CANCELLED


def test_that_a_killed_process_loses_nothing_it_logged_and_its_run_is_lost(home: Path, start: Start) -> None:
    code = """
import os, signal, workbench
workbench.start_run("killed")
for step in range(3000):
    workbench.log("loss", step, step=step)
os.kill(os.getpid(), signal.SIGKILL)
"""
    with served(home) as client:
        process = start(code)
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
        run = client.wait(_only(client).id, timeout=60)
    assert run.status is RunStatus.LOST
    assert run.reason == f"The process {process.pid}, which had opened the run, is gone and did not end it."
    assert (run.metrics["loss"].count, run.metrics["loss"].last) == (3000, 2999)


def test_that_a_run_outlives_its_server_and_ends_without_one(home: Path, start: Start, tmp_path: Path) -> None:
    code = """
import pathlib, time, workbench
with workbench.start_run("patient"):
    workbench.log("loss", 1)
    pathlib.Path("began").touch()
    while not pathlib.Path("go").exists():
        time.sleep(0.02)
    workbench.log("loss", 2)
"""
    with served(home):
        process = start(code)
        until((tmp_path / "began").exists)
        handshake = read_handshake(WorkspacePaths(home))
        assert handshake is not None
        os.kill(handshake.pid, signal.SIGKILL)
        reap(handshake.pid)
        (tmp_path / "go").touch()
        _done(process)
        with served(home) as client:
            run = client.wait(_only(client).id, timeout=60)
    assert (run.status, run.metrics["loss"].count, run.metrics["loss"].last) == (RunStatus.FINISHED, 2, 2)


def test_that_a_run_is_still_open_for_a_new_server(home: Path, start: Start, tmp_path: Path) -> None:
    code = """
import pathlib, time, workbench
with workbench.start_run():
    pathlib.Path("began").touch()
    while not pathlib.Path("go").exists():
        time.sleep(0.02)
"""
    with served(home):
        process = start(code)
        until((tmp_path / "began").exists)
    with served(home) as client:
        run = _only(client)
        assert run.status is RunStatus.RUNNING
        assert client.job(run.id).status is RunStatus.RUNNING
        client.cancel(run.id)
        run = client.wait(run.id, timeout=60)
        assert (run.status, run.reason) == (RunStatus.CANCELLED, f"Cancelled by the user. Process {process.pid} goes on.")
        (tmp_path / "go").touch()
        _done(process)
        assert client.run(run.id).status is RunStatus.CANCELLED


def test_that_opening_a_run_starts_the_server_where_none_runs(home: Path, start: Start) -> None:
    try:
        assert _done(start("import workbench\nwith workbench.start_run() as run: print(run.number)")) == "1\n"
        with Client.connect(home, start=False) as client:
            assert _only(client).status is RunStatus.FINISHED
    finally:
        if found := read_handshake(WorkspacePaths(home)):
            kill_tree(found.pid)
            reap(found.pid)


def test_that_a_job_opens_runs_below_its_own(home: Path, tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project", name="nested")
    code = """
import workbench
job = workbench.current_run()
for fold in range(2):
    with workbench.start_run(f"fold {fold}", params={"fold": fold}):
        workbench.log("score", fold)
assert workbench.current_run() is job
workbench.log("score", 5)
"""
    (project.folder / "folds.py").write_text(code)
    (project.folder / "runconfig" / "local.toml").write_text('[environment]\nkind = "workbench"\n')
    with served(home) as client:
        job = client.wait(client.submit(JobRequest(project=str(project.folder), script="folds.py")).id, timeout=120)
        assert job.status is RunStatus.FINISHED, client.log(job.id).text
        folds = sorted((run for run in client.runs().runs if run.id != job.id), key=lambda run: run.name)
    assert job.metrics["score"].last == 5
    assert [(run.name, run.parent_id, run.metrics["score"].last) for run in folds] == [("fold 0", job.id, 0), ("fold 1", job.id, 1)]
    assert [run.experiment for run in folds] == ["nested", "nested"]


def test_that_a_run_of_a_notebook_is_called_so(home: Path, tmp_path: Path) -> None:
    code = "import ipykernel, IPython, workbench\nwith workbench.start_run() as run: print(run.experiment)"
    with served(home) as client:
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stdout) == (0, "notebooks\n"), done.stderr
        run = _only(client)
    assert (run.kind, run.status, run.arguments) == ("notebook", RunStatus.FINISHED, ())
    assert "workbench==" in run.environment_lock


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("WORKBENCH_HOME", "file/workspace", "The workspace folder {value} could not be written: Not a directory."),
        ("WORKBENCH_PYTHON", "nowhere/python", "No such file or directory: '{value}'"),
    ],
)
def test_that_a_server_that_cannot_be_started_is_a_sentence(
    home: Path, tmp_path: Path, start: Start, variable: str, value: str, reason: str
) -> None:
    (tmp_path / "file").touch()
    value = str(tmp_path / value)
    process = start(f"import os, workbench\nos.environ[{variable!r}] = {value!r}\nworkbench.start_run()")
    error = process.communicate(timeout=60)[1].splitlines()[-1]
    assert error.startswith("RuntimeError: The workspace server could not be started. ")
    assert reason.format(value=value) in error


def test_that_what_the_server_refuses_is_a_sentence(home: Path, start: Start) -> None:
    with served(home):
        process = start("import workbench\nworkbench.start_run(project='/nowhere')")
        error = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert "RuntimeError: " in error.splitlines()[-1]
    assert "/nowhere" in error.splitlines()[-1]
