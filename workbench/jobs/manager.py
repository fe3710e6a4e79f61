"""The job manager: takes jobs, queues them, starts a runner for each, and follows them to their end.

The queue is a table, the runners are processes of their own, and what they do stands in their folders: a manager that was killed
is replaced by a new one that finds everything. A job is started once, whatever happens.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

from workbench.base.errors import NotFound, UserError
from workbench.base.files import readable_name
from workbench.base.masking import Masker
from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings
from workbench.jobs import table
from workbench.jobs.changing import QueueChanges
from workbench.jobs.dispatching import Dispatcher
from workbench.jobs.emptying import Emptied, delete_run, empty_trash
from workbench.jobs.environments import EnvironmentBuilder
from workbench.jobs.folder import RunFolder
from workbench.jobs.launching import Launcher, Tracking
from workbench.jobs.logs import read_chunk
from workbench.jobs.opening import Opener
from workbench.jobs.outputs import output_folders
from workbench.jobs.scheduler import Scheduler
from workbench.jobs.submitting import Submitter
from workbench.jobs.sweeps.manager import SweepManager
from workbench.jobs.sweeps.trials import Trials
from workbench.jobs.targets import TargetStore
from workbench.jobs.watched import Emit
from workbench.projects import Restored, SnapshotStore
from workbench.runs import Database, RunStore
from workbench.schema import Job, JobPatch, JobPlanned, JobRequest, LogChunk, Run, RunEnd, RunOpen, RunOpened

LogStream = Literal["merged", "stdout", "stderr", "runner"]


class JobManager:
    """The jobs of a workspace. Its methods may be called from any thread; one manager a workspace at a time.

    It joins the parts and answers what is asked of jobs; each part holds its own state. `emit` gets what happens, from the calling
    thread or the scheduler's.
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
        self.snapshots = SnapshotStore(paths.snapshots)
        self.targets = TargetStore(database, paths, settings)
        self._dispatcher = dispatcher = Dispatcher(store, self.targets)
        launcher = Launcher(paths, self._present, self.targets, tracking)
        self._scheduler = scheduler = Scheduler(store, paths, dispatcher, launcher, emit)
        self._changes = QueueChanges(store, paths, dispatcher, scheduler)
        self.sweeps = SweepManager(store, Trials(store, paths, self.targets, self._changes, scheduler))
        self._submitter = Submitter(store, paths, self.snapshots, self.targets, dispatcher, launcher, scheduler, self._present)
        self._opener = Opener(store, paths, self.snapshots, scheduler, self._present)

    # Its life

    def start(self) -> None:
        """Takes up the jobs that a manager before this one left, and begins to work."""
        self._scheduler.start(self.sweeps.step)

    def stop(self) -> None:
        """Ends the manager's own work. The runners go on; the next manager takes them up."""
        self._scheduler.stop()

    def configure(self, settings: Settings) -> None:
        """Takes changed settings: the number of parallel jobs counts at once."""
        self._settings = settings
        self.targets.configure(settings)
        self.look()

    def look(self) -> None:
        """Has the scheduler look at the queue at once: a job, a target or the settings have changed."""
        self._scheduler.look()

    # New jobs and runs

    def submit(self, request: JobRequest) -> Run:
        """Queues a job or begins a sweep: see `Submitter.submit`."""
        return self._submitter.submit(request)

    def plan(self, request: JobRequest) -> JobPlanned:
        """What `submit` would do: see `Submitter.plan`."""
        return self._submitter.plan(request)

    def open_run(self, request: RunOpen) -> RunOpened:
        """A run for a process that logs by itself: see `Opener.open`."""
        return self._opener.open(request)

    def end_run(self, run_id: str, ending: RunEnd) -> Run:
        """Ends a run that a process opened: see `Opener.end`."""
        return self._opener.end(run_id, ending)

    # What is queued, or runs

    def list(self) -> tuple[Job, ...]:
        """The jobs that wait or run, then the latest ended ones; newest first."""
        with self._database.read() as connection:
            return tuple(table.listed(connection, waits=self._dispatcher.waits(connection)))

    def get(self, run_id: str) -> Job:
        """One job. Raises NotFound."""
        with self._database.read() as connection:
            found = table.listed(connection, run_id, waits=self._dispatcher.waits(connection))
        if not found and self.sweeps.is_sweep(run_id):
            return self.sweeps.as_job(run_id)
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
            self.sweeps.change(run_id, patch)
        else:
            self._changes.change(run_id, patch)
        return self.get(run_id)

    def cancel(self, run_id: str, reason: str = "") -> Job:
        """Ends a waiting job at once, and asks the runner of a running one to end it; a sweep ends with its trials.

        `reason`: why, in a sentence, where it is not the user. Raises Conflict for an ended one.
        """
        if self.sweeps.is_sweep(run_id):
            self.sweeps.stop(run_id)
        else:
            self._changes.cancel(run_id, reason)
        return self.get(run_id)

    def hidden(self, run_id: str) -> Masker:
        """Blacks out the secrets of a running job, also in what its script tells of itself."""
        return self._scheduler.hidden(run_id)

    # What a run leaves

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

    def _present(self) -> Settings:
        return self._settings

    def _folder(self, run_id: str) -> RunFolder:
        return RunFolder(self._paths.run(run_id))
