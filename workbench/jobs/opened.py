"""Runs that a process opens by itself. Such a process is its own runner: it holds the lock of the run's folder while it lives,
and writes the end into `status.json`; the manager reads its events as it reads those of jobs."""

import os
import time
from pathlib import Path

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, UserError
from workbench.base.processes import is_alive, started_at
from workbench.jobs.folder import JobStatus, RunFolder
from workbench.jobs.watched import WatchedJob
from workbench.projects import GitInfo, Project, Snapshot
from workbench.runs import RunStore
from workbench.runs.tables import jobs
from workbench.schema import GitState, JobTransition, LogBatch, Run, RunConfig, RunEnd, RunOpen, RunStatus

OPENED = "opened"
"""The key in a job's spec that marks such a run."""


def project_of(request: RunOpen) -> Project | None:
    """The project of the run. Raises UserError or NotFound."""
    if not request.project:
        return None
    if "\0" in request.project or not os.path.isabs(request.project):  # noqa: PTH117 (it may be empty or of another platform)
        raise UserError(f"The project folder must be an absolute path, not {request.project!r}.", place="project")
    return Project.open(request.project)


def record(
    write: sa.Connection,
    store: RunStore,
    run_id: str,
    request: RunOpen,
    project: Project | None,
    snapshot: Snapshot | None,
    git: GitInfo,
    user: str,
) -> Run:
    """Makes the run and what the manager follows it by, in one transaction."""
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
        user=user,
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


def make_folder(folder: RunFolder, request: RunOpen) -> None:
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


def end(folder: RunFolder, run: Run, ending: RunEnd) -> None:
    """Writes the end for a process that has not done so itself. Raises Conflict for a run that is none of these."""
    status = JobStatus.load(folder)
    if status is None or run.kind not in {"notebook", "external"}:
        raise Conflict(f"Run {run.number} of {run.experiment} was not opened by a process of its own.", hint="Cancel it instead.")
    if not status.is_final:
        status.state, status.reason, status.ended = ending.status, ending.reason, time.time()
        status.save(folder)


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

    def _without_runner(self) -> bool:
        """The process has gone: it ended the run itself just before, or never will."""
        status = JobStatus.load(self.folder)
        if status and status.is_final:
            self._finish(RunStatus(status.state), status.reason, status)
        else:
            pid = status.runner_pid if status else self.runner_pid
            self._finish(RunStatus.LOST, f"The process {pid}, which had opened the run, is gone and did not end it.", status)
        return True
