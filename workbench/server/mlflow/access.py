"""The way to a run: whether a call may read or change it, and telling that it has changed."""

from typing import Any

import sqlalchemy as sa

from workbench.base.errors import Conflict, NotFound
from workbench.runs.tables import runs
from workbench.schema import LogBatch, MetricsLogged, Run, RunChanged, RunStatus, RunSummary
from workbench.server.mlflow.calls import Call
from workbench.server.mlflow.errors import missing, wrong
from workbench.server.scope import check_run_scope

_ROW = (runs.c.id, runs.c.experiment_id, runs.c.status, runs.c.project, runs.c.name, runs.c.deleted, runs.c.parent_id)


def open_run(call: Call, run_id: str, *, write: bool = True, trashed: bool = False) -> Run:
    """The run, when the call may touch it. Raises when it is not there, or in the trash and to be changed."""
    try:
        run = call.here.store.get(run_id)
    except NotFound:
        raise missing(f"Run with id={run_id} not found") from None
    check_run_scope(call.request, run_id, write=write)
    if write and run.deleted and not trashed:
        raise _trashed(run_id)
    return run


def open_row(call: Call, run_id: str, *, write: bool = True) -> Any:
    """What `open_run` finds out, and little more: one row, for calls that come often."""
    with call.here.database.read() as connection:
        row = connection.execute(sa.select(*_ROW).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise missing(f"Run with id={run_id} not found")
    check_run_scope(call.request, run_id, write=write)
    if write and row.deleted is not None:
        raise _trashed(run_id)
    return row


def write_batch(call: Call, run_id: str, batch: LogBatch) -> None:
    """Writes what a run logs, and tells it. Raises when a param has another value already, or the run is in the trash."""
    check_run_scope(call.request, run_id)
    try:
        call.here.store.log_batch(run_id, batch, unique_params=True)
    except NotFound:
        raise missing(f"Run with id={run_id} not found") from None
    except Conflict as error:
        raise (wrong(f"Changing param values is not allowed. {error}") if error.place else _trashed(run_id)) from None
    if batch.metrics:
        keys = tuple(dict.fromkeys(point.key for point in batch.metrics))
        call.here.events.publish(MetricsLogged(run_id=run_id, keys=keys))
    if batch.params or batch.tags or batch.inputs:
        tell_row(call, open_row(call, run_id))


def tell(call: Call, run: RunSummary) -> None:
    """Tells the listeners that a run has changed."""
    call.here.events.publish(RunChanged(run_id=run.id, status=run.status, project=run.project, name=run.name))


def tell_row(call: Call, row: Any) -> None:
    """As `tell`, of a row that `open_row` gave."""
    call.here.events.publish(RunChanged(run_id=row.id, status=RunStatus(row.status), project=row.project, name=row.name))


def _trashed(run_id: str) -> Exception:
    return wrong(f"The run {run_id} must be in the 'active' state. Current state is deleted.")
