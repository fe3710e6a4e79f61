"""What is asked of a job: to start, how it stands, to end, to be removed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

from workbench.jobs.drivers.supervised.agent.files import is_locked, read, taken
from workbench.jobs.drivers.supervised.agent.processes import boot_id, end_all, send
from workbench.jobs.drivers.supervised.agent.supervisor import Supervisor

_SUBREAPER = 36


def start(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Starts the supervisor with the script, once: whoever asks again gets what is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    deadline = time.monotonic() + 30
    while True:
        lock = taken(folder)
        known = read(folder / "status.json")
        if known is not None:
            if lock is not None:
                os.close(lock)
            return known
        if lock is not None:
            break
        if time.monotonic() > deadline:
            raise SystemExit(f"the supervisor of {folder} does not say how it stands")
        time.sleep(0.05)
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.close(hear)
        _supervise(folder, job, tell)
        os._exit(0)
    os.close(tell)
    os.close(lock)
    os.waitpid(child, 0)
    os.read(hear, 1)
    os.close(hear)
    known = read(folder / "status.json")
    if known is None:
        words = (folder / "agent.log").read_text("utf-8", "replace").strip().splitlines()
        raise SystemExit(words[-1] if words else "the supervisor did not start")
    return known


def _supervise(folder: Path, job: dict[str, Any], tell: int) -> None:
    """In the supervisor's process: lets go of all that belongs to the one that started it."""
    nothing = os.open(os.devnull, os.O_RDWR)
    words = os.open(folder / "agent.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, source in ((0, nothing), (1, nothing), (2, words)):
        os.dup2(source, number)
    for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)  # grandchildren whose parent ends become ours
    try:
        Supervisor(folder, job).run(tell)
    except BaseException:  # noqa: BLE001 (its last chance to say why)
        import traceback

        os.write(2, traceback.format_exc().encode())


def check(folder: Path) -> dict[str, Any]:
    """The status, and whether its supervisor lives; a job without one is ended."""
    status = read(folder / "status.json") or {"state": "absent"}
    alive = is_locked(folder)
    if status["state"] == "running" and not alive:
        status = read(folder / "status.json") or status  # it may have ended just now
    if status["state"] == "running" and not alive:
        end_all(folder, 0, 1.0)
        status["state"] = "gone"
    status["restarted"] = bool(status.get("boot_id")) and status["boot_id"] != boot_id()
    return {**status, "alive": alive}


def cancel(folder: Path, grace: float) -> dict[str, Any]:
    """Ends the job with all its processes, and waits for its supervisor's last word."""
    status = read(folder / "status.json") or {}
    alive = is_locked(folder)
    if alive:
        (folder / "cancel").write_text(str(grace), "ascii")
    left = end_all(folder, int(status.get("pid", 0)) if alive else 0, grace)
    deadline = time.monotonic() + 15
    while alive and is_locked(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    if alive and is_locked(folder):
        send([int(status.get("pid", 0))], signal.SIGKILL)
    return {"left": left}


def clean(folder: Path) -> dict[str, Any]:
    """Ends what still runs and removes the folder."""
    left = cancel(folder, 1.0)["left"] if folder.exists() else []
    for _ in range(3):
        for directory, _names, _files in os.walk(folder):
            with contextlib.suppress(OSError):
                Path(directory).chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
    return {"left": left, "removed": not folder.exists()}
