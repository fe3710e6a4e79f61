"""The profile of a column: counts, extremes, quantiles, a histogram or the most frequent values."""

from __future__ import annotations

import math
from dataclasses import dataclass

from workbench.dataprep.columns import ColumnInfo, ColumnType, quoted
from workbench.dataprep.control import Cancel
from workbench.dataprep.engine.store import Store

BINS = 20
TOP = 20


@dataclass(frozen=True)
class Bin:
    """A bar of a histogram: values from `low` to below `high` (the last one includes it). Dates count in seconds since 1970."""

    low: float
    high: float
    count: int
    label: str


@dataclass(frozen=True)
class TopValue:
    """A frequent value as text."""

    value: str
    count: int


@dataclass(frozen=True)
class ColumnProfile:
    """What a column holds. `count` is the number of rows, missing ones included; `minimum` and `maximum` are texts."""

    name: str
    type: ColumnType
    count: int
    missing: int
    distinct: int
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None
    deviation: float | None = None
    quartiles: tuple[float, float, float] | None = None
    histogram: tuple[Bin, ...] = ()
    top: tuple[TopValue, ...] = ()


_NUMERIC = {"integer", "decimal"}
_TEMPORAL = {"date", "timestamp"}


def profile_column(store: Store, table: str, column: ColumnInfo, rows: int, cancel: Cancel | None) -> ColumnProfile:
    """Computes the profile in two or three queries. Raises Cancelled."""
    name = quoted(column.name)
    value = f"CASE WHEN isfinite({name}) THEN {name} END" if column.type == "decimal" else name
    numeric = column.type in _NUMERIC
    moments = (
        f"avg({value}), stddev_samp({value}), quantile_cont({value}::DOUBLE, [0.25, 0.5, 0.75])" if numeric else "NULL, NULL, NULL"
    )
    sql = (
        f"SELECT count({value}), count(DISTINCT {value}), min({value})::VARCHAR, max({value})::VARCHAR, {moments} "  # noqa: S608
        f"FROM {table}"
    )
    present, distinct, low, high, mean, deviation, quartiles = store.run(sql, cancel=cancel)[0]
    histogram: tuple[Bin, ...] = ()
    if present and distinct > 1 and (numeric or column.type in _TEMPORAL):
        histogram = _histogram(store, table, value, column.type, cancel)
    top: tuple[TopValue, ...] = ()
    if not numeric or distinct <= TOP:
        found = store.run(
            f"SELECT {name}::VARCHAR, count(*) FROM {table} WHERE {name} IS NOT NULL "  # noqa: S608
            f"GROUP BY {name} ORDER BY count(*) DESC, min(rowid) LIMIT {TOP}",
            cancel=cancel,
        )
        top = tuple(TopValue(text, count) for text, count in found)
    return ColumnProfile(
        name=column.name,
        type=column.type,
        count=rows,
        missing=rows - present,
        distinct=distinct,
        minimum=low,
        maximum=high,
        mean=mean,
        deviation=deviation,
        quartiles=tuple(quartiles) if quartiles else None,
        histogram=histogram,
        top=top,
    )


def _histogram(store: Store, table: str, value: str, type_: ColumnType, cancel: Cancel | None) -> tuple[Bin, ...]:
    number = f"epoch({value})" if type_ in _TEMPORAL else f"({value})::DOUBLE"
    low, high = store.run(f"SELECT min({number}), max({number}) FROM {table}", cancel=cancel)[0]  # noqa: S608
    if low is None or not math.isfinite(low) or not math.isfinite(high) or low == high:
        return ()
    step = (high - low) / BINS
    if type_ == "integer" and high - low < BINS:
        step = 1.0
    bins = max(1, math.ceil((high - low) / step)) if type_ != "integer" or step > 1 else int(high - low) + 1
    found = dict(
        store.run(
            f"SELECT least(floor(({number} - {low!r}) / {step!r}), {bins - 1})::INT AS bin, count(*) "  # noqa: S608
            f"FROM {table} WHERE {number} IS NOT NULL GROUP BY bin",
            cancel=cancel,
        )
    )
    return tuple(
        Bin(low + i * step, low + (i + 1) * step, found.get(i, 0), _label(low + i * step, low + (i + 1) * step, type_))
        for i in range(bins)
    )


def _label(low: float, high: float, type_: ColumnType) -> str:
    if type_ in _TEMPORAL:
        import datetime as dt

        start, end = (dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds) for seconds in (low, high))  # noqa: DTZ001
        pattern = "%Y-%m-%d" if type_ == "date" or high - low >= 86_400 else "%Y-%m-%d %H:%M"
        return f"{start:{pattern}} – {end:{pattern}}"
    if type_ == "integer" and high - low == 1:
        return f"{low:,.0f}"
    return f"{low:,.6g} – {high:,.6g}"
