"""Processes that outlive us, and ending them with all their children, on every platform."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import psutil


def spawn_detached(command: Sequence[str], *, log: Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> int:
    """Starts a process that survives this one and its terminal; its output is appended to `log`. Returns its pid."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        start = partial(
            subprocess.Popen,
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(env) if env is not None else None,
            start_new_session=os.name == "posix",
            close_fds=True,
        )
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
            try:
                process = start(creationflags=flags | subprocess.CREATE_BREAKAWAY_FROM_JOB)
            except PermissionError:  # the terminal's job object forbids to break away
                process = start(creationflags=flags)
        else:
            process = start()
    process.returncode = 0  # it is not ours to wait for: keeps Popen from warning when it is collected
    return process.pid


def started_at(pid: int) -> float | None:
    """When the process began (seconds since the epoch), or None when it is gone: with the pid it names a process for good."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return process.create_time()
    except psutil.Error:
        return None


def is_alive(pid: int, began: float | None = None, *, named: str = "") -> bool:
    """Whether that very process runs: a pid that was given to another one since does not count.

    Setting the clock changes when a process seems to have begun: `named`, a word of its command line that only it has (a path in
    the workspace), tells it all the same.
    """
    now = started_at(pid)
    if now is None or began is None or abs(now - began) < 1.5:
        return now is not None
    try:
        return bool(named) and named in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def kill_tree(pid: int, *, grace: float = 5.0) -> None:
    """Asks the process and all its children to end, waits `grace` seconds, then kills what is left."""
    try:
        root = psutil.Process(pid)
        family = [*root.children(recursive=True), root]
    except psutil.Error:
        return
    for process in family:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(family, timeout=grace)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=2)


def reap(pid: int) -> None:
    """Collects an ended child of ours, so that no zombie stays; harmless for any other pid."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.waitpid(pid, os.WNOHANG)
