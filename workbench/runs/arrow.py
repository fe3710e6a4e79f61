"""Lists of runs and series of metrics as Arrow, for grids, notebooks and exports: no object a value on the way."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.runs.family import in_pieces
from workbench.runs.metrics import read_points, thinned
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


def runs_table(
    connection: sa.Connection, ids: Sequence[str], *, columns: Sequence[str] | None = None, total: int = -1, following: str = ""
) -> "pa.Table":
    """One row a run, in the order of `ids`: the fields of a run, then `params.<key>`, `metrics.<key>` (the last value) and
    `tags.<key>`, by name; a run that has none of a name has null there. `columns`: only these of the latter.

    The schema's metadata has `total` and `next`, as a page has them.
    """
    import pyarrow as pa

    place = {run_id: at for at, run_id in enumerate(ids)}
    found = _fields(connection, ids, place)
    arrays: dict[str, pa.Array] = {
        "id": pa.array(ids, pa.string()),
        "number": pa.array(found["number"], pa.int64()),
        **{name: pa.array(found[name], pa.string()) for name in ("experiment", *_TEXTS[1:])},
        **{name: pa.array(found[name], pa.timestamp("us", "UTC")) for name in _TIMES},
        "duration": pa.array(
            [None if a is None or b is None else (b - a) / 1e6 for a, b in zip(found["started"], found["ended"], strict=True)],
            pa.float64(),
        ),
        "archived": pa.array([None if one is None else bool(one) for one in found["archived"]], pa.bool_()),
    }
    wanted = None if columns is None else set(columns)
    for kind, cells in (
        ("params", _cells(connection, params, params.c.value, ids, wanted, "params")),
        ("metrics", _cells(connection, metric_latest, metric_latest.c.last, ids, wanted, "metrics")),
        ("tags", _cells(connection, tags, tags.c.value, ids, wanted, "tags")),
    ):
        by_key: dict[str, list[Any]] = {}
        for run_id, key, value in cells:
            column = by_key.get(key)
            if column is None:
                column = by_key[key] = [None] * len(ids)
            column[place[run_id]] = math.nan if value is None else value
        type_ = pa.float64() if kind == "metrics" else pa.string()
        for key in sorted(by_key):
            arrays[f"{kind}.{key}"] = pa.array(by_key[key], type_, from_pandas=False)
    table = pa.table(arrays)
    return table.replace_schema_metadata({"total": str(total), "next": following})


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


def _fields(connection: sa.Connection, ids: Sequence[str], place: dict[str, int]) -> dict[str, list[Any]]:
    """The plain columns, each as long as `ids`; moments in microseconds."""
    names = ("number", "archived", *_TEXTS)
    query = sa.select(
        *(runs.c[name] for name in names), *(sa.type_coerce(runs.c[name], sa.BigInteger) for name in _TIMES), runs.c.experiment_id
    )
    called = {row[0]: row[1] for row in connection.execute(sa.select(experiments.c.id, experiments.c.name))}
    rows: list[Any] = [None] * len(ids)
    for piece in in_pieces(ids):
        for row in connection.execute(query.where(runs.c.id.in_(piece))).all():
            rows[place[row[2]]] = row
    columns = {name: [None if row is None else row[at] for row in rows] for at, name in enumerate((*names, *_TIMES))}
    return {**columns, "experiment": [None if one is None else called.get(one) for one in columns["experiment_id"]]}


def _cells(
    connection: sa.Connection,
    table: sa.Table,
    value: sa.ColumnElement[Any],
    ids: Sequence[str],
    wanted: set[str] | None,
    kind: str,
) -> Iterable[Any]:
    query = sa.select(table.c.run_id, table.c.key, value)
    if wanted is not None:
        keys = [name.partition(".")[2] for name in wanted if name.partition(".")[0] == kind]
        if not keys:
            return
        query = query.where(table.c.key.in_(keys))
    for piece in in_pieces(ids):
        yield from connection.execute(query.where(table.c.run_id.in_(piece))).all()
