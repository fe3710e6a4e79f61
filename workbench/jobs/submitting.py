"""Takes requests: what would become of one is checked and planned, what is submitted is recorded and queued."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings
from workbench.jobs import table
from workbench.jobs.checks import JobPlan, check_place, check_request, check_snapshot
from workbench.jobs.dispatching import Dispatcher
from workbench.jobs.environments import EnvironmentBuilder
from workbench.jobs.folder import JobSpec
from workbench.jobs.launching import Launcher
from workbench.jobs.planning import DryRuns
from workbench.jobs.recording import job_spec, recorded, take_snapshot, user_name
from workbench.jobs.scheduler import Scheduler
from workbench.jobs.skipping import done_before, finished_runs
from workbench.jobs.sweeps.state import begin as begin_sweep
from workbench.jobs.targets import TargetStore
from workbench.jobs.watched import end_run
from workbench.projects import GitInfo, Snapshot, SnapshotStore, git_state
from workbench.runs import RunStore
from workbench.schema import GitState, JobPlanned, JobRequest, LogBatch, Run, RunConfig, RunStatus


@dataclass(frozen=True)
class _Checked:
    """A request that can be queued, with what was found out for it."""

    request: JobRequest
    plan: JobPlan
    config: RunConfig
    """As the run's record keeps it."""
    depends_on: tuple[str, ...]
    snapshot: Snapshot
    earlier: Run | None
    """The run whose result counts, since nothing has changed since then."""


