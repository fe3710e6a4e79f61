"""Tables drawn at random: of every type, with what breaks programs."""

import datetime as dt
import math
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

_TEXTS = [
    "", " ", "a", "A", "ä", "ß", "é", "e\u0301", "Ñandú", "日本", "🙂", "a b", " lead", "trail ", "tab\tin", "two\nlines", "aa",
    "'q'", '"q"', "\\", "%", "_", "0", "1", "-1", "1.5", "007", "1e3", "1,234.5", "NaN", "nan", "null", "NA", "true", "no",
    "2020-02-29", "2021-02-29", "31/12/1999", "2020-01-01 00:00:00", "12:30", "x,y", "a;b", "http://a.b/c?d=1", "me@ex.org",
    "/a/b.c", '{"a": 1}', "[1, 2]", "Aa", "False", "yes",
]  # fmt: skip
_WHOLE = [0, 1, -1, 2, 7, 10, 100, -100, 2**31, -(2**31), 2**53, 2**53 + 1, 10**15, -(10**15)]
_DECIMALS = [0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, 2.5, -2.5, 1e-10, 1e15, 1e20, 123456.789, -0.25, math.nan, math.inf, -math.inf]
_DATES = [
    dt.date.fromisoformat(text)
    for text in ("1970-01-01", "2000-02-29", "1900-01-01", "1999-12-31", "2024-12-30", "1677-09-22", "2262-04-11")
]
_TIMES = [dt.time(0), dt.time(23, 59, 59, 999_999), dt.time(12, 30), dt.time(1, 2, 3)]
_MOMENTS = [
    dt.datetime.fromisoformat(text)
    for text in (
        "1970-01-01 00:00:00", "2000-02-29 12:00:00.000001", "1999-12-31 23:59:59", "1900-01-01 00:00:01", "2262-04-11 23:47:16",
        "1677-09-22 00:00:00", "2024-03-31 02:30:00",
    )
]  # fmt: skip


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of an Arrow type, missing ones among them."""
    return st.none() | _present(kind)


def _present(kind: Any) -> st.SearchStrategy[Any]:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return st.sampled_from(_TEXTS)
    if pa.types.is_integer(kind):
        return st.sampled_from(_WHOLE)
    if pa.types.is_floating(kind):
        return st.sampled_from(_DECIMALS)
    if pa.types.is_boolean(kind):
        return st.booleans()
    if pa.types.is_date(kind):
        return st.sampled_from(_DATES)
    if pa.types.is_time(kind):
        return st.sampled_from(_TIMES)
    if pa.types.is_timestamp(kind):
        zone = dt.UTC if kind.tz else None
        return st.sampled_from([moment.replace(tzinfo=zone) for moment in _MOMENTS])
    if pa.types.is_list(kind):
        return st.lists(values(kind.value_type), max_size=3)
    if pa.types.is_struct(kind):
        return st.fixed_dictionaries({field.name: values(field.type) for field in kind})
    raise TypeError(f"no values for {kind}")


def tables(schema: pa.Schema, rows: int = 40) -> st.SearchStrategy[pa.Table]:
    """Tables of a schema with up to so many rows; rows repeat, so that groups and duplicates occur."""
    row = st.tuples(*(values(field.type) for field in schema))
    return st.lists(row, min_size=5, max_size=rows).map(lambda found: _table(schema, found))


def _table(schema: pa.Schema, rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
