"""The job manager: takes jobs, queues them, starts a runner for each, and follows them to their end.

The queue is a table, the runners are processes of their own, and what they do stands in their folders: a manager that was killed
is replaced by a new one that finds everything. A job is started once, whatever happens.
"""

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from workbench.base.errors import Conflict, EnvironmentError_, NotFound, UserError, WorkbenchError
from workbench.base.files import disk_error, readable_name, write_atomic
from workbench.base.ids import new_id
from workbench.base.masking import Masker
from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings
from workbench.jobs import opened, table
from workbench.jobs.checks import JobPlan, check_place, check_request, check_snapshot
from workbench.jobs.dispatching import Dispatcher
from workbench.jobs.emptying import Emptied, delete_run, empty_trash
from workbench.jobs.environments import EnvironmentBuilder
from workbench.jobs.folder import JobSpec, RunFolder
from workbench.jobs.launching import Launcher, Tracking
from workbench.jobs.logs import read_chunk
from workbench.jobs.outputs import output_folders
from workbench.jobs.planning import DryRuns, finished_before
from workbench.jobs.queue import Decision, circle
from workbench.jobs.skipping import done_before
from workbench.jobs.submitting import job_spec, recorded, user_name
from workbench.jobs.sweeps.manager import SweepManager
from workbench.jobs.sweeps.state import begin as begin_sweep
from workbench.jobs.targets import TargetStore, spec_of
from workbench.jobs.watched import Emit, WatchedJob, end_run, run_changed
from workbench.projects import GitInfo, Project, Restored, Snapshot, SnapshotStore, git_state
from workbench.runs import Database, RunStore
from workbench.schema import (
    GitState,
    Job,
    JobPatch,
    JobPlanned,
    JobRequest,
    LogBatch,
    LogChunk,
    Run,
    RunConfig,
    RunEnd,
    RunOpen,
    RunOpened,
    RunStatus,
)

_log = logging.getLogger(__name__)
LogStream = Literal["merged", "stdout", "stderr", "runner"]

_TICK_S = 0.2
_ENDS_WITHIN_S = 10.0
_IDLE_TICK_S = 5.0


