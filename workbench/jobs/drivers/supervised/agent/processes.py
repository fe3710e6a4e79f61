"""The job's processes: who they are, and their end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

MARK = "WORKBENCH_SUPERVISED"
"""The variable by which a process is known as one of a job's; its value is the job's folder."""


def boot_id() -> str:
    """Another one after every start of the machine; empty where that is not told."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""


def began(pid: int) -> str:
    """When a process began, in the system's own count: with the pid it names a process. Empty when there is none."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    if not Path("/proc/self").exists():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], stdout=subprocess.PIPE, check=True)
            return done.stdout.decode().strip()
    return ""


def parents() -> dict[int, int]:
    """The parent of every process."""
    found = {}
    if Path("/proc/self").exists():
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                    if fields[0] not in "ZX":
                        found[int(entry.name)] = int(fields[1])
        return found
    done = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, check=False)
    for line in done.stdout.decode().splitlines():
        pid, parent = line.split()
        found[int(pid)] = int(parent)
    return found


def descendants(root: int, table: dict[int, int] | None = None) -> set[int]:
    """The children of a process, and theirs; without a table of all processes the system is asked, where it knows."""
    found: set[int] = set()
    waiting = [root] if root else []
    while waiting:
        parent = waiting.pop()
        children: list[int] = []
        if table is None:
            try:
                for task in Path(f"/proc/{parent}/task").iterdir():
                    children += [int(pid) for pid in (task / "children").read_text("ascii").split()]
            except FileNotFoundError:
                if parent == root:
                    return descendants(root, parents())
            except OSError:
                continue
        else:
            children = [pid for pid, one in table.items() if one == parent]
        waiting += [pid for pid in children if pid not in found]
        found.update(children)
    return found


def members(folder: Path, supervisor: int) -> list[int]:
    """The job's processes: what descends from its supervisor, and whatever has our mark in its variables."""
    table = parents()
    found = descendants(supervisor, table)
    mark = os.fsencode(f"{MARK}={folder}") + b"\0"
    for pid in table:
        with contextlib.suppress(OSError):
            if mark in Path(f"/proc/{pid}/environ").read_bytes() + b"\0":
                found.add(pid)
    ours = {os.getpid(), supervisor}
    up = os.getpid()
    while up := table.get(up, 0):
        ours.add(up)
    return sorted(found - ours)


def send(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, number)


def end_all(folder: Path, supervisor: int, grace: float) -> list[int]:
    """Asks all processes of the job to end, waits, then kills them; who lives all the same."""
    deadline = time.monotonic() + grace
    asked: set[int] = set()
    while (left := members(folder, supervisor)) and time.monotonic() < deadline:
        send([pid for pid in left if pid not in asked], signal.SIGTERM)
        asked |= set(left)
        time.sleep(0.05)
    deadline = time.monotonic() + 10
    while (left := members(folder, supervisor)) and time.monotonic() < deadline:
        send(left, signal.SIGKILL)
        time.sleep(0.02)
    return left