class Submitter:
    """Plans and submits jobs and sweeps. Its methods may be called from any thread; `settings` is read at each call."""

    def __init__(
        self,
        store: RunStore,
        paths: WorkspacePaths,
        snapshots: SnapshotStore,
        targets: TargetStore,
        dispatcher: Dispatcher,
        launcher: Launcher,
        scheduler: Scheduler,
        settings: Callable[[], Settings],
    ) -> None:
        self._store = store
        self._paths = paths
        self._snapshots = snapshots
        self._targets = targets
        self._dispatcher = dispatcher
        self._launcher = launcher
        self._scheduler = scheduler
        self._settings = settings
        self._dry_runs = DryRuns(targets, dispatcher.would_start)

    def submit(self, request: JobRequest) -> Run:
        """Checks the request, takes the snapshot, and queues the job; it is on disk when this returns.

        Raises UserError or NotFound (what to correct, where) or EnvironmentError_ (disk, git), and then nothing was queued.
        """
        checked = self._checked(request)
        git = git_state(checked.plan.project.folder)
        before = finished_runs(self._store, str(checked.plan.project.folder), checked.plan.config, 1)
        planned = self._planned(checked, as_run=before[0] if before else "")
        spec = self._spec(checked)
        with self._store.database.write() as write:
            run = self._record(write, spec.run_id, checked, git, planned)
            self._queue(write, spec, checked)
            if checked.earlier is not None:
                run = self._skip(write, run, checked.earlier)
        self._scheduler.tell(run)
        return run

    def plan(self, request: JobRequest) -> JobPlanned:
        """What `submit` would do with the request, which is checked in the same way; nothing is queued.

        Raises what `submit` raises but for what a later submission may not meet: that is among the plan's problems.
        """
        problems: list[str] = []
        checked = self._checked(request, problems)
        planned = self._planned(checked, problems=problems)
        commit = checked.snapshot.commit
        builder = EnvironmentBuilder(self._paths, self._settings())
        return self._dry_runs.show(planned, checked.plan, commit, builder, self._snapshots.sizes(commit))

    def _checked(self, request: JobRequest, problems: list[str] | None = None) -> _Checked:
        """Checks the request and takes the snapshot. `problems`: takes in sentences what may be mended until the job starts."""
        plan = check_request(request)
        config = recorded(plan.config)
        depends_on: tuple[str, ...] = ()
        with _noted(problems):
            depends_on = self._dispatcher.dependencies(request, str(plan.project.folder))
            self._check_target(plan.config)
        snapshot = take_snapshot(self._snapshots, plan.project, f"Before {plan.config.script}", self._settings())
        with _noted(problems):
            check_snapshot(self._snapshots, snapshot.commit, plan.config)
        return _Checked(request, plan, config, depends_on, snapshot, self._done_before(request, plan, snapshot.commit))

    def _check_target(self, config: RunConfig) -> None:
        """Refuses a job that could never start: an unknown target, more than that has, a secret that is not there."""
        self._dispatcher.check(config)
        check_place(config, str(self._targets.spec(config.target)["kind"]))
        self._launcher.secret_variables(config.variables)

    def _done_before(self, request: JobRequest, plan: JobPlan, commit: str) -> Run | None:
        if request.force or request.sweep or request.kind == "prepare":
            return None
        return done_before(self._store, self._snapshots, plan.project, plan.config, commit)

    def _planned(self, checked: _Checked, *, problems: Sequence[str] = (), as_run: str = "") -> JobPlanned:
        return self._dry_runs.planned(
            checked.plan,
            checked.request,
            checked.snapshot.commit,
            depends_on=checked.depends_on,
            left_out=checked.snapshot.left_out,
            earlier=checked.earlier,
            problems=problems,
            as_run=as_run,
        )

    def _spec(self, checked: _Checked) -> JobSpec:
        target = self._targets.spec(checked.plan.config.target)
        prepare_only = checked.request.kind == "prepare"
        return job_spec(checked.plan, checked.snapshot.commit, self._paths.root, target, prepare_only=prepare_only)

    def _record(self, write: sa.Connection, run_id: str, checked: _Checked, git: GitInfo, planned: JobPlanned) -> Run:
        request, config, snapshot = checked.request, checked.config, checked.snapshot
        return self._store.create_run(
            run_id=run_id,
            experiment=request.experiment or checked.plan.project.name,
            project=str(checked.plan.project.folder),
            name=request.name,
            parent_id=request.parent_id,
            script=config.script,
            arguments=config.arguments,
            target=config.target,
            config=config,
            user=user_name(),
            snapshot=snapshot.commit,
            left_out=snapshot.left_out,
            git=GitState(remote=git.remote, branch=git.branch, commit=git.commit, dirty=git.dirty),
            git_diff=git.diff,
            tags=request.tags,
            kind="sweep" if request.sweep else request.kind or "job",
            status=RunStatus.RUNNING if request.sweep else RunStatus.QUEUED,
            result_of=checked.earlier.id if checked.earlier else None,
            plan=planned.model_dump(mode="json"),
            connection=write,
        )

    def _queue(self, write: sa.Connection, spec: JobSpec, checked: _Checked) -> None:
        """Puts the job into the queue, or the sweep on record: its trials are queued one by one."""
        config, depends_on = checked.plan.config, checked.depends_on
        if config.sweep is not None:
            begin_sweep(write, spec.run_id, config.sweep, depends_on)
        else:
            table.add(write, spec, config, priority=checked.request.priority, depends_on=depends_on)

    def _skip(self, write: sa.Connection, run: Run, earlier: Run) -> Run:
        """Ends the run at once, with what the earlier one read."""
        self._store.log_batch(run.id, LogBatch(inputs=earlier.inputs), connection=write)
        reason = f"Nothing has changed since run {earlier.number}: its result counts."
        return end_run(write, self._store, run.id, RunStatus.FINISHED, reason)


@contextlib.contextmanager
def _noted(problems: list[str] | None) -> Iterator[None]:
    """What goes wrong is put among the problems, where there are some to be; what does not exist is always raised."""
    try:
        yield
    except NotFound:
        raise
    except (UserError, EnvironmentError_) as error:
        if problems is None:
            raise
        problems.append(f"{error.message} {error.hint}".strip())
