"""Changes of jobs that are in the queue already: their place there, and their end before its time."""

from typing import Any

from workbench.base.errors import Conflict, UserError
from workbench.base.paths import WorkspacePaths
from workbench.jobs import table
from workbench.jobs.dispatching import Dispatcher
from workbench.jobs.folder import RunFolder
from workbench.jobs.queue import circle
from workbench.jobs.scheduler import Scheduler
from workbench.jobs.sweeps.state import waits as sweep_waits
from workbench.jobs.watched import end_run
from workbench.runs import RunStore
from workbench.schema import JobPatch, Run, RunStatus


class QueueChanges:
    """Changes single jobs. Its methods may be called from any thread."""

    def __init__(self, store: RunStore, paths: WorkspacePaths, dispatcher: Dispatcher, scheduler: Scheduler) -> None:
        self._store = store
        self._paths = paths
        self._dispatcher = dispatcher
        self._scheduler = scheduler

    def cancel(self, run_id: str, reason: str = "") -> None:
        """Ends a waiting job at once, and asks the runner of a running one to end it. Raises Conflict for an ended one.

        `reason`: why, in a sentence, where it is not the user.
        """
        with self._dispatcher.deciding:
            ended = self._cancel_waiting(run_id, reason)
        if ended is not None:
            self._scheduler.tell(ended)
        else:
            RunFolder(self._paths.run(run_id)).ask_to_stop(reason)
            self._scheduler.look()

    def change(self, run_id: str, patch: JobPatch) -> None:
        """Changes priority, place or dependencies of a waiting job.

        Raises Conflict for one that has begun, UserError for dependencies in a circle.
        """
        with self._dispatcher.deciding, self._store.database.write() as write:
            row = table.row(write, run_id)
            if row.status != RunStatus.QUEUED.value:
                raise Conflict(f"The job does not wait any more: it is {row.status}.", place=run_id)
            values: dict[str, Any] = {}
            if patch.priority is not None:
                values["priority"] = patch.priority
            if patch.first:
                values["priority"] = max(patch.priority or 0, table.first_priority(write, {run_id}))
            if patch.depends_on is not None:
                others = tuple(self._store.resolve(text) for text in patch.depends_on)
                known = {one.run_id: one.depends_on for one in table.queued(write)} | sweep_waits(write)
                if circle(run_id, others, known):
                    raise UserError("The job would wait for itself: the runs depend on each other in a circle.", place="depends_on")
                values["depends_on"] = list(others)
            if values:
                table.change(write, run_id, **values)
        self._scheduler.look()

    def _cancel_waiting(self, run_id: str, reason: str) -> Run | None:
        """Notes the wish, and ends the job where it waits still; the run that has ended."""
        with self._store.database.read() as connection:
            status = RunStatus(table.row(connection, run_id).status)
        if status.is_final:
            raise Conflict(f"The job is over: it is {status.value}.", place=run_id)
        with self._store.database.write() as write:
            table.change(write, run_id, cancel_requested=True)
            if status is not RunStatus.QUEUED:
                return None
            return end_run(write, self._store, run_id, RunStatus.CANCELLED, reason or "Cancelled by the user before it started.")
