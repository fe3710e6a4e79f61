"""Lists of runs: filters, any order, and cursors that neither skip nor repeat a run while new ones come.

A page costs two queries over runs (which ones; how many, with the first page only) and those that read the page's own runs.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

import sqlalchemy as sa

from workbench.base.errors import UserError
from workbench.runs.conditions import EXPERIMENT_NAME, Attribute, attribute, condition, of_tag
from workbench.runs.experiments import View, in_view
from workbench.runs.grammar import Field, parsed_filter, parsed_order
from workbench.runs.records import summaries_of
from workbench.runs.sqltext import as_number
from workbench.runs.tables import experiments, metric_latest, params, runs, tags
from workbench.schema import RunPage, RunStatus

_NEVER_MISSING = frozenset({"created", "number", "run_id", "experiment_id", "status", "start_time", "archived"})

_Key = tuple[sa.ColumnElement[Any], bool]
"""An expression that is never NULL, and whether it descends."""


@dataclass(frozen=True)
class Search:
    """What is looked for, and in which order."""

    filter: str = ""
    text: str = ""
    """Words that are each found in what a list shows of a run."""
    project: str | None = None
    experiments: tuple[str, ...] | None = None
    """Ids or names."""
    status: tuple[RunStatus, ...] | None = None
    archived: bool | None = None
    """None: whether or not."""
    view: View = "active"
    orders: tuple[tuple[str, bool], ...] = field(default=(("created", True),))
    """Fields, and whether they descend."""


@dataclass(frozen=True)
class Found:
    """Ids of a page's runs, how many there are on all pages (-1: not counted), and the cursor of the next page."""

    ids: tuple[str, ...]
    total: int
    next: str


