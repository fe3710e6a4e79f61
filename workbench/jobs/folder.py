"""A run's folder: what lies where, and the two small files through which server and runner speak.

`spec.json` is written once by the server, `status.json` by the runner alone (atomically), `cancel` is an empty file that asks the
runner to stop. Light imports only: the runner starts fast.
"""

import contextlib
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from workbench.base.files import write_json

FINAL_STATES = frozenset({"finished", "failed", "cancelled"})
_RESERVE_BYTES = 512 * 1024


@dataclass(frozen=True)
class RunFolder:
    """The paths of one run."""

    path: Path

    @property
    def spec(self) -> Path:
        return self.path / "spec.json"

    @property
    def status(self) -> Path:
        return self.path / "status.json"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def work(self) -> Path:
        return self.path / "work"

    @property
    def outputs(self) -> Path:
        return self.path / "outputs"

    @property
    def artifacts(self) -> Path:
        """The list of the outputs with size and digest, written at the end."""
        return self.path / "artifacts.json"

    @property
    def cancel(self) -> Path:
        return self.path / "cancel"

    @property
    def reserve(self) -> Path:
        """Some bytes that are given back when the end of the run has to be written on a full disk."""
        return self.path / ".reserve"

    @property
    def runner_log(self) -> Path:
        return self.path / "runner.log"

    @property
    def lock(self) -> Path:
        """Held by the runner as long as it lives."""
        return self.path / "runner.lock"

    def has_runner(self) -> bool:
        """Whether a runner lives, told by its lock: true also when the clock was set and process times say something else."""
        if not self.lock.exists():
            return False
        lock = FileLock(self.lock)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False

    def make_reserve(self) -> None:
        self.reserve.write_bytes(os.urandom(_RESERVE_BYTES))

    def free_reserve(self) -> None:
        with contextlib.suppress(OSError):
            self.reserve.unlink()


@dataclass(frozen=True)
class JobSpec:
    """All that the runner needs to know, so that it never asks the server."""

    run_id: str
    project: str
    snapshot: str
    home: str
    script: str
    """Relative to the project, with forward slashes; a `.py` file or a `.wbprep` package."""
    arguments: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    environment: str = "requirements"
    """The kind: requirements, workbench or interpreter."""
    requirements: str = ""
    python: str = ""
    cpus: float = 1.0
    memory_mb: int = 0
    time_limit_s: int = 0
    ca_bundle: str = ""
    package_index: str = ""
    version: int = 1

    def save(self, folder: RunFolder) -> None:
        write_json(folder.spec, asdict(self), mode=0o600)

    @classmethod
    def load(cls, folder: RunFolder) -> "JobSpec":
        values = json.loads(folder.spec.read_text("utf-8"))
        return cls(**{**values, "arguments": tuple(values["arguments"])})


@dataclass
class JobStatus:
    """Where the runner stands. Times are seconds since the epoch."""

    state: str = "preparing"
    reason: str = ""
    runner_pid: int = 0
    runner_began: float = 0.0
    process_pid: int = 0
    process_began: float = 0.0
    started: float | None = None
    ended: float | None = None
    exit_code: int | None = None
    heartbeat: float = 0.0
    python: str = ""
    lock: str = ""
    version: int = 1

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES

    def save(self, folder: RunFolder) -> None:
        write_json(folder.status, asdict(self))

    @classmethod
    def load(cls, folder: RunFolder) -> "JobStatus | None":
        """None before the runner has begun."""
        try:
            values: dict[str, Any] = json.loads(folder.status.read_text("utf-8"))
        except FileNotFoundError:
            return None
        known = cls.__dataclass_fields__
        return cls(**{key: value for key, value in values.items() if key in known})


def runner_command(folder: RunFolder) -> list[str]:
    """`-P`: a `workbench` folder where the server happens to stand is not taken for the program."""
    return [sys.executable, "-P", "-m", "workbench.jobs.runner", str(folder.path)]
