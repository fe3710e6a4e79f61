"""What every driver must do: one suite, which each kind of target runs with its own `target` fixture.

    class TestDocker(DriverContract):
        pass  # and a fixture `target` that gives a ContractTarget

The jobs are small scripts; only the standard library is asked of the Python there, and the SDK that every target brings along.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.jobs.drivers.small import SmallJob, make_job
from tests.waiting import until
from workbench.base.errors import Cancelled, EnvironmentError_
from workbench.base.ids import new_id
from workbench.base.paths import WorkspacePaths
from workbench.jobs.drivers.base import Usage
from workbench.jobs.drivers.registry import takes_up
from workbench.jobs.folder import JobStatus, RunFolder, RunSecrets, runner_command
from workbench.jobs.outputs import output_folders
from workbench.projects import SnapshotStore


@dataclass
class ContractTarget:
    """A place to run jobs. `left`: what is there still of the run of this id (processes, containers, folders), by name."""

    spec: dict[str, Any]
    left: Callable[[str], list[str]]
    secret: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """Of the job's specification, beyond the usual: environment, python ..."""
    fault: dict[str, Any] = field(default_factory=dict)
    """What makes a job fail by a fault of its environment: `target` (a spec) or values of the specification."""
    shares: bool = True
    """Whether the runs of a project have a folder there that outlives them."""


MakeJob = Callable[..., SmallJob]


