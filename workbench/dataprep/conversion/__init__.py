"""Converting values between column types, with the same values and the same failures on DuckDB and on Spark.

What a text may look like (white space around it does not count):

- decimal: `1`, `-1.5`, `+.5`, `5.`, `1e5`, `1.5E-3`, `inf`, `-Infinity`. `nan` is missing. No hexadecimal numbers, no `_`.
- integer: a decimal number without a fraction (`2`, `2.0`, `1e5`, not `1.5`) that fits into 64 bits. From 9007199254740992 on only
  digits, zeros after the point or an exponent are taken, as other fractions would be lost.
- boolean: one of the lists of texts that mean true and false, ignoring case. Numbers are looked for in these lists too.
- date: `2020-01-31`, `2020-1-5`, `2020/01/31`, years 0001 to 9999, also with a time after it, which is left out.
- time: `10:20`, `10:20:30`, `10:20:30.123456` (more digits are cut off), also with a date before it, which is left out.
- timestamp: a date, alone or with a blank or `T` and a time. A zone (`Z`, `+02`, `+0200`, `+02:00`) moves it to UTC.

With strptime formats (see `formats`) these replace the above for dates and times; the first format that fits counts.
Numbers become texts as in DuckDB and Python: `1.0`, `1e+20`, `0.0001`; true and false, ISO dates and times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.dataprep.columns import IBIS_TYPES, TEXT, ColumnType
from workbench.dataprep.conversion.formats import format_problem
from workbench.dataprep.conversion.numbers import PLAIN_NUMBERS, NumberStyle
from workbench.dataprep.conversion.shown import text_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

TRUE_VALUES = ("true", "t", "yes", "y", "1")
FALSE_VALUES = ("false", "f", "no", "n", "0")
WHITE = " \t\n\r\x0b\x0c"
"""What may stand around a value."""

_IMPOSSIBLE = {
    ("boolean", "date"), ("boolean", "time"), ("boolean", "timestamp"), ("boolean", "timestamp_tz"),
    ("integer", "date"), ("integer", "time"), ("integer", "timestamp"), ("integer", "timestamp_tz"),
    ("decimal", "date"), ("decimal", "time"), ("decimal", "timestamp"), ("decimal", "timestamp_tz"),
    ("date", "integer"), ("date", "decimal"), ("date", "boolean"), ("date", "time"),
    ("time", "integer"), ("time", "decimal"), ("time", "boolean"), ("time", "date"), ("time", "timestamp"),
    ("time", "timestamp_tz"),
    ("timestamp", "integer"), ("timestamp", "decimal"), ("timestamp", "boolean"),
    ("timestamp_tz", "integer"), ("timestamp_tz", "decimal"), ("timestamp_tz", "boolean"),
}  # fmt: skip


def possible(from_: ColumnType, to: ColumnType, *, fixed_date: str = "") -> bool:
    """Whether values of one type can mean values of the other at all. `fixed_date`: a date that is put before times."""
    if from_ == to:
        return True
    if "struct" in (from_, to) or "list" in (from_, to):
        return to in TEXT
    if from_ == "time" and to in {"timestamp", "timestamp_tz"} and fixed_date:
        return True
    return (from_, to) not in _IMPOSSIBLE


def function(name: str, arguments: Sequence[str], result: str) -> Callable[..., Any]:
    """An SQL function of the database as an Ibis function."""
    from workbench.byexample.native import functions

    return functions.function(name, tuple(arguments), result)


def convert(
    value: ir.Value,
    from_: ColumnType,
    to: ColumnType,
    *,
    dialect: str = "duckdb",
    formats: Sequence[str] = (),
    decimal: str = ".",
    style: NumberStyle = PLAIN_NUMBERS,
    true_values: Sequence[str] = TRUE_VALUES,
    false_values: Sequence[str] = FALSE_VALUES,
    fixed_date: str = "",
) -> ir.Value:
    """The value as the type `to`; missing where it does not fit.

    `decimal` or `style`: how numbers are written in texts. `fixed_date` (ISO): put before texts and values that are only a time.
    """
    from workbench.dataprep.conversion import kinds

    if decimal != ".":
        style = style.model_copy(update={"decimal": decimal})
    if from_ == to and not formats:
        return value
    if to in TEXT:
        return text_of(value, dialect)
    if to == "boolean":
        return kinds.to_boolean(value, from_, dialect, true_values, false_values)
    if from_ in TEXT:
        text: Any = value if value.type().is_string() else value.cast("string")
        return kinds.from_text(text, to, dialect, formats, style, fixed_date)
    return kinds.between(value, from_, to, dialect, fixed_date)


def failed(original: ir.Value, converted: ir.Value, from_: ColumnType, to: ColumnType, dialect: str = "duckdb") -> Any:
    """Whether a value was lost in a conversion: it was neither missing, nor blank, nor `nan` for a number. Never missing."""
    from workbench.byexample.native.engines import engine

    value: Any = original
    found = value.notnull() & converted.isnull()
    if from_ in TEXT:
        white = "[" + "".join(rf"\x{{{ord(sign):x}}}" for sign in WHITE) + "]*"
        nothing = rf"\A{white}(?:[+-]?[nN][aA][nN]{white})?\z" if to in {"integer", "decimal"} else rf"\A{white}\z"
        return found & ~engine(dialect).matches(value.fill_null(""), nothing)
    if value.type().is_floating():
        return found & ~value.isnan().fill_null(True)
    return found


__all__ = [
    "FALSE_VALUES", "IBIS_TYPES", "PLAIN_NUMBERS", "TRUE_VALUES", "WHITE", "NumberStyle", "convert", "failed", "format_problem",
    "function", "possible", "text_of",
]  # fmt: skip
