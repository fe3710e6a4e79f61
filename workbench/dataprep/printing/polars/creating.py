"""Steps that make columns."""

from __future__ import annotations

from workbench.dataprep.columns import ColumnType
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import text
from workbench.dataprep.printing.making import Maker
from workbench.dataprep.printing.polars.texts import as_text
from workbench.dataprep.printing.polars.types import conversion
from workbench.dataprep.steps import Explode


def _convert(code: Code, name: str, to: ColumnType) -> None:
    code.line(f"df = df.with_columns({conversion(code, name, 'string', to)})")


for _step, _printer in Maker(as_text, _convert).printers.items():
    prints(_step, "polars")(_printer)


@prints(Explode, "polars")
def _(step: Explode, code: Code) -> None:
    if step.column in code.errors and not step.keep_empty:
        code.cannot(f"{step.column} may hold error cells, which are missing values there.")
    column = f"pl.col({text(step.column)})"
    if not step.keep_empty:
        code.line(f"df = df.filter({column}.list.len() > 0)")
    else:
        code.line(f"df = df.with_columns(pl.when({column}.list.len() > 0).then({column}))")
    if step.position:
        length = f'{column}.list.len().alias("__length__")'
        code.line(f'df = df.with_row_index("__row__").with_columns({length}).explode({text(step.column)})')
        number = 'pl.int_range(1, pl.len() + 1).over("__row__")'
        position = f'pl.when(pl.col("__length__") > 0).then({number}).alias({text(step.position)})'
        code.line(f'df = df.with_columns({position}).drop("__row__", "__length__")')
    else:
        code.line(f"df = df.explode({text(step.column)})")
    code.order([*code.names, *([step.position] if step.position else [])])
