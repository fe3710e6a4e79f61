"""What a job uses of its machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Meter:
    """What the job's processes use."""

    def __init__(self, gpus: str) -> None:
        self._before: dict[int, float] = {}
        self._moved: dict[int, tuple[int, int]] = {}
        self._at = time.monotonic()
        self._smi = shutil.which("nvidia-smi") if gpus else None
        self._gpus = [name.strip() for name in gpus.split(",")]

    def read(self, pids: set[int]) -> dict[str, Any]:
        now, times, memory = time.monotonic(), {}, 0
        for pid in pids:
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                times[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
                memory += int(fields[21]) * _PAGE
            with contextlib.suppress(OSError, IndexError, ValueError):
                lines = Path(f"/proc/{pid}/io").read_text("ascii").splitlines()
                moved = {line.split(":")[0]: int(line.split(":")[1]) for line in lines}
                self._moved[pid] = (moved["read_bytes"], moved["write_bytes"])
        spent = sum(max(0.0, seconds - self._before.get(pid, 0.0)) for pid, seconds in times.items())
        elapsed = max(now - self._at, 0.001)
        self._before, self._at = times, now
        return {
            "cpus": spent / elapsed,
            "memory_mb": memory / 1e6,
            "disk_read_mb": sum(one[0] for one in self._moved.values()) / 1e6,
            "disk_written_mb": sum(one[1] for one in self._moved.values()) / 1e6,
            "gpus": self._graphics(),
        }

    def _graphics(self) -> list[tuple[float, float]]:
        if not self._smi:
            return []
        query = [self._smi, "--query-gpu=index,uuid,utilization.gpu,memory.used", "--format=csv,noheader,nounits"]
        found = []
        with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
            done = subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=5, check=True)
            for line in done.stdout.decode().splitlines():
                index, uuid, busy, used = (part.strip() for part in line.split(","))
                if index in self._gpus or uuid in self._gpus:
                    found.append((float(busy) / 100, float(used)))
        return found


def oom_kills() -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/vmstat").read_text("ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0
