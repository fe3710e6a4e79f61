"""Steps that change types."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.dataprep.columns import TEXT, ColumnType
from workbench.dataprep.conversion import FALSE_VALUES, TRUE_VALUES
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers import parsing
from workbench.dataprep.printing.helpers.frames_pandas import converted
from workbench.dataprep.printing.literals import PANDAS_TYPES, listing, text, value
from workbench.dataprep.printing.pandas.texts import as_text
from workbench.dataprep.steps import Convert


@prints(Convert, "pandas")
def _(step: Convert, code: Code) -> None:
    if step.to not in TEXT:
        code.comment("What does not fit becomes missing.")
    for name in step.columns:
        print_conversion(
            code, name, code.type(name), step.to, formats=step.formats, decimal=step.decimal, true_values=step.true_values,
            false_values=step.false_values,
        )  # fmt: skip


def print_conversion(
    code: Code, name: str, from_: ColumnType, to: ColumnType, *, formats: Sequence[str] = (), decimal: str = ".",
    true_values: Sequence[str] = TRUE_VALUES, false_values: Sequence[str] = FALSE_VALUES,
) -> None:  # fmt: skip
    """Lines that turn a column of one type into one of another."""
    column = f"df[{text(name)}]"
    if from_ == to:
        return
    if to in TEXT:
        code.line(f"{column} = {as_text(code, name, from_)}")
    elif from_ in TEXT:
        _from_text(code, column, to, formats, decimal, true_values, false_values)
    elif from_ == "decimal" and to == "integer":
        code.line(f"{column} = {column}.where({column} == {column}.round()).astype(\"Int64\")")
    elif to == "boolean":
        code.line(f"{column} = ({column} != 0).astype(\"boolean\").mask({column}.isna())")
    elif from_ == "timestamp" and to == "date":
        code.line(f"{column} = {column}.dt.normalize()")
    elif from_ == "timestamp" and to == "time":
        code.line(f'{column} = {column}.dt.time.astype("time64[us][pyarrow]")')
    else:
        code.line(f"{column} = {column}.astype({text(PANDAS_TYPES[to])})")


def _from_text(
    code: Code, column: str, to: ColumnType, formats: Sequence[str], decimal: str, true_values: Sequence[str],
    false_values: Sequence[str],
) -> None:  # fmt: skip
    if to == "boolean":
        known = {**{v.lower(): False for v in false_values}, **{v.lower(): True for v in true_values}}
        code.line(f'{column} = {column}.str.strip().str.lower().map({value(known)}).astype("boolean")')
        return
    call = code.helper(converted)
    if to in {"integer", "decimal"}:
        parse = code.helper(parsing.whole_number if to == "integer" else parsing.decimal_number)
        if decimal == ",":
            parse = f"lambda text: {parse}({code.helper(parsing.with_point)}(text))"
    elif formats:
        parse = f"lambda text: {code.helper(parsing.moment_like)}(text, {listing(formats)})"
    else:
        parse = code.helper(parsing.time_of_day if to == "time" else parsing.moment)
    if formats and to == "time":
        code.line(f'{column} = {call}({column}, {parse}, "datetime64[us]").dt.time.astype("time64[us][pyarrow]")')
        return
    code.line(f"{column} = {call}({column}, {parse}, {text(PANDAS_TYPES[to])})")
    if to == "date":
        code.line(f"{column} = {column}.dt.normalize()")
