"""Computing profiles: one pass estimates how many different values each column has; where they are not too many, one grouping
of a column gives all the rest exactly, else a few aggregates and estimates do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled
from workbench.dataprep.columns import NUMERIC, TEXT, ColumnInfo, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.profiles.column import QUANTILES, TOP, ColumnProfile, Pattern, TopValue
from workbench.dataprep.profiles.histograms import edges_of, histogram
from workbench.dataprep.profiles.moments import moments, quantiles

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from workbench.dataprep.engine.store import Store

_GROUPED = 200_000
"""Up to so many different values a column is profiled from its groups."""
_PATTERNED = 2_000
"""On how many different texts patterns are learned."""
_NESTED = {"struct", "list"}
_SECONDS = {"date", "timestamp", "timestamp_tz"}


def profile_columns(
    store: Store, table: str, columns: Sequence[ColumnInfo], rows: int, errors: Mapping[str, int], *,
    deliver: Callable[[ColumnProfile], None] | None = None, cancel: Cancel | None = None, progress: Progress | None = None,
) -> dict[str, ColumnProfile]:  # fmt: skip
    """The profiles of columns of a table of `rows` rows, by name; `deliver` gets each once it is ready. Raises Cancelled."""
    found: dict[str, ColumnProfile] = {}
    for profile in _each(store, table, columns, rows, errors, cancel):
        found[profile.name] = profile
        if deliver:
            deliver(profile)
        if progress:
            progress(len(found) / len(columns), f"Profiled {profile.name}")
    return found


def _each(
    store: Store, table: str, columns: Sequence[ColumnInfo], rows: int, errors: Mapping[str, int], cancel: Cancel | None
) -> Iterator[ColumnProfile]:
    if not columns:
        return
    estimates = store.run(
        f"SELECT {', '.join(f'approx_count_distinct({_value(column)})' for column in columns)} FROM {table}",  # noqa: S608
        cancel=cancel,
    )[0]
    for column, estimate in zip(columns, estimates, strict=True):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        wrong = errors.get(column.name, 0)
        if estimate <= _GROUPED and column.type not in _NESTED:
            yield _grouped(store, table, column, rows, wrong, cancel)
        else:
            yield _estimated(store, table, column, rows, wrong, cancel)


def _value(column: ColumnInfo) -> str:
    """The column in SQL; what is not a number (or infinite) among decimals is missing."""
    name = quoted(column.name)
    if column.type in _NESTED:
        return f"CAST({name} AS VARCHAR)"
    return f"CASE WHEN isfinite({name}) THEN {name} END" if column.type == "decimal" else name


def _number(value: str, column: ColumnInfo) -> str:
    """The value as a number: seconds since 1970 for dates and times with dates."""
    return f"epoch({value})" if column.type in _SECONDS else f"CAST({value} AS DOUBLE)"


def _grouped(store: Store, table: str, column: ColumnInfo, rows: int, errors: int, cancel: Cancel | None) -> ColumnProfile:
    value = _value(column)
    numeric = column.type in NUMERIC or column.type in _SECONDS
    number = _number("value", column) if numeric else "NULL"
    groups = _arrow(
        store,
        f"SELECT {number} AS number, CAST(value AS VARCHAR) AS text, total FROM ("  # noqa: S608
        f"SELECT {value} AS value, count(*) AS total, min(rowid) AS place FROM {table} GROUP BY 1) "
        "WHERE value IS NOT NULL ORDER BY total DESC, place",
        cancel,
    )
    totals = groups["total"].to_numpy()
    present = int(totals.sum()) if len(totals) else 0
    texts = groups["text"]
    top = tuple(TopValue(text, int(total)) for text, total in zip(texts[:TOP].to_pylist(), totals[:TOP], strict=True))
    rest: dict[str, Any] = {"top": top if not numeric or column.type in _SECONDS or len(totals) <= TOP else ()}
    if present and numeric:
        rest |= _of_numbers(column, groups["number"].to_numpy(), totals)
        order = groups["number"].to_numpy().argsort()
        rest |= {"minimum": texts[int(order[0])].as_py(), "maximum": texts[int(order[-1])].as_py()}
    elif present:
        listed = [text for text in texts.to_pylist() if text is not None]
        rest |= {"minimum": min(listed), "maximum": max(listed)}
        rest |= _of_texts(column, listed, totals)
    return ColumnProfile(column.name, column.type, rows, rows - present - errors, len(totals), errors=errors, **rest)


def _of_numbers(column: ColumnInfo, numbers: np.ndarray[Any, Any], totals: np.ndarray[Any, Any]) -> dict[str, Any]:
    import numpy as np

    order = np.argsort(numbers, kind="stable")
    values, weights = numbers[order].astype(float), totals[order].astype(float)
    rest: dict[str, Any] = {}
    if column.type in NUMERIC:
        found = quantiles(values, weights, QUANTILES)
        rest = {**moments(values, weights), "quantiles": found, "quartiles": (found[0.25], found[0.5], found[0.75])}
    if len(values) > 1 and (edges := edges_of(values[0], values[-1], column.type)):
        counts, _ = np.histogram(values, bins=np.array(edges), weights=weights)
        rest["histogram"] = histogram(edges, [round(count) for count in counts], column.type)
    return rest


def _of_texts(column: ColumnInfo, texts: list[str], totals: np.ndarray[Any, Any]) -> dict[str, Any]:
    if column.type not in TEXT:
        return {}
    from workbench.byexample.profiling import profile

    empty = sum(int(total) for text, total in zip(texts, totals, strict=True) if not text.strip())
    some = [text for text in texts[:_PATTERNED] if text.strip()]
    weights = {text: int(total) for text, total in zip(texts[:_PATTERNED], totals, strict=False)}
    patterns = []
    if some:
        whole = sum(weights[text] for text in some)
        import re

        for pattern in profile(some).patterns:
            matched = [text for text in some if re.fullmatch(pattern.regex, text)]
            if matched:
                patterns.append(Pattern(pattern.regex, sum(weights[text] for text in matched) / whole, matched[0]))
    patterns.sort(key=lambda pattern: -pattern.share)
    return {"empty": empty, "patterns": tuple(patterns)}


def _estimated(store: Store, table: str, column: ColumnInfo, rows: int, errors: int, cancel: Cancel | None) -> ColumnProfile:
    """The profile of a column of very many different values."""
    value = _value(column)
    numeric, timed = column.type in NUMERIC, column.type in _SECONDS
    number = _number("value", column)
    asked = ["count(value)", "approx_count_distinct(value)", "CAST(min(value) AS VARCHAR)", "CAST(max(value) AS VARCHAR)"]
    if numeric or timed:
        asked += [f"min({number})", f"max({number})"]
    if numeric:
        asked += [f"{name}({number})" for name in ("avg", "stddev_samp", "skewness", "kurtosis")]
        asked.append(f"approx_quantile({number}, {list(QUANTILES)})")
    if column.type in TEXT:
        asked += ["count(*) FILTER (trim(value) = '')", f"approx_top_k(value, {TOP})"]
    inner = f"(SELECT {value} AS value FROM {table})"  # noqa: S608
    present, distinct, low, high, *more = store.run(f"SELECT {', '.join(asked)} FROM {inner}", cancel=cancel)[0]  # noqa: S608
    rest: dict[str, Any] = {}
    if numeric:
        rest |= dict(zip(("mean", "deviation", "skewness", "kurtosis"), more[2:6], strict=True))
        if more[6]:
            found = dict(zip(QUANTILES, more[6], strict=True))
            rest |= {"quantiles": found, "quartiles": (found[0.25], found[0.5], found[0.75])}
    if (numeric or timed) and present and (edges := edges_of(more[0], more[1], column.type)):
        rest["histogram"] = histogram(edges, _binned(store, inner, number, edges, cancel), column.type)
    if column.type in TEXT:
        rest["empty"] = more[0]
        some = store.run(f"SELECT value FROM {inner} WHERE value IS NOT NULL LIMIT {_PATTERNED}", cancel=cancel)  # noqa: S608
        texts = list(dict.fromkeys(row[0] for row in some))
        import numpy as np

        rest["patterns"] = _of_texts(column, texts, np.ones(len(texts)))["patterns"] if texts else ()
        counted = store.run(
            f"SELECT value, count(*) FROM {inner} WHERE value IN (SELECT unnest($top)) GROUP BY value ORDER BY 2 DESC".replace(  # noqa: S608
                "$top", "[" + ", ".join("'" + str(text).replace("'", "''") + "'" for text in more[1]) + "]"
            ),
            cancel=cancel,
        ) if more[1] else []  # fmt: skip
        rest["top"] = tuple(TopValue(text, total) for text, total in counted)
    return ColumnProfile(
        column.name,
        column.type,
        rows,
        rows - present - errors,
        distinct,
        errors=errors,
        minimum=low,
        maximum=high,
        exact=False,
        **rest,
    )


def _binned(store: Store, inner: str, number: str, edges: Sequence[float], cancel: Cancel | None) -> list[int]:
    low, step, bins = edges[0], edges[1] - edges[0], len(edges) - 1
    found = dict(
        store.run(
            f"SELECT least(CAST(floor(({number} - {low!r}) / {step!r}) AS INTEGER), {bins - 1}) AS bin, count(*) "  # noqa: S608
            f"FROM {inner} WHERE value IS NOT NULL GROUP BY bin",
            cancel=cancel,
        )
    )
    return [found.get(number, 0) for number in range(bins)]


def _arrow(store: Store, sql: str, cancel: Cancel | None) -> pa.Table:
    if cancel is not None and cancel.is_set():
        raise Cancelled
    return store.arrow(sql)
