"""Steps that make columns."""

from __future__ import annotations

from workbench.dataprep.columns import ColumnType, names
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.exploding import exploded_pandas
from workbench.dataprep.printing.helpers.frames_arrow import from_arrow, to_arrow
from workbench.dataprep.printing.helpers.queries import by_query
from workbench.dataprep.printing.literals import PANDAS_TYPES, arrow_type, text
from workbench.dataprep.printing.making import Maker
from workbench.dataprep.printing.pandas.texts import as_text
from workbench.dataprep.printing.pandas.types import print_conversion
from workbench.dataprep.scalars import sql_columns, tried_sql
from workbench.dataprep.steps import Explode, Expression


def _convert(code: Code, name: str, to: ColumnType) -> None:
    print_conversion(code, name, "string", to)


for _step, _printer in Maker(as_text, _convert).printers.items():
    prints(_step, "pandas")(_printer)


@prints(Expression, "pandas")
def _(step: Expression, code: Code) -> None:
    from workbench.dataprep.printing.sourcecode import query_text

    if broken := [name for name in step.reads(code.before) if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    code.line(f"sql = {query_text(tried_sql(step.sql, code.before))}")
    used = sql_columns(step.sql, code.names) or code.names[:1]
    code.imports("import pyarrow as pa")
    types = ", ".join(f"{text(name)}: {arrow_type(code.column(name))}" for name in used)
    rows = f'{code.helper(by_query)}(sql, {{"rows": {code.helper(to_arrow)}(df, {{{types}}})}})'
    new = next(name for name in names(code.after) if name.lower() == step.column.lower())
    (kind,) = [PANDAS_TYPES[column.type] for column in code.after if column.name == new]
    code.line(f'df[{text(new)}] = {code.helper(from_arrow)}({rows}, {{"value": {text(kind)}}})["value"].array')
    code.order()


@prints(Explode, "pandas")
def _(step: Explode, code: Code) -> None:
    if step.column in code.errors and not step.keep_empty:
        code.cannot(f"{step.column} may hold error cells, which are missing values there.")
    (kind,) = [PANDAS_TYPES[column.type] for column in code.after if column.name == step.column]
    arguments = [text(step.column), text(kind), text(step.position), f"keep_empty={step.keep_empty}"]
    code.line(f"df = {code.helper(exploded_pandas)}(df, {', '.join(arguments)})")
    code.order([*code.names, *([step.position] if step.position else [])])
