"""The scheduler: one thread that starts a runner for each job whose turn has come, and follows every runner to its job's end."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from workbench.base.errors import NotFound, WorkbenchError
from workbench.base.masking import Masker
from workbench.base.paths import WorkspacePaths
from workbench.jobs import table
from workbench.jobs.dispatching import Dispatcher
from workbench.jobs.folder import JobSpec, RunFolder
from workbench.jobs.launching import Launcher
from workbench.jobs.opened import OPENED, OpenedRun
from workbench.jobs.queue import Decision
from workbench.jobs.targettable import find
from workbench.jobs.watched import Emit, WatchedJob, end_run, run_changed
from workbench.runs import RunStore
from workbench.schema import Run, RunStatus

_log = logging.getLogger(__name__)
_TICK_S = 0.2
_IDLE_TICK_S = 5.0


class Scheduler:
    """Owns what is known of the jobs that have a runner. All of it can be read again from the queue and the runs' folders."""

    def __init__(self, store: RunStore, paths: WorkspacePaths, dispatcher: Dispatcher, launcher: Launcher, emit: Emit) -> None:
        self._store = store
        self._paths = paths
        self._dispatcher = dispatcher
        self._launcher = launcher
        self._emit = emit
        self._watched: dict[str, WatchedJob] = {}
        self._unfollowed = threading.Event()
        """There may be runners that nobody follows: a manager before this one left them, a round failed, a process opened a run."""
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    # From any thread

    def start(self, step_sweeps: Callable[[], bool]) -> None:
        """Takes up the jobs that have a runner, and begins to work.

        `step_sweeps` steps all sweeps on, and says whether one is under way; it is called in each round, by the thread.
        """
        if self._thread is None:
            self._stopping.clear()
            self._unfollowed.set()
            self._thread = threading.Thread(target=self._work, args=(step_sweeps,), name="workbench-jobs")
            self._thread.start()

    def stop(self) -> None:
        """Ends the thread. The runners go on; whoever starts next takes them up."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._watched.clear()

    def look(self) -> None:
        """Has the queue looked at, and all runners, at once: a job, a target or the settings have changed."""
        self._dispatcher.changed()
        self._wake.set()

    def tell(self, run: Run) -> None:
        """Publishes that a run was made or changed, and looks at the queue."""
        self._emit(run_changed(run))
        self.look()

    def take_up(self) -> None:
        """A process has opened a run by itself: it is followed from now on."""
        self._unfollowed.set()
        self._wake.set()

    def hidden(self, run_id: str) -> Masker:
        """Blacks out the secrets of a job that has a runner, also in what its script tells of itself."""
        watched = self._watched.get(run_id)
        return watched.hidden if watched else Masker(())

    # The thread

    def _work(self, step_sweeps: Callable[[], bool]) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            pause = _TICK_S
            try:
                pause = self._round(step_sweeps)
            except WorkbenchError as error:
                # What was half done, e.g. a runner started and not noted, is taken up as after a restart.
                self._unfollowed.set()
                _log.warning("The job manager tries again: %s", error)
            except Exception:  # noqa: BLE001 (one failed round must not end the work for good)
                self._unfollowed.set()
                _log.exception("The job manager failed in one round")
            self._wake.wait(pause)

    def _round(self, step_sweeps: Callable[[], bool]) -> float:
        """Does all that can be done now; the seconds until there will be more to do, where nobody says so before."""
        if self._unfollowed.is_set():
            self._unfollowed.clear()
            self._take_up()
        self._follow()
        sweeping = step_sweeps()
        self._start_waiting()
        if any(job.behind for job in self._watched.values()):
            return 0.0
        return _TICK_S if self._watched or sweeping else _IDLE_TICK_S

    def _take_up(self) -> None:
        """Finds the runners that nobody follows."""
        with self._store.database.read() as connection:
            rows = table.active(connection)
        for row in rows:
            if row.run_id in self._watched:
                continue
            folder = self._folder(row.run_id)
            if row.runner_pid is None and not folder.has_begun(row.attempt):
                # Its runner was about to be started, or was started and not noted: a second one finds the first and goes.
                self._launch(row)
            else:
                self._watch(row.run_id)
            if row.cancel_requested:  # now: a launch puts aside what an attempt before this one was told
                folder.ask_to_stop()

    def _follow(self) -> None:
        for run_id, job in list(self._watched.items()):
            try:
                if job.step():
                    del self._watched[run_id]
                    self._dispatcher.changed()
            except NotFound:
                del self._watched[run_id]  # the run was deleted
            except WorkbenchError as error:
                _log.warning("The job %s is looked at again: %s", run_id, error)
            except Exception:  # noqa: BLE001 (the other jobs go on)
                _log.exception("The job %s could not be followed in this round", run_id)

    def _start_waiting(self) -> None:
        """Starts what has its share of a target free, and ends what can never start."""
        if not self._dispatcher.due():
            return
        with self._dispatcher.deciding:
            with self._store.database.read() as connection:
                decisions = self._dispatcher.look(connection)
            for one in decisions:
                if self._stopping.is_set():
                    return
                if one.fails:
                    self._end(one.job.run_id, one.fails)
                elif one.starts:
                    self._start(one)

    def _start(self, decision: Decision) -> None:
        run_id = decision.job.run_id
        with self._store.database.write() as write:
            run = self._store.set_status(run_id, RunStatus.PREPARING, connection=write)
            table.move(write, run_id, RunStatus.PREPARING)
            # The target as it is now: it may have been corrected while the job waited, e.g. for its next attempt.
            spec = {**table.row(write, run_id).spec, "target_spec": find(write, decision.job.target).spec["spec"]}
            table.change(write, run_id, spec=spec, gpus=list(decision.gpus), not_before=None)
            row = table.row(write, run_id)
        self._dispatcher.started(decision.job.project)
        self._emit(run_changed(run))
        self._launch(row)

    def _launch(self, row: Any) -> None:
        """Starts the job's runner; a failure here is the job's end."""
        try:
            pid, began = self._launcher.launch(row)
        except WorkbenchError as error:
            self._end(row.run_id, str(error))
            return
        with self._store.database.write() as write:
            table.change(write, row.run_id, runner_pid=pid, runner_began=began)
        self._watch(row.run_id)

    def _launch_again(self, run_id: str, *options: str) -> tuple[int, float | None]:
        return self._launcher.launch(self._row(run_id), *options)

    def _watch(self, run_id: str) -> None:
        row = self._row(run_id)
        kind, hidden = (OpenedRun, Masker(())) if OPENED in row.spec else (WatchedJob, self._launcher.masker(JobSpec.of(row.spec)))
        run = self._store.get(run_id)
        self._watched[run_id] = kind(run, row, self._folder(run_id), self._store, self._emit, self._launch_again, hidden)

    def _end(self, run_id: str, reason: str) -> None:
        with self._store.database.write() as write:
            run = end_run(write, self._store, run_id, RunStatus.FAILED, reason)
        self._emit(run_changed(run))

    def _row(self, run_id: str) -> Any:
        with self._store.database.read() as connection:
            return table.row(connection, run_id)

    def _folder(self, run_id: str) -> RunFolder:
        return RunFolder(self._paths.run(run_id))
