"""What the tests of the run store make runs and points with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.runs.tables import jobs
from workbench.schema import LogBatch, MetricPoint, Run, RunConfig

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def made(store: RunStore, experiment: str = "flights", **values: Any) -> Run:
    """A new run."""
    return store.create_run(experiment=experiment, config=RunConfig(), **values)


def points(key: str, values: Sequence[float], steps: Sequence[int | None] | None = None) -> LogBatch:
    """A batch with values of one metric."""
    given = [None] * len(values) if steps is None else steps
    return LogBatch(metrics=tuple(MetricPoint(key=key, value=v, step=s, time=NOW) for v, s in zip(values, given, strict=True)))


def with_job(store: RunStore, **values: Any) -> Run:
    """A new run with a job that runs."""
    with store.database.write() as write:
        run = made(store, connection=write, **values)
        write.execute(jobs.insert().values(run_id=run.id, status="running", spec={}, history=[], queued_at=utc_now()))
    return run


@contextmanager
def plans(database: Database) -> Iterator[list[str]]:
    """How SQLite goes about each question that is asked meanwhile."""
    found: list[str] = []

    def told(connection: sa.Connection, _cursor: object, statement: str, given: Any, _context: object, many: bool) -> None:
        if statement.startswith("SELECT") and not many:
            raw = connection.connection.driver_connection
            assert raw is not None
            found.append("; ".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", given)))

    sa.event.listen(database.engine, "before_cursor_execute", told)
    try:
        yield found
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", told)
