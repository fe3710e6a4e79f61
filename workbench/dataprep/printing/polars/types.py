"""Steps that change types."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.dataprep.columns import TEXT, ColumnType
from workbench.dataprep.conversion import FALSE_VALUES, TRUE_VALUES
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers import parsing
from workbench.dataprep.printing.literals import POLARS_TYPES, listing, text
from workbench.dataprep.printing.polars.texts import WHITE, as_text
from workbench.dataprep.steps import Convert


@prints(Convert, "polars")
def _(step: Convert, code: Code) -> None:
    if step.to not in TEXT:
        code.comment("What does not fit becomes missing.")
    made = [
        conversion(
            code, name, code.type(name), step.to, formats=step.formats, decimal=step.decimal, true_values=step.true_values,
            false_values=step.false_values,
        )
        for name in step.columns
        if code.type(name) != step.to
    ]  # fmt: skip
    if made:
        code.line(f"df = df.with_columns({', '.join(made)})")


def conversion(
    code: Code, name: str, from_: ColumnType, to: ColumnType, *, formats: Sequence[str] = (), decimal: str = ".",
    true_values: Sequence[str] = TRUE_VALUES, false_values: Sequence[str] = FALSE_VALUES,
) -> str:  # fmt: skip
    """A column of one type as an expression of another."""
    column = f"pl.col({text(name)})"
    if from_ == to:
        return column
    if to in TEXT:
        return as_text(code, name, from_)
    if from_ not in TEXT:
        if from_ == "decimal" and to == "integer":
            whole = f"pl.when({column} == {column}.round()).then({column}.cast(pl.Int64, strict=False))"
            return f"{whole}.alias({text(name)})"
        return f"{column}.cast({POLARS_TYPES[to]}, strict=False)"
    if to == "boolean":
        lower = f"{column}.str.strip_chars({WHITE}).str.to_lowercase()"
        yes, no = ([value.lower() for value in values] for values in (true_values, false_values))
        cases = f"pl.when({lower}.is_in({listing(yes)})).then(True).when({lower}.is_in({listing(no)})).then(False)"
        return f"{cases}.alias({text(name)})"
    return_dtype = POLARS_TYPES["timestamp" if to == "date" or (to == "time" and formats) else to]
    if to in {"integer", "decimal"}:
        parse = code.helper(parsing.whole_number if to == "integer" else parsing.decimal_number)
        if decimal == ",":
            parse = f"lambda text: {parse}({code.helper(parsing.with_point)}(text))"
    elif formats:
        parse = f"lambda text: {code.helper(parsing.moment_like)}(text, {listing(formats)})"
    else:
        parse = code.helper(parsing.time_of_day if to == "time" else parsing.moment)
    made = f"{column}.map_elements({parse}, return_dtype={return_dtype})"
    if to == "date" or (to == "time" and formats):
        return f"{made}.dt.{to}()"
    return made
