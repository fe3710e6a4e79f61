"""Keeping and removing rows by conditions."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import is_error, visible
from workbench.dataprep.columns import TYPE_WORDS, Problem, Schema, find, missing_columns, names, schema_of, type_of
from workbench.dataprep.expressions.allowed import tells_time
from workbench.dataprep.scalars import scalar, scalar_problem, scalar_type, sql_columns
from workbench.dataprep.steps.base import Context, Dialect, SchemaContext
from workbench.dataprep.steps.rows.choosing import Choosing
from workbench.dataprep.steps.rows.conditions import Condition

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Filter(Choosing):
    """Keeps or removes the rows that meet all, or any, of the conditions."""

    op: Literal["filter"] = "filter"
    conditions: tuple[Condition, ...]
    match: Literal["all", "any"] = "all"

    def describe(self) -> str:
        word = " and " if self.match == "all" else " or "
        return f"{self._verb} rows where {word.join(condition.describe() for condition in self.conditions)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(condition.column for condition in self.conditions)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.conditions:
            return [Problem("Give at least one condition.")]
        problems = missing_columns(schema, [condition.column for condition in self.conditions])
        for condition in self.conditions:
            if (column := find(schema, condition.column)) and (problem := condition.problem(column.type)):
                problems.append(problem)
        return problems

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        types = {column.name: column.type for column in schema_of(table)}
        found, *rest = [condition.expression(table, types[condition.column], context.dialect) for condition in self.conditions]
        for other in rest:
            found = found & other if self.match == "all" else found | other
        return table, found


class FilterExpression(Choosing):
    """Keeps or removes the rows for which an SQL expression, in DuckDB's dialect, over the row's columns is true.

    Where it is missing, reads an error, or fails on the row's values (these are counted and told) it is not true: such rows are not
    kept, and not removed either.
    """

    op: Literal["filter_expression"] = "filter_expression"
    sql: str

    def describe(self) -> str:
        return f"{self._verb} rows where {self.sql}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(sql_columns(self.sql, names(schema)))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.sql.strip():
            return [Problem("The expression is empty.")]
        if context is None:
            return []
        if reason := context.expression_problem(schema, self.sql):
            return [Problem(reason)]
        import ibis

        kind = type_of(ibis.dtype(scalar_type(schema, self.sql)))
        if kind != "boolean":
            return [Problem(f"The expression must be true or false, but it gives a {TYPE_WORDS[kind]}.")]
        if tells_time(self.sql):
            return [Problem("It takes the time of the run, so its result changes from day to day.", severity="info")]
        return []

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        if dialect == "duckdb" or scalar_problem(schema, self.sql):
            return []
        from workbench.dataprep.expressions.on_spark import why_not

        reason = why_not(schema, self.sql)
        return [Problem(f"Runs in batches through DuckDB on Spark's workers: {reason}", severity="info")] if reason else []

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        made = scalar(table, self.sql, context.dialect, getattr(context, "session", None))
        if made.failed is not None:
            context.count_failures("of the condition could not be computed and counted as false", table, made.failed)
        found = made.value.fill_null(False)
        for name in sql_columns(self.sql, visible(table)):
            found = found & ~is_error(table, name)
        return table, found
