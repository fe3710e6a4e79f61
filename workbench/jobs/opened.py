"""Follows runs that a process opened by itself. Such a process is its own runner: it holds the lock of the run's folder while it
lives, and writes the end into `status.json`; the scheduler reads its events as it reads those of jobs."""

import contextlib
import time

from workbench.base.processes import is_alive
from workbench.jobs.folder import JobStatus
from workbench.jobs.outputs import make_readable
from workbench.jobs.watched import WatchedJob
from workbench.schema import RunStatus

OPENED = "opened"
"""The key in a job's spec that marks such a run."""


class OpenedRun(WatchedJob):
    """A run whose process is no child of ours: it is never ended, only followed."""

    def _end_deaf_runner(self) -> None:
        """A request to stop ends the record at once; the process goes on with what it does."""
        if not self.folder.cancel.exists():
            return
        status = JobStatus.load(self.folder)
        if status and not status.is_final:
            goes_on = f" Process {status.runner_pid} goes on." if is_alive(status.runner_pid, status.runner_began) else ""
            status.state, status.reason = "cancelled", f"{self.folder.cancel_reason or 'Cancelled by the user.'}{goes_on}"
            status.ended = time.time()
            status.save(self.folder)

    def _finish(self, status: RunStatus, reason: str, seen: JobStatus | None, *, cause: str = "") -> None:
        with contextlib.suppress(OSError):
            make_readable(self.folder.outputs)
        super()._finish(status, reason, seen, cause=cause)

    def _without_runner(self) -> bool:
        """The process has gone: it ended the run itself just before, or never will."""
        status = JobStatus.load(self.folder)
        if status and status.is_final:
            self._finish(RunStatus(status.state), status.reason, status)
        else:
            pid = status.runner_pid if status else self.runner_pid
            self._finish(RunStatus.LOST, f"The process {pid}, which had opened the run, is gone and did not end it.", status)
        return True
