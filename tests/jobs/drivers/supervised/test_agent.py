"""The agent that supervises a job where it runs."""

from __future__ import annotations

import ast
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until
from workbench.base.errors import EnvironmentError_
from workbench.base.processes import started_at
from workbench.jobs.drivers.ssh import builder
from workbench.jobs.drivers.supervised import agent
from workbench.jobs.drivers.supervised.agent import log as agent_log
from workbench.jobs.drivers.supervised.archive import PROBE, agent_archive
from workbench.jobs.drivers.supervised.local import LocalAgent
from workbench.jobs.drivers.supervised.logs import LogPuller
from workbench.jobs.environments import uv_program
from workbench.jobs.folder import RunFolder
from workbench.jobs.joblog import JobLog


@pytest.fixture
def here(tmp_path: Path) -> Iterator[LocalAgent]:
    """The agent of one job on this machine."""
    made = LocalAgent(tmp_path / "job")
    yield made
    made.clean()


@pytest.fixture
def log(tmp_path: Path) -> JobLog:
    (tmp_path / "run").mkdir()
    return JobLog(RunFolder(tmp_path / "run"))


def _job(code: str, tmp_path: Path) -> dict[str, Any]:
    return {"command": [sys.executable, "-c", code], "cwd": str(tmp_path), "variables": {"PATH": os.environ["PATH"]}}


@pytest.mark.parametrize(
    "path", [*Path(agent.__file__).parent.glob("*.py"), PROBE, Path(builder.__file__)], ids=lambda one: one.name
)
def test_that_what_is_sent_needs_no_newer_python_and_nothing_but_its_library_and_itself(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
    named = [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    named += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    ours = {name for name in named if name.startswith(f"{agent.__name__}.")} if path.parent.name == "agent" else set()
    assert {name.split(".")[0] for name in {*named} - ours} <= set(sys.stdlib_module_names)


def test_that_the_agent_runs_from_its_one_file_wherever_it_is(tmp_path: Path) -> None:
    alone = tmp_path / "agent.pyz"
    alone.write_bytes(agent_archive())
    job = {**_job("print('grüße')", tmp_path), "command": [sys.executable, "-X", "utf8", "-c", "print('grüße')"]}

    def ask(command: str, *arguments: str, data: bytes = b"") -> Any:
        # -S: nothing that is installed can be found.
        called = [sys.executable, "-I", "-S", "-X", "utf8", str(alone), command, *arguments]
        return json.loads(subprocess.run(called, input=data, cwd="/", capture_output=True, check=True).stdout)

    there = str(tmp_path / "job")
    assert ask("start", there, data=json.dumps(job).encode())["state"] in {"running", "ended"}
    until(lambda: ask("check", there)["state"] == "ended")
    assert (ask("check", there)["exit_code"], ask("check", there)["counts"]) == (0, {"o": len("grüße\n".encode()), "e": 0})
    assert ask("outputs", there)
    assert ask("clean", there) == {"left": [], "removed": True}
    assert agent_archive.__wrapped__() == alone.read_bytes()


def test_that_a_machine_is_asked_what_it_is_by_a_script_alone(tmp_path: Path) -> None:
    called = [sys.executable, "-I", "-S", "-", "not/there/yet"]
    done = subprocess.run(called, input=PROBE.read_bytes(), cwd=tmp_path, capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert found["folder"] == str(tmp_path / "not/there/yet")
    assert (found["machine"], found["writable"]) == (os.uname().machine, True)
    assert list(tmp_path.iterdir()) == []


def test_that_a_job_is_started_once_whoever_asks(here: LocalAgent, tmp_path: Path) -> None:
    job = _job("open('started', 'a').write('x'); import time; time.sleep(600)", tmp_path)
    command = [sys.executable, "-m", agent.__name__, "start", str(tmp_path / "job")]
    asking = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(8)]
    answers = [json.loads(one.communicate(json.dumps(job).encode())[0]) for one in asking]
    assert len({answer["pid"] for answer in answers}) == 1
    until((tmp_path / "started").exists)
    here.cancel(0.0)
    here.start(job)
    assert (tmp_path / "started").read_text() == "x"
    assert here.poll().exit_code == -9


def test_that_a_supervisor_that_cannot_begin_says_why(tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "log").write_text("a file in its way")
    with pytest.raises(EnvironmentError_, match="File exists"):
        LocalAgent(tmp_path / "job").start(_job("print(1)", tmp_path))


def test_that_grandchildren_in_a_session_of_their_own_are_measured_and_ended(here: LocalAgent, tmp_path: Path) -> None:
    inner = "import os, time; open('pid', 'w').write(str(os.getpid())); kept = b'x' * 100_000_000; time.sleep(600)"
    middle = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {inner!r}], start_new_session=True)"
    code = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {middle!r}]); time.sleep(600)"
    here.start(_job(code, tmp_path))

    def measured() -> bool:
        usage = here.usage()
        return usage is not None and usage.memory_mb > 100

    until(measured, "the grandchild's memory counts")
    here.cancel(1.0)
    assert started_at(int((tmp_path / "pid").read_text())) is None


