"""A column computed by an SQL expression."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign, error, visible, without
from workbench.dataprep.columns import Problem, Schema, names, schema_of
from workbench.dataprep.scalars import Scalar, scalar, scalar_problem, scalar_type, sql_columns
from workbench.dataprep.steps.base import Context, Dialect, SchemaContext, StepBase
from workbench.dataprep.steps.creating.texts import text_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


_TRIED = "__tried__"
"""A column that only lives inside the step."""


class Expression(StepBase):
    """Adds or replaces a column by an SQL scalar expression, in DuckDB's dialect, over the row's columns.

    Where the expression fails on the values of a row (`CAST('x' AS INTEGER)`), or looks at an error, the result is an error.
    """

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
        if reason:
            return [Problem(reason, column=self.column)]
        from workbench.dataprep.expressions.allowed import tells_time

        if context and tells_time(self.sql):
            return [Problem("It takes the time of the run, so its result changes from day to day.", self.column, "info")]
        return []

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        if dialect == "duckdb" or scalar_problem(schema, self.sql):
            return []
        from workbench.dataprep.expressions.on_spark import why_not

        reason = why_not(schema, self.sql)
        return [Problem(f"Runs in batches through DuckDB on Spark's workers: {reason}", self.column, "info")] if reason else []

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        from workbench.dataprep.expressions.on_spark import NotOnSpark, in_batches

        wanted = next((name for name in visible(table) if name.lower() == self.column.lower()), self.column)
        used = sql_columns(self.sql, visible(table))
        try:
            made = scalar(table, self.sql, context.dialect, getattr(context, "session", None))
        except NotOnSpark:
            kind = scalar_type(schema_of(table), self.sql)
            table = context.by_python(table, *in_batches(table, schema_of(table), self.sql, kind, _TRIED))
            tried: Any = table[_TRIED]
            made = Scalar(tried[0], tried.isnull())
        if made.failed is None:
            return assign(table, {wanted: made.value}, reads={wanted: used})
        plain = len(used) == 1 and not table[used[0]].type().is_nested()
        original = text_of(table, used[0], context.dialect) if plain else None
        wrong = ibis.ifelse(made.failed, error("cannot be computed", original), ibis.null("string"))
        result = assign(table, {wanted: made.value}, reads={wanted: used}, errors={wanted: wrong})
        return without(result, [_TRIED]) if _TRIED in table.columns else result
