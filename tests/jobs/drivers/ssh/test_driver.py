"""What is true of jobs over SSH alone: lost connections, the way back, environments there, a supervisor of their own."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Requirement
from tests.jobs.drivers.small import SmallJob
from tests.jobs.drivers.ssh.conftest import MakeJob
from tests.jobs.drivers.sshd import Sshd
from tests.waiting import until
from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.base.processes import started_at
from workbench.jobs.drivers.base import Follow

COUNTING = """
import time, workbench
for step in range(60):
    print("line", step, flush=True)
    workbench.log("step", step, step=step)
    time.sleep(0.05)
"""


def _steps(folder: Path) -> list[int]:
    return [json.loads(line)["step"] for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]


def _has(job: SmallJob, text: str) -> Callable[[], bool]:
    return lambda: text in job.text


def test_that_a_job_goes_on_while_the_connection_is_lost(job: MakeJob, sshd: Sshd) -> None:
    one = job(COUNTING)
    handle = one.start()
    one.until(handle, lambda: "line 5\n" in one.text)
    sshd.stop()
    with pytest.raises(EnvironmentError_, match="cannot be reached"):
        one.driver.poll(handle)
    with pytest.raises(EnvironmentError_, match="cannot be reached"):
        one.driver.pull(handle)
    sshd.start()
    assert one.end(handle).exit_code == 0
    assert one.text.splitlines() == [f"line {number}" for number in range(60)]
    assert _steps(one.folder.path) == list(range(60))


def test_that_a_connection_cut_again_and_again_loses_and_doubles_nothing(job: MakeJob, sshd: Sshd) -> None:
    one = job(COUNTING)
    handle = one.start()
    for wanted in range(10, 60, 10):
        one.until(handle, _has(one, f"line {wanted}\n"))
        sshd.drop()
    assert one.end(handle).exit_code == 0
    assert one.text.splitlines() == [f"line {number}" for number in range(60)]
    assert _steps(one.folder.path) == list(range(60))


def test_that_another_driver_goes_on_where_the_first_one_stopped(job: MakeJob) -> None:
    one = job(COUNTING)
    handle = one.start()
    for wanted in (10, 30):
        one.until(handle, _has(one, f"line {wanted}\n"))
        one.again()
    assert one.end(handle).exit_code == 0
    assert one.text.splitlines() == [f"line {number}" for number in range(60)]
    assert _steps(one.folder.path) == list(range(60))


def test_that_a_long_log_leaves_nothing_there_that_was_brought(job: MakeJob, remote: Path) -> None:
    one = job("import sys\nfor n in range(300_000):\n    print('line', n, 'x' * 50, file=(sys.stdout, sys.stderr)[n % 2])")
    handle = one.start()
    assert one.end(handle).exit_code == 0
    parts = list((remote / "runs" / one.spec.run_id / "log").iterdir())
    assert len(parts) == 1, "the last part stays until the run is cleaned"
    for path, first in ((one.folder.stdout, 0), (one.folder.stderr, 1)):
        numbers = [int(line.split()[1]) for line in path.read_text("utf-8").splitlines()]
        assert numbers == list(range(first, 300_000, 2))


def test_that_outputs_come_while_the_script_runs(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.jobs.drivers.ssh.pulling._OUTPUTS_EVERY_S", 0.1)
    monkeypatch.setattr("workbench.jobs.drivers.ssh.pulling._STILL_FOR_S", 0.1)
    code = """
    import os, time, workbench
    workbench.log_text("first.txt", "one")
    workbench.log_text("gone.txt", "for a while")
    while not os.path.exists("go"):
        time.sleep(0.02)
    workbench.log_text("first.txt", "two")
    os.remove("outputs/gone.txt")
    os.symlink("/etc/hostname", "outputs/leads-out.txt")
    """
    one = job(code)
    handle = one.start()
    here = one.folder.work / "outputs"
    one.until(handle, lambda: (here / "first.txt").exists() and (here / "gone.txt").exists())
    assert (here / "first.txt").read_text() == "one"
    (Path(handle["work"]) / "go").touch()
    assert one.end(handle).exit_code == 0, one.text
    assert [path.name for path in here.iterdir()] == ["first.txt"]
    assert (here / "first.txt").read_text() == "two"


def test_that_a_killed_supervisor_is_said_and_its_script_is_ended(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.jobs.drivers.ssh.driver._SILENT_AFTER_S", 0.2)
    one = job("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)")
    handle = one.start()
    one.until(handle, lambda: one.text.endswith("\n"))
    os.kill(handle["pid"], signal.SIGKILL)
    poll = until(lambda: None if (found := one.driver.poll(handle)).running else found)
    assert poll is not None
    assert poll.exit_code is None
    assert "supervisor on 127.0.0.1" in poll.reason
    assert not started_at(int(one.text))
    one.driver.pull(handle, final=True)


def test_that_a_removed_folder_is_said(job: MakeJob) -> None:
    one = job("import time\ntime.sleep(600)")
    handle = one.start()
    os.kill(handle["pid"], signal.SIGSTOP)
    shutil.rmtree(handle["folder"])
    poll = one.driver.poll(handle)
    os.kill(handle["pid"], signal.SIGCONT)
    assert (poll.running, poll.exit_code) == (False, None)
    assert "folder on 127.0.0.1" in poll.reason


def test_that_a_script_that_cannot_be_started_is_said(job: MakeJob) -> None:
    one = job("print(1)")
    one.prepare()
    notes = one.folder.path / "remote.json"
    notes.write_text(notes.read_text().replace('"python": "', '"python": "/nowhere'))
    poll = one.end(one.driver.start(one.driver.handle()))
    assert poll.exit_code == 127
    assert "could not be started" in poll.reason


def test_that_the_run_there_is_closed_to_others(job: MakeJob, remote: Path) -> None:
    one = job("print(1)", variables={"TOKEN": "very-secret-word"})
    one.end(one.start())
    assert remote.stat().st_mode & 0o077 == 0
    for path in remote.rglob("*"):
        if path.is_file():
            assert b"very-secret-word" not in path.read_bytes(), path


def test_that_processes_that_the_script_leaves_running_are_ended(job: MakeJob) -> None:
    code = """
    import subprocess, sys
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    print(child.pid)
    """
    one = job(code)
    assert one.run().exit_code == 0
    assert not started_at(int(one.text))


class TestEnvironments:
    @pytest.fixture
    def networked(self, require: Requirement) -> None:
        import socket

        try:
            socket.create_connection(("pypi.org", 443), timeout=10).close()
            available, reason = True, ""
        except OSError as error:
            available, reason = False, f"the package index cannot be reached ({error})"
        require("network", available=available, reason=reason)

    def test_that_packages_are_installed_there_once(self, job: MakeJob, networked: None, remote: Path) -> None:
        values = {"environment": "requirements", "requirements": "requirements.txt", "python": "",
            "files": {"requirements.txt": "colorama==0.4.6\n"}}  # fmt: skip
        one = job("import colorama, sys\nprint(colorama.__version__, sys.prefix)", **values)
        lock, python = one.prepare()
        assert lock == "colorama==0.4.6\n"
        assert python.startswith("3.")
        assert any("Building the environment there" in line for line in one.said)
        assert one.end(one.driver.start(one.driver.handle())).exit_code == 0
        assert one.text.startswith(f"0.4.6 {remote}/envs/")
        two = job("import colorama", run_id="second", **values)
        assert two.run().exit_code == 0
        assert not any("Building" in line for line in two.said)

    def test_that_without_uv_there_venv_and_pip_do_it(self, job: MakeJob, networked: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("workbench.jobs.drivers.ssh.environment.remote_uv", lambda machine, follow=None: "")
        values = {"environment": "requirements", "requirements": "requirements.txt", "python": "",
            "files": {"requirements.txt": "colorama==0.4.6\n"}}  # fmt: skip
        one = job("import colorama, sys\nprint(colorama.__version__)", **values)
        assert one.run().exit_code == 0, one.text
        assert one.text == "0.4.6\n"

    def test_that_our_uv_is_copied_to_a_machine_without_one(self, job: MakeJob, networked: None, remote: Path) -> None:
        values = {"environment": "requirements", "requirements": "requirements.txt", "python": "",
            "files": {"requirements.txt": "colorama==0.4.6\n"}}  # fmt: skip
        one = job("import colorama", **values)
        machine = one.driver._machine  # type: ignore[attr-defined]
        machine.probe()["uv"] = ""
        assert one.run().exit_code == 0, one.text
        assert [path.name[:3] for path in (remote / "bin").iterdir()] == ["uv-"]

    def test_that_a_cancelled_build_leaves_no_environment(self, job: MakeJob, remote: Path) -> None:
        values = {
            "environment": "requirements",
            "requirements": "requirements.txt",
            "python": "",
            "files": {"requirements.txt": ""},
        }
        one = job("print(1)", **values)

        def said(line: str) -> None:
            one.said.append(line)

        with pytest.raises(Cancelled):
            one.driver.prepare(Follow(said, lambda: any("Building" in line for line in one.said)))
        until(lambda: not list((remote / "envs").glob("*/workbench-environment.json")))
        two = job("print(2)", run_id="second", **values)
        assert two.run().exit_code == 0

    def test_that_a_missing_interpreter_is_a_fault_of_the_user(self, job: MakeJob) -> None:
        one = job("print(1)", python="python9.9")
        with pytest.raises(UserError, match=r"no Python interpreter python9\.9 on 127\.0\.0\.1"):
            one.prepare()

    def test_that_workbenchs_own_python_is_not_there(self, job: MakeJob) -> None:
        with pytest.raises(UserError, match="needs Workbench's own Python"):
            job("print(1)", environment="workbench").prepare()

    def test_that_a_data_preparation_is_refused(self, job: MakeJob) -> None:
        one = job("print(1)")
        one.spec = replace(one.spec, script="clean.wbprep")
        one.again()
        with pytest.raises(UserError, match="runs on this machine only"):
            one.prepare()


class _Counting(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.path} for {self.headers['Authorization']}".encode() * 10_000)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server on this machine's loopback."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Counting) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{made.server_address[1]}"
        made.shutdown()
        thread.join()


ASKING = """
import os, time, urllib.request
url = os.environ["MLFLOW_TRACKING_URI"]
print(url, flush=True)
def ask(path):
    request = urllib.request.Request(url + path, headers={"Authorization": os.environ["MLFLOW_TRACKING_TOKEN"]})
    return urllib.request.urlopen(request, timeout=20).read().decode()
