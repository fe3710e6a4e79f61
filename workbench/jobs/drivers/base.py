"""What every driver does. A job's runner, a process of its own, calls it; so does a manager that cleans up after a lost runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from workbench.base.errors import EnvironmentError_

if TYPE_CHECKING:
    from workbench.jobs.folder import JobSpec, RunFolder
    from workbench.jobs.joblog import JobLog
    from workbench.schema import Link

Handle = dict[str, Any]
"""By what a job is found again on its target: plain JSON, written to the run's status before anything is started.

A key `work` says where the working copy is on another machine: tracebacks are read by it."""


class Unreachable(EnvironmentError_):
    """The target does not answer at this moment, and may do so in the next."""


@dataclass(frozen=True)
class Poll:
    """Where the script stands. `exit_code` None while it runs; a negative one is the signal that ended it.

    Not running and without an exit code: how it ended is not known (and `reason` says why): the run is lost.
    """

    running: bool
    exit_code: int | None = None
    out_of_memory: bool = False
    reason: str = ""
    """In a sentence, where the target tells more than the exit code."""


@dataclass(frozen=True)
class Usage:
    """What the job uses now: cores, and megabytes."""

    cpus: float
    memory_mb: float
    disk_read_mb: float = 0.0
    """Since its start."""
    disk_written_mb: float = 0.0
    gpus: tuple[tuple[float, float], ...] = ()
    """Of each of its GPUs: how busy (0 to 1), and megabytes."""


@dataclass(frozen=True)
class Follow:
    """How the runner goes along with a driver's work."""

    say: Callable[[str], None]
    """Takes a line for the job's log."""
    must_stop: Callable[[], bool]
    """Whether to give up: the driver then raises Cancelled. To be asked at least once a second."""


class Driver(Protocol):
    """Runs one job on one target. Every method may be called again after a crash, and by another process, with the same handle.

    All raise UserError (what the user has to correct) or EnvironmentError_ (network, disk, engine: worth another try).
    """

    def handle(self) -> Handle:
        """By what the job will be found: decided before anything is started, from the run's id alone."""

    def prepare(self, follow: Follow) -> tuple[str, str]:
        """Brings code and environment to the target; returns the lock and the version of Python. Raises Cancelled."""

    def start(self, handle: Handle) -> Handle:
        """Starts the script; the handle, with what is known now (a pid, a container's id). Never starts one twice."""

    def poll(self, handle: Handle) -> Poll:
        """Where the script stands."""

    def pull(self, handle: Handle, *, final: bool = False) -> None:
        """Brings what is new here: the log into the `JobLog`, events to `folder.events`, outputs to `folder.work / "outputs"`.

        With `final`, all of it is there afterwards. The log's bytes from `log.received(stream)` on go to `log.write(stream, data)`,
        then `log.commit()`. `folder.events` is only appended to: its size is how much was pulled. Outputs are brought now and
        then while the script runs, as whole files (written under another name and renamed).
        """

    def usage(self, handle: Handle) -> Usage | None:
        """What the job uses; None where that cannot be told."""

    def cancel(self, handle: Handle, grace_s: float) -> None:
        """Asks the script to end, waits so many seconds, then kills it with all its children. Returns when none of it lives."""

    def clean(self, handle: Handle) -> None:
        """Removes what the job left on the target: processes, containers, its working copy. Environments stay."""


class DriverFactory(Protocol):
    """Makes the driver of a job: the function `make_driver` of each kind's package.

    `folder.work` holds the working copy when `prepare` is called. `spec.target_spec` is the target's spec as JSON; `spec.variables`
    have their secrets filled in. `secret` is the target's password, if it has one. `log` takes what the script writes.
    """

    def __call__(self, folder: RunFolder, spec: JobSpec, secret: str | None, log: JobLog) -> Driver: ...


class Chain(Protocol):
    """Walks the chain to a target, link by link; each takes ten seconds at most: the function `walk_chain` of each kind's package.

    `spec` is the target's spec (`DockerSpec`, `SshSpec` ...), `home` the workspace's folder.
    """

    def __call__(self, spec: Any, secret: str | None, home: Path) -> Iterator[Link]: ...
