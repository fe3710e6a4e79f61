"""Tidying texts."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.dataprep.cells import assign
from workbench.dataprep.columns import Problem, Schema, find, listed, missing_columns
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Trim(StepBase):
    """Removes white space at both ends of texts."""

    op: Literal["trim"] = "trim"
    columns: tuple[str, ...]

    def describe(self) -> str:
        return f"Trim {listed(self.columns)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column.")]
        return problems + [
            Problem(f"{name} holds no text to trim.", column=name)
            for name in self.columns
            if (column := find(schema, name)) and column.type not in {"string", "other"}
        ]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        values = {name: table[name].strip() for name in self.columns}
        return assign(table, values, reads={name: [name] for name in values})
