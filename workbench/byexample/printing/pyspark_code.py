"""A program as code that adds a column to a Spark DataFrame."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.byexample.printing.frames import column_name, with_import
from workbench.byexample.printing.literals import WIDTH, literal
from workbench.byexample.printing.python import function
from workbench.byexample.printing.sql import sql_expression
from workbench.byexample.tree.nodes import Constant, Node

LONGEST = 4000
"""Characters of an SQL expression that people can still be asked to keep; Python is used instead of a longer one."""


def to_pyspark(root: Node, columns: Sequence[str] = (), output: str = "derived") -> str:
    """Lines that add the column `output` to a DataFrame `df`: a readable SQL expression that is faithful, or a function."""
    start = "from pyspark.sql import functions as F\n"
    if isinstance(root, Constant):
        return f'{start}\ndf = df.withColumn({literal(output)}, F.lit({literal(root.text)}).cast("string"))\n'
    expression = sql_expression(root, columns, "spark")
    if expression is not None and _readable(expression):
        line = f"df = df.withColumn({literal(output)}, F.expr({literal(expression)}))"
        if "\n" in expression or len(line) > WIDTH:
            line = f"df = df.withColumn(\n    {literal(output)},\n    F.expr({_quoted(expression)}),\n)"
        return f"{start}\n{line}\n"
    printed = function(root, columns)
    names = ", ".join(f"F.col({literal(_name(column_name(index, columns)))})" for index in printed.columns)
    source = with_import(printed.source, start.rstrip())
    return f'{source}\n\nderived = F.udf(derive, "string")\ndf = df.withColumn({literal(output)}, derived({names}))\n'


def _name(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else f"`{name.replace('`', '``')}`"


def _readable(sql: str) -> bool:
    """Whether an SQL text can stand in a program that people keep."""
    plain = all(c.isprintable() or c in "\n\t\u00a0\u202f" for c in sql)
    return len(sql) <= LONGEST and plain and '"""' not in sql and not sql.endswith(("\\", '"'))


def _quoted(sql: str) -> str:
    """An SQL text as a Python literal on lines of its own."""
    return f'{"r" if chr(92) in sql else ""}"""\n{sql}\n"""'
