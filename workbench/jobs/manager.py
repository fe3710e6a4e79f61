"""The job manager: takes jobs, queues them, starts a runner for each, and follows them to their end.

The queue is a table, the runners are processes of their own, and what they do stands in their folders: a manager that was killed
is replaced by a new one that finds everything. A job is started once, whatever happens.
"""

import contextlib
import getpass
import logging
import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from workbench.base.errors import Conflict, NotFound, UserError, WorkbenchError
from workbench.base.files import disk_error, write_atomic
from workbench.base.ids import new_id
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import spawn_detached, started_at
from workbench.base.settings import Settings
from workbench.jobs import table
from workbench.jobs.checks import JobPlan, check_request, check_snapshot
from workbench.jobs.environments import EnvironmentBuilder
from workbench.jobs.folder import JobSpec, RunFolder, runner_command
from workbench.jobs.logs import read_chunk
from workbench.jobs.sweeps.manager import SweepManager
from workbench.jobs.sweeps.state import begin as begin_sweep
from workbench.jobs.watched import Emit, WatchedJob, end_run, run_changed
from workbench.projects import Restored, SnapshotStore, git_state
from workbench.runs import Database, RunStore
from workbench.schema import GitState, Job, JobRequest, LogChunk, Run, RunStatus

_log = logging.getLogger(__name__)
_TICK_S = 0.2
_IDLE_TICK_S = 5.0