print(len(ask("/first")), ask("/first")[:16], flush=True)
while not os.path.exists("go"):
    time.sleep(0.02)
for _ in range(100):
    try:
        print(ask("/second")[:17], flush=True)
        break
    except OSError:
        time.sleep(0.1)
"""


def test_that_the_script_reaches_the_server_here_also_after_a_lost_connection(job: MakeJob, sshd: Sshd, server: str) -> None:
    one = job(ASKING, tracking={"MLFLOW_TRACKING_URI": server, "MLFLOW_TRACKING_TOKEN": "t"})
    handle = one.start()
    one.until(handle, lambda: "/first" in one.text)
    url, first = one.text.splitlines()
    assert url == f"http://127.0.0.1:{handle['port']}"
    assert url != server
    assert first == "120000 /first for t/fir"
    sshd.drop()
    one.again()  # another runner takes it up as well
    one.driver.poll(handle)
    (Path(handle["work"]) / "go").touch()
    assert one.end(handle).exit_code == 0
    assert one.text.splitlines()[2:] == ["/second for t/seco"[:17]]


def test_that_a_server_that_others_reach_too_needs_no_way_back(job: MakeJob) -> None:
    one = job(
        "import os\nprint(os.environ['MLFLOW_TRACKING_URI'])", tracking={"MLFLOW_TRACKING_URI": "https://team.example/mlflow"}
    )
    handle = one.start()
    assert handle["port"] == 0
    one.end(handle)
    assert one.text == "https://team.example/mlflow\n"
