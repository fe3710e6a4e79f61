"""Parents and children of runs, to any depth."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from workbench.runs.tables import runs

_PIECE = 500  # ids of one query: databases take a limited number of parameters


def descendant_ids(connection: sa.Connection, run_id: str) -> tuple[str, ...]:
    """Children, their children and so on, nearer ones first; without the run itself."""
    known = {run_id}
    found: list[str] = []
    level: Sequence[str] = [run_id]
    while level:
        below = _children(connection, level)
        level = [one for one in below if one not in known]
        known.update(level)
        found += level
    return tuple(found)


def ancestor_ids(connection: sa.Connection, run_id: str) -> tuple[str, ...]:
    """Parent, its parent and so on, the nearest first."""
    found: list[str] = []
    at = run_id
    while True:
        parent = connection.execute(sa.select(runs.c.parent_id).where(runs.c.id == at)).scalar_one_or_none()
        if parent is None or parent in found or parent == run_id:
            return tuple(found)
        if connection.execute(sa.select(runs.c.id).where(runs.c.id == parent)).one_or_none() is None:
            return tuple(found)
        found.append(parent)
        at = parent


def child_counts(connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    """How many children that are not in the trash each run has; runs without any are left out."""
    return {str(parent): found for parent, found in connection.execute(_COUNTS, {"ids": ids}) if found}


def in_pieces(ids: Sequence[str]) -> list[Sequence[str]]:
    """The ids, as many at once as a query may have."""
    return [ids[begin : begin + _PIECE] for begin in range(0, len(ids), _PIECE)]


def _children(connection: sa.Connection, parents: Sequence[str]) -> list[Any]:
    found: list[Any] = []
    for piece in in_pieces(parents):
        query = sa.select(runs.c.id).where(runs.c.parent_id.in_(piece)).order_by(runs.c.experiment_id, runs.c.number)
        found += connection.execute(query).scalars()
    return found


# Made once: to make it anew costs more than to run it.
_COUNTS = (
    # Not a condition: SQLite would take the index of lists for it, and read every run.
    sa.select(runs.c.parent_id, sa.func.count().filter(runs.c.deleted.is_(None)))
    .where(runs.c.parent_id.in_(sa.bindparam("ids", expanding=True)))
    .group_by(runs.c.parent_id)
)
