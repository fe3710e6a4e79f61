"""Steps that run the user's Python."""

from __future__ import annotations

from workbench.dataprep.columns import ColumnInfo
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.scripts import chosen, results
from workbench.dataprep.printing.literals import listing, polars_type, text
from workbench.dataprep.printing.pandas.scripts import given
from workbench.dataprep.printing.scripts import FITS, defined, read_columns
from workbench.dataprep.steps import ScriptColumn, ScriptFilter, ScriptFrame, ScriptPartition
from workbench.dataprep.steps.script.frames import FrameStep


@prints(ScriptColumn, "polars")
def _(step: ScriptColumn, code: Code) -> None:
    script = defined(step, code)
    made = step.makes(code.before)[0]
    kind = step.type or "string"
    found = f"{code.helper(results)}({script}, {_rows(step, code)}, {code.helper(FITS[kind])})"
    dtype = polars_type(ColumnInfo(made, kind))
    code.line(f"df = df.with_columns(pl.Series({text(made)}, {found}, dtype={dtype}))")
    code.order()


@prints(ScriptFilter, "polars")
def _(step: ScriptFilter, code: Code) -> None:
    script = defined(step, code)
    code.line(f"df = df.filter(pl.Series({code.helper(chosen)}({script}, {_rows(step, code)}), dtype=pl.Boolean))")


def _rows(step: ScriptColumn | ScriptFilter, code: Code) -> str:
    """The names of the columns that the script looks at, and their rows."""
    names = listing(read_columns(step, code))
    return f"{names}, df.select({names}).iter_rows()"


@prints(ScriptFrame, "polars")
def _(step: ScriptFrame, code: Code) -> None:
    _transformed(step, code)


@prints(ScriptPartition, "polars")
def _(step: ScriptPartition, code: Code) -> None:
    _transformed(step, code)


def _transformed(step: FrameStep, code: Code) -> None:
    code.imports("import pyarrow as pa")
    table = code.fresh("table")
    code.line(f"{table} = df.to_arrow(compat_level=pl.CompatLevel.oldest())")
    given(step, code, table)
    kinds = ", ".join(f"{text(column.name)}: {polars_type(column)}" for column in code.after)
    code.line(f"df = pl.from_arrow({table}).cast({{{kinds}}})")
