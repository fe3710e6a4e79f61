"""Lists of runs and series of metrics as Arrow, for grids, notebooks and exports: no object a value on the way."""

import itertools
import json
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.runs.family import child_counts, in_pieces
from workbench.runs.metrics import read_points, thinned
from workbench.runs.sqltext import gathered
from workbench.runs.tables import experiments, metric_latest, params, runs, tags

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = (
    "id",
    "name",
    "experiment_id",
    "project",
    "parent_id",
    "status",
    "reason",
    "script",
    "target",
    "user",
    "kind",
    "result_of",
)
_TIMES = ("created", "started", "ended", "deleted")
_MANY = 2000  # runs; and rows that are fetched at once


def runs_table(
    connection: sa.Connection, ids: Sequence[str], *, columns: Sequence[str] | None = None, total: int = -1, following: str = ""
) -> "pa.Table":
    """One row a run, in the order of `ids`: the fields of a run, then `params.<key>`, `metrics.<key>` (the last value) and
    `tags.<key>`, by name; a run that has none of a name has null there. `columns`: only these of the latter.

    The schema's metadata has `total` and `next`, as a page has them.
    """
    import pyarrow as pa

    # The tables are in the order of the ids, and so is the work: what is read together then lies together.
    by_id = sorted(set(ids))
    place = {run_id: at for at, run_id in enumerate(by_id)}
    found = _fields(connection, by_id, place)
    arrays: dict[str, pa.Array] = {
        "id": pa.array(by_id, pa.string()),
        "number": pa.array(found["number"], pa.int64()),
        **{name: pa.array(found[name], pa.string()) for name in ("experiment", *_TEXTS[1:])},
        **{name: pa.array(found[name], pa.timestamp("us", "UTC")) for name in _TIMES},
        "duration": pa.array(
            [None if a is None or b is None else (b - a) / 1e6 for a, b in zip(found["started"], found["ended"], strict=True)],
            pa.float64(),
        ),
        "archived": pa.array([None if one is None else bool(one) for one in found["archived"]], pa.bool_()),
        "arguments": pa.array([one and json.loads(one) for one in found["arguments"]], pa.list_(pa.string())),
        "children": pa.array(_children(connection, by_id), pa.int64()),
    }
    for kind, table, read in (("params", params, _texts), ("metrics", metric_latest, _numbers), ("tags", tags, _texts)):
        wanted = None if columns is None else [name.partition(".")[2] for name in columns if name.partition(".")[0] == kind]
        if wanted is None or wanted:
            by_key = read(connection, table, place, wanted)
            arrays |= {f"{kind}.{key}": by_key[key] for key in sorted(by_key)}
    asked = pa.array([place[run_id] for run_id in ids], pa.int64())
    return pa.table(arrays).take(asked).replace_schema_metadata({"total": str(total), "next": following})


def series_table(connection: sa.Connection, wanted: Iterable[tuple[str, str]], pixels: int) -> "pa.Table":
    """The points of metrics, (run id, key) after (run id, key), each by step and thinned to `pixels` (0: all of them).

    Columns: run_id, key, step, time (seconds since the epoch), value. What a run has not logged has no rows.
    """
    import numpy as np
    import pyarrow as pa

    from workbench.base.errors import NotFound

    pairs: list[tuple[str, str]] = []
    counts: list[int] = []
    parts = []
    for run_id, key in wanted:
        try:
            points = thinned(read_points(connection, run_id, key), pixels)
        except NotFound:
            continue
        pairs.append((run_id, key))
        counts.append(len(points))
        parts.append(points)

    def named(at: int) -> "pa.DictionaryArray":
        names = list(dict.fromkeys(pair[at] for pair in pairs))
        numbers = np.repeat(np.array([names.index(pair[at]) for pair in pairs], np.int32), counts)
        return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), pa.array(names, pa.string()))

    def numbers(name: str, type_: Any) -> Any:
        return np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0, type_)

    return pa.table(
        {
            "run_id": named(0),
            "key": named(1),
            "step": pa.array(numbers("steps", np.int64)),
            "time": pa.array(numbers("times", np.float64)),
            "value": pa.array(numbers("values", np.float64)),
        }
    )


