"""Steps that change types."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.byexample.tree.texts import lower
from workbench.dataprep.columns import TEXT, ColumnType
from workbench.dataprep.conversion import FALSE_VALUES, PLAIN_NUMBERS, TRUE_VALUES, WHITE, NumberStyle
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers import parsing
from workbench.dataprep.printing.helpers.frames_pandas import converted
from workbench.dataprep.printing.literals import PANDAS_TYPES, listing, text, value
from workbench.dataprep.printing.pandas.texts import as_text
from workbench.dataprep.printing.reading_texts import number_parser, spelled_formats
from workbench.dataprep.steps import Convert, DetectTypes, EpochToTimestamp, TimestampToEpoch

_OTHERWISE = {"error": None, "missing": None, "true": True, "false": False}
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}


@prints(Convert, "pandas")
def _(step: Convert, code: Code) -> None:
    if step.to not in TEXT:
        code.comment("What does not fit becomes missing.")
    for name in step.columns:
        print_conversion(
            code, name, code.type(name), step.to, formats=step.formats, style=step.style, true_values=step.true_values,
            false_values=step.false_values, otherwise=_OTHERWISE[step.otherwise], fixed_date=step.fixed_date,
        )  # fmt: skip


@prints(DetectTypes, "pandas")
def _(step: DetectTypes, code: Code) -> None:
    for one in step.effective():
        if one.type in TEXT:
            continue
        column = f"df[{text(one.column)}]"
        if one.missing:
            code.line(f"{column} = {column}.mask({column}.str.strip({text(WHITE)}).isin({listing(one.missing)}))")
        formats = (one.format,) if one.format else ()
        print_conversion(code, one.column, "string", one.type, formats=formats, style=one.style)


@prints(EpochToTimestamp, "pandas")
def _(step: EpochToTimestamp, code: Code) -> None:
    call, moment = code.helper(converted), code.helper(parsing.since_1970)
    for name in step.columns:
        column = f"df[{text(name)}]"
        code.line(f'{column} = {call}({column}, lambda number: {moment}(number, {_PER_SECOND[step.unit]}), "datetime64[us]")')


@prints(TimestampToEpoch, "pandas")
def _(step: TimestampToEpoch, code: Code) -> None:
    call, count = code.helper(converted), code.helper(parsing.until)
    for name in step.columns:
        column = f"df[{text(name)}]"
        code.line(f'{column} = {call}({column}, lambda moment: {count}(moment, {_PER_SECOND[step.unit]}), "Int64")')


def print_conversion(
    code: Code, name: str, from_: ColumnType, to: ColumnType, *, formats: Sequence[str] = (), decimal: str = ".",
    style: NumberStyle = PLAIN_NUMBERS, true_values: Sequence[str] = TRUE_VALUES, false_values: Sequence[str] = FALSE_VALUES,
    otherwise: bool | None = None, fixed_date: str = "",
) -> None:  # fmt: skip
    """Lines that turn a column of one type into one of another."""
    column = f"df[{text(name)}]"
    if decimal != ".":
        style = style.model_copy(update={"decimal": decimal})
    if from_ == to:
        return
    if to in TEXT:
        code.line(f"{column} = {as_text(code, name, from_)}")
        return
    call, kind = code.helper(converted), text(PANDAS_TYPES[to])
    if to == "boolean":
        if from_ in TEXT:
            yes, no = ([lower(one.strip(WHITE)) for one in texts] for texts in (true_values, false_values))
            parse = f"lambda text: {code.helper(parsing.known)}(text, {listing(yes)}, {listing(no)}, {otherwise})"
        else:
            known = numbers_known(true_values, false_values)
            parse = f"lambda number: {value(known)}.get(number, {otherwise})"
        code.line(f'{column} = {call}({column}, {parse}, "boolean")')
    elif from_ in TEXT:
        parse = _parser(code, to, formats, style, fixed_date)
        code.line(f"{column} = {call}({column}, {parse}, {kind})")
        if to == "date" and formats:
            code.line(f"{column} = {column}.dt.normalize()")
    elif from_ == "decimal" and to == "integer":
        code.line(f"{column} = {call}({column}, {code.helper(parsing.whole_value)}, {kind})")
    elif from_.startswith("timestamp") and to == "date":
        zone = ".dt.tz_localize(None)" if from_ == "timestamp_tz" else ""
        code.line(f"{column} = {column}{zone}.dt.normalize()")
    elif from_.startswith("timestamp") and to == "time":
        code.line(f'{column} = {column}.dt.time.astype("time64[us][pyarrow]")')
    elif from_ == "time":
        code.imports("import datetime as dt")
        day = f"dt.datetime.fromisoformat({text(fixed_date)})"
        zone = ", tzinfo=dt.UTC" if to == "timestamp_tz" else ""
        code.line(f"{column} = {call}({column}, lambda time: dt.datetime.combine({day}, time{zone}), {kind})")
    elif from_ == "timestamp_tz":
        code.line(f"{column} = {column}.dt.tz_localize(None)")
    elif to == "timestamp_tz":
        code.line(f'{column} = {column}.dt.tz_localize("UTC")')
    else:
        code.line(f"{column} = {column}.astype({kind})")


def numbers_known(true_values: Sequence[str], false_values: Sequence[str]) -> dict[float, bool]:
    """The numbers of two lists of texts, with what they mean."""
    known: dict[float, bool] = {}
    for texts, meant in ((false_values, False), (true_values, True)):
        for one in texts:
            try:
                number = float(one)
            except ValueError:
                continue
            known[int(number) if number.is_integer() else number] = meant
    return known


def _parser(code: Code, to: ColumnType, formats: Sequence[str], style: NumberStyle, fixed_date: str) -> str:
    if to in {"integer", "decimal"}:
        return number_parser(code, to, style)
    if formats:
        given = f", {text(fixed_date)}" if fixed_date else ""
        found = f"{code.helper(parsing.moment_like)}(text, {listing(spelled_formats(formats))}{given})"
        if to == "time":
            return f"lambda text: (found := {found}) and found.time()"
        if to == "timestamp_tz":
            code.imports("import datetime as dt")
            return f"lambda text: (found := {found}) and found.replace(tzinfo=dt.UTC)"
        return f"lambda text: {found}"
    if to in {"date", "time"}:
        return code.helper(parsing.day_of if to == "date" else parsing.time_of_day)
    parse = code.helper(parsing.moment_in_utc if to == "timestamp_tz" else parsing.moment)
    return f"lambda text: {parse}(text, {text(fixed_date)})" if fixed_date else parse
