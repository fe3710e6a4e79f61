"""Runs go into the trash, come back, and are deleted for good."""

from datetime import datetime

import sqlalchemy as sa

from workbench.base.errors import Conflict
from workbench.runs import trash
from workbench.runs.records import summaries_of
from workbench.runs.rows import run_row
from workbench.runs.store.base import StorePart
from workbench.runs.tables import runs
from workbench.schema import RunStatus, RunSummary


class Trashing(StorePart):
    """The trash of runs."""

    def trash(self, run_id: str) -> tuple[str, ...]:
        """Puts a run into the trash, with its children to any depth; returns the ids of those that went in.

        Raises Conflict when a job of theirs waits or runs.
        """
        return self.database.grouped(lambda write: trash.trash_run(write, run_row(write, run_id)))

    def untrash(self, run_id: str) -> tuple[str, ...]:
        """Brings a run back from the trash, with the children that went with it; returns their ids."""
        return self.database.grouped(lambda write: trash.untrash_run(write, run_row(write, run_id)))

    def trashed(self) -> tuple[RunSummary, ...]:
        """The runs in the trash, the latest first."""
        query = sa.select(runs.c.id).where(runs.c.deleted.is_not(None)).order_by(runs.c.deleted.desc(), runs.c.created.desc())
        with self.database.read() as connection:
            return summaries_of(connection, tuple(connection.execute(query).scalars()))

    def empty_trash(self, older_than: datetime | None = None) -> tuple[str, ...]:
        """Deletes for good what went into the trash before `older_than` (None: all of it); returns the ids of the runs.

        Their folders are the caller's to remove.
        """
        return self.database.grouped(lambda write: trash.empty(write, older_than))

    def delete(self, run_id: str) -> None:
        """Deletes an ended run for good, with all it recorded; its children stay. Raises Conflict for one that waits or runs."""

        def work(write: sa.Connection) -> None:
            row = run_row(write, run_id)
            if not RunStatus(row.status).is_final:
                raise Conflict(f"Run {row.number} of {row.experiment} is {row.status}.", hint="Cancel it first.")
            trash.remove(write, [run_id])

        self.database.grouped(work)
