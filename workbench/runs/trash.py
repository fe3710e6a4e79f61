"""The trash: runs with their children, and experiments with their runs, until it is emptied.

What goes in together has the same moment in `deleted`, and comes back together.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict
from workbench.runs.experiments import experiment_row
from workbench.runs.family import descendant_ids, in_pieces
from workbench.runs.tables import experiments, jobs, runs
from workbench.schema import RunStatus

_UNFINISHED = [status.value for status in RunStatus if not status.is_final]


def trash_run(write: sa.Connection, row: Any) -> tuple[str, ...]:
    """Puts a run and what is below it into the trash; returns the ids. Raises Conflict where a job waits or runs."""
    if row.deleted is not None:
        return ()
    ids = [row.id, *descendant_ids(write, row.id)]
    active = [row.id]
    for piece in in_pieces(ids[1:]):
        active += write.execute(sa.select(runs.c.id).where(runs.c.id.in_(piece), runs.c.deleted.is_(None))).scalars()
    refuse_unfinished(write, active)
    _mark(write, active, utc_now())
    return tuple(active)


def untrash_run(write: sa.Connection, row: Any) -> tuple[str, ...]:
    """Brings a run back, with the children that went with it; returns the ids. Raises Conflict where its experiment is there."""
    if row.deleted is None:
        return ()
    experiment = experiment_row(write, row.experiment_id)
    if experiment.deleted is not None:
        raise Conflict(f"The experiment {experiment.name!r} is in the trash.", hint="Bring the experiment back.")
    together = [row.id]
    for piece in in_pieces(descendant_ids(write, row.id)):
        together += write.execute(sa.select(runs.c.id).where(runs.c.id.in_(piece), runs.c.deleted == row.deleted)).scalars()
    _mark(write, together, None)
    return tuple(together)


def trash_experiment(write: sa.Connection, experiment_id: str) -> None:
    """Puts an experiment and its runs into the trash. Raises Conflict where a job waits or runs."""
    row = experiment_row(write, experiment_id)
    if row.deleted is not None:
        return
    of_it = sa.select(runs.c.id).where(runs.c.experiment_id == row.id, runs.c.deleted.is_(None))
    refuse_unfinished(write, list(write.execute(of_it).scalars()))
    now = utc_now()
    write.execute(experiments.update().where(experiments.c.id == row.id).values(deleted=now, updated=now))
    write.execute(runs.update().where(runs.c.experiment_id == row.id, runs.c.deleted.is_(None)).values(deleted=now))


def untrash_experiment(write: sa.Connection, experiment_id: str) -> None:
    """Brings an experiment back, with the runs that went with it."""
    row = experiment_row(write, experiment_id)
    if row.deleted is None:
        return
    write.execute(experiments.update().where(experiments.c.id == row.id).values(deleted=None, updated=utc_now()))
    write.execute(runs.update().where(runs.c.experiment_id == row.id, runs.c.deleted == row.deleted).values(deleted=None))


def empty(write: sa.Connection, older_than: datetime | None) -> tuple[str, ...]:
    """Deletes for good what has been in the trash since before `older_than` (None: all of it); returns the runs' ids."""
    gone = runs.c.deleted.is_not(None) if older_than is None else runs.c.deleted < older_than
    ids = tuple(write.execute(sa.select(runs.c.id).where(gone).order_by(runs.c.deleted, runs.c.id)).scalars())
    remove(write, ids)
    old = experiments.c.deleted.is_not(None) if older_than is None else experiments.c.deleted < older_than
    left = sa.exists().where(runs.c.experiment_id == experiments.c.id)
    write.execute(experiments.delete().where(old, ~left))
    return ids


def remove(write: sa.Connection, ids: Sequence[str]) -> None:
    """Deletes runs with all that they recorded; children that stay have no parent then."""
    for piece in in_pieces(ids):
        write.execute(runs.update().where(runs.c.parent_id.in_(piece)).values(parent_id=None))
        write.execute(runs.delete().where(runs.c.id.in_(piece)))


def refuse_unfinished(write: sa.Connection, ids: Sequence[str]) -> None:
    """Raises Conflict when the job of one of these runs waits or runs."""
    for piece in in_pieces(ids):
        query = (
            sa.select(runs.c.number, experiments.c.name, runs.c.status)
            .join(jobs, jobs.c.run_id == runs.c.id)
            .join(experiments, experiments.c.id == runs.c.experiment_id)
            .where(runs.c.id.in_(piece), runs.c.status.in_(_UNFINISHED))
            .limit(1)
        )
        found = write.execute(query).one_or_none()
        if found is not None:
            raise Conflict(f"Run {found.number} of {found.name} is {found.status}.", hint="Cancel it first.")


def _mark(write: sa.Connection, ids: Sequence[str], moment: datetime | None) -> None:
    for piece in in_pieces(ids):
        write.execute(runs.update().where(runs.c.id.in_(piece)).values(deleted=moment))
