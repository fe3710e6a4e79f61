"""Keeping rows by their place."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.dataprep.columns import ROW, Problem, Schema
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Top(StepBase):
    """Keeps the first rows."""

    uses_order = True
    op: Literal["top"] = "top"
    count: int

    def describe(self) -> str:
        return f"Keep the first {self.count:,} rows"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return [] if self.count > 0 else [Problem("The number of rows must be at least 1.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table.order_by(table[ROW]).limit(self.count)
