"""The trials of sweeps among the jobs: how they are queued and ended, and what the log of a sweep says of them."""

import contextlib
from collections.abc import Sequence

import sqlalchemy as sa

from workbench.base.errors import Conflict, NotFound
from workbench.base.paths import WorkspacePaths
from workbench.jobs import table
from workbench.jobs.changing import QueueChanges
from workbench.jobs.checks import JobPlan
from workbench.jobs.folder import RunFolder
from workbench.jobs.recording import job_spec
from workbench.jobs.scheduler import Scheduler
from workbench.jobs.targets import TargetStore
from workbench.projects import Project
from workbench.runs import RunStore
from workbench.schema import Run


class Trials:
    """All that sweeps do with jobs. Its methods may be called from any thread."""

    def __init__(
        self, store: RunStore, paths: WorkspacePaths, targets: TargetStore, changes: QueueChanges, scheduler: Scheduler
    ) -> None:
        self._store = store
        self._paths = paths
        self._targets = targets
        self._changes = changes
        self._scheduler = scheduler

    def queue(
        self,
        write: sa.Connection,
        parent: Run,
        script_arguments: Sequence[str],
        name: str,
        depends_on: Sequence[str],
        priority: int | None,
    ) -> Run:
        """Makes a child run of a sweep, of the same files, and queues its job, in the caller's transaction.

        `priority` None: the configuration's. Raises NotFound where project or target are gone.
        """
        config = parent.config.model_copy(update={"arguments": tuple(script_arguments), "sweep": None})
        plan = JobPlan(Project.open(parent.project), config)
        spec = job_spec(plan, parent.snapshot, self._paths.root, self._targets.spec(config.target))
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

    def cancel(self, run_id: str, reason: str) -> None:
        """Ends a trial; nothing where it has ended."""
        with contextlib.suppress(Conflict, NotFound):
            self._changes.cancel(run_id, reason)

    def tell(self, run: Run) -> None:
        """Publishes that a run was made or changed, and wakes the scheduler."""
        self._scheduler.tell(run)

    def say(self, run_id: str, line: str) -> None:
        """Appends a line to the log of a sweep, which has no runner."""
        log = RunFolder(self._paths.run(run_id)).log
        with contextlib.suppress(OSError):
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("a", encoding="utf-8") as file:
                file.write(f"[workbench] {line}\n")
