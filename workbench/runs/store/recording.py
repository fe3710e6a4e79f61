"""What runs log is written: metrics, params, tags and inputs."""

from collections.abc import Mapping

import sqlalchemy as sa

from workbench.base.errors import NotFound
from workbench.runs.chunks import Points
from workbench.runs.metrics import Logged, by_key, write_points, write_series
from workbench.runs.pairs import add_inputs, refuse_changed, set_pairs
from workbench.runs.rows import refuse_trashed
from workbench.runs.store.base import StorePart
from workbench.runs.tables import jobs
from workbench.schema import LogBatch


class Recording(StorePart):
    """Writes what runs log."""

    def log_batch(
        self,
        run_id: str,
        batch: LogBatch,
        events_offset: int | None = None,
        *,
        points: Mapping[str, Logged] | None = None,
        unique_params: bool = False,
        connection: sa.Connection | None = None,
    ) -> bool:
        """Writes metrics, params, tags and inputs in one transaction.

        `points`: metrics by key, in place of those of the batch: for many of them.
        `events_offset`: how far the run's events file has been read with this batch; it is kept in the same transaction, and a
        batch that does not go beyond what is kept was written before and is left out. Returns whether the batch was written.
        `unique_params`: a param that has another value already is refused with Conflict, and nothing is written. A run in the
        trash takes nothing (Conflict).
        """
        logged = by_key(batch.metrics) if points is None else points

        def work(write: sa.Connection) -> bool:
            refuse_trashed(write, run_id)
            if events_offset is not None and not _advance(write, run_id, events_offset):
                return False
            if unique_params:
                refuse_changed(write, run_id, batch.params)
            if logged:
                write_points(write, run_id, logged)
            set_pairs(write, "params", run_id, batch.params)
            set_pairs(write, "tags", run_id, batch.tags)
            add_inputs(write, run_id, batch.inputs)
            return True

        return self._write(connection, work)

    def log_points(self, run_id: str, key: str, points: Points, *, connection: sa.Connection | None = None) -> None:
        """Adds many points of one metric at once, as columns."""

        def work(write: sa.Connection) -> None:
            refuse_trashed(write, run_id)
            write_series(write, run_id, key, points)

        self._write(connection, work)

    def events_offset(self, run_id: str) -> int:
        """How far the run's events file has been read."""
        with self.database.read() as connection:
            return connection.execute(_OFFSET, {"run": run_id}).scalar_one_or_none() or 0


def _advance(write: sa.Connection, run_id: str, events_offset: int) -> bool:
    """Moves the offset of the run's events file on; False when it is there already."""
    known = write.execute(_OFFSET, {"run": run_id}).scalar_one_or_none()
    if known is None:
        raise NotFound(f"The run {run_id} has no job whose events could be read.")
    if events_offset <= known:
        return False
    write.execute(jobs.update().where(jobs.c.run_id == run_id).values(events_offset=events_offset))
    return True


_OFFSET = sa.select(jobs.c.events_offset).where(jobs.c.run_id == sa.bindparam("run"))
