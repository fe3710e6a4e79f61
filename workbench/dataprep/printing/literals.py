"""Values as Python code."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from workbench.byexample.printing.literals import literal
from workbench.dataprep.columns import ColumnInfo, ColumnType

PANDAS_TYPES: dict[ColumnType, str] = {
    "integer": "Int64",
    "decimal": "float64",
    "boolean": "boolean",
    "date": "datetime64[us]",
    "time": "time64[us][pyarrow]",
    "timestamp": "datetime64[us]",
    "timestamp_tz": "datetime64[us, UTC]",
    "string": "str",
    "struct": "object",
    "list": "object",
    "other": "str",
}
"""The type of a column of a printed pandas program."""

POLARS_TYPES: dict[ColumnType, str] = {
    "integer": "pl.Int64",
    "decimal": "pl.Float64",
    "boolean": "pl.Boolean",
    "date": "pl.Date",
    "time": "pl.Time",
    "timestamp": 'pl.Datetime("us")',
    "timestamp_tz": 'pl.Datetime("us", "UTC")',
    "string": "pl.String",
    "other": "pl.String",
}
"""The type of a column of a printed Polars program; records and lists see `polars_type`."""


def text(value: str) -> str:
    """A text as a Python literal in double quotes."""
    return literal(value)


def value(given: Any) -> str:
    """A value as Python code; dates and times need `import datetime as dt`. Tuples, lists and dicts of values too."""
    match given:
        case str():
            return literal(given)
        case float() if not math.isfinite(given):
            return f'float("{given}")'
        case dt.datetime() | dt.date() | dt.time():
            return _moment(given)
        case dict():
            return "{" + ", ".join(f"{value(key)}: {value(item)}" for key, item in given.items()) + "}"
        case tuple():
            return "(" + ", ".join(map(value, given)) + ("," if len(given) == 1 else "") + ")"
        case list():
            return "[" + ", ".join(map(value, given)) + "]"
    return repr(given)


def listing(given: Any) -> str:
    """Values as a Python list."""
    return value(list(given))


def pandas_value(given: Any) -> str:
    """A value to compare with or to put into a column of a pandas frame; dates become timestamps."""
    if isinstance(given, dt.datetime | dt.date):
        return f"pd.Timestamp({literal(str(given))})"
    return "None" if given is None else value(given)


def polars_value(given: Any, type_: ColumnType) -> str:
    """A value as a Polars expression of the column type."""
    return f"pl.lit({value(given)}, dtype={POLARS_TYPES[type_]})"


def polars_type(column: ColumnInfo) -> str:
    """The Polars type of a column."""
    if not column.nested:
        return POLARS_TYPES.get(column.type, "pl.Object")
    import ibis

    return _polars(ibis.dtype(column.ibis_type))


def _polars(kind: Any) -> str:
    from workbench.dataprep.columns import type_of

    if kind.is_array():
        return f"pl.List({_polars(kind.value_type)})"
    if kind.is_struct():
        return "pl.Struct({" + ", ".join(f"{literal(name)}: {_polars(part)}" for name, part in kind.items()) + "})"
    if kind.is_map():
        return f'pl.List(pl.Struct({{"key": {_polars(kind.key_type)}, "value": {_polars(kind.value_type)}}}))'
    return POLARS_TYPES[type_of(kind)]


_ARROW = {
    "integer": "pa.int64()", "decimal": "pa.float64()", "boolean": "pa.bool_()", "date": "pa.date32()", "time": 'pa.time64("us")',
    "timestamp": 'pa.timestamp("us")', "timestamp_tz": 'pa.timestamp("us", "UTC")', "string": "pa.string()", "other": "pa.string()",
}  # fmt: skip


def arrow_type(column: ColumnInfo) -> str:
    """The Arrow type of a column, as code."""
    import ibis

    return _arrow(ibis.dtype(column.ibis_type))


def _arrow(kind: Any) -> str:
    if kind.is_array():
        return f"pa.list_({_arrow(kind.value_type)})"
    if kind.is_struct():
        return "pa.struct({" + ", ".join(f"{text(name)}: {_arrow(part)}" for name, part in kind.items()) + "})"
    if kind.is_map():
        return f"pa.map_({_arrow(kind.key_type)}, {_arrow(kind.value_type)})"
    from workbench.dataprep.columns import type_of

    return _ARROW[type_of(kind)]


def _moment(given: dt.datetime | dt.date | dt.time) -> str:
    if isinstance(given, dt.datetime):
        rest = [given.hour, given.minute, given.second, given.microsecond]
        parts = [given.year, given.month, given.day, *_trimmed(rest, 2)]
        zone = ", tzinfo=dt.UTC" if given.tzinfo else ""
        return f"dt.datetime({', '.join(map(str, parts))}{zone})"
    if isinstance(given, dt.time):
        rest = [given.hour, given.minute, given.second, given.microsecond]
        return f"dt.time({', '.join(map(str, _trimmed(rest, 2)))})"
    return f"dt.date({given.year}, {given.month}, {given.day})"


def _trimmed(parts: list[int], least: int) -> list[int]:
    while len(parts) > least and not parts[-1]:
        parts = parts[:-1]
    return parts
