"""Runs from a table of the server: all that a list shows of them, but of a metric the last value only.

Ten thousand runs come in a fifth of the time that pages of JSON take, and leave few objects for Python's collector to look through,
which stops every thread.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workbench.schema import MetricSummary, RunStatus, RunSummary

if TYPE_CHECKING:
    import pyarrow as pa

_TIMES = ("created", "started", "ended", "deleted")
_LISTS = ("params", "metrics", "tags")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATES = {state.value: state for state in RunStatus}
_NAMES = frozenset(RunSummary.model_fields)


class LastValues(Mapping[str, MetricSummary]):
    """The metrics of a run of which only the last values are known: their count is 0; step, minimum and maximum say nothing.

    The rest can be told later, once somebody looks.
    """

    __slots__ = ("_rest", "values_by_key")

    def __init__(self, values_by_key: dict[str, float]) -> None:
        self.values_by_key = values_by_key
        self._rest: Mapping[str, MetricSummary] = {}

    @property
    def complete(self) -> bool:
        """Whether there is no more to be known."""
        return self._rest.keys() >= self.values_by_key.keys()

    def tell(self, rest: Mapping[str, MetricSummary]) -> None:
        """All that is known of the metrics."""
        self._rest = rest

    def __getitem__(self, key: str) -> MetricSummary:
        if (known := self._rest.get(key)) is not None:
            return known
        last = self.values_by_key[key]
        return MetricSummary(key=key, last=last, last_step=0, min=last, max=last, count=0)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_key)

    def __len__(self) -> int:
        return len(self.values_by_key)

    def __contains__(self, key: object) -> bool:
        return key in self.values_by_key


def is_brief(run: RunSummary) -> bool:
    """Whether more is to be known of the run's metrics than what is here."""
    return isinstance(run.metrics, LastValues) and not run.metrics.complete


def last_value(run: RunSummary, key: str) -> float | None:
    """The last value of a run's metric; None where it has none."""
    metrics: Mapping[str, MetricSummary] = run.metrics
    if isinstance(metrics, LastValues):
        return metrics.values_by_key.get(key)
    metric = metrics.get(key)
    return None if metric is None else metric.last


def briefs_of(table: "pa.Table") -> list[RunSummary]:
    """The runs of a table, in its order."""
    rows: list[dict[str, Any]] = [{} for _ in range(table.num_rows)]
    found: dict[str, list[dict[str, Any]]] = {kind: [{} for _ in rows] for kind in _LISTS}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind, _, key = name.partition(".")
        if kind in found and key:
            for at, value in _present(column):
                found[kind][at][key] = value
        elif name in _NAMES:
            for row, value in zip(rows, _plain(name, column), strict=True):
                row[name] = value
    for at, row in enumerate(rows):
        row["status"] = _STATES[row["status"]]
        row["arguments"] = tuple(row.get("arguments") or ())
        row["params"], row["tags"], row["metrics"] = found["params"][at], found["tags"][at], LastValues(found["metrics"][at])
    return [RunSummary.model_construct(_NAMES, **row) for row in rows]  # type: ignore[arg-type]  # only read


def _plain(name: str, column: "pa.ChunkedArray") -> list[Any]:
    import pyarrow as pa

    if name not in _TIMES:
        return column.to_pylist()  # type: ignore[no-any-return]
    moments = column.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_pylist()
    return [None if one is None else _EPOCH + timedelta(microseconds=one) for one in moments]


def _present(column: "pa.ChunkedArray") -> Iterator[tuple[int, Any]]:
    """Row and value of each row that has one: of the thousands of columns that a few runs fill, the rest is not gone through."""
    import numpy as np

    rows = np.flatnonzero(column.is_valid().to_numpy())
    return zip(rows.tolist(), column.drop_null().to_pylist(), strict=True)
