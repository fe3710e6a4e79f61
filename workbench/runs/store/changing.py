"""Runs are changed: their state, what a user may change, their tags and lists of files."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.runs.pairs import remove_tag, set_pairs
from workbench.runs.records import whole_run
from workbench.runs.rows import refuse_trashed, run_here, run_row
from workbench.runs.store.base import StorePart
from workbench.runs.tables import artifacts, jobs, runs
from workbench.schema import Artifact, Run, RunPatch, RunStatus


class Changing(StorePart):
    """Changes runs."""

    def set_status(
        self,
        run_id: str,
        status: RunStatus,
        reason: str = "",
        *,
        started: datetime | None = None,
        ended: datetime | None = None,
        exit_code: int | None = None,
        environment_lock: str | None = None,
        python: str | None = None,
        reopen: bool = False,
        connection: sa.Connection | None = None,
    ) -> Run:
        """Moves a run to a state. A run has one end: a final state stays, only `lost` gives way to the end that was found later.

        Without the times, the present moment counts as start (of `running`) and end (of a final state). `reopen`: a run that is
        logged from outside and has no job may go on after its end, and has none until it ends again.
        """
        given = {"exit_code": exit_code, "environment_lock": environment_lock, "python": python}

        def work(write: sa.Connection) -> Run:
            row = run_row(write, run_id)
            values: dict[str, Any] = {"status": status.value, "reason": reason, "updated": utc_now()}
            if _has_its_end(row, status):
                if not (reopen and _is_from_outside(write, run_id)):
                    return whole_run(write, row)
                values["ended"] = None
            if started or (status is RunStatus.RUNNING and row.started is None):
                values["started"] = started or utc_now()
            if status.is_final:
                # A clock that was set back meanwhile must not let a run end before it began.
                values["ended"] = ended or max(utc_now(), values.get("started") or row.started or row.created)
            values.update({key: value for key, value in given.items() if value is not None})
            write.execute(_UPDATE, {"run": run_id, **values})
            return whole_run(write, run_row(write, run_id))

        return self._write(connection, work)

    def reopen(self, run_id: str) -> Run:
        """Lets a run that is logged from outside go on after its end."""
        return self.set_status(run_id, RunStatus.RUNNING, reopen=True)

    def patch(self, run_id: str, patch: RunPatch) -> Run:
        """Changes what a user may change."""

        def work(write: sa.Connection) -> Run:
            run_here(write, run_id)
            values = {name: value for name in ("name", "notes", "archived") if (value := getattr(patch, name)) is not None}
            write.execute(_UPDATE, {"run": run_id, "updated": utc_now(), **values})
            set_pairs(write, "tags", run_id, patch.tags or {})
            return whole_run(write, run_row(write, run_id))

        return self.database.grouped(work)

    def remove_tag(self, run_id: str, key: str) -> None:
        """Removes a tag. Raises NotFound when the run has none of that name."""

        def work(write: sa.Connection) -> None:
            refuse_trashed(write, run_id)
            remove_tag(write, run_id, key)

        self.database.grouped(work)

    def set_artifacts(self, run_id: str, found: Iterable[Artifact], *, connection: sa.Connection | None = None) -> None:
        """Replaces the list of a run's output files."""
        rows = [{"run_id": run_id, **one.model_dump()} for one in found]

        def work(write: sa.Connection) -> None:
            run_here(write, run_id)
            write.execute(artifacts.delete().where(artifacts.c.run_id == run_id))
            if rows:
                write.execute(artifacts.insert(), rows)

        self._write(connection, work)


def _has_its_end(row: Any, status: RunStatus) -> bool:
    """Whether the run has ended already, so that `status` says nothing new."""
    before = RunStatus(row.status)
    return before.is_final and not (before is RunStatus.LOST and status.is_final)


def _is_from_outside(write: sa.Connection, run_id: str) -> bool:
    return write.execute(sa.select(jobs.c.run_id).where(jobs.c.run_id == run_id)).one_or_none() is None


_UPDATE = runs.update().where(runs.c.id == sa.bindparam("run"))  # made once: to make it anew costs more than to run it