def test_that_a_log_that_nobody_fetches_is_kept_to_its_limit_and_the_gap_is_said(
    tmp_path: Path, log: JobLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_log, "_PART_BYTES", 1000)
    monkeypatch.setattr(agent_log, "_KEPT_BYTES", 5000)
    folder = tmp_path / "log"
    written = agent_log.Log(folder)
    puller = LogPuller(LocalAgent(tmp_path), log)
    for number in range(10):
        written.add("o", b"line %04d\n" % number)
    puller.pull(str(folder))
    for number in range(10, 2000):
        written.add("oe"[number % 2], b"line %04d\n" % number)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 6000 + 1000
    puller.pull(str(folder))
    written.close()
    lines = (tmp_path / "run" / "log.txt").read_text().splitlines()
    assert lines[:10] == [f"line {number:04d}" for number in range(10)]
    assert "bytes of stdout are missing here" in lines[10] + lines[11]
    assert "bytes of stderr are missing here" in lines[10] + lines[11]
    assert lines[12:] == [f"line {number:04d}" for number in range(2000 - len(lines[12:]), 2000)]
    log.close()


def test_that_a_runner_killed_before_it_noted_how_far_it_came_doubles_no_line(
    tmp_path: Path, log: JobLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = agent_log.Log(tmp_path / "log")
    written.add("o", b"one\ntwo\n")
    written.close()
    log.say("Started.")
    write = log.write

    def killed(*given: Any) -> None:
        write(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(log, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        LogPuller(LocalAgent(tmp_path), log).pull(str(tmp_path / "log"))
    again = JobLog(RunFolder(tmp_path / "run"))
    LogPuller(LocalAgent(tmp_path), again).pull(str(tmp_path / "log"))
    assert (tmp_path / "run" / "log.txt").read_text() == "[workbench] Started.\none\ntwo\n"
    assert (tmp_path / "run" / "stdout.txt").read_text() == "one\ntwo\n"
    again.close()
    log.close()


def test_that_a_full_disk_stops_no_script_and_is_said(tmp_path: Path, log: JobLog) -> None:
    written = agent_log.Log(tmp_path / "log")
    written.add("o", b"before\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, before[1]))
    try:
        for _ in range(10):
            written.add("o", b"lost, since nothing more fits\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    written.add("o", b"after\n")
    written.close()
    LogPuller(LocalAgent(tmp_path), log).pull(str(tmp_path / "log"))
    lines = (tmp_path / "run" / "log.txt").read_text().splitlines()
    assert lines == ["before", "[workbench] 300 bytes could not be written there: the disk was full.", "after"]
    log.close()


def test_that_environments_there_go_when_nobody_has_asked_for_them_for_long(tmp_path: Path) -> None:
    def build(lock: str) -> Path:
        request = {"root": str(tmp_path), "uv": uv_program(), "python": "", "lock": lock, "variables": {}}
        return Path(builder.Builder(request).build()).parent.parent

    old, busy, new = build("# one\n"), build("# two\n"), build("# three\n")
    for folder in (old, busy):
        os.utime(folder / "workbench-environment.json", (0, 0))
    with subprocess.Popen([str(busy / "bin" / "python"), "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE):
        latest = build("# four\n")
        assert [folder.exists() for folder in (old, busy, new, latest)] == [False, True, True, True]
    assert build("# two\n") == busy