def orders_of(texts: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Orders as MLflow writes them: `metrics.acc DESC`. Raises UserError for one that is wrong, or twice there."""
    found: list[tuple[str, bool]] = []
    fields: set[tuple[str, str]] = set()
    for text in texts:
        named, descending = parsed_order(text)
        if (named.kind, named.key) in fields:
            raise UserError(f"The order names {named.key} twice.", hint="Name it once.", place="order")
        fields.add((named.kind, named.key))
        found.append((text, descending))
    return tuple(found)


def find_runs(connection: sa.Connection, search: Search, *, limit: int, cursor: str = "", count: bool = True) -> RunPage:
    """A page of runs. Raises UserError for a wrong filter or order, or a cursor of another list."""
    found = find_ids(connection, search, limit=limit, cursor=cursor, count=count)
    return RunPage(runs=summaries_of(connection, found.ids), total=found.total, next=found.next)


def find_ids(connection: sa.Connection, search: Search, *, limit: int | None, cursor: str = "", count: bool = True) -> Found:
    """Which runs are on a page (without a limit: all)."""
    where = _where(connection, search)
    joins, keys = _keys(search.orders)
    query = sa.select(runs.c.id, *(key.label(f"key{at}") for at, (key, _) in enumerate(keys)))
    source: sa.FromClause = runs
    for table, on in joins:
        source = source.outerjoin(table, on)
    query = query.select_from(source).where(*where)
    signature = _signature(search)
    total = -1
    if cursor:
        total, values = _decode(cursor, signature, len(keys))
        query = query.where(*_after(keys, values))
    elif count:
        total = connection.execute(sa.select(sa.func.count()).select_from(runs).where(*where)).scalar_one()
    query = query.order_by(*(key.desc() if down else key.asc() for key, down in keys))
    if limit is not None:
        query = query.limit(limit + 1)
    rows = connection.execute(query).all()
    following = ""
    if limit is not None and len(rows) > limit:
        rows = rows[:limit]
        following = _encode([signature, total, *rows[-1][1:]])
    return Found(tuple(row[0] for row in rows), total, following)


def _where(connection: sa.Connection, search: Search) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = in_view(runs.c.deleted, search.view)
    if search.project is not None:
        where.append(runs.c.project == search.project)
    if search.experiments is not None:
        wanted = sa.or_(experiments.c.id.in_(search.experiments), experiments.c.name.in_(search.experiments))
        ids = connection.execute(sa.select(experiments.c.id).where(wanted)).scalars().all()
        where.append(runs.c.experiment_id.in_(ids))
    if search.status is not None:
        where.append(runs.c.status.in_([one.value for one in search.status]))
    if search.archived is not None:
        where.append(runs.c.archived.is_(search.archived))
    if (expression := parsed_filter(search.filter)) is not None:
        where.append(condition(expression))
    where += [_word(word) for word in search.text.split()]
    return where


def _word(word: str) -> sa.ColumnElement[bool]:
    """Runs that have the word anywhere in what a list shows of them."""
    columns = (runs.c.name, runs.c.script, runs.c.status, runs.c.user, runs.c.notes, runs.c.reason, EXPERIMENT_NAME)
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


def _keys(orders: Sequence[tuple[str, bool]]) -> tuple[list[tuple[sa.FromClause, sa.ColumnElement[bool]]], list[_Key]]:
    """Tables to join, and what to sort by; missing values come last in either direction; of equal ones the newest comes first."""
    joins: list[tuple[sa.FromClause, sa.ColumnElement[bool]]] = []
    keys: list[_Key] = []
    for at, (text, descending) in enumerate(orders):
        named = of_tag(parsed_order(text)[0])
        if named.kind == "attribute":
            keys += _attribute_keys(named, attribute(named, "order"), descending=descending)
        elif named.kind == "metric":
            metric = metric_latest.alias(f"by{at}")
            joins.append((metric, sa.and_(metric.c.run_id == runs.c.id, metric.c.key == named.key)))
            # NaN, which the database holds as a missing value, comes after all numbers and before runs without the metric.
            rank = sa.case((metric.c.last.is_not(None), 0), (metric.c.id.is_not(None), 1), else_=2)
            keys += [(rank, False), (sa.func.coalesce(metric.c.last, sa.literal_column("0.0")), descending)]
        elif named.kind in {"param", "tag"}:
            pair = (params if named.kind == "param" else tags).alias(f"by{at}")
            joins.append((pair, sa.and_(pair.c.run_id == runs.c.id, pair.c.key == named.key)))
            number = as_number(pair.c.value)
            keys += [
                (_missing(pair.c.value), False),
                (_missing(number), False),
                (sa.func.coalesce(number, sa.literal_column("0.0")), descending),
                (sa.func.coalesce(pair.c.value, sa.literal_column("''")), descending),
            ]
        else:
            raise UserError("Runs cannot be ordered by their datasets.", hint="Order by a metric, param, tag or attribute.")
    created = sa.type_coerce(runs.c.created, sa.BigInteger)
    if not any(key is _CREATED for key, _ in keys):
        keys.append((created, True))
    return joins, [*keys, (sa.type_coerce(runs.c.id, sa.String), True)]


_CREATED = attribute(Field("attribute", "created", 1)).column


def _attribute_keys(named: Field, found: Attribute, *, descending: bool) -> list[_Key]:
    column = found.column if found.order is None else found.order
    if named.key in _NEVER_MISSING:
        return [(column, descending)]
    empty: sa.ColumnElement[Any] = sa.literal_column("''" if found.type == "text" else "0")
    return [(_missing(column), False), (sa.func.coalesce(column, empty), descending)]


def _missing(value: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """1 for a missing value, else 0: sorts those last."""
    return sa.case((value.is_(None), 1), else_=0)


def _after(keys: Sequence[_Key], values: Sequence[Any]) -> list[sa.ColumnElement[bool]]:
    """Rows that come after the one with these values, in the order of the keys."""
    ways: list[sa.ColumnElement[bool]] = []
    for at, (key, down) in enumerate(keys):
        same = [earlier == value for (earlier, _), value in zip(keys[:at], values[:at], strict=True)]
        ways.append(sa.and_(*same, key < values[at] if down else key > values[at]))
    # Says nothing new, but an index can begin there.
    first, down = keys[0]
    return [first <= values[0] if down else first >= values[0], sa.or_(*ways)]


def _signature(search: Search) -> str:
    return hashlib.blake2s(repr(astuple(search)).encode(), digest_size=6).hexdigest()


def _encode(content: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _decode(cursor: str, signature: str, count: int) -> tuple[int, list[Any]]:
    try:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        content = None
    plain = isinstance(content, list) and all(isinstance(one, str | int | float) for one in content)
    if not plain or len(content) != count + 2 or content[0] != signature or not isinstance(content[1], int):
        raise UserError("The cursor does not belong to this list.", hint="Begin with the first page.", place="cursor")
    return content[1], list(content[2:])
