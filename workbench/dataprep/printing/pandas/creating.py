"""Steps that make columns."""

from __future__ import annotations

from workbench.dataprep.columns import ColumnType
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.exploding import exploded_pandas
from workbench.dataprep.printing.literals import PANDAS_TYPES, text
from workbench.dataprep.printing.making import Maker
from workbench.dataprep.printing.pandas.texts import as_text
from workbench.dataprep.printing.pandas.types import print_conversion
from workbench.dataprep.steps import Explode


def _convert(code: Code, name: str, to: ColumnType) -> None:
    print_conversion(code, name, "string", to)


for _step, _printer in Maker(as_text, _convert).printers.items():
    prints(_step, "pandas")(_printer)


@prints(Explode, "pandas")
def _(step: Explode, code: Code) -> None:
    if step.column in code.errors and not step.keep_empty:
        code.cannot(f"{step.column} may hold error cells, which are missing values there.")
    (kind,) = [PANDAS_TYPES[column.type] for column in code.after if column.name == step.column]
    arguments = [text(step.column), text(kind), text(step.position), f"keep_empty={step.keep_empty}"]
    code.line(f"df = {code.helper(exploded_pandas)}(df, {', '.join(arguments)})")
    code.order([*code.names, *([step.position] if step.position else [])])
