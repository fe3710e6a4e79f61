"""Keeping and removing rows by conditions."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.dataprep.columns import Problem, Schema, find, missing_columns, schema_of
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.rows.conditions import Condition

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Filter(StepBase):
    """Keeps or removes the rows that meet all, or any, of the conditions."""

    op: Literal["filter"] = "filter"
    conditions: tuple[Condition, ...]
    match: Literal["all", "any"] = "all"
    action: Literal["keep", "remove"] = "keep"

    def describe(self) -> str:
        word = " and " if self.match == "all" else " or "
        return f"{self.action.capitalize()} rows where {word.join(condition.describe() for condition in self.conditions)}"

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

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        types = {column.name: column.type for column in schema_of(table)}
        found, *rest = [condition.expression(table, types[condition.column]) for condition in self.conditions]
        for other in rest:
            found = found & other if self.match == "all" else found | other
        return table.filter(found if self.action == "keep" else ~found)
