"""The row of a run, and what is said where there is none, or where it is in the trash."""

from typing import Any

import sqlalchemy as sa

from workbench.base.errors import Conflict, NotFound
from workbench.runs.records import ALL_COLUMNS, WITH_EXPERIMENT
from workbench.runs.tables import runs


def run_row(connection: sa.Connection, run_id: str) -> Any:
    """All columns that the wire form needs. Raises NotFound."""
    row = connection.execute(_WHOLE, {"run": run_id}).one_or_none()
    if row is None:
        raise unknown_run(run_id)
    return row


def run_here(connection: sa.Connection, run_id: str) -> Any:
    """The few columns that say whether a run is there: id, number, deleted, ended. Raises NotFound."""
    row = connection.execute(_FEW, {"run": run_id}).one_or_none()
    if row is None:
        raise unknown_run(run_id)
    return row


def refuse_trashed(connection: sa.Connection, run_id: str) -> None:
    """Raises NotFound for an unknown run, Conflict for one in the trash."""
    row = run_here(connection, run_id)
    if row.deleted is not None:
        raise Conflict(f"Run {row.number} ({run_id[:8]}) is in the trash.", hint="Bring it back first.")


def unknown_run(named: str) -> NotFound:
    """The error for a run that is not there."""
    return NotFound(f"There is no run {named!r}.", hint="See: workbench run list")


# Made once: to make them anew costs more than to run them.
_WHOLE = sa.select(*ALL_COLUMNS).select_from(WITH_EXPERIMENT).where(runs.c.id == sa.bindparam("run"))
_FEW = sa.select(runs.c.id, runs.c.number, runs.c.deleted, runs.c.ended).where(runs.c.id == sa.bindparam("run"))
