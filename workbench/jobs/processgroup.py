"""The processes of a job on this machine: what they use, and which of them still live."""

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field

import psutil

from workbench.jobs.drivers.base import Usage

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


@dataclass
class ProcessUsage:
    """Measures a process with all its children; each call tells the cores used since the one before."""

    pid: int
    gpus: tuple[int, ...] = ()
    _cpu_seconds: float = 0.0
    _ended_seconds: float = 0.0
    _seen: dict[tuple[int, float], float] = field(default_factory=dict)
    _io: dict[tuple[int, float], tuple[int, int]] = field(default_factory=dict)
    _at: float = field(default_factory=time.monotonic)

    def sample(self) -> Usage | None:
        """None when the process has gone."""
        try:
            root = psutil.Process(self.pid)
            family = [root, *root.children(recursive=True)]
        except psutil.Error:
            return None
        memory = 0
        before = sum(self._seen.values())
        for process in family:
            with contextlib.suppress(psutil.Error):
                key = (process.pid, process.create_time())
                times = process.cpu_times()
                memory += process.memory_info().rss
                self._seen[key] = times.user + times.system
                if hasattr(process, "io_counters"):
                    counters = process.io_counters()
                    self._io[key] = (counters.read_bytes, counters.write_bytes)
        now = time.monotonic()
        passed, self._at = now - self._at, now
        used = sum(self._seen.values()) - before
        return Usage(
            cpus=max(0.0, used / passed) if passed > 0 else 0.0,
            memory_mb=memory / 1e6,
            disk_read_mb=sum(read for read, _written in self._io.values()) / 1e6,
            disk_written_mb=sum(written for _read, written in self._io.values()) / 1e6,
            gpus=gpu_usage(self.gpus),
        )


def gpu_usage(gpus: tuple[int, ...]) -> tuple[tuple[float, float], ...]:
    """How busy each GPU is (0 to 1) and its used megabytes, as NVIDIA's driver tells; empty where it does not."""
    if not gpus:
        return ()
    fields = ["--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits"]
    rows = _nvidia(*fields, "-i", ",".join(map(str, gpus)))
    try:
        return tuple((float(busy) / 100, float(used)) for busy, used in (row.split(",") for row in rows))
    except ValueError:
        return ()


def gpu_count() -> int:
    """How many NVIDIA GPUs this machine has."""
    return len(_nvidia("--query-gpu=index", "--format=csv,noheader"))


def marked(run_id: str) -> list[int]:
    """Processes of this user that have the run's id among their variables: also those that left the script's session.

    Linux tells them; elsewhere the list is empty. Workbench's own servers, which a script may start, are none of them.
    """
    sign = f"WORKBENCH_RUN_ID={run_id}".encode()
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(OSError, psutil.Error):
            with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 (a hot loop)
                if sign not in file.read().split(b"\0"):
                    continue
            process = psutil.Process(pid)
            if pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE and "workbench.server" not in process.cmdline():
                found.append(pid)
    return found


class _Adoption:
    on = False


def adopt() -> None:
    """Makes processes whose parent has gone children of this one, on Linux. For a runner, all of whose children are its job's."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            _Adoption.on = ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0) == 0


def adopted(script: int) -> list[int]:
    """The children of this process, where it adopts, but for the script itself; those that have ended are collected.

    Workbench's own programs, which a script may start, are none of them.
    """
    if not _Adoption.on:
        return []
    found = []
    for child in psutil.Process().children():
        if child.pid == script:
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)
            elif not any(word.startswith("workbench.") for word in child.cmdline()):
                found.append(child.pid)
    return found


def _nvidia(*arguments: str) -> list[str]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return [line for line in done.stdout.splitlines() if line.strip()]
