"""Experiments: made, renamed, tagged, put into the trash with their runs and brought back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.base.ids import new_id
from workbench.runs.tables import experiment_tags, experiments, runs
from workbench.runs.upsert import upsert
from workbench.schema import Experiment

View = Literal["active", "deleted", "all"]
"""Which ones: those that are not in the trash, those in it, or both."""


def in_view(column: sa.ColumnElement[Any], view: View) -> list[sa.ColumnElement[bool]]:
    """The condition on a `deleted` column."""
    if view == "all":
        return []
    return [column.is_(None) if view == "active" else column.is_not(None)]


def list_experiments(connection: sa.Connection, where: Sequence[sa.ColumnElement[bool]] = ()) -> tuple[Experiment, ...]:
    """Experiments by name, with the number of their runs; for one in the trash, of those that went there with it."""
    together = runs.c.deleted.is_not_distinct_from(experiments.c.deleted)
    count = sa.select(sa.func.count()).where(runs.c.experiment_id == experiments.c.id, together).scalar_subquery()
    query = sa.select(experiments, count.label("run_count")).where(*where).order_by(sa.func.lower(experiments.c.name))
    rows = connection.execute(query).all()
    tags: dict[str, dict[str, str]] = defaultdict(dict)
    tag_query = sa.select(experiment_tags).join(experiments).where(*where).order_by(experiment_tags.c.key)
    for experiment_id, key, value in connection.execute(tag_query):
        tags[experiment_id][key] = value
    return tuple(
        Experiment(
            id=row.id,
            name=row.name,
            created=row.created,
            runs=row.run_count,
            updated=row.updated,
            deleted=row.deleted,
            tags=tags[row.id],
        )
        for row in rows
    )


def read_experiment(connection: sa.Connection, id_or_name: str) -> Experiment:
    """One experiment; an id goes before a name. Raises NotFound."""
    found = list_experiments(connection, [sa.or_(experiments.c.id == id_or_name, experiments.c.name == id_or_name)])
    if not found:
        raise NotFound(f"There is no experiment {id_or_name!r}.", hint="See: workbench experiment list, also with --deleted.")
    return next((one for one in found if one.id == id_or_name), found[0])


def make_experiment(
    write: sa.Connection, name: str, tags: Mapping[str, str], *, experiment_id: str | None = None, created: datetime | None = None
) -> str:
    """Makes an experiment and returns its id. Raises Conflict when the name is taken, also in the trash."""
    name = _checked(name)
    _refuse_taken(write, name)
    experiment_id = experiment_id or new_id()
    now = utc_now()
    write.execute(experiments.insert().values(id=experiment_id, name=name, created=created or now, updated=now, last_number=0))
    for key, value in tags.items():
        set_tag(write, experiment_id, key, value)
    return experiment_id


def rename(write: sa.Connection, experiment_id: str, name: str) -> None:
    """Gives an experiment another name. Raises Conflict when it is taken."""
    name = _checked(name)
    row = experiment_row(write, experiment_id)
    if row.name == name:
        return
    _refuse_trashed(row)
    _refuse_taken(write, name)
    write.execute(experiments.update().where(experiments.c.id == row.id).values(name=name, updated=utc_now()))


def set_tag(write: sa.Connection, experiment_id: str, key: str, value: str) -> None:
    """Sets a tag; an empty value removes it."""
    row = experiment_row(write, experiment_id)
    _refuse_trashed(row)
    if value == "":
        write.execute(experiment_tags.delete().where(experiment_tags.c.experiment_id == row.id, experiment_tags.c.key == key))
    else:
        upsert(write, experiment_tags, [{"experiment_id": row.id, "key": key, "value": value}])
    write.execute(experiments.update().where(experiments.c.id == row.id).values(updated=utc_now()))


def open_number(write: sa.Connection, name: str, experiment_id: str | None) -> tuple[str, str, int]:
    """The experiment's id and name (it is made when the name is new) and its next run's number. Raises NotFound and Conflict."""
    by_name = experiment_id is None
    row = write.execute(_BY_NAME if by_name else _BY_ID, {"wanted": name if by_name else experiment_id}).one_or_none()
    if row is None:
        if experiment_id is not None:
            raise NotFound(f"There is no experiment {experiment_id!r}.")
        found = make_experiment(write, name, {})
    else:
        _refuse_trashed(row)
        found, name = row.id, row.name
    return found, name, write.execute(_NEXT_NUMBER, {"wanted": found}).scalar_one()


def experiment_row(connection: sa.Connection, id_or_name: str) -> Any:
    """The row of an experiment; an id goes before a name. Raises NotFound."""
    query = sa.select(experiments).where(sa.or_(experiments.c.id == id_or_name, experiments.c.name == id_or_name))
    found = connection.execute(query).all()
    if not found:
        raise NotFound(f"There is no experiment {id_or_name!r}.", hint="See: workbench experiment list, also with --deleted.")
    return next((row for row in found if row.id == id_or_name), found[0])


def _checked(name: str) -> str:
    name = name.strip()
    if not name:
        raise UserError("An experiment needs a name.", place="name")
    if len(name) > 500:
        raise UserError("An experiment's name has 500 characters at most.", hint="Choose a shorter one.", place="name")
    return name


def _refuse_taken(write: sa.Connection, name: str) -> None:
    taken = write.execute(sa.select(experiments.c.deleted).where(experiments.c.name == name)).one_or_none()
    if taken is None:
        return
    if taken.deleted is not None:
        raise Conflict(
            f"There is an experiment {name!r} in the trash.", hint="Bring it back, empty the trash, or choose another name."
        )
    raise Conflict(f"There is an experiment {name!r} already.", hint="Choose another name.", place="name")


def _refuse_trashed(row: Any) -> None:
    if row.deleted is not None:
        raise Conflict(
            f"The experiment {row.name!r} is in the trash.",
            hint="Bring it back first (workbench experiment undelete), or choose another name.",
        )


# Made once: to make them anew costs more than to run them.
_FEW = sa.select(experiments.c.id, experiments.c.name, experiments.c.deleted)
_BY_ID = _FEW.where(experiments.c.id == sa.bindparam("wanted"))
_BY_NAME = _FEW.where(experiments.c.name == sa.bindparam("wanted"))
_NEXT_NUMBER = (
    experiments.update()
    .where(experiments.c.id == sa.bindparam("wanted"))
    .values(last_number=experiments.c.last_number + 1)
    .returning(experiments.c.last_number)
)
