"""Steps that change types."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.byexample.tree.texts import lower
from workbench.dataprep.columns import TEXT, ColumnType
from workbench.dataprep.conversion import FALSE_VALUES, PLAIN_NUMBERS, TRUE_VALUES, WHITE, NumberStyle
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers import parsing
from workbench.dataprep.printing.literals import POLARS_TYPES, listing, text, value
from workbench.dataprep.printing.pandas.types import numbers_known
from workbench.dataprep.printing.polars.texts import as_text
from workbench.dataprep.printing.reading_texts import number_parser, spelled_formats
from workbench.dataprep.steps import Convert, DetectTypes, EpochToTimestamp, TimestampToEpoch

_OTHERWISE = {"error": None, "missing": None, "true": True, "false": False}
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}


@prints(Convert, "polars")
def _(step: Convert, code: Code) -> None:
    if step.to not in TEXT:
        code.comment("What does not fit becomes missing.")
    made = [
        conversion(
            code, name, code.type(name), step.to, formats=step.formats, style=step.style, true_values=step.true_values,
            false_values=step.false_values, otherwise=_OTHERWISE[step.otherwise], fixed_date=step.fixed_date,
        )
        for name in step.columns
        if code.type(name) != step.to
    ]  # fmt: skip
    if made:
        code.line(f"df = df.with_columns({', '.join(made)})")


@prints(DetectTypes, "polars")
def _(step: DetectTypes, code: Code) -> None:
    made = []
    for one in step.effective():
        if one.type in TEXT:
            continue
        column = f"pl.col({text(one.column)})"
        if one.missing:
            missing = f"{column}.str.strip_chars({text(WHITE)}).is_in({listing(one.missing)})"
            code.line(f"df = df.with_columns(pl.when(~{missing}).then({column}).alias({text(one.column)}))")
        formats = (one.format,) if one.format else ()
        made.append(conversion(code, one.column, "string", one.type, formats=formats, style=one.style))
    if made:
        code.line(f"df = df.with_columns({', '.join(made)})")


@prints(EpochToTimestamp, "polars")
def _(step: EpochToTimestamp, code: Code) -> None:
    moment = code.helper(parsing.since_1970)
    made = [
        f"{_plain(code, name)}.map_elements(lambda number: {moment}(number, {_PER_SECOND[step.unit]}), "
        f"return_dtype={POLARS_TYPES['timestamp']})"
        for name in step.columns
    ]
    code.line(f"df = df.with_columns({', '.join(made)})")


@prints(TimestampToEpoch, "polars")
def _(step: TimestampToEpoch, code: Code) -> None:
    made = [
        f'pl.col({text(name)}).cast({POLARS_TYPES["timestamp"]}).dt.epoch("us").floordiv({1_000_000 // _PER_SECOND[step.unit]})'
        for name in step.columns
    ]
    code.line(f"df = df.with_columns({', '.join(made)})")


def conversion(
    code: Code, name: str, from_: ColumnType, to: ColumnType, *, formats: Sequence[str] = (), decimal: str = ".",
    style: NumberStyle = PLAIN_NUMBERS, true_values: Sequence[str] = TRUE_VALUES, false_values: Sequence[str] = FALSE_VALUES,
    otherwise: bool | None = None, fixed_date: str = "",
) -> str:  # fmt: skip
    """A column of one type as an expression of another."""
    column = f"pl.col({text(name)})"
    if decimal != ".":
        style = style.model_copy(update={"decimal": decimal})
    if from_ == to:
        return column
    if to in TEXT:
        return as_text(code, name, from_)
    kind = POLARS_TYPES[to]
    if to == "boolean":
        if from_ in TEXT:
            yes, no = ([lower(one.strip(WHITE)) for one in texts] for texts in (true_values, false_values))
            parse = f"lambda text: {code.helper(parsing.known)}(text, {listing(yes)}, {listing(no)}, {otherwise})"
            return f"{column}.map_elements({parse}, return_dtype={kind})"
        known = f"lambda number: {value(numbers_known(true_values, false_values))}.get(number, {otherwise})"
        return f"{_plain(code, name)}.map_elements({known}, return_dtype={kind})"
    if from_ in TEXT:
        return _parsed(code, column, to, formats, style, fixed_date)
    if from_ == "decimal" and to == "integer":
        return f"{_plain(code, name)}.map_elements({code.helper(parsing.whole_value)}, return_dtype={kind})"
    if from_.startswith("timestamp") and to in {"date", "time"}:
        return f"{column}.dt.{to}()"
    if from_ == "time":
        code.imports("import datetime as dt")
        zone = '.dt.replace_time_zone("UTC")' if to == "timestamp_tz" else ""
        return f"pl.lit(dt.date.fromisoformat({text(fixed_date)})).dt.combine({column}){zone}.alias({text(name)})"
    if from_ == "timestamp_tz":
        return f"{column}.dt.replace_time_zone(None)"
    if to == "timestamp_tz":
        return f'{column}.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")'
    return f"{column}.cast({kind}, strict=False)"


def _plain(code: Code, name: str) -> str:
    column = f"pl.col({text(name)})"
    return f"{column}.fill_nan(None)" if code.type(name) == "decimal" else column


def _parsed(code: Code, column: str, to: ColumnType, formats: Sequence[str], style: NumberStyle, fixed_date: str) -> str:
    after = ""
    kind = POLARS_TYPES[to]
    if to in {"integer", "decimal"}:
        parse = number_parser(code, to, style)
    elif formats:
        given = f", {text(fixed_date)}" if fixed_date else ""
        parse = f"lambda text: {code.helper(parsing.moment_like)}(text, {listing(spelled_formats(formats))}{given})"
        kind = POLARS_TYPES["timestamp"]
        after = {"date": ".dt.date()", "time": ".dt.time()", "timestamp_tz": '.dt.replace_time_zone("UTC")'}.get(to, "")
    elif to in {"date", "time"}:
        parse = code.helper(parsing.day_of if to == "date" else parsing.time_of_day)
        kind, after = (POLARS_TYPES["timestamp"], ".dt.date()") if to == "date" else (kind, "")
    else:
        parse = code.helper(parsing.moment)
        parse = f"lambda text: {parse}(text, {text(fixed_date)})" if fixed_date else parse
        kind, after = POLARS_TYPES["timestamp"], '.dt.replace_time_zone("UTC")' if to == "timestamp_tz" else ""
    return f"{column}.map_elements({parse}, return_dtype={kind}){after}"
