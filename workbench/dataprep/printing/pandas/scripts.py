"""Steps that run the user's Python."""

from __future__ import annotations

from workbench.dataprep.columns import ColumnInfo
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.frames_arrow import from_arrow, to_arrow
from workbench.dataprep.printing.helpers.rows import rows_of
from workbench.dataprep.printing.helpers.scripts import chosen, results
from workbench.dataprep.printing.helpers.scripts_frames import given_pandas, in_parts, taken_pandas, taken_polars, typed
from workbench.dataprep.printing.literals import PANDAS_TYPES, arrow_type, listing, text
from workbench.dataprep.printing.scripts import FITS, defined, read_columns
from workbench.dataprep.steps import ScriptColumn, ScriptFilter, ScriptFrame, ScriptPartition
from workbench.dataprep.steps.script.frames import FrameStep

PART = 100_000
"""How many rows a part has in a printed program."""


@prints(ScriptColumn, "pandas")
def _(step: ScriptColumn, code: Code) -> None:
    script = defined(step, code)
    made = step.makes(code.before)[0]
    kind = step.type or "string"
    found = f"{code.helper(results)}({script}, {_rows(step, code)}, {code.helper(FITS[kind])})"
    code.line(f"df[{text(made)}] = pd.Series({found}, index=df.index, dtype={text(PANDAS_TYPES[kind])})")
    code.order()


@prints(ScriptFilter, "pandas")
def _(step: ScriptFilter, code: Code) -> None:
    script = defined(step, code)
    code.line(f"df = df[{code.helper(chosen)}({script}, {_rows(step, code)})]")


def _rows(step: ScriptColumn | ScriptFilter, code: Code) -> str:
    """The names of the columns that the script looks at, and their rows."""
    names = read_columns(step, code)
    frame = f"df[{listing(names)}]"
    if days := [name for name in names if code.type(name) == "date"]:
        changed = ", ".join(f"{text(name)}: df[{text(name)}].dt.date" for name in days)
        frame = f"{frame}.assign(**{{{changed}}})"
    return f"{listing(names)}, {code.helper(rows_of)}({frame})"


@prints(ScriptFrame, "pandas")
def _(step: ScriptFrame, code: Code) -> None:
    transformed(step, code)


@prints(ScriptPartition, "pandas")
def _(step: ScriptPartition, code: Code) -> None:
    transformed(step, code)


def transformed(step: FrameStep, code: Code) -> None:
    """The script over the table as Arrow, and what it gives as pandas."""
    code.imports("import pyarrow as pa")
    before = ", ".join(f"{text(column.name)}: {arrow_type(column)}" for column in code.before)
    table = code.fresh("table")
    code.line(f"{table} = {code.helper(to_arrow)}(df, {{{before}}})")
    given(step, code, table)
    kinds = ", ".join(f"{text(column.name)}: {text(PANDAS_TYPES[column.type])}" for column in code.after)
    code.line(f"df = {code.helper(from_arrow)}({table}, {{{kinds}}})")


def given(step: FrameStep, code: Code, table: str) -> None:
    """Lines that replace the Arrow table of that name by what the script makes of it."""
    script = defined(step, code)
    columns = [ColumnInfo(column.name, column.type, column.nested) for column in step.columns]
    after = ", ".join(f"{text(column.name)}: {arrow_type(column)}" for column in columns)
    if step.frames == "polars":
        code.imports("import polars as pl")
        give, take = "pl.from_arrow", code.helper(taken_polars)
    else:
        code.imports("import pandas as pd")
        give, take = code.helper(given_pandas), code.helper(taken_pandas)
    types = f"{{{after}}}"
    if not step.parts:
        code.line(f"{table} = {code.helper(typed)}({take}({script}({give}({table}))), {types})")
        return
    kinds = code.fresh("types")
    code.line(f"{kinds} = {types}")
    change = f"lambda part, index: {code.helper(typed)}({take}({script}({give}(part), index)), {kinds})"
    code.line(f"{table} = {code.helper(in_parts)}({table}, {PART:_}, {change}, {kinds})")
