"""One run is read: what is known of it, its metrics, and how it hangs together with others."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa

from workbench.base.errors import UserError
from workbench.runs.arrow import ipc, series_table
from workbench.runs.chunks import Points
from workbench.runs.compare import comparison
from workbench.runs.family import ancestor_ids, descendant_ids
from workbench.runs.kinship import came_from, went_into
from workbench.runs.meaning import meant_run
from workbench.runs.metrics import read_points, read_series
from workbench.runs.records import history, summaries_of, whole_run
from workbench.runs.rows import run_here, run_row
from workbench.runs.store.base import StorePart
from workbench.runs.tables import runs
from workbench.schema import MetricHistory, MetricSeries, Run, RunComparison, RunLink, RunSummary

_MOST_POINTS = 25_000


class Reading(StorePart):
    """Reads runs by their ids. Each method raises NotFound for an unknown one."""

    def get(self, run_id: str) -> Run:
        """All that is known of a run, also of one in the trash."""
        with self.database.read() as connection:
            return whole_run(connection, run_row(connection, run_id))

    def git_diff(self, run_id: str) -> str:
        """How the user's repository differed from its commit when the run was submitted; empty when it did not."""
        with self.database.read() as connection:
            run_here(connection, run_id)
            return str(connection.execute(sa.select(runs.c.git_diff).where(runs.c.id == run_id)).scalar_one())

    def ended(self, run_id: str) -> datetime | None:
        """When a run ended; None while it has not."""
        with self.database.read() as connection:
            return cast("datetime | None", run_here(connection, run_id).ended)

    def compare(self, ids: Sequence[str]) -> RunComparison:
        """Runs side by side, in the given order."""
        if not ids:
            raise UserError("There is nothing to compare.", hint="Name at least one run.")
        with self.database.read() as connection:
            return comparison([whole_run(connection, run_row(connection, run_id)) for run_id in dict.fromkeys(ids)])

    def resolve(self, text: str, project: str | None = None) -> str:
        """The id of the run that a user means: an id, the first four or more characters of one, `experiment/number`, or a number
        (in `project`, or when only one run has it). Raises NotFound, or UserError that names the candidates."""
        with self.database.read() as connection:
            return meant_run(connection, text, project)

    # Metrics

    def series(self, run_id: str, key: str, max_points: int = 1000) -> MetricSeries:
        """A metric's values by step, thinned to the extremes of each stretch when there are more than `max_points` (0: never)."""
        with self.database.read() as connection:
            run_here(connection, run_id)
            return read_series(connection, run_id, key, max_points)

    def series_arrow(self, ids: Sequence[str], keys: Sequence[str], pixels: int = 1000) -> bytes:
        """The metrics `keys` of several runs as an Arrow IPC stream: see `workbench.runs.arrow.series_table`."""
        with self.database.read() as connection:
            for run_id in ids:
                run_here(connection, run_id)
            return ipc(series_table(connection, [(run_id, key) for run_id in ids for key in keys], pixels))

    def points(self, run_id: str, key: str, start: int = 0, limit: int | None = None) -> Points:
        """A metric's exact points in the order of logging, as columns, from the position `start` on."""
        with self.database.read() as connection:
            run_here(connection, run_id)
            return read_points(connection, run_id, key, start, limit)

    def metric_history(self, run_id: str, key: str, limit: int = 1000, cursor: str = "") -> MetricHistory:
        """A metric's exact points in the order of logging, a part at a time; `cursor` is the `next` of the part before."""
        if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise UserError("The cursor does not belong to this metric.", hint="Begin without one.", place="cursor")
        start, most = int(cursor or 0), max(1, min(limit, _MOST_POINTS))
        return history(key, self.points(run_id, key, start, most + 1), start, most)

    # Kinship

    def descendants(self, run_id: str) -> tuple[RunSummary, ...]:
        """The run's children, their children and so on, nearer ones first; those in the trash too."""
        with self.database.read() as connection:
            run_here(connection, run_id)
            return summaries_of(connection, descendant_ids(connection, run_id))

    def ancestors(self, run_id: str) -> tuple[RunSummary, ...]:
        """The run's parent, its parent and so on, the nearest first."""
        with self.database.read() as connection:
            run_here(connection, run_id)
            return summaries_of(connection, ancestor_ids(connection, run_id))

    def came_from(self, run_id: str) -> tuple[RunLink, ...]:
        """What the run came from: its parent, the run whose result it has, the data that it read and the runs that made it."""
        with self.database.read() as connection:
            return came_from(connection, run_row(connection, run_id))

    def went_into(self, run_id: str) -> tuple[RunLink, ...]:
        """What came from the run: its children, the runs that have its result, and those that read its outputs."""
        with self.database.read() as connection:
            return went_into(connection, run_row(connection, run_id))
