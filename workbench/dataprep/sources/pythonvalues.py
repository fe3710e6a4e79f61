"""Columns of Python values, as workbooks and databases give them: their type, and Arrow arrays of them."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workbench.dataprep.columns import ColumnType

if TYPE_CHECKING:
    import pyarrow as pa

_INT64 = 1 << 63
_WHOLE = 1 << 53


def type_of_values(values: Iterable[object], *, whole: bool = False) -> ColumnType:
    """The type that all values share, missing ones apart; text for a mixture.

    `whole`: numbers that happen to be whole are integers, as in a workbook, which knows only one kind of number.
    """
    kinds = {_kind(value, whole=whole) for value in values if value is not None}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds and kinds <= {"integer", "decimal"}:
        return "decimal"
    if kinds and kinds <= {"date", "timestamp"}:
        return "timestamp"
    return "string"


def _kind(value: Any, *, whole: bool) -> ColumnType:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer" if -_INT64 <= value < _INT64 else "decimal"
        case float() | Decimal():
            return "integer" if whole and math.isfinite(value) and value == int(value) and abs(float(value)) < _WHOLE else "decimal"
        case dt.datetime():
            return "timestamp" if value.tzinfo is None else "timestamp_tz"
        case dt.date():
            return "date"
        case dt.time():
            return "time" if value.tzinfo is None else "string"
        case _:
            return "string"


def text_of(value: object) -> str:
    """A value as a text that reads back: `1` for 1.0, `true`, ISO dates, JSON for what is nested, hex digits for bytes."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if math.isfinite(value) and value == int(value) and abs(float(value)) < _WHOLE else repr(value)
        case dt.datetime():
            return value.isoformat(" ")
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return duration(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case dict() | list() | tuple():
            return json.dumps(value, default=text_of, ensure_ascii=False)
        case _:
            return str(value).encode("utf-8", "replace").decode("utf-8")


def duration(value: dt.timedelta) -> str:
    """Such as `30:00:00`."""
    sign = "-" if value < dt.timedelta() else ""
    seconds, rest = divmod(abs(value), dt.timedelta(seconds=1))
    fraction = f".{rest.microseconds:06d}" if rest else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def arrow_type(type_: ColumnType) -> pa.DataType:
    """The Arrow type of a plain type of ours."""
    import pyarrow as pa

    plain = {
        "integer": pa.int64(), "decimal": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(), "time": pa.time64("us"),
        "timestamp": pa.timestamp("us"), "timestamp_tz": pa.timestamp("us", "UTC"),
    }  # fmt: skip
    return plain.get(type_, pa.string())


def arrays(values: Sequence[object], type_: ColumnType) -> tuple[pa.Array, pa.Array]:
    """The values that are of the type, and the texts of the others; each missing where the other one is not."""
    import pyarrow as pa

    kind = arrow_type(type_)
    if type_ in {"string", "struct", "list", "other"}:
        texts = [None if value is None else text_of(value) for value in values]
        return pa.array(texts, pa.string()), pa.nulls(len(texts), pa.string())
    fitting: list[object] = []
    others: list[str | None] = []
    for value in values:
        fits = None if value is None else _fitted(value, type_)
        fitting.append(fits)
        others.append(text_of(value) if fits is None and value is not None else None)
    try:
        return pa.array(fitting, kind), pa.array(others, pa.string())
    except (pa.ArrowException, OverflowError, ValueError):  # dates before year 1 and the like: one by one
        for number, fits in enumerate(fitting):
            try:
                pa.array([fits], kind)
            except (pa.ArrowException, OverflowError, ValueError):
                fitting[number], others[number] = None, text_of(values[number])
        return pa.array(fitting, kind), pa.array(others, pa.string())


def _fitted(value: Any, type_: ColumnType) -> object | None:
    """The value as the type has it; None where it is of another one."""
    match type_, value:
        case "boolean", bool():
            return value
        case (_, bool()):
            return None
        case "integer", int():
            return value if -_INT64 <= value < _INT64 else None
        case "integer", float() | Decimal():
            return int(value) if math.isfinite(value) and value == int(value) and abs(float(value)) < _WHOLE else None
        case "decimal", int() | float() | Decimal():
            return _float(value)
        case "timestamp", dt.datetime():
            return value if value.tzinfo is None else None
        case "timestamp_tz", dt.datetime():
            return value if value.tzinfo is not None else None
        case "date", dt.datetime():
            return value.date() if value.tzinfo is None and value.time() == dt.time() else None
        case "date", dt.date():
            return value
        case "timestamp", dt.date():
            return dt.datetime.combine(value, dt.time())  # the day's begin
        case "time", dt.time():
            return value if value.tzinfo is None else None
        case "time", dt.timedelta():  # what MySQL's driver gives
            of_day = dt.timedelta() <= value < dt.timedelta(days=1)
            return (dt.datetime.combine(dt.date(1, 1, 1), dt.time()) + value).time() if of_day else None
        case _:
            return None


def _float(value: int | float | Decimal) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None
