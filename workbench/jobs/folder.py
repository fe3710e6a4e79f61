"""A run's folder: what lies where, and the two small files through which server and runner speak.

`spec.json` is written once by the server, `status.json` by the runner alone (atomically), `cancel` is a file that asks the
runner to stop: empty, or with the reason. Light imports only: the runner starts fast.
"""

import contextlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from workbench.base.clock import since
from workbench.base.files import disk_error, write_atomic, write_json
from workbench.base.texts import storable

FINAL_STATES = frozenset({"finished", "failed", "cancelled", "lost"})
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
        """stdout and stderr merged, with the runner's own lines."""
        return self.path / "log.txt"

    @property
    def stdout(self) -> Path:
        return self.path / "stdout.txt"

    @property
    def stderr(self) -> Path:
        return self.path / "stderr.txt"

    @property
    def log_state(self) -> Path:
        """How far the log was pulled from another machine."""
        return self.path / "log-state.json"

    @property
    def system(self) -> Path:
        """What the job used, sampled by the runner: events like the script's own."""
        return self.path / "system.jsonl"

    @property
    def secrets(self) -> Path:
        """The target's password and the values of secret variables; the runner removes the file as soon as it has read it."""
        return self.path / "secrets.json"

    @property
    def second(self) -> Path:
        """There once a second runner was started for the job: there is no third."""
        return self.path / "second-runner"

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
    def cancel_reason(self) -> str:
        """Why it is to stop, where that was said; empty without a sentence, or where nobody asked."""
        try:
            return self.cancel.read_text("utf-8")
        except OSError:
            return ""

    def ask_to_stop(self, reason: str = "") -> None:
        """Asks the runner to end the job; the first sentence why is kept. Raises EnvironmentError_ (disk)."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if reason and not self.cancel_reason:
                write_atomic(self.cancel, reason)
            else:
                self.cancel.touch()
        except OSError as error:
            raise disk_error(error, str(self.cancel)) from error

    @property
    def reserve(self) -> Path:
        """Some bytes that are given back when the end of the run has to be written on a full disk."""
        return self.path / ".reserve"

    @property
    def runner_log(self) -> Path:
        return self.path / "runner.log"

    @property
    def cleaned(self) -> Path:
        """Written when a job whose runner is gone for good was ended on its target and cleaned up there: a sentence, or empty."""
        return self.path / "cleaned.txt"

    @property
    def lock(self) -> Path:
        """Held by the runner as long as it lives."""
        return self.path / "runner.lock"

    def forget_events(self) -> None:
        """Removes what is in the store: the lines that were logged take many times the room there."""
        for file in (self.events, self.system):
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)

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

    def has_begun(self, attempt: int) -> bool:
        """Whether a runner has begun this attempt of the job."""
        if not self.status.exists():
            return False
        try:
            return JobSpec.load(self).attempt >= attempt
        except (FileNotFoundError, ValueError):
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
    target: str = "local"
    """The name of the target."""
    target_spec: dict[str, Any] = field(default_factory=lambda: {"kind": "local"})
    """A `TargetSpec` as JSON."""
    project_id: str = ""
    framework: str = "python"
    spark: dict[str, Any] = field(default_factory=dict)
    """`SparkSettings` as JSON."""
    gpus: tuple[int, ...] = ()
    """The GPUs of the target that the job has for itself."""
    attempt: int = 1
    prepare_only: bool = False
    """Whether only the environment is made, and no script is run."""
    log_limit: int = 64_000_000
    """Bytes that each file of the log may have."""
    tracking: dict[str, str] = field(default_factory=dict, repr=False)
    """Variables by which the script reaches the server, with a token: never in the file, see `RunSecrets`."""
    version: int = 1

    @property
    def kind(self) -> str:
        """The kind of the target: local, docker, ssh, ssh-docker, spark."""
        return str(self.target_spec.get("kind", "local"))

    @property
    def proxy(self) -> str:
        """That of the target's containers, maybe with a password in it; empty where there is none."""
        return str({**self.target_spec, **self.target_spec.get("docker", {})}.get("proxy", ""))

    def save(self, folder: RunFolder) -> None:
        write_json(folder.spec, self.stored(), mode=0o600)

    def stored(self) -> dict[str, Any]:
        """What is kept of it, as JSON."""
        return {**asdict(self), "tracking": {}}

    @classmethod
    def load(cls, folder: RunFolder) -> "JobSpec":
        return cls.of(json.loads(folder.spec.read_text("utf-8")))

    @classmethod
    def of(cls, values: dict[str, Any]) -> "JobSpec":
        """From its JSON; what a newer version added is left out."""
        known = {key: value for key, value in values.items() if key in cls.__dataclass_fields__}
        return cls(**{**known, "arguments": tuple(known["arguments"]), "gpus": tuple(known.get("gpus", ()))})


@dataclass(frozen=True)
class RunSecrets:
    """What a runner must know and no file may keep: it goes through one of mode 0600 that is removed when it was read."""

    password: str | None = field(default=None, repr=False)
    """Of the target."""
    variables: dict[str, str] = field(default_factory=dict, repr=False)
    """The values of the variables that refer to a secret."""
    tracking: dict[str, str] = field(default_factory=dict, repr=False)

    def hand_over(self, folder: RunFolder) -> None:
        write_json(folder.secrets, asdict(self), mode=0o600)

    @classmethod
    def take(cls, folder: RunFolder) -> "RunSecrets":
        """Reads and removes the file; empty where there is none."""
        try:
            values = json.loads(folder.secrets.read_text("utf-8"))
        except FileNotFoundError:
            return cls()
        folder.secrets.unlink(missing_ok=True)
        return cls(**values)


@dataclass
class JobStatus:
    """Where the runner stands. Times are seconds since the epoch."""

    state: str = "preparing"
    reason: str = ""
    runner_pid: int = 0
    runner_began: float = 0.0
    started: float | None = None
    started_mark: str = ""
    """The same moment, such that the clock may be set meanwhile: see `mark`."""
    ended: float | None = None
    exit_code: int | None = None
    heartbeat: float = 0.0
    python: str = ""
    lock: str = ""
    handle: dict[str, Any] = field(default_factory=dict)
    """By what the target's driver finds the job; written before the script is started."""
    cause: str = ""
    """Who is to blame for a failure: user, script or environment; only the last is tried again."""
    version: int = 1

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES

    @property
    def ran_s(self) -> float:
        """Seconds since the script was started, by what passed and not by the clock, where the machine can tell."""
        if self.started is None:
            return 0.0
        passed = since(self.started_mark)
        return max(0.0, time.time() - self.started) if passed is None else passed

    def save(self, folder: RunFolder) -> None:
        write_json(folder.status, storable(asdict(self)))

    @classmethod
    def load(cls, folder: RunFolder) -> "JobStatus | None":
        """None before the runner has begun. A reason may quote anything that a script has said."""
        try:
            values: dict[str, Any] = storable(json.loads(folder.status.read_text("utf-8")))
        except FileNotFoundError:
            return None
        known = cls.__dataclass_fields__
        return cls(**{key: value for key, value in values.items() if key in known})


def runner_command(folder: RunFolder, *options: str) -> list[str]:
    """`-P`: a `workbench` folder where the server happens to stand is not taken for the program."""
    return [sys.executable, "-P", "-m", "workbench.jobs.runner", str(folder.path), *options]
