"""Sorting rows, and keeping one of equal ones."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.dataprep.columns import ROW, Problem, Schema, listed, missing_columns, names, schema_of
from workbench.dataprep.steps.base import Context, Record, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class SortKey(Record):
    """A column to sort by. Missing values come last either way."""

    column: str
    descending: bool = False


class Sort(StepBase):
    """Sorts the rows; rows that are equal keep their order."""

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["sort"] = "sort"
    keys: tuple[SortKey, ...]

    def describe(self) -> str:
        return "Sort by " + listed(key.column + (" descending" if key.descending else "") for key in self.keys)

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(key.column for key in self.keys)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return missing_columns(schema, [key.column for key in self.keys]) if self.keys else [Problem("Choose a column to sort by.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        keys = [(ibis.desc if key.descending else ibis.asc)(table[key.column], nulls_first=False) for key in self.keys]
        return table.mutate(**{ROW: ibis.row_number().over(order_by=[*keys, table[ROW]])})


class RemoveDuplicates(StepBase):
    """Keeps the first row of those that are equal in these columns (in all columns without any)."""

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["remove_duplicates"] = "remove_duplicates"
    columns: tuple[str, ...] = ()

    def describe(self) -> str:
        return f"Remove duplicates of {listed(self.columns)}" if self.columns else "Remove duplicate rows"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns or tuple(names(schema))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return missing_columns(schema, self.columns)

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        key = [table[name] for name in self.columns or names(schema_of(table))]
        place = "__place__"
        numbered = table.mutate(**{place: ibis.row_number().over(group_by=key, order_by=table[ROW])})
        return numbered.filter(numbered[place] == 0).drop(place)