class DriverContract:
    """The suite."""

    @pytest.fixture
    def make(self, home: Path, target: ContractTarget) -> Iterator[MakeJob]:
        """Makes a job on the target; whatever becomes of it, it is ended there."""
        made: list[SmallJob] = []

        def job(code: str, **values: Any) -> SmallJob:
            spec = values.pop("target", target.spec)
            secret = values.pop("secret", target.secret)
            run_id = values.pop("run_id", new_id())
            made.append(make_job(home, code, spec, run_id=run_id, secret=secret, **{**target.values, **values}))
            return made[-1]

        yield job
        for one in made:
            one.driver.cancel(one.driver.handle(), 0.0)
            one.driver.clean(one.driver.handle())
            one.close()

    def test_that_a_script_runs_and_its_two_streams_come_apart_and_merged(self, make: MakeJob) -> None:
        job = make("import sys\nprint('grüße')\nprint('careful', file=sys.stderr)\nprint('bye')")
        lock, python = job.prepare()
        assert python.startswith("3.")
        assert isinstance(lock, str)
        poll = job.end(_started(job))
        assert (poll.running, poll.exit_code, poll.out_of_memory) == (False, 0, False)
        assert job.folder.stdout.read_text("utf-8") == "grüße\nbye\n"
        assert job.folder.stderr.read_text("utf-8") == "careful\n"
        assert sorted(job.text.splitlines()) == ["bye", "careful", "grüße"]

    def test_that_the_runs_of_a_project_share_a_folder(self, make: MakeJob, target: ContractTarget) -> None:
        code = """
        import os, pathlib
        folder = os.environ.get("WORKBENCH_SHARED")
        if folder:
            kept = pathlib.Path(folder, "kept.txt")
            print(kept.read_text() if kept.exists() else "nothing yet")
            kept.write_text("kept")
        """
        project_id = new_id()
        said = []
        for own in (project_id, project_id, new_id()):
            job = make(code, project_id=own)
            assert job.run().exit_code == 0, job.text
            said.append(job.folder.stdout.read_text("utf-8") if job.folder.stdout.exists() else "")
        assert said == (["nothing yet\n", "kept\n", "nothing yet\n"] if target.shares else ["", "", ""])

    def test_that_an_exit_code_is_told(self, make: MakeJob) -> None:
        assert make("raise SystemExit(3)").run().exit_code == 3

    def test_that_an_end_by_a_signal_is_told(self, make: MakeJob) -> None:
        poll = make(f"import os\nos.kill(os.getpid(), {int(signal.SIGSEGV)})").run()
        assert (poll.exit_code, poll.out_of_memory) == (-signal.SIGSEGV, False)

    def test_that_a_script_above_its_memory_is_told_or_measured(self, make: MakeJob) -> None:
        code = (
            "import time\nkept = []\nfor _ in range(20):\n    kept.append(b'x' * 20_000_000)\n    time.sleep(0.05)\ntime.sleep(600)"
        )
        job = make(code, memory_mb=150)
        handle = job.start()

        def above() -> str:
            poll = job.driver.poll(handle)
            if not poll.running:
                assert poll.out_of_memory
                return "killed"
            usage = job.driver.usage(handle)
            return "measured" if usage and usage.memory_mb > 150 else ""

        if until(above, "the memory limit shows") == "measured":
            job.driver.cancel(handle, 1.0)
        assert not job.driver.poll(handle).running

    def test_that_cancel_ends_the_script_with_all_its_children(self, make: MakeJob, target: ContractTarget) -> None:
        code = """
        import signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
        subprocess.Popen([sys.executable, "-c", deaf])
        subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True)
        time.sleep(600)
        """
        job = make(code)
        handle = job.start()
        job.until(handle, lambda: job.text.count("deaf") == 2, "the script and its children run")
        job.driver.cancel(handle, 1.0)
        assert not job.driver.poll(handle).running
        job.driver.pull(handle, final=True)
        job.driver.clean(handle)
        assert target.left(job.spec.run_id) == []

    def test_that_cancel_lets_a_script_tidy_up(self, make: MakeJob) -> None:
        code = """
        import pathlib, signal, sys, time
        def tidy(*_):
            pathlib.Path("outputs/tidied.txt").write_text("yes")
            sys.exit(0)
        signal.signal(signal.SIGTERM, tidy)
        print("ready", flush=True)
        time.sleep(600)
        """
        job = make(code)
        handle = job.start()
        job.until(handle, lambda: "ready" in job.text, "the script runs")
        job.driver.cancel(handle, 30.0)
        job.driver.pull(handle, final=True)
        assert _output(job, "tidied.txt") == b"yes"

    def test_that_a_job_cancelled_while_it_is_prepared_leaves_nothing(self, make: MakeJob, target: ContractTarget) -> None:
        job = make("print(1)")
        job.must_stop = lambda: True
        with pytest.raises(Cancelled):
            job.prepare()
        job.driver.clean(job.driver.handle())
        assert target.left(job.spec.run_id) == []

    def test_that_a_job_started_twice_runs_once(self, make: MakeJob) -> None:
        job = make("import workbench\nworkbench.log('started', 1)\nimport time\ntime.sleep(1)")
        first = job.start()
        again = job.driver.start(first)
        assert again == first
        assert job.end(again).exit_code == 0
        assert _events(job, "started") == [1]

    def test_that_events_and_outputs_come_back(self, make: MakeJob) -> None:
        code = """
        import os, pathlib, workbench
        for step in range(200):
            workbench.log("loss", step, step=step)
        workbench.log_params({"depth": 3})
        workbench.log_text("deep/er/note.txt", "grüße")
        pathlib.Path("outputs/model.bin").write_bytes(bytes(range(256)) * 1000)
        os.chdir("/")
        workbench.log_text("elsewhere.txt", "too")
        """
        job = make(code)
        assert job.run().exit_code == 0, job.text
        assert _events(job, "loss") == list(range(200))
        assert _output(job, "deep/er/note.txt").decode() == "grüße"
        assert _output(job, "model.bin") == bytes(range(256)) * 1000
        assert _output(job, "elsewhere.txt") == b"too"

    def test_that_a_long_log_comes_complete_and_in_order(self, make: MakeJob) -> None:
        job = make("import time\nfor n in range(5000):\n    print('line', n, 'x' * 50)\n    if n % 1000 == 0: time.sleep(0.05)")
        assert job.run().exit_code == 0
        assert [line.split()[1] for line in job.text.splitlines()] == [str(number) for number in range(5000)]

    def test_that_variables_and_arguments_arrive_as_they_are(self, make: MakeJob) -> None:
        arguments = ("--name", "a b", "it's", 'say "hi"', "$HOME `ls` \\n", "grüße 日本", "two\nlines", "", "*", "-")
        variables = {
            "PLAIN": "a b",
            "QUOTED": 'it\'s "so"',
            "WIDE": "grüße 日本",
            "LINES": "one\ntwo",
            "SHELL_LIKE": "$PATH;`x`",
            "NONE": "",
        }
        code = """
        import json, os, pathlib, sys
        found = {"arguments": sys.argv[1:], "variables": {name: os.environ.get(name) for name in NAMES}}
        pathlib.Path("outputs/found.json").write_text(json.dumps(found))
        """.replace("NAMES", repr(list(variables)))
        job = make(code, arguments=arguments, variables=variables)
        assert job.run().exit_code == 0, job.text
        assert json.loads(_output(job, "found.json")) == {"arguments": list(arguments), "variables": variables}

    def test_that_the_script_knows_its_run_and_has_its_share_of_the_machine(self, make: MakeJob) -> None:
        code = "import os\nprint(os.environ['WORKBENCH_RUN_ID'], os.environ['OMP_NUM_THREADS'], os.environ['MLFLOW_RUN_ID'])"
        job = make(code, cpus=1.5, tracking={"MLFLOW_RUN_ID": "abc"})
        assert job.run().exit_code == 0
        assert job.text == f"{job.spec.run_id} 2 abc\n"

    def test_that_a_traceback_names_the_script_and_the_line(self, make: MakeJob) -> None:
        job = make("\n\nraise KeyError('gone')")
        assert job.run().exit_code == 1
        assert "KeyError: 'gone'" in job.folder.stderr.read_text("utf-8")
        assert 'script.py", line 3' in job.folder.stderr.read_text("utf-8")

    def test_that_clean_leaves_nothing_and_may_be_called_again(self, make: MakeJob, target: ContractTarget) -> None:
        job = make("print(1)")
        job.driver.clean(job.driver.handle())  # nothing was begun
        handle = job.start()
        job.end(handle)
        job.driver.clean(handle)
        job.driver.clean(handle)
        assert target.left(job.spec.run_id) == []

    def test_that_a_fault_of_the_environment_is_told_as_one(self, make: MakeJob, target: ContractTarget) -> None:
        job = make("print(1)", files={"requirements.txt": "workbench-never-cached\n"}, **target.fault)
        with pytest.raises(EnvironmentError_) as caught:
            job.start()
        assert caught.value.message.endswith((".", "?"))
        assert "\n" not in caught.value.message
        # The target may be one that nobody can reach: there is nothing to clean then.
        job.spec = replace(job.spec, target_spec=target.spec)
        job.again()

    def test_that_usage_is_measured(self, make: MakeJob) -> None:
        job = make("kept = b'x' * 120_000_000\nwhile True:\n    sum(range(10_000))")
        handle = job.start()

        def measured() -> Usage | None:
            usage = job.driver.usage(handle)
            return usage if usage is not None and usage.memory_mb > 100 and usage.cpus > 0.1 else None

        usage = until(measured, "the usage of a busy script")
        job.driver.cancel(handle, 1.0)
        assert usage is not None
        assert usage.memory_mb < 1000

    def test_that_a_job_whose_runner_was_killed_is_taken_up_or_stopped(
        self, home: Path, tmp_path: Path, target: ContractTarget
    ) -> None:
        code = """
        import time, workbench
        for step in range(40):
            print("line", step, flush=True)
            workbench.log("step", step, step=step)
            time.sleep(0.1)
        workbench.log_text("end.txt", "end")
        """
        folder = self._runner_folder(home, tmp_path, code, target)
        runner = _runner(folder, target)
        until(lambda: folder.log.exists() and "line 5\n" in folder.log.read_text("utf-8"), "the script runs", 60)
        runner.kill()
        runner.wait()
        RunSecrets(password=target.secret).hand_over(folder)
        if takes_up(target.spec["kind"]):
            assert _runner(folder, target).wait(120) == 0
            status = JobStatus.load(folder)
            assert status is not None
            assert (status.state, status.exit_code) == ("finished", 0), status.reason
            lines = [line for line in folder.log.read_text("utf-8").splitlines() if line.startswith("line ")]
            assert lines == [f"line {number}" for number in range(40)]
            events = [json.loads(line) for line in folder.events.read_text("utf-8").splitlines()]
            assert [one["step"] for one in events if one["kind"] == "metric"] == list(range(40))
            assert (folder.outputs / "end.txt").read_text() == "end"
        else:
            assert _runner(folder, target, "--clean").wait(120) == 0
            assert folder.cleaned.read_text() == ""
        assert target.left(folder.path.name) == []

    @pytest.mark.parametrize(("point", "then"), [("before", "again"), ("after", "again"), ("after", "clean")])
    def test_that_a_runner_killed_before_start_has_returned_leaves_nothing_and_one_run(
        self, home: Path, tmp_path: Path, target: ContractTarget, point: str, then: str
    ) -> None:
        """Its status names neither a process nor a container: what was started is found by the run's id alone."""
        code = """
        import time, workbench
        workbench.log("started", 1)
        print("started", flush=True)
        time.sleep(SECONDS)
        workbench.log_text("end.txt", "end")
        """.replace("SECONDS", "600" if then == "clean" else "0")
        folder = self._runner_folder(home, tmp_path, code, target)
        RunSecrets(password=target.secret).hand_over(folder)
        command = [sys.executable, "-c", _KILLED_AT_START, point, str(folder.path)]
        assert subprocess.run(command, cwd=folder.path, stdout=sys.stderr, check=False).returncode == -signal.SIGKILL
        status = JobStatus.load(folder)
        assert status is not None
        assert (status.state, status.started) == ("preparing", None)
        taken_up = then == "again" and takes_up(target.spec["kind"])
        assert _runner(folder, target, *(() if taken_up else ("--clean",))).wait(120) == 0
        if taken_up:
            status = JobStatus.load(folder)
            assert status is not None
            assert (status.state, status.exit_code) == ("finished", 0), status.reason
            assert folder.stdout.read_text("utf-8") == "started\n"
            assert (folder.outputs / "end.txt").read_text() == "end"
        else:
            assert folder.cleaned.read_text() == ""
        events = folder.events.read_text("utf-8") if folder.events.exists() else ""
        assert events.count('"started"') <= 1, "the script ran twice"
        assert target.left(folder.path.name) == []
        assert _runner(folder, target).wait(60) == 0, "a late runner does nothing"
        assert target.left(folder.path.name) == []

    def _runner_folder(self, home: Path, tmp_path: Path, code: str, target: ContractTarget) -> RunFolder:
        """A run's folder as the manager makes it."""
        project = tmp_path / "project"
        project.mkdir()
        job = make_job(home, code, target.spec, run_id=new_id(), secret=target.secret, **target.values)
        (project / "script.py").write_text((job.folder.work / "script.py").read_text("utf-8"), "utf-8")
        job.close()
        paths = WorkspacePaths(home)
        snapshot = SnapshotStore(paths.snapshots).commit(project, "0" * 32)
        shutil.rmtree(job.folder.work)
        replace(job.spec, snapshot=snapshot.commit).save(job.folder)
        return job.folder


