"""Lists of runs: filters, any order, and cursors that neither skip nor repeat a run while new ones come."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from workbench.base.errors import UserError
from workbench.runs.records import SUMMARY_COLUMNS, WITH_EXPERIMENT, summaries
from workbench.runs.tables import experiments, metric_latest, params, runs, tags
from workbench.schema import RunPage, RunStatus

_COLUMNS: dict[str, sa.ColumnElement[Any]] = {
    "created": sa.type_coerce(runs.c.created, sa.BigInteger),
    "started": sa.type_coerce(runs.c.started, sa.BigInteger),
    "ended": sa.type_coerce(runs.c.ended, sa.BigInteger),
    "duration": sa.type_coerce(runs.c.ended, sa.BigInteger) - sa.type_coerce(runs.c.started, sa.BigInteger),
    "number": sa.type_coerce(runs.c.number, sa.Integer),
    "name": sa.func.lower(runs.c.name),
    "status": sa.type_coerce(runs.c.status, sa.String),
    "experiment": sa.func.lower(experiments.c.name),
    "user": sa.func.lower(runs.c.user),
    "script": sa.func.lower(runs.c.script),
}

_Key = tuple[sa.ColumnElement[Any], bool]
"""An expression that is never NULL, and whether it descends."""


def find_runs(
    connection: sa.Connection,
    *,
    project: str | None,
    experiment: str | None,
    status: Sequence[RunStatus] | None,
    text: str,
    archived: bool,
    order: str,
    descending: bool,
    limit: int,
    cursor: str,
) -> RunPage:
    """A page of runs. Raises UserError for an unknown order or a cursor of another list."""
    where = _filters(project, experiment, status, text, archived=archived)
    keys = _keys(order, descending=descending)
    query = sa.select(*SUMMARY_COLUMNS, *(key.label(f"key{at}") for at, (key, _) in enumerate(keys))).select_from(WITH_EXPERIMENT)
    query = query.where(*where)
    if cursor:
        query = query.where(_after(keys, _decode(cursor, order, len(keys), descending=descending)))
    query = query.order_by(*(key.desc() if down else key.asc() for key, down in keys)).limit(limit + 1)
    rows = connection.execute(query).all()
    total = connection.execute(sa.select(sa.func.count()).select_from(WITH_EXPERIMENT).where(*where)).scalar_one()
    following = ""
    if len(rows) > limit:
        rows = rows[:limit]
        following = _encode([getattr(rows[-1], f"key{at}") for at in range(len(keys))], order, descending=descending)
    return RunPage(runs=summaries(connection, rows), total=total, next=following)


def _filters(
    project: str | None, experiment: str | None, status: Sequence[RunStatus] | None, text: str, *, archived: bool
) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if project is not None:
        where.append(runs.c.project == project)
    if experiment is not None:
        where.append(sa.or_(experiments.c.id == experiment, experiments.c.name == experiment))
    if status is not None:
        where.append(runs.c.status.in_([one.value for one in status]))
    if not archived:
        where.append(runs.c.archived.is_(False))
    where += [_word(word) for word in text.split()]
    return where


def _word(word: str) -> sa.ColumnElement[bool]:
    """Runs that have the word anywhere in what a list shows of them."""
    columns = (runs.c.name, runs.c.script, runs.c.status, runs.c.user, runs.c.notes, runs.c.reason, experiments.c.name)
    found: list[sa.ColumnElement[bool]] = [column.icontains(word, autoescape=True) for column in columns]
    found.append(sa.type_coerce(runs.c.arguments, sa.Text).icontains(word, autoescape=True))
    for table in (params, tags):
        hit = sa.or_(table.c.value.icontains(word, autoescape=True), table.c.key.icontains(word, autoescape=True))
        found.append(sa.exists().where(table.c.run_id == runs.c.id, hit))
    if len(word) >= 4:
        found.append(runs.c.id.startswith(word.lower(), autoescape=True))
    if (digits := word.removeprefix("#")).isascii() and digits.isdigit() and len(digits) < 10:
        found.append(runs.c.number == int(digits))
    return sa.or_(*found)


def _keys(order: str, *, descending: bool) -> list[_Key]:
    """What to sort by; missing values come last in either direction; of equal ones the newest comes first."""
    tie: tuple[_Key, _Key] = (_COLUMNS["created"], True), (sa.type_coerce(runs.c.id, sa.String), True)
    if order in _COLUMNS:
        column = _COLUMNS[order]
        return [(_missing(column), False), (sa.func.coalesce(column, sa.literal_column("0")), descending), *tie]
    kind, dot, key = order.partition(".")
    if kind == "metrics" and dot and key:
        last = (
            sa.select(metric_latest.c.last).where(metric_latest.c.run_id == runs.c.id, metric_latest.c.key == key).scalar_subquery()
        )
        return [(_missing(last), False), (sa.func.coalesce(last, sa.literal_column("0.0")), descending), *tie]
    if kind == "params" and dot and key:
        value = sa.select(params.c.value).where(params.c.run_id == runs.c.id, params.c.key == key).scalar_subquery()
        as_number = sa.func.workbench_number(value, type_=sa.Float)
        return [
            (_missing(value), False),
            (_missing(as_number), False),
            (sa.func.coalesce(as_number, sa.literal_column("0.0")), descending),
            (sa.func.coalesce(value, sa.literal_column("''")), descending),
            *tie,
        ]
    raise UserError(
        f"Runs cannot be ordered by {order!r}.",
        hint=f"Give one of {', '.join(_COLUMNS)}, metrics.<name> or params.<name>.",
        place="order",
    )


def _missing(value: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """1 for a missing value, else 0: sorts those last."""
    return sa.case((value.is_(None), 1), else_=0)


def _after(keys: Sequence[_Key], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Rows that come after the one with these values, in the order of the keys."""
    ways: list[sa.ColumnElement[bool]] = []
    for at, (key, down) in enumerate(keys):
        same = [earlier == value for (earlier, _), value in zip(keys[:at], values[:at], strict=True)]
        ways.append(sa.and_(*same, key < values[at] if down else key > values[at]))
    return sa.or_(*ways)


def _encode(values: list[Any], order: str, *, descending: bool) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, descending, *values]).encode()).decode().rstrip("=")


def _decode(cursor: str, order: str, count: int, *, descending: bool) -> list[Any]:
    try:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        content = None
    plain = isinstance(content, list) and all(isinstance(one, str | int | float | bool) for one in content)
    if not plain or len(content) != count + 2 or content[:2] != [order, descending]:
        raise UserError("The cursor does not belong to this list.", hint="Begin with the first page.", place="cursor")
    return list(content[2:])
