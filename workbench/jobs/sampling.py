"""What a job uses of its target, sampled into system metrics while the script runs."""

import contextlib
import json
import threading
import time
from pathlib import Path

from workbench.base.errors import WorkbenchError
from workbench.jobs.drivers.base import Driver, Handle, Usage

_EVERY_S = 2.0
_EVERY_LIMITED_S = 0.5  # where a memory limit has to be kept


class UsageSampler:
    """Asks the driver every two seconds, in a thread of its own: an engine may take a second to answer.

    Samples go to `path` as events of metrics `system/...`; `memory_mb` is the latest one. `limit_mb`: of its memory, 0 without one.
    """

    def __init__(self, driver: Driver, handle: Handle, path: Path, *, limit_mb: int) -> None:
        self._driver = driver
        self._handle = handle
        self._path = path
        self._limit_mb = limit_mb
        self._every = _EVERY_LIMITED_S if limit_mb else _EVERY_S
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="workbench-usage", daemon=True)
        self.memory_mb = 0.0
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=15)

    def _work(self) -> None:
        written = time.monotonic()
        while not self._stopping.wait(self._every):
            try:
                usage = self._driver.usage(self._handle)
            except WorkbenchError:
                continue  # the target does not answer: polling says so
            if usage is None:
                continue
            above = 0 < self._limit_mb < usage.memory_mb  # it is stopped for that: on record before anyone sees it
            if above or time.monotonic() - written >= _EVERY_S * 0.9:
                written = time.monotonic()
                self._write(usage)
            self.memory_mb = usage.memory_mb

    def _write(self, usage: Usage) -> None:
        now = time.time()
        lines = (json.dumps({"kind": "metric", "key": key, "value": value, "time": now}) for key, value in _values(usage).items())
        with contextlib.suppress(OSError), self._path.open("ab") as file:
            file.write("".join(f"{line}\n" for line in lines).encode())


def _values(usage: Usage) -> dict[str, float]:
    values = {
        "system/cpu": round(usage.cpus, 3),
        "system/memory_mb": round(usage.memory_mb, 1),
        "system/disk_read_mb": round(usage.disk_read_mb, 3),
        "system/disk_written_mb": round(usage.disk_written_mb, 3),
    }
    for number, (busy, memory) in enumerate(usage.gpus):
        values |= {f"system/gpu_{number}": round(busy, 3), f"system/gpu_{number}_memory_mb": round(memory, 1)}
    return values