def ipc(table: "pa.Table") -> bytes:
    """The table as an Arrow IPC stream."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _fields(connection: sa.Connection, ids: Sequence[str], place: Mapping[str, int]) -> dict[str, Sequence[Any]]:
    """The plain columns, each as long as `ids`; moments in microseconds."""
    names = (*_TEXTS, "number", "archived", "arguments")
    plain = (sa.type_coerce(runs.c[name], sa.Text) if name == "arguments" else runs.c[name] for name in names)
    query = sa.select(*plain, *(sa.type_coerce(runs.c[name], sa.BigInteger) for name in _TIMES))
    called = {row[0]: row[1] for row in connection.execute(sa.select(experiments.c.id, experiments.c.name))}
    rows: list[Any] = [(None,) * (len(names) + len(_TIMES))] * len(ids)
    for some in _rows(connection, query, runs.c.id, place):
        for row in some:
            if (at := place.get(row[0])) is not None:
                rows[at] = row
    columns = dict(zip((*names, *_TIMES), zip(*rows, strict=True) if rows else itertools.repeat(()), strict=False))
    return {**columns, "experiment": [called.get(one) for one in columns["experiment_id"]]}


def _children(connection: sa.Connection, ids: Sequence[str]) -> list[int]:
    """How many children that are not in the trash each run has."""
    found: dict[str, int] = {}
    if len(ids) > _MANY:
        parent = runs.c.parent_id
        query = sa.select(parent, sa.func.count()).where(parent.is_not(None), runs.c.deleted.is_(None)).group_by(parent)
        found = {row[0]: row[1] for row in connection.execute(query)}
        return [found.get(run_id, 0) for run_id in ids]
    for piece in in_pieces(ids):
        found |= child_counts(connection, piece)
    return [found.get(run_id, 0) for run_id in ids]


def _texts(
    connection: sa.Connection, table: sa.Table, place: Mapping[str, int], wanted: Sequence[str] | None
) -> dict[str, "pa.Array"]:
    """Params or tags by key, each as long as there are runs."""
    import pyarrow as pa

    places: dict[str, array[int]] = defaultdict(lambda: array("q"))
    found: dict[str, list[pa.Array]] = defaultdict(list)
    query = sa.select(table.c.run_id, gathered(table.c.key, table.c.value)).group_by(table.c.run_id)
    for some in _rows(connection, _of_keys(query, table, wanted), table.c.run_id, place):
        # At once: the texts of keys are then made once.
        every = json.loads(f"[{','.join(texts for _, texts in some)}]")
        part: dict[str, list[str]] = defaultdict(list)
        for (run_id, _), pairs in zip(some, every, strict=True):
            if (at := place.get(run_id)) is not None:
                for key, value in pairs.items():
                    places[key].append(at)
                    part[key].append(value)
        for key, values in part.items():
            found[key].append(pa.array(values, pa.string()))
    return {key: _placed(places[key], pa.concat_arrays(found.pop(key)), len(place)) for key in places}


def _numbers(
    connection: sa.Connection, table: sa.Table, place: Mapping[str, int], wanted: Sequence[str] | None
) -> dict[str, "pa.Array"]:
    """The last values of metrics by key, each as long as there are runs."""
    import numpy as np
    import pyarrow as pa

    found: dict[str, tuple[array[int], array[float]]] = defaultdict(lambda: (array("q"), array("d")))
    query = _of_keys(sa.select(table.c.run_id, table.c.key, table.c.last), table, wanted)
    before, at = None, None
    for some in _rows(connection, query, table.c.run_id, place):
        for run_id, key, value in some:
            if run_id != before:  # the metrics of a run mostly lie together
                before, at = run_id, place.get(run_id)
            if at is not None:
                places, values = found[key]
                places.append(at)
                values.append(math.nan if value is None else value)
    return {
        key: _placed(places, pa.array(np.frombuffer(values), from_pandas=False), len(place))
        for key, (places, values) in found.items()
    }


def _placed(places: "array[int]", values: "pa.Array", count: int) -> "pa.Array":
    """`count` values: those that are given at their places, the others missing.

    The values come as plain columns, not as objects: millions of these would not stay in the processor's reach.
    """
    import numpy as np
    import pyarrow as pa

    at = np.zeros(count, np.int64)
    missing = np.ones(count, np.bool_)
    taken = np.frombuffer(places, np.int64)
    at[taken] = np.arange(len(places))
    missing[taken] = False
    return values.take(pa.array(at, mask=missing))


def _of_keys(query: "sa.Select[Any]", table: sa.Table, wanted: Sequence[str] | None) -> "sa.Select[Any]":
    return query if wanted is None else query.where(table.c.key.in_(wanted))


def _rows(
    connection: sa.Connection, query: "sa.Select[Any]", run_id: sa.Column[Any], place: Mapping[str, int]
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The rows of these runs (and of others, where most are asked for), run id first, some at a time as the driver gives them: what
    the database holds must need no conversion."""
    if len(place) > _MANY and len(place) * 2 > connection.execute(sa.select(sa.func.count()).select_from(runs)).scalar_one():
        if query.whereclause is None:
            # An index that has all columns is by value; in the table the rows of a run lie together.
            query = query.with_hint(run_id.table, "NOT INDEXED", "sqlite")
        yield from _fetched(connection, query)
        return
    # By id, since the tables are in that order: else each page of them would be read again and again.
    for piece in in_pieces(sorted(place)):
        yield from _fetched(connection, query.where(run_id.in_(piece)))


def _fetched(connection: sa.Connection, query: "sa.Select[Any]") -> Iterator[Sequence[tuple[Any, ...]]]:
    with closing(connection.execute(query)) as result:
        while result.cursor is not None and (rows := result.cursor.fetchmany(_MANY)):
            yield rows
