"""Filling missing values."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign
from workbench.dataprep.columns import Problem, Schema, find, listed, missing_columns, schema_of
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.rows.conditions import typed

if TYPE_CHECKING:
    import ibis.expr.types as ir


class FillMissing(StepBase):
    """Puts one value where values are missing."""

    op: Literal["fill_missing"] = "fill_missing"
    columns: tuple[str, ...]
    value: str

    def describe(self) -> str:
        return f"Fill missing values of {listed(self.columns)} with '{self.value}'"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column.")]
        for name in self.columns:
            if column := find(schema, name):
                try:
                    typed(self.value, column.type)
                except ValueError:
                    problems.append(Problem(f"'{self.value}' is not a value that {name} can have ({column.type}).", column=name))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        changed: dict[str, Any] = {}
        for info in schema_of(table):
            if info.name in self.columns:
                column: Any = table[info.name]
                value = typed(self.value, info.type)
                changed[info.name] = (column.nullif(float("nan")) if info.type == "decimal" else column).fill_null(value)
        return assign(table, changed, reads={name: [name] for name in changed})