class JobManager:
    """The jobs of a workspace. Its methods may be called from any thread; one manager a workspace at a time.

    `emit` gets what happens, from the calling thread or the scheduler's.
    """

    def __init__(self, database: Database, store: RunStore, paths: WorkspacePaths, settings: Settings, emit: Emit) -> None:
        self._database = database
        self._store = store
        self._paths = paths
        self._settings = settings
        self._emit = emit
        self.snapshots = SnapshotStore(paths.snapshots)
        self.sweeps = SweepManager(store, self)
        self._watched: dict[str, WatchedJob] = {}
        self._starting = threading.Lock()  # a job is either cancelled in the queue or started, never both
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def configure(self, settings: Settings) -> None:
        """Takes changed settings: the number of parallel jobs counts at once."""
        self._settings = settings
        self._wake.set()

    def start(self) -> None:
        """Takes up the jobs that a manager before this one left, and begins to work."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._work, name="workbench-jobs")
            self._thread.start()

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
        git = git_state(project.folder)
        snapshot = self.snapshots.commit(project.folder, project.id, f"Before {config.script}")
        check_snapshot(self.snapshots, snapshot.commit, config)
        spec = self._spec(plan, snapshot.commit)
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
                config=config,
                user=_user(),
                snapshot=snapshot.commit,
                left_out=snapshot.left_out,
                git=GitState(remote=git.remote, branch=git.branch, commit=git.commit, dirty=git.dirty),
                tags=request.tags,
                kind="sweep" if request.sweep else request.kind or "job",
                status=RunStatus.RUNNING if request.sweep else RunStatus.QUEUED,
                connection=write,
            )
            if request.sweep and config.sweep is not None:
                begin_sweep(write, run.id, config.sweep)
            else:
                table.add(write, spec, config.target)
        self._emit(run_changed(run))
        self._wake.set()
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
                    ended = end_run(write, self._store, run_id, RunStatus.CANCELLED, reason or "Cancelled by the user before it started.")
        if ended:
            self._emit(run_changed(ended))
        else:
            self._ask_to_stop(run_id, reason)
        self._wake.set()
        return self.get(run_id)

    # What a sweep needs: see TrialQueue

    def queue_trial(self, write: sa.Connection, parent: Run, script_arguments: Sequence[str], name: str) -> Run:
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
        table.add(write, spec, config.target)
        return run

    def cancel_trial(self, run_id: str, reason: str) -> None:
        """Ends a trial; nothing where it has ended."""
        with contextlib.suppress(Conflict, NotFound):
            self.cancel(run_id, reason)

    def tell(self, run: Run) -> None:
        """Publishes that a run was made or changed, and wakes the scheduler."""
        self._emit(run_changed(run))
        self._wake.set()

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
            return tuple(table.listed(connection))

    def get(self, run_id: str) -> Job:
        """One job. Raises NotFound."""
        with self._database.read() as connection:
            found = table.listed(connection, run_id)
        if not found and self.sweeps.is_sweep(run_id):
            return _sweep_as_job(self._store.get(run_id))
        if not found:
            raise NotFound(f"There is no job {run_id!r}.", hint="See: workbench run list")
        return found[0]

    def counts(self) -> tuple[int, int]:
        """How many jobs run (or are prepared), and how many wait."""
        with self._database.read() as connection:
            found = table.counts(connection)
        return found.get("preparing", 0) + found.get("running", 0), found.get("queued", 0)

    def log(self, run_id: str, offset: int = 0, limit: int = 1_000_000) -> LogChunk:
        """A part of the job's log from byte `offset` on. Raises NotFound."""
        ended = self._store.get(run_id).status.is_final
        return read_chunk(self._folder(run_id).log, offset, limit, ended=ended)

    def outputs(self, run_id: str) -> Path:
        """The folder where the run's outputs are now: in the working copy while it runs. It may not be there yet."""
        folder = self._folder(run_id)
        return folder.outputs if folder.outputs.exists() else folder.work / "outputs"

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
        return Restored(None, tuple(self.snapshots.files(run.snapshot)))

    def remove(self, run_id: str) -> None:
        """Deletes an ended run with its folder. Raises Conflict while it waits or runs."""
        self._store.delete(run_id)
        shutil.rmtree(self._folder(run_id).path, ignore_errors=True)

    def environments(self) -> EnvironmentBuilder:
        """A builder of environments with the present settings."""
        return EnvironmentBuilder(self._paths, self._settings)

    def _spec(self, plan: JobPlan, commit: str) -> JobSpec:
        config = plan.config
        return JobSpec(
            run_id=new_id(),
            project=str(plan.project.folder),
            snapshot=commit,
            home=str(self._paths.root.absolute()),
            script=config.script,
            arguments=config.arguments,
            variables=config.variables,
            environment=config.environment.kind,
            requirements=config.environment.file,
            python=config.environment.python,
            cpus=config.resources.cpus,
            memory_mb=config.resources.memory_mb,
            time_limit_s=config.resources.time_limit_s,
        )

    def _folder(self, run_id: str) -> RunFolder:
        return RunFolder(self._paths.run(run_id))

    # The scheduler's thread

    def _work(self) -> None:
        recovered = sweeping = False
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if not recovered:
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
            if row.runner_pid is None and not self._folder(row.run_id).status.exists():
                # Its runner was about to be started, or was started and not noted: a second one finds the first and goes.
                self._launch(row)
            else:
                self._watch(row.run_id, row.runner_pid, row.runner_began)

    def _follow(self) -> None:
        for run_id, job in list(self._watched.items()):
            try:
                if job.step():
                    del self._watched[run_id]
            except NotFound:
                del self._watched[run_id]  # the run was deleted
            except WorkbenchError as error:
                _log.warning("The job %s is looked at again: %s", run_id, error)
            except Exception:  # noqa: BLE001 (the other jobs go on)
                _log.exception("The job %s could not be followed in this round", run_id)

    def _start_waiting(self) -> None:
        while len(self._watched) < self._settings.parallel_jobs and not self._stopping.is_set():
            with self._starting:
                with self._database.read() as connection:
                    queue = table.waiting(connection)
                if not queue:
                    return
                with self._database.write() as write:
                    run = self._store.set_status(queue[0], RunStatus.PREPARING, connection=write)
                    table.move(write, queue[0], RunStatus.PREPARING)
                    row = table.row(write, queue[0])
            self._emit(run_changed(run))
            self._launch(row)

    def _launch(self, row: Any) -> None:
        """Writes what the runner needs and starts it; a failure here is the job's end."""
        run_id, folder = row.run_id, self._folder(row.run_id)
        spec = JobSpec(**{**row.spec, "arguments": tuple(row.spec["arguments"])})
        spec = replace(spec, ca_bundle=self._settings.ca_bundle, package_index=self._settings.package_index)
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
            folder.make_reserve()
            spec.save(folder)
            inherited = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_RUN")}
            pid = spawn_detached(runner_command(folder), log=folder.runner_log, cwd=folder.path, env=inherited)
        except OSError as error:
            self._end(run_id, str(disk_error(error, f"The run's folder {folder.path}")))
            return
        except WorkbenchError as error:
            self._end(run_id, str(error))
            return
        began = started_at(pid)
        with self._database.write() as write:
            table.change(write, run_id, runner_pid=pid, runner_began=began)
        self._watch(run_id, pid, began)

    def _end(self, run_id: str, reason: str) -> None:
        with self._database.write() as write:
            run = end_run(write, self._store, run_id, RunStatus.FAILED, reason)
        self._emit(run_changed(run))

    def _watch(self, run_id: str, pid: int | None, began: float | None) -> None:
        run = self._store.get(run_id)
        folder = self._folder(run_id)
        self._watched[run_id] = WatchedJob(run, folder, self._store, self._emit, runner_pid=pid, runner_began=began)

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


def _sweep_as_job(run: Run) -> Job:
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
    )


def _user() -> str:
    with contextlib.suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""