class JobManager:
    """The jobs of a workspace. Its methods may be called from any thread; one manager a workspace at a time.

    `emit` gets what happens, from the calling thread or the scheduler's.
    """

    def __init__(
        self,
        database: Database,
        store: RunStore,
        paths: WorkspacePaths,
        settings: Settings,
        emit: Emit,
        tracking: Tracking = lambda _run_id: {},
    ) -> None:
        self._database = database
        self._store = store
        self._paths = paths
        self._settings = settings
        self._emit = emit
        self.snapshots = SnapshotStore(paths.snapshots)
        self.sweeps = SweepManager(store, self)
        self.targets = TargetStore(database, paths, settings)
        self._launcher = Launcher(paths, lambda: self._settings, self.targets, tracking)
        self._watched: dict[str, WatchedJob] = {}
        self._dispatcher = Dispatcher(store, self.targets)
        self._dry_runs = DryRuns(self.targets, self._dispatcher.would_start)
        self._unwatched = threading.Event()
        """A run was opened by a process of its own, and nobody follows it yet."""
        self._starting = threading.Lock()  # a job is either cancelled in the queue or started, never both
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def configure(self, settings: Settings) -> None:
        """Takes changed settings: the number of parallel jobs counts at once."""
        self._settings = settings
        self.targets.configure(settings)
        self.look()

    def start(self) -> None:
        """Takes up the jobs that a manager before this one left, and begins to work."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._work, name="workbench-jobs")
            self._thread.start()

    def look(self) -> None:
        """Has the scheduler look at the queue at once: a job, a target or the settings have changed."""
        self._dispatcher.changed()
        self._wake.set()

    def stop(self) -> None:
        """Ends the manager's own work. The runners go on; the next manager takes them up."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._watched.clear()

    def submit(self, request: JobRequest) -> Run:
        """Checks the request, takes the snapshot, and queues the job; it is on disk when this returns.

        Raises UserError or NotFound (what to correct, where) or EnvironmentError_ (disk, git), and then nothing was queued.
        """
        plan = check_request(request)
        project, config = plan.project, plan.config
        depends_on = self._dispatcher.dependencies(request, str(project.folder))
        self._check_target(config)
        git = git_state(project.folder)
        snapshot = self._snapshot(project, f"Before {config.script}")
        check_snapshot(self.snapshots, snapshot.commit, config)
        spec = self._spec(plan, snapshot.commit, prepare_only=request.kind == "prepare")
        skips = not (request.force or request.sweep or request.kind == "prepare")
        earlier = done_before(self._store, self.snapshots, project, config, snapshot.commit) if skips else None
        shown = self._dry_runs.planned(
            plan,
            request,
            snapshot.commit,
            depends_on=depends_on,
            left_out=snapshot.left_out,
            earlier=earlier,
            as_run=finished_before(self._store, str(project.folder), config),
        )
        with self._database.write() as write:
            run = self._store.create_run(
                run_id=spec.run_id,
                experiment=request.experiment or project.name,
                project=str(project.folder),
                name=request.name,
                parent_id=request.parent_id,
                script=config.script,
                arguments=config.arguments,
                target=config.target,
                config=recorded(config),
                user=user_name(),
                snapshot=snapshot.commit,
                left_out=snapshot.left_out,
                git=GitState(remote=git.remote, branch=git.branch, commit=git.commit, dirty=git.dirty),
                git_diff=git.diff,
                tags=request.tags,
                kind="sweep" if request.sweep else request.kind or "job",
                status=RunStatus.RUNNING if request.sweep else RunStatus.QUEUED,
                result_of=earlier.id if earlier else None,
                plan=shown.model_dump(mode="json"),
                connection=write,
            )
            if request.sweep and config.sweep is not None:
                begin_sweep(write, run.id, config.sweep, depends_on)
            else:
                table.add(write, spec, config, priority=request.priority, depends_on=depends_on)
            if earlier is not None:
                self._store.log_batch(run.id, LogBatch(inputs=earlier.inputs), connection=write)
                reason = f"Nothing has changed since run {earlier.number}: its result counts."
                run = end_run(write, self._store, run.id, RunStatus.FINISHED, reason)
        self._emit(run_changed(run))
        self.look()
        return run

    def plan(self, request: JobRequest) -> JobPlanned:
        """What `submit` would do with the request, which is checked in the same way; nothing is queued.

        Raises what `submit` raises but for what a later submission may not meet: that is among the plan's problems.
        """
        plan = check_request(request)
        project, config = plan.project, plan.config
        problems = []
        depends_on: tuple[str, ...] = ()
        try:
            depends_on = self._dispatcher.dependencies(request, str(project.folder))
            self._check_target(config)
        except NotFound:
            raise
        except (UserError, EnvironmentError_) as error:
            problems.append(f"{error.message} {error.hint}".strip())
        snapshot = self._snapshot(project, f"Before {config.script}")
        try:
            check_snapshot(self.snapshots, snapshot.commit, config)
        except UserError as error:
            problems.append(f"{error.message} {error.hint}".strip())
        skips = not (request.force or request.sweep)
        earlier = done_before(self._store, self.snapshots, project, config, snapshot.commit) if skips else None
        known = self._dry_runs.planned(
            plan,
            request,
            snapshot.commit,
            depends_on=depends_on,
            left_out=snapshot.left_out,
            earlier=earlier,
            problems=problems,
        )
        sizes = self.snapshots.sizes(snapshot.commit)
        return self._dry_runs.show(known, plan, snapshot.commit, self.environments(), sizes)

    def open_run(self, request: RunOpen) -> RunOpened:
        """A run for a process that logs by itself, with a snapshot of its project. Raises UserError, NotFound, Conflict."""
        project = opened.project_of(request)
        git = git_state(project.folder) if project else GitInfo()
        snapshot = self._snapshot(project, "Before a run of its own") if project else None
        run_id = new_id()
        folder = self._folder(run_id)
        try:
            opened.make_folder(folder, request)
            with self._database.write() as write:
                run = opened.record(write, self._store, run_id, request, project, snapshot, git, user_name())
        except OSError as error:
            raise disk_error(error, f"The run's folder {folder.path}") from error
        except WorkbenchError:
            shutil.rmtree(folder.path, ignore_errors=True)
            raise
        self._unwatched.set()
        self.tell(run)
        return RunOpened(
            id=run.id, number=run.number, experiment=run.experiment, folder=str(folder.path), outputs=str(folder.outputs)
        )

    def end_run(self, run_id: str, ending: RunEnd) -> Run:
        """Ends a run that a process opened, and waits a moment until all that it logged is in the store."""
        opened.end(self._folder(run_id), self._store.get(run_id), ending)
        self._wake.set()
        deadline = time.monotonic() + _ENDS_WITHIN_S
        while not (run := self._store.get(run_id)).status.is_final and time.monotonic() < deadline:
            time.sleep(0.01)
        return run

    def cancel(self, run_id: str, reason: str = "") -> Job:
        """Ends a waiting job at once, and asks the runner of a running one to end it; a sweep ends with its trials.

        `reason`: why, in a sentence, where it is not the user. Raises Conflict for an ended one.
        """
        if self.sweeps.is_sweep(run_id):
            self.sweeps.stop(run_id)
            return self.get(run_id)
        with self._starting:
            with self._database.read() as connection:
                row = table.row(connection, run_id)
            status = RunStatus(row.status)
            if status.is_final:
                raise Conflict(f"The job is over: it is {status.value}.", place=run_id)
            ended = None
            with self._database.write() as write:
                table.change(write, run_id, cancel_requested=True)
                if status is RunStatus.QUEUED:
                    ended = end_run(
                        write, self._store, run_id, RunStatus.CANCELLED, reason or "Cancelled by the user before it started."
                    )
        if ended:
            self._emit(run_changed(ended))
        else:
            self._ask_to_stop(run_id, reason)
        self.look()
        return self.get(run_id)

    def hidden(self, run_id: str) -> Masker:
        """Blacks out the secrets of a running job, also in what its script tells of itself."""
        watched = self._watched.get(run_id)
        return watched.hidden if watched else Masker(())

    # What a sweep needs: see TrialQueue

    def queue_trial(
        self,
        write: sa.Connection,
        parent: Run,
        script_arguments: Sequence[str],
        name: str,
        depends_on: Sequence[str],
        priority: int | None,
    ) -> Run:
        """Makes a child run of a sweep, of the same files, and queues its job, in the caller's transaction."""
        config = parent.config.model_copy(update={"arguments": tuple(script_arguments), "sweep": None})
        spec = self._spec(JobPlan(Project.open(parent.project), config), parent.snapshot)
        run = self._store.create_run(
            run_id=spec.run_id,
            experiment=parent.experiment,
            project=parent.project,
            name=name,
            parent_id=parent.id,
            script=config.script,
            arguments=config.arguments,
            target=config.target,
            config=config,
            user=parent.user,
            snapshot=parent.snapshot,
            left_out=parent.left_out,
            git=parent.git,
            kind="trial",
            connection=write,
        )
        table.add(write, spec, config, priority=priority, depends_on=depends_on)
        return run

    def change_waiting(self, write: sa.Connection, run_ids: Sequence[str], **values: Any) -> None:
        """Changes those of the jobs that wait still, in the caller's transaction."""
        table.change_waiting(write, run_ids, **values)

    def cancel_trial(self, run_id: str, reason: str) -> None:
        """Ends a trial; nothing where it has ended."""
        with contextlib.suppress(Conflict, NotFound):
            self.cancel(run_id, reason)

    def tell(self, run: Run) -> None:
        """Publishes that a run was made or changed, and wakes the scheduler."""
        self._emit(run_changed(run))
        self.look()

    def say(self, run_id: str, line: str) -> None:
        """Appends a line to the log of a run that has no runner."""
        log = self._folder(run_id).log
        with contextlib.suppress(OSError):
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("a", encoding="utf-8") as file:
                file.write(f"[workbench] {line}\n")

    def list(self) -> tuple[Job, ...]:
        """The jobs that wait or run, then the latest ended ones; newest first."""
        with self._database.read() as connection:
            return tuple(table.listed(connection, waits=self._dispatcher.waits(connection)))

    def get(self, run_id: str) -> Job:
        """One job. Raises NotFound."""
        with self._database.read() as connection:
            found = table.listed(connection, run_id, waits=self._dispatcher.waits(connection))
        if not found and self.sweeps.is_sweep(run_id):
            return _sweep_as_job(self._store.get(run_id), self.sweeps.priority(run_id))
        if not found:
            raise NotFound(f"There is no job {run_id!r}.", hint="See: workbench run list")
        return found[0]

    def counts(self) -> tuple[int, int]:
        """How many jobs run (or are prepared), and how many wait."""
        with self._database.read() as connection:
            found = table.counts(connection)
        return found.get("preparing", 0) + found.get("running", 0), found.get("queued", 0)

    def change(self, run_id: str, patch: JobPatch) -> Job:
        """Changes priority, place or dependencies of a waiting job, or of a sweep's trials: those that wait, and those to come.

        Raises Conflict for one that has begun (a sweep: ended), UserError for dependencies in a circle.
        """
        if self.sweeps.is_sweep(run_id):
            self._change_sweep(run_id, patch)
            self.look()
            return self.get(run_id)
        with self._starting, self._database.write() as write:
            row = table.row(write, run_id)
            if row.status != RunStatus.QUEUED.value:
                raise Conflict(f"The job does not wait any more: it is {row.status}.", place=run_id)
            values: dict[str, Any] = {}
            waiting = table.queued(write)
            if patch.priority is not None:
                values["priority"] = patch.priority
            if patch.first:
                values["priority"] = max([patch.priority or 0, *(one.priority + 1 for one in waiting if one.run_id != run_id)])
            if patch.depends_on is not None:
                others = tuple(self._store.resolve(text) for text in patch.depends_on)
                if circle(run_id, others, {one.run_id: one.depends_on for one in waiting}):
                    raise UserError("The job would wait for itself: the runs depend on each other in a circle.", place="depends_on")
                values["depends_on"] = list(others)
            if values:
                table.change(write, run_id, **values)
        self.look()
        return self.get(run_id)

    def _change_sweep(self, run_id: str, patch: JobPatch) -> None:
        priority = patch.priority
        if patch.first:
            own = {trial.run_id for trial in self.sweeps.get(run_id).trials}
            with self._database.read() as connection:
                others = [one.priority + 1 for one in table.queued(connection) if one.run_id not in own]
            priority = max([priority or 0, *others])
        depends_on = None
        if patch.depends_on is not None:
            depends_on = tuple(self._store.resolve(text) for text in patch.depends_on)
            own = {run_id, *(trial.run_id for trial in self.sweeps.get(run_id).trials)}
            if own.intersection(depends_on):
                raise UserError("The sweep would wait for itself.", place="depends_on")
        self.sweeps.change(run_id, priority=priority, depends_on=depends_on)

    def log(self, run_id: str, offset: int = 0, limit: int = 1_000_000, stream: LogStream = "merged") -> LogChunk:
        """A part of the job's log from byte `offset` on (negative: counted from the end). Raises NotFound.

        `stream`: `merged`, `stdout`, `stderr`, or `runner`: what Workbench's own process said.
        """
        ended = self._store.get(run_id).status.is_final
        folder = self._folder(run_id)
        paths = {"merged": folder.log, "stdout": folder.stdout, "stderr": folder.stderr, "runner": folder.runner_log}
        return read_chunk(paths[stream], offset, limit, ended=ended)

    def outputs(self, run_id: str) -> Path:
        """The folder where the run's outputs are kept, and where what comes through the server goes. It may not be there yet."""
        return self._folder(run_id).outputs

    def output_folders(self, run_id: str) -> tuple[Path, ...]:
        """Where the run's outputs are now: also in the working copy while the script runs there."""
        return output_folders(self._folder(run_id))

    def restore(self, run_id: str, folder: Path | None = None) -> Restored:
        """Brings the run's files back into its project (what is overwritten is kept), or into another, empty folder."""
        run = self._store.get(run_id)
        if not run.snapshot:
            raise UserError(f"Run {run.number} of {run.experiment} has no snapshot of its files.")
        if folder is None:
            if not Path(run.project).is_dir():
                hint = "Name another folder to restore to."
                raise NotFound(f"The project folder {run.project} is not there any more.", hint=hint, place=run.project)
            return self.snapshots.restore(run.snapshot, Path(run.project))
        self.snapshots.checkout(run.snapshot, folder)
        return Restored(None, tuple(map(readable_name, self.snapshots.files(run.snapshot))))

    def remove(self, run_id: str) -> None:
        """Deletes an ended run with its folder and its snapshot. Raises Conflict while it waits or runs."""
        delete_run(self._database, self._store, self._paths, self.snapshots, run_id)

    def empty_trash(self, older_than: datetime | None = None) -> Emptied:
        """Deletes for good what went into the trash before `older_than` (None: all of it), with folders and unneeded snapshots."""
        return empty_trash(self._database, self._store, self._paths, self.snapshots, older_than)

    def environments(self) -> EnvironmentBuilder:
        """A builder of environments with the present settings."""
        return EnvironmentBuilder(self._paths, self._settings)

    def _snapshot(self, project: Project, message: str) -> Snapshot:
        limit = self._settings.snapshot_file_mb * 1_000_000
        return self.snapshots.commit(project.folder, project.id, message, size_limit=limit)

    def _spec(self, plan: JobPlan, commit: str, *, prepare_only: bool = False) -> JobSpec:
        return job_spec(plan, commit, self._paths.root, self._target_spec(plan.config.target), prepare_only=prepare_only)

    def _target_spec(self, name: str) -> dict[str, Any]:
        with self._database.read() as connection:
            return spec_of(connection, name)

    def _check_target(self, config: RunConfig) -> None:
        """Refuses a job that could never start: an unknown target, more than that has, a secret that is not there."""
        self._dispatcher.check(config)
        check_place(config, str(self._target_spec(config.target)["kind"]))
        self._launcher.secret_variables(config.variables)

    def _folder(self, run_id: str) -> RunFolder:
        return RunFolder(self._paths.run(run_id))

    # The scheduler's thread

    def _work(self) -> None:
        recovered = sweeping = False
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if not recovered or self._unwatched.is_set():
                    self._unwatched.clear()
                    self._take_up()
                    recovered = True
                self._follow()
                sweeping = self.sweeps.step()
                self._start_waiting()
            except WorkbenchError as error:
                # What was half done, e.g. a runner started and not noted, is taken up as after a restart.
                recovered = False
                _log.warning("The job manager tries again: %s", error)
            except Exception:  # noqa: BLE001 (one failed round must not end the work for good)
                recovered = False
                _log.exception("The job manager failed in one round")
            self._wake.wait(_TICK_S if self._watched or sweeping or not recovered else _IDLE_TICK_S)

    def _take_up(self) -> None:
        """Finds the runners of a manager before this one."""
        with self._database.read() as connection:
            rows = table.active(connection)
        for row in rows:
            if row.run_id in self._watched:
                continue
            if row.cancel_requested:
                self._ask_to_stop(row.run_id)
            if row.runner_pid is None and not self._folder(row.run_id).has_begun(row.attempt):
                # Its runner was about to be started, or was started and not noted: a second one finds the first and goes.
                self._launch(row)
            else:
                self._watch(row.run_id)

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
        with self._starting:
            with self._database.read() as connection:
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
        with self._database.write() as write:
            run = self._store.set_status(run_id, RunStatus.PREPARING, connection=write)
            table.move(write, run_id, RunStatus.PREPARING)
            table.change(write, run_id, gpus=list(decision.gpus), not_before=None)
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
        with self._database.write() as write:
            table.change(write, row.run_id, runner_pid=pid, runner_began=began)
        self._watch(row.run_id)

    def _launch_again(self, run_id: str, *options: str) -> tuple[int, float | None]:
        with self._database.read() as connection:
            row = table.row(connection, run_id)
        return self._launcher.launch(row, *options)

    def _end(self, run_id: str, reason: str) -> None:
        with self._database.write() as write:
            run = end_run(write, self._store, run_id, RunStatus.FAILED, reason)
        self._emit(run_changed(run))

    def _watch(self, run_id: str) -> None:
        with self._database.read() as connection:
            row = table.row(connection, run_id)
        run = self._store.get(run_id)
        kind = opened.OpenedRun if opened.OPENED in row.spec else WatchedJob
        hidden = self._launcher.masker(row.spec.get("variables", {}))
        self._watched[run_id] = kind(run, row, self._folder(run_id), self._store, self._emit, self._launch_again, hidden)

    def _ask_to_stop(self, run_id: str, reason: str = "") -> None:
        folder = self._folder(run_id)
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
            if reason and not folder.cancel_reason:
                write_atomic(folder.cancel, reason)
            else:
                folder.cancel.touch()
        except OSError as error:
            raise disk_error(error, str(folder.cancel)) from error


def _sweep_as_job(run: Run, priority: int) -> Job:
    """A sweep has no job of its own; who asks for one sees where the sweep stands."""
    return Job(
        id=run.id,
        run_number=run.number,
        run_name=run.name,
        experiment=run.experiment,
        project=run.project,
        script=run.script,
        target=run.target,
        status=run.status,
        reason=run.reason,
        priority=priority,
    )
