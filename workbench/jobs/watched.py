"""One job that has a runner: its events are read into the store, its state is followed to the end."""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa

from workbench.base.errors import EnvironmentError_
from workbench.base.processes import is_alive, reap
from workbench.jobs import table
from workbench.jobs.collector import EventReader, Taken
from workbench.jobs.endings import end_processes
from workbench.jobs.folder import JobStatus, RunFolder
from workbench.jobs.outputs import collect_outputs, read_outputs
from workbench.runs import RunStore
from workbench.schema import Artifact, EventBody, LogAppended, LogBatch, MetricsLogged, Run, RunChanged, RunStatus

Emit = Callable[[EventBody], object]

_LOG_EVENT_EVERY_S = 0.5
_GONE_AFTER_S = 1.0
_NOT_BEGUN_AFTER_S = 10.0


class WatchedJob:
    """Used by the scheduler's thread alone. All it knows can be read again from the database and the run's folder."""

    def __init__(
        self, run: Run, folder: RunFolder, store: RunStore, emit: Emit, *, runner_pid: int | None, runner_began: float | None
    ) -> None:
        self.run_id = run.id
        self.folder = folder
        self.runner_pid = runner_pid
        self.runner_began = runner_began
        self._run = run
        self._store = store
        self._emit = emit
        counts = defaultdict(int, {key: metric.count for key, metric in run.metrics.items()})
        self._reader = EventReader(folder.events, store.events_offset(run.id), counts)
        self._log_size = 0
        self._log_told = 0.0
        self._status_seen: tuple[int, int] = (0, 0)
        self._gone_since: float | None = None

    def step(self) -> bool:
        """Takes up what is new; True when the job has ended and all of it is in the store. Raises EnvironmentError_ (full disk)."""
        self._read_events()
        self._tell_log()
        status = self._changed_status()
        if status and status.is_final:
            self._finish(RunStatus(status.state), status.reason, status)
            return True
        if status and status.state == "running" and self._run.status is not RunStatus.RUNNING:
            self._started(status)
        return self._runner_is_gone() and self._without_runner()

    def _changed_status(self) -> JobStatus | None:
        """The runner's status when its file is another one than the last time."""
        try:
            found = self.folder.status.stat()
        except FileNotFoundError:
            return None
        seen = (found.st_mtime_ns, found.st_ino)
        if seen == self._status_seen:
            return None
        status = JobStatus.load(self.folder)
        if status:
            self._status_seen = seen
            self.runner_pid, self.runner_began = status.runner_pid, status.runner_began
        return status

    def _started(self, status: JobStatus) -> None:
        with self._store.database.write() as write:
            self._run = self._store.set_status(
                self.run_id,
                RunStatus.RUNNING,
                started=_moment(status.started),
                environment_lock=status.lock,
                python=status.python,
                connection=write,
            )
            table.move(write, self.run_id, RunStatus.RUNNING, at=_moment(status.started))
            table.change(write, self.run_id, runner_pid=status.runner_pid, runner_began=status.runner_began)
        self._emit(run_changed(self._run))

    def _read_events(self, *, final: bool = False) -> None:
        while taken := self._reader.take(final=final):
            self._log_taken(taken)

    def _log_taken(self, taken: Taken) -> None:
        batch = taken.batch
        written = self._store.log_batch(self.run_id, batch, taken.offset)
        self._reader.commit(taken)
        if written:
            self._tell_batch(batch)

    def _tell_batch(self, batch: LogBatch) -> None:
        if batch.metrics:
            self._emit(MetricsLogged(run_id=self.run_id, keys=tuple(dict.fromkeys(point.key for point in batch.metrics))))
        if batch.params or batch.tags or batch.inputs:
            self._emit(run_changed(self._run))

    def _tell_log(self, *, final: bool = False) -> None:
        try:
            size = self.folder.log.stat().st_size
        except FileNotFoundError:
            return
        now = time.monotonic()
        if size != self._log_size and (final or now - self._log_told >= _LOG_EVENT_EVERY_S):
            self._log_size, self._log_told = size, now
            self._emit(LogAppended(run_id=self.run_id, size=size))

    def _runner_is_gone(self) -> bool:
        """Whether the runner has been gone for a moment: it writes its end just before it goes."""
        if self.runner_pid:
            reap(self.runner_pid)
        if (self.runner_pid and is_alive(self.runner_pid, self.runner_began)) or self.folder.has_runner():
            self._gone_since = None
            return False
        now = time.monotonic()
        if self._gone_since is None:
            self._gone_since = now
        begun = self.folder.status.exists()
        return now - self._gone_since > (_GONE_AFTER_S if begun else _NOT_BEGUN_AFTER_S)

    def _without_runner(self) -> bool:
        status = JobStatus.load(self.folder)
        if status and status.is_final:
            self._finish(RunStatus(status.state), status.reason, status)
            return True
        if status:
            end_processes(status.process_pid, status.process_began or None)
        try:
            self.folder.free_reserve()
            collect_outputs(self.folder)
        except (OSError, EnvironmentError_):
            pass  # what is there is listed; the reason of the end matters more
        if self.folder.cancel.exists():
            self._finish(RunStatus.CANCELLED, self.folder.cancel_reason or "Cancelled by the user.", status)
        elif status is None:
            self._finish(RunStatus.FAILED, f"The runner did not start: {self._last_words()}", None)
        elif status.started is None:
            reason = "The runner was killed while it prepared the run; the script did not start."
            self._finish(RunStatus.LOST, reason, status)
        else:
            reason = "The runner was killed while the script ran, so how the script would have ended is not known; it was stopped."
            self._finish(RunStatus.LOST, reason, status)
        return True

    def _last_words(self) -> str:
        try:
            lines = self.folder.runner_log.read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            lines = []
        return f"{lines[-1].rstrip('.')}." if lines else "it left no message."

    def _finish(self, status: RunStatus, reason: str, seen: JobStatus | None) -> None:
        """Everything that the run left goes into the store before its end does: who sees the end sees the whole."""
        self._read_events(final=True)
        if seen and seen.started and self._run.status is not RunStatus.RUNNING:
            self._started(seen)  # a script so short that its running was not seen
        artifacts = [Artifact.model_validate(one) for one in read_outputs(self.folder)]
        with self._store.database.write() as write:
            self._run = end_run(write, self._store, self.run_id, status, reason, seen=seen, artifacts=artifacts)
        self._tell_log(final=True)
        self._emit(run_changed(self._run))
        if self.runner_pid:
            reap(self.runner_pid)


def end_run(
    write: sa.Connection,
    store: RunStore,
    run_id: str,
    status: RunStatus,
    reason: str,
    *,
    seen: JobStatus | None = None,
    artifacts: list[Artifact] | None = None,
) -> Run:
    """Gives run and job their end, in one transaction."""
    if artifacts is not None:
        store.set_artifacts(run_id, artifacts, connection=write)
    table.move(write, run_id, status, reason, _moment(seen.ended) if seen else None)
    return store.set_status(
        run_id,
        status,
        reason,
        started=_moment(seen.started) if seen else None,
        ended=_moment(seen.ended) if seen else None,
        exit_code=seen.exit_code if seen else None,
        environment_lock=seen.lock if seen else None,
        python=seen.python if seen else None,
        connection=write,
    )


def run_changed(run: Run) -> RunChanged:
    """The event of a run that was made or changed."""
    return RunChanged(run_id=run.id, status=run.status, project=run.project, name=run.name)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
