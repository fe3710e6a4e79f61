"""Processes outlive their parent, and end with all their children."""

import sys
import time
from pathlib import Path

from workbench.base.processes import is_alive, kill_tree, spawn_detached, started_at


def test_that_a_whole_family_is_ended(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE);"
        "print(p.pid, flush=True); p.wait()"
    )
    log = tmp_path / "log.txt"
    pid = spawn_detached([sys.executable, "-c", code], log=log)
    began = started_at(pid)
    deadline = time.monotonic() + 20
    while not log.read_text().strip() and time.monotonic() < deadline:
        pass
    child = int(log.read_text())
    assert is_alive(pid, began)
    assert is_alive(child)
    kill_tree(pid)
    assert not is_alive(pid, began)
    assert not is_alive(child)


def test_that_a_pid_given_to_another_process_does_not_count(tmp_path: Path) -> None:
    import os

    began = started_at(os.getpid())
    assert began is not None
    assert is_alive(os.getpid(), began)
    assert not is_alive(os.getpid(), began - 60)


def test_that_a_process_is_known_by_its_command_line_when_the_clock_was_set(tmp_path: Path) -> None:
    pid = spawn_detached([sys.executable, "-c", "import time; time.sleep(60)", str(tmp_path)], log=tmp_path / "log.txt")
    began = started_at(pid)
    assert began is not None
    assert is_alive(pid, began - 3600, named=str(tmp_path))
    assert not is_alive(pid, began - 3600, named=str(tmp_path / "other"))
    assert not is_alive(pid, began - 3600)
    kill_tree(pid)
    assert not is_alive(pid, began - 3600, named=str(tmp_path))
