"""Lists of runs: filters, any order, and cursors that neither skip nor repeat a run while new ones come.

A page costs two queries over runs (which ones; how many, with the first page only) and those that read the page's own runs. What
it costs to find them must not grow with the store: values of metrics are looked up in an index of their own.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

import sqlalchemy as sa

from workbench.base.errors import UserError
from workbench.runs.conditions import Attribute, attribute, condition, of_run, of_tag
from workbench.runs.experiments import View, in_view
from workbench.runs.grammar import Field, parsed_filter, parsed_order
from workbench.runs.records import summaries_of
from workbench.runs.sqltext import as_number, contains
from workbench.runs.tables import experiments, metric_latest, params, runs, tags
from workbench.schema import RunPage, RunStatus

_NEVER_MISSING = frozenset({"created", "number", "run_id", "experiment_id", "status", "start_time", "archived"})

_FEW = 2000
"""So many runs are asked one by one at least as quickly as all values are gone through."""

_SEAL = 16
_MOST_EXPERIMENTS = 10_000
_MOST_ORDERS = 20
_MOST_WORDS = 50
_LONGEST_WORD = 1000

_Key = tuple[sa.ColumnElement[Any], bool]
"""An expression that is never NULL, and whether it descends."""
_Join = tuple[sa.FromClause, sa.ColumnElement[bool]]
"""A table, and what joins its rows to the runs."""


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
    if len(texts) > _MOST_ORDERS:
        raise UserError(f"A list has {_MOST_ORDERS} orders at most.", hint="Leave some out.", place="order")
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
    base = _base(connection, search)
    joins, keys = _keys(search.orders)
    signature = _signature(search)
    total, values = _decode(cursor, signature, len(keys)) if cursor else (-1, [])
    filtered = bool(_words(search)) or parsed_filter(search.filter) is not None
    by_metric = not filtered and limit is not None and parsed_order(search.orders[0][0])[0].kind == "metric"
    many = (filtered or by_metric) and _are_many(connection, base)
    # What was found to be much is walked through; where it may be little, all values are looked up at once.
    where = [*base, *_looked_for(search, gather=many and (not cursor or 0 <= total <= _FEW))]
    wanted = None if limit is None else max(limit, _FEW) if filtered and not cursor else limit
    rows: Sequence[Any] = ()
    if many and by_metric and wanted is not None:
        rows = _by_metric(connection, where, joins, keys, values, wanted)
    if wanted is None or len(rows) <= wanted:
        rows = _rows(connection, _joined(joins), where, keys, values, wanted)
    if not cursor and (wanted is None or len(rows) <= wanted):
        total = len(rows)
    elif not cursor and count:
        total = connection.execute(sa.select(sa.func.count()).select_from(runs).where(*where)).scalar_one()
    following = ""
    if limit is not None and len(rows) > limit:
        rows = rows[:limit]
        following = _encode(signature, [total, *rows[-1][1:]])
    return Found(tuple(row[0] for row in rows), total, following)


def _rows(
    connection: sa.Connection,
    source: sa.FromClause,
    where: Sequence[sa.ColumnElement[bool]],
    keys: Sequence[_Key],
    values: Sequence[Any],
    wanted: int | None,
) -> Sequence[Any]:
    """Ids and keys of the runs that come after `values`; one more than is wanted, where there are more."""
    query = sa.select(runs.c.id, *(key.label(f"key{at}") for at, (key, _) in enumerate(keys))).select_from(source).where(*where)
    if values:
        query = query.where(*_after(keys, values))
    query = query.order_by(*(key.desc() if down else key.asc() for key, down in keys))
    return connection.execute(query if wanted is None else query.limit(wanted + 1)).all()


def _by_metric(
    connection: sa.Connection,
    where: Sequence[sa.ColumnElement[bool]],
    joins: Sequence[_Join],
    keys: Sequence[_Key],
    values: Sequence[Any],
    wanted: int,
) -> Sequence[Any]:
    """The rows of a list that is ordered by a metric first, as long as they have a number: read from the metric's own index."""
    if values and values[0] != 0:
        return ()
    (metric, on), *others = joins
    _, (_, descending), *later = keys
    numbers: list[_Key] = [(metric.c.last, descending), *later]
    query = sa.select(runs.c.id, sa.literal_column("0"), *(key.label(f"key{at}") for at, (key, _) in enumerate(numbers)))
    query = query.select_from(_joined(others, metric.join(runs, on))).where(*where, metric.c.last.is_not(None))
    # SQLite has no statistics and might begin with the runs.
    query = query.with_hint(metric, "INDEXED BY ix_metric_latest_key_last", "sqlite")
    if values:
        query = query.where(*_after(numbers, values[1:]))
    query = query.order_by(*(key.desc() if down else key.asc() for key, down in numbers))
    return connection.execute(query.limit(wanted + 1)).all()


