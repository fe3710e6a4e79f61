"""The way to a run: whether a call may read or change it, and telling that it has changed."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from workbench.base.errors import Conflict, NotFound
from workbench.runs.metrics import Logged
from workbench.runs.tables import runs
from workbench.schema import LogBatch, MetricsLogged, RunChanged, RunStatus
from workbench.server.mlflow.calls import Call
from workbench.server.mlflow.errors import missing, wrong
from workbench.server.mlflow.reading import ROW
from workbench.server.scope import check_run_scope

_QUERY = sa.select(*ROW).where(runs.c.id == sa.bindparam("id"))


def open_row(call: Call, run_id: str, *, write: bool = True, trashed: bool = False) -> Any:
    """The run's row, when the call may touch it. Raises when it is not there, or in the trash and to be changed."""
    with call.here.database.read() as connection:
        return checked_row(call, connection, run_id, write=write, trashed=trashed)


def checked_row(call: Call, connection: sa.Connection, run_id: str, *, write: bool = True, trashed: bool = False) -> Any:
    """As `open_row`, within a transaction."""
    row = connection.execute(_QUERY, {"id": run_id}).one_or_none()
    if row is None:
        raise missing(f"Run with id={run_id} not found")
    check_run_scope(call.request, run_id, write=write)
    if write and not trashed and row.deleted is not None:
        raise _trashed(run_id)
    return row


def write_batch(call: Call, run_id: str, batch: LogBatch, points: Mapping[str, Logged] | None = None) -> None:
    """Writes what a run logs, and tells it; `points` are its metrics.

    Raises when a param has another value already, or the run is in the trash.
    """
    check_run_scope(call.request, run_id)
    try:
        call.here.store.log_batch(run_id, batch, points=points or {}, unique_params=True)
    except NotFound:
        raise missing(f"Run with id={run_id} not found") from None
    except Conflict as error:
        raise (wrong(f"Changing param values is not allowed. {error}") if error.place else _trashed(run_id)) from None
    if points:
        call.here.events.publish(MetricsLogged(run_id=run_id, keys=tuple(points)))
    if batch.params or batch.tags or batch.inputs:
        tell_row(call, open_row(call, run_id))


def tell_row(call: Call, row: Any) -> None:
    """Tells the listeners that a run has changed."""
    call.here.events.publish(RunChanged(run_id=row.id, status=RunStatus(row.status), project=row.project, name=row.name))


def _trashed(run_id: str) -> Exception:
    return wrong(f"The run {run_id} must be in the 'active' state. Current state is deleted.")
