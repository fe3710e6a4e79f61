"""Which run a user means by a few characters."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from workbench.base.errors import UserError
from workbench.runs.records import WITH_EXPERIMENT
from workbench.runs.rows import unknown_run
from workbench.runs.tables import experiments, runs

_HEX = frozenset("0123456789abcdef")
_FEW = sa.select(runs.c.id, runs.c.number, experiments.c.name.label("experiment")).select_from(WITH_EXPERIMENT).limit(6)


def meant_run(connection: sa.Connection, text: str, project: str | None) -> str:
    """The id that `text` stands for: see `RunStore.resolve`."""
    wanted = text.strip()
    for found in (_by_id(connection, wanted), _by_number(connection, wanted, project), _by_prefix(connection, wanted)):
        if len(found) == 1:
            return str(found[0].id)
        if found:
            names = ", ".join(f"{row.id[:8]} ({row.experiment}/{row.number})" for row in found[:5])
            raise UserError(f"Several runs are meant by {text}: {names}.", hint="Give more characters of the id.")
    raise unknown_run(text)


def _by_id(connection: sa.Connection, text: str) -> Sequence[Any]:
    return connection.execute(_FEW.where(runs.c.id == text.lower())).all() if len(text) == 32 else ()


def _by_number(connection: sa.Connection, text: str, project: str | None) -> Sequence[Any]:
    experiment, slash, digits = text.rpartition("/")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return ()
    query = _FEW.where(runs.c.number == int(digits))
    if slash:
        return connection.execute(query.where(experiments.c.name == experiment)).all()
    if project is not None:
        return connection.execute(query.where(runs.c.project == project)).all()
    return connection.execute(query).all()


def _by_prefix(connection: sa.Connection, text: str) -> Sequence[Any]:
    wanted = text.lower()
    if len(wanted) < 4 or not set(wanted) <= _HEX:
        return ()
    # Between two ids, which an index answers; a pattern would read all of them.
    return connection.execute(_FEW.where(runs.c.id >= wanted, runs.c.id < wanted + "g")).all()
