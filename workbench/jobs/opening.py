"""Opens runs for processes that log by themselves: notebooks, and scripts that Workbench did not start."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, UserError, WorkbenchError
from workbench.base.files import disk_error
from workbench.base.ids import new_id
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import started_at
from workbench.base.settings import Settings
from workbench.jobs.folder import JobStatus, RunFolder
from workbench.jobs.opened import OPENED
from workbench.jobs.recording import take_snapshot, user_name
from workbench.jobs.scheduler import Scheduler
from workbench.projects import GitInfo, Project, Snapshot, SnapshotStore, git_state
from workbench.runs import RunStore
from workbench.runs.tables import jobs
from workbench.schema import GitState, JobTransition, LogBatch, Run, RunConfig, RunEnd, RunOpen, RunOpened, RunStatus

_ENDS_WITHIN_S = 10.0


class Opener:
    """Opens and ends such runs. Its methods may be called from any thread; `settings` is read at each call."""

    def __init__(
        self,
        store: RunStore,
        paths: WorkspacePaths,
        snapshots: SnapshotStore,
        scheduler: Scheduler,
        settings: Callable[[], Settings],
    ) -> None:
        self._store = store
        self._paths = paths
        self._snapshots = snapshots
        self._scheduler = scheduler
        self._settings = settings

    def open(self, request: RunOpen) -> RunOpened:
        """A run, with a snapshot of its project. Raises UserError, NotFound, Conflict, EnvironmentError_ (disk, git)."""
        project = _project_of(request)
        git = git_state(project.folder) if project else GitInfo()
        snapshot = take_snapshot(self._snapshots, project, "Before a run of its own", self._settings()) if project else None
        run_id = new_id()
        folder = self._folder(run_id)
        try:
            _make_folder(folder, request)
            with self._store.database.write() as write:
                run = _record(write, self._store, run_id, request, project, snapshot, git)
        except OSError as error:
            raise disk_error(error, f"The run's folder {folder.path}") from error
        except WorkbenchError:
            shutil.rmtree(folder.path, ignore_errors=True)
            raise
        self._scheduler.take_up()
        self._scheduler.tell(run)
        return RunOpened(
            id=run.id, number=run.number, experiment=run.experiment, folder=str(folder.path), outputs=str(folder.outputs)
        )

    def end(self, run_id: str, ending: RunEnd) -> Run:
        """Ends a run for a process that has not done so itself, and waits a moment until all that it logged is in the store.

        Raises Conflict for a run that no process opened.
        """
        run = self._store.get(run_id)
        folder = self._folder(run_id)
        status = JobStatus.load(folder)
        if status is None or run.kind not in {"notebook", "external"}:
            raise Conflict(
                f"Run {run.number} of {run.experiment} was not opened by a process of its own.", hint="Cancel it instead."
            )
        if not status.is_final:
            status.state, status.reason, status.ended = ending.status, ending.reason, time.time()
            status.save(folder)
        self._scheduler.look()
        deadline = time.monotonic() + _ENDS_WITHIN_S
        while not (run := self._store.get(run_id)).status.is_final and time.monotonic() < deadline:
            time.sleep(0.01)
        return run

    def _folder(self, run_id: str) -> RunFolder:
        return RunFolder(self._paths.run(run_id))


def _project_of(request: RunOpen) -> Project | None:
    if not request.project:
        return None
    if "\0" in request.project or not os.path.isabs(request.project):  # noqa: PTH117 (it may be empty or of another platform)
        raise UserError(f"The project folder must be an absolute path, not {request.project!r}.", place="project")
    return Project.open(request.project)


def _make_folder(folder: RunFolder, request: RunOpen) -> None:
    """What the process writes to; before the run is on record, so that whoever sees the run finds the folder."""
    folder.outputs.mkdir(parents=True, exist_ok=True)
    now = time.time()
    status = JobStatus(
        state="running",
        runner_pid=request.pid,
        runner_began=started_at(request.pid) or now,
        started=now,
        heartbeat=now,
        python=request.python,
        lock=request.environment_lock,
    )
    status.save(folder)


def _record(
    write: sa.Connection,
    store: RunStore,
    run_id: str,
    request: RunOpen,
    project: Project | None,
    snapshot: Snapshot | None,
    git: GitInfo,
) -> Run:
    """Makes the run and what the scheduler follows it by, in one transaction."""
    stem = Path(request.script).stem if request.script else ""
    run = store.create_run(
        run_id=run_id,
        experiment=request.experiment or (project.name if project else stem or "notebooks"),
        project=str(project.folder) if project else "",
        name=request.name,
        parent_id=request.parent_id,
        status=RunStatus.RUNNING,
        script=request.script,
        arguments=request.arguments,
        config=RunConfig(name=request.kind, script=request.script, arguments=request.arguments),
        user=user_name(),
        snapshot=snapshot.commit if snapshot else "",
        left_out=snapshot.left_out if snapshot else (),
        git=GitState(remote=git.remote, branch=git.branch, commit=git.commit, dirty=git.dirty),
        environment_lock=request.environment_lock,
        python=request.python,
        tags=request.tags,
        git_diff=git.diff,
        kind=request.kind,
        connection=write,
    )
    store.log_batch(run_id, LogBatch(params=request.params), connection=write)
    now = utc_now()
    first = JobTransition(status=RunStatus.RUNNING, time=now, reason=f"Opened by process {request.pid}.")
    write.execute(
        jobs.insert().values(
            run_id=run_id,
            status=RunStatus.RUNNING.value,
            target="",  # it takes no share of any
            spec={OPENED: True},
            history=[first.model_dump(mode="json")],
            queued_at=now,
            runner_pid=request.pid,
            runner_began=started_at(request.pid),
        )
    )
    return run
