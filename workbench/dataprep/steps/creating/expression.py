"""A column computed by an SQL expression."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.dataprep.cells import assign, visible
from workbench.dataprep.columns import Problem, Schema, names
from workbench.dataprep.scalars import sql_columns
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Expression(StepBase):
    """Adds or replaces a column by an SQL scalar expression over the row's columns."""

    op: Literal["expression"] = "expression"
    column: str
    sql: str

    def describe(self) -> str:
        return f"Set {self.column} to {self.sql}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(sql_columns(self.sql, names(schema)))

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.column.strip():
            return [Problem("Give the column a name.")]
        if not self.sql.strip():
            return [Problem("The expression is empty.", column=self.column)]
        reason = context.expression_problem(schema, self.sql) if context else ""
        return [Problem(reason, column=self.column)] if reason else []

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        wanted = next((name for name in visible(table) if name.lower() == self.column.lower()), self.column)
        return assign(table, {wanted: context.scalar(table, self.sql)}, reads={wanted: sql_columns(self.sql, visible(table))})