def _joined(joins: Sequence[_Join], source: sa.FromClause = runs) -> sa.FromClause:
    for table, on in joins:
        source = source.outerjoin(table, on)
    return source


def _base(connection: sa.Connection, search: Search) -> list[sa.ColumnElement[bool]]:
    """Which runs a list is of, before anything is looked for among them."""
    where: list[sa.ColumnElement[bool]] = in_view(runs.c.deleted, search.view)
    if search.project is not None:
        where.append(runs.c.project == search.project)
    if search.experiments is not None:
        if len(search.experiments) > _MOST_EXPERIMENTS:
            raise UserError(f"A search is of {_MOST_EXPERIMENTS:,} experiments at most.", hint="Name none, for all of them.")
        wanted = sa.or_(experiments.c.id.in_(search.experiments), experiments.c.name.in_(search.experiments))
        ids = connection.execute(sa.select(experiments.c.id).where(wanted)).scalars().all()
        where.append(runs.c.experiment_id.in_(ids))
    if search.status is not None:
        where.append(runs.c.status.in_([one.value for one in search.status]))
    if search.archived is not None:
        where.append(runs.c.archived.is_(search.archived))
    return where


def _are_many(connection: sa.Connection, base: Sequence[sa.ColumnElement[bool]]) -> bool:
    some = sa.select(runs.c.id).where(*base).limit(_FEW + 1).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()) > _FEW


def _looked_for(search: Search, *, gather: bool) -> list[sa.ColumnElement[bool]]:
    expression = parsed_filter(search.filter)
    found = [] if expression is None else [condition(expression, gather=gather)]
    return [*found, *(_word(word, gather=gather) for word in _words(search))]


def _words(search: Search) -> list[str]:
    words = search.text.split()
    if len(words) > _MOST_WORDS or any(len(word) > _LONGEST_WORD for word in words):
        raise UserError(
            f"A search has {_MOST_WORDS} words at most, of {_LONGEST_WORD:,} characters.", hint="Look for fewer.", place="text"
        )
    return words


def _word(word: str, *, gather: bool) -> sa.ColumnElement[bool]:
    """Runs that have the word anywhere in what a list shows of them."""
    columns = (runs.c.name, runs.c.script, runs.c.status, runs.c.user, runs.c.notes, runs.c.reason)
    found = [contains(column, word) for column in (*columns, sa.type_coerce(runs.c.arguments, sa.Text))]
    found.append(runs.c.experiment_id.in_(sa.select(experiments.c.id).where(contains(experiments.c.name, word))))
    found += [
        of_run(table, sa.or_(contains(table.c.value, word), contains(table.c.key, word)), gather=gather) for table in (params, tags)
    ]
    if len(word) >= 4:
        found.append(runs.c.id.startswith(word.lower(), autoescape=True))
    if (digits := word.removeprefix("#")).isascii() and digits.isdigit() and len(digits) < 10:
        found.append(runs.c.number == int(digits))
    return sa.or_(*found)


def _keys(orders: Sequence[tuple[str, bool]]) -> tuple[list[_Join], list[_Key]]:
    """Tables to join, and what to sort by; missing values come last in either direction; of equal ones the newest comes first."""
    joins: list[_Join] = []
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
    return hashlib.blake2s(repr(astuple(search)).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _encode(signature: str, content: list[Any]) -> str:
    text = json.dumps(content)
    return base64.urlsafe_b64encode(f"{_sealed(signature, text)}{text}".encode()).decode().rstrip("=")


def _decode(cursor: str, signature: str, count: int) -> tuple[int, list[Any]]:
    """The total, and the keys of the last run. Raises UserError for what is not, as it stands, of a page of this list."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = ""
    seal, text = text[:_SEAL], text[_SEAL:]
    if seal != _sealed(signature, text) or len(content := json.loads(text)) != count + 1:
        raise UserError("The cursor does not belong to this list.", hint="Begin with the first page.", place="cursor")
    return content[0], content[1:]


def _sealed(signature: str, text: str) -> str:
    """What a cursor begins with: one that was changed is no cursor."""
    return hashlib.blake2s(f"{signature} {text}".encode(), digest_size=_SEAL // 2).hexdigest()