_KILLED_AT_START = """
import os, signal, sys
from workbench.jobs import runner
make, point = runner.driver_for, sys.argv[1]
def made(*given):
    driver = make(*given)
    start = driver.start
    def killed(handle):
        if point == "after":
            start(handle)
        os.kill(os.getpid(), signal.SIGKILL)
    driver.start = killed
    return driver
runner.driver_for = made
runner.main(sys.argv[2:])
"""


def _started(job: SmallJob) -> dict[str, Any]:
    return job.driver.start(job.driver.handle())


def _events(job: SmallJob, key: str) -> list[float]:
    lines = [json.loads(line) for line in job.folder.events.read_text("utf-8").splitlines()]
    return [one["value"] for one in lines if one["kind"] == "metric" and one["key"] == key]


def _output(job: SmallJob, name: str) -> bytes:
    return next(path.read_bytes() for root in output_folders(job.folder) if (path := root / name).exists())


def _runner(folder: RunFolder, target: ContractTarget, *options: str) -> subprocess.Popen[bytes]:
    RunSecrets(password=target.secret).hand_over(folder)
    return subprocess.Popen(runner_command(folder, *options), cwd=folder.path, stdout=sys.stderr, start_new_session=True)


def processes_of(run_id: str) -> list[str]:
    """Processes of this machine that have the run among their variables: for the `left` of targets that are this machine."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("WORKBENCH_RUN_ID") == run_id and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"process {process.pid}: {' '.join(process.cmdline())}")
        except psutil.Error:
            continue
    return found
