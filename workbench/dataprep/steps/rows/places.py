"""Keeping and removing rows by their place."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.columns import ROW, Problem, Schema
from workbench.dataprep.steps.base import Context, Dialect, SchemaContext, StepBase
from workbench.dataprep.steps.rows.chance import with_numbers
from workbench.dataprep.steps.rows.choosing import Choosing

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Top(StepBase):
    """Keeps the first rows."""

    uses_order = True
    op: Literal["top"] = "top"
    count: int

    def describe(self) -> str:
        return "Keep the first row" if self.count == 1 else f"Keep the first {self.count:,} rows"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return [] if self.count > 0 else [Problem("The number of rows must be at least 1.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table.order_by(table[ROW]).limit(self.count)

    def complement(self) -> Skip:
        """The step that gives exactly the other rows."""
        return Skip(count=self.count, enabled=self.enabled, note=self.note)


class Skip(StepBase):
    """Leaves out the first rows."""

    uses_order = True
    op: Literal["skip"] = "skip"
    count: int

    def describe(self) -> str:
        return "Skip the first row" if self.count == 1 else f"Skip the first {self.count:,} rows"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return [] if self.count > 0 else [Problem("The number of rows must be at least 1.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return rows_from(table, self.count, context.dialect)

    def complement(self) -> Top:
        """The step that gives exactly the other rows."""
        return Top(count=self.count, enabled=self.enabled, note=self.note)


class RowRange(Choosing):
    """Keeps or removes the rows from one place to another, both included; the first row is 1. Without `last`: to the end."""

    reorders = True
    uses_order = True
    op: Literal["row_range"] = "row_range"
    first: int = 1
    last: int | None = None

    def describe(self) -> str:
        if self.last is None:
            return f"{self._verb} rows from row {self.first:,} on"
        return f"{self._verb} rows {self.first:,} to {self.last:,}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if self.first < 1:
            return [Problem("The first row is row 1.")]
        if self.last is not None and self.last < self.first:
            return [Problem(f"Row {self.last:,} stands before row {self.first:,}: give the first of the rows, then the last.")]
        return []

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        made, number = with_numbers(table)
        found: Any = made[number] >= self.first - 1
        return made, found if self.last is None else found & (made[number] < self.last)

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        if self.action == "keep":
            wanted = None if self.last is None else self.last - self.first + 1
            return rows_from(table, self.first - 1, context.dialect, wanted)
        return super().apply(table, context)


def rows_from(table: ir.Table, start: int, dialect: Dialect, count: int | None = None) -> ir.Table:
    """The rows from a place on (from 0), or so many of them."""
    if dialect == "duckdb":
        return table.order_by(table[ROW]).limit(count, offset=start)
    made, number = with_numbers(table)  # for an offset in Spark Ibis leaves a column of its own behind
    found: Any = made[number] >= start
    return made.filter(found if count is None else found & (made[number] < start + count)).drop(number)
