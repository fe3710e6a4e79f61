"""One job that has a runner: its events are read into the store, its state is followed to the end.

A job whose runner was killed goes on with a second one where its target allows that. Else, and when that one is killed too, a
cleaner (the same program, short-lived) ends what is left on the target before the run is lost.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import sqlalchemy as sa

from workbench.base.errors import NotFound
from workbench.base.masking import Masker
from workbench.base.processes import is_alive, kill_tree, reap
from workbench.jobs import table
from workbench.jobs.cappedfile import capped_size
from workbench.jobs.collector import EventReader, Taken
from workbench.jobs.drivers.registry import takes_up
from workbench.jobs.folder import JobStatus, RunFolder
from workbench.jobs.outputs import outputs_so_far, read_outputs
from workbench.jobs.planning import held_against
from workbench.runs import RunStore
from workbench.schema import Artifact, EventBody, LogAppended, MetricsLogged, Run, RunChanged, RunStatus

Emit = Callable[[EventBody], object]

_LOG_EVENT_EVERY_S = 0.5
_OUTPUTS_EVERY_S = 10.0
_GONE_AFTER_S = 1.0
_NOT_BEGUN_AFTER_S = 10.0
_DEAF_AFTER_S = 60.0  # a runner that was asked to stop and shows no sign of life
_CLEANERS = 3


class Launch(Protocol):
    """Starts the runner of a job once more, with an option; returns its pid and when it began."""

    def __call__(self, run_id: str, *options: str) -> tuple[int, float | None]: ...


class WatchedJob:
    """Used by the scheduler's thread alone. All it knows can be read again from the database and the run's folder."""

    def __init__(self, run: Run, row: Any, folder: RunFolder, store: RunStore, emit: Emit, launch: Launch, hidden: Masker) -> None:
        self.run_id = run.id
        self.folder = folder
        self.hidden = hidden
        self.behind = False
        """More was logged than one step takes up: the next one is due at once."""
        self.runner_pid: int | None = row.runner_pid
        self.runner_began: float | None = row.runner_began
        self._kind = str(row.spec.get("target_spec", {}).get("kind", "local"))
        self._run = run
        self._store = store
        self._emit = emit
        self._launch = launch
        counts = defaultdict(int, {key: metric.count for key, metric in run.metrics.items()})
        self._reader = EventReader(folder.events, row.events_offset, counts, hidden)
        self._system = EventReader(folder.system, row.system_offset, defaultdict(int, counts))
        self._log_size = 0
        self._log_told = 0.0
        self._outputs: list[dict[str, Any]] = []
        self._outputs_listed = time.monotonic()
        self._status_seen: tuple[int, int] = (0, 0)
        self._gone_since: float | None = None
        self._asked_since: float | None = None
        self._cleaners = 0

    def step(self) -> bool:
        """Takes up what is new; True when the job has ended and all of it is in the store. Raises EnvironmentError_ (full disk).

        Of a job that logs without end only a part: the others have their turn.
        """
        self.behind = False  # also after a failure, which is no reason to hurry
        self.behind = self._read_batch()
        self._tell_log()
        self._list_outputs()
        status = self._changed_status()
        if status and status.is_final:
            if self.behind:
                self._status_seen = (0, 0)  # it is looked at again when all before the end is in the store
                return False
            self._finish(RunStatus(status.state), status.reason, status)
            return True
        if status and status.state == "running" and self._run.status is not RunStatus.RUNNING:
            self._started(status)
        self._end_deaf_runner()
        return not self.behind and self._runner_is_gone() and self._without_runner()

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
            noted = {"runner_pid": status.runner_pid, "runner_began": status.runner_began, "handle": status.handle}
            table.change(write, self.run_id, **noted)
        self._emit(run_changed(self._run))

    def _read_batch(self, *, final: bool = False) -> bool:
        """Brings the next part of what was logged and measured into the store; whether there is probably more.

        `final`: the writers have ended, so a torn last line counts too, and only an empty rest is the end.
        """
        logged = self._reader.take(final=final)
        if logged:
            written = self._store.log_batch(self.run_id, logged.batch, logged.offset, points=logged.points)
            self._reader.commit(logged)
            if written:
                self._tell(logged)
        measured = self._system.take(final=final)
        if measured:
            with self._store.database.write() as write:
                self._store.log_batch(self.run_id, measured.batch, points=measured.points, connection=write)
                table.change(write, self.run_id, system_offset=measured.offset)
            self._system.commit(measured)
            self._tell(measured)
        return any(taken is not None and (taken.more or final) for taken in (logged, measured))

    def _tell(self, taken: Taken) -> None:
        if taken.points:
            self._emit(MetricsLogged(run_id=self.run_id, keys=tuple(taken.points)))
        if taken.params or taken.tags or taken.inputs:
            self._emit(run_changed(self._run))

    def _tell_log(self, *, final: bool = False) -> None:
        size = capped_size(self.folder.log)
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

    def _list_outputs(self) -> None:
        """Shows the files that the script has written so far; their digests come with the end."""
        now = time.monotonic()
        if now - self._outputs_listed < _OUTPUTS_EVERY_S:
            return
        self._outputs_listed = now
        found = outputs_so_far(self.folder)
        if found and found != self._outputs:
            self._outputs = found
            self._store.set_artifacts(self.run_id, [Artifact.model_validate(one) for one in found])
            self._emit(run_changed(self._run))

    def _end_deaf_runner(self) -> None:
        """A runner that was asked to stop and does nothing any more is killed; what it leaves is ended as after any other."""
        if not self.folder.cancel.exists() or not self.runner_pid:
            return
        now = time.monotonic()
        self._asked_since = self._asked_since or now
        status = JobStatus.load(self.folder) if now - self._asked_since > _DEAF_AFTER_S else None
        if status and abs(time.time() - status.heartbeat) > _DEAF_AFTER_S and is_alive(self.runner_pid, self.runner_began):
            kill_tree(self.runner_pid, grace=1)

    def _without_runner(self) -> bool:
        status = JobStatus.load(self.folder)
        if status and status.is_final:
            self._finish(RunStatus(status.state), status.reason, status)
            return True
        if status is None:
            if self.folder.cancel.exists():
                self._finish(RunStatus.CANCELLED, self.folder.cancel_reason or "Cancelled by the user.", None)
            else:
                self._finish(RunStatus.FAILED, f"The runner did not start: {self._last_words()}", None, cause="environment")
            return True
        if status.handle and takes_up(self._kind) and not self.folder.second.exists() and not self.folder.cancel.exists():
            self.folder.second.touch()
            self._started_again(self._launch(self.run_id))
            return False
        if not self.folder.cleaned.exists() and self._cleaners < _CLEANERS:
            self._cleaners += 1
            self._started_again(self._launch(self.run_id, "--clean"))
            return False
        self._lose(status)
        return True

    def _started_again(self, process: tuple[int, float | None]) -> None:
        self.runner_pid, self.runner_began = process
        self._gone_since = None
        self._status_seen = (0, 0)
        with self._store.database.write() as write:
            table.change(write, self.run_id, runner_pid=self.runner_pid, runner_began=self.runner_began)

    def _lose(self, status: JobStatus) -> None:
        try:
            left = self.folder.cleaned.read_text("utf-8")
        except OSError:
            left = "What it left could not be cleaned up."
        if self.folder.cancel.exists():
            self._finish(RunStatus.CANCELLED, f"{self.folder.cancel_reason or 'Cancelled by the user.'} {left}".strip(), status)
        elif status.started is None:
            reason = f"The runner was killed while it prepared the run; the script did not start. {left}".strip()
            self._finish(RunStatus.LOST, reason, status, cause="environment")
        else:
            reason = "The runner was killed while the script ran, so how the script would have ended is not known; it was stopped."
            self._finish(RunStatus.LOST, f"{reason} {left}".strip(), status, cause="environment")

    def _last_words(self) -> str:
        try:
            lines = self.folder.runner_log.read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            lines = []
        return f"{lines[-1].rstrip('.')}." if lines else "it left no message."

    def _finish(self, status: RunStatus, reason: str, seen: JobStatus | None, *, cause: str = "") -> None:
        """Everything that the run left goes into the store before its end does: who sees the end sees the whole.

        A fault of the environment puts the job back into the queue, as often as its configuration allows.
        """
        while self._read_batch(final=True):
            pass
        if seen and seen.started and self._run.status is not RunStatus.RUNNING:
            self._started(seen)  # a script so short that its running was not seen
        artifacts = [Artifact.model_validate(one) for one in read_outputs(self.folder)]
        faulty = status in {RunStatus.FAILED, RunStatus.LOST} and (cause or (seen.cause if seen else "")) == "environment"
        with self._store.database.write() as write:
            if faulty and (again := table.try_again(write, self.run_id, reason)):
                self._run = self._store.set_status(self.run_id, RunStatus.QUEUED, again, connection=write)
            else:
                self._run = end_run(write, self._store, self.run_id, status, reason, seen=seen, artifacts=artifacts)
        self._tell_log(final=True)
        self._emit(run_changed(self._run))
        if self.runner_pid:
            reap(self.runner_pid)
        if self._run.status.is_final and status is not RunStatus.LOST:
            self.folder.forget_events()
        if self._run.status.is_final and not self._run.config.tracked:
            self._forget()

    def _forget(self) -> None:
        """A run that is not to be kept leaves the history when it has ended; until the trash is emptied it can be brought back."""
        try:
            self._store.trash(self.run_id)
        except NotFound:
            return
        self._emit(run_changed(self._run))


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
    """Gives run and job their end, in one transaction. The reason of a failure says what was other than planned."""
    if status is RunStatus.FAILED:
        lock, python = (seen.lock, seen.python) if seen else ("", "")
        reason = f"{reason} {held_against(store, store.get(run_id), reason, lock, python)}".rstrip()
    if artifacts is not None:
        store.set_artifacts(run_id, artifacts, connection=write)
    # A process that ended its run itself may have done so by a clock that was set back meanwhile.
    ended = _moment(max(seen.ended, seen.started or 0.0)) if seen and seen.ended is not None else None
    table.move(write, run_id, status, reason, ended)
    table.forget_secrets(write, run_id)
    return store.set_status(
        run_id,
        status,
        reason,
        started=_moment(seen.started) if seen else None,
        ended=ended,
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
