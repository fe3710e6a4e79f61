"""A program as an SQL expression for DuckDB or Spark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from workbench.base.errors import UserError
from workbench.byexample.printing.frames import column_name
from workbench.byexample.printing.walking import columns_read
from workbench.byexample.tree.nodes import Node

DIALECTS = {"duckdb": "duckdb", "spark": "pyspark", "pyspark": "pyspark"}


def to_sql(root: Node, columns: Sequence[str] = (), output: str = "derived", dialect: str = "duckdb") -> str:
    """The new column as it stands in a SELECT: an expression over text columns and its name. `dialect`: duckdb or spark.

    Raises UserError when an operator has no form in the dialect that gives just the same, and for another dialect.
    """
    expression = sql_expression(root, columns, dialect)
    if expression is None:
        from workbench.byexample.native import why_not

        raise UserError("The program has no form in SQL.", hint=f"{why_not(root, DIALECTS[dialect])} Take Python instead.".strip())
    quote = '"' if dialect == "duckdb" else "`"
    return f"{expression} AS {quote}{output.replace(quote, quote * 2)}{quote}\n"


def sql_expression(root: Node, columns: Sequence[str], dialect: str) -> str | None:
    """The expression alone; None when the dialect has no faithful form of the program."""
    if dialect not in DIALECTS:
        raise UserError(f"There is no SQL dialect {dialect}.", hint="The dialects are duckdb and spark.")
    import ibis
    import sqlglot
    from sqlglot import expressions

    from workbench.byexample.native import to_ibis

    read = columns_read(root)
    count = max([*read, len(columns) - 1], default=0) + 1
    table = ibis.table({f"column {number}": "string" for number in range(count)}, name="rows")
    found = to_ibis(root, [table[f"column {number}"] for number in range(count)], DIALECTS[dialect])
    if found is None:
        return None
    name = "spark" if dialect != "duckdb" else "duckdb"
    query: Any = sqlglot.parse_one(str(ibis.to_sql(table.select(derived=found), dialect=DIALECTS[dialect])), dialect=name)
    names = {f"column {number}": column_name(number, columns) for number in read}
    for column in list(query.find_all(expressions.Column)):
        if column.table:
            column.replace(expressions.column(expressions.to_identifier(names[column.name], quoted=True)))
    text = str(query.selects[0].unalias().sql(dialect=name, pretty=True))
    taken = {column_name(number, columns).lower() for number in read}
    return text if any(re.fullmatch("v[0-9]+", column) for column in taken) else re.sub("__ibis_param_(v[0-9]+)__", r"\1", text)
