"""From one type to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.dataprep.columns import IBIS_TYPES, TEXT, ColumnType
from workbench.dataprep.conversion.formats import parsed
from workbench.dataprep.conversion.moments import date_of, time_of, timestamp_of
from workbench.dataprep.conversion.numbers import NumberStyle, decimal_of, integer_of, whole_number


def from_text(text: Any, to: ColumnType, dialect: str, formats: Sequence[str], style: NumberStyle, fixed_date: str) -> Any:
    """A text as a number, date or time."""
    match to:
        case "integer":
            return integer_of(text, dialect, style)
        case "decimal":
            return decimal_of(text, dialect, style)
    if formats:
        return parsed(text, formats, to, dialect, fixed_date)
    match to:
        case "date":
            return date_of(text, dialect)
        case "time":
            return time_of(text, dialect)
        case "timestamp" | "timestamp_tz":
            return timestamp_of(text, dialect, fixed_date, zone=to == "timestamp_tz")
    return text.try_cast(IBIS_TYPES[to])


def to_boolean(value: Any, from_: ColumnType, dialect: str, true_values: Sequence[str], false_values: Sequence[str]) -> Any:
    """True or false where a text, or a number, is in one of the lists; missing else."""
    import ibis

    from workbench.byexample.native.engines import engine
    from workbench.byexample.tree.texts import lower

    if from_ in TEXT:
        known = engine(dialect)
        text = value if value.type().is_string() else value.cast("string")
        found = known.lower(known.stripped(text, " \t\n\r\x0b\x0c", "both"))
        lists: list[list[Any]] = [[lower(one.strip()) for one in texts] for texts in (true_values, false_values)]
    elif from_ in {"integer", "decimal"}:
        found = value
        lists = [[number for one in texts if (number := _number(one, from_)) is not None] for texts in (true_values, false_values)]
    else:
        return value.try_cast("boolean")
    arms = [(found.isin(one), meant) for one, meant in zip(lists, (True, False), strict=True) if one]
    return ibis.cases(*arms) if arms else ibis.null("boolean")


def between(value: Any, from_: ColumnType, to: ColumnType, dialect: str, fixed_date: str) -> Any:
    """A value of a type that is no text as another one that is neither text nor boolean."""
    import ibis

    if from_ == "decimal" and to == "integer":
        return whole_number(value.cast("float64"), dialect)
    if from_ == "time" and to in {"timestamp", "timestamp_tz"}:
        text = ibis.literal(f"{fixed_date} ") + value.cast("string")
        return text.try_cast(IBIS_TYPES[to])
    if from_ in {"timestamp", "timestamp_tz"} and to == "time":
        return value.cast("timestamp").cast("time") if dialect == "duckdb" else value.cast("time")
    return value.try_cast(IBIS_TYPES[to])


def _number(text: str, kind: ColumnType) -> float | int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if kind == "integer":
        return int(number) if number.is_integer() else None
    return number
