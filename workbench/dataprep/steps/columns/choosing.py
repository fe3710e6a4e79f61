"""Steps that choose and name columns: rename, remove, keep."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.dataprep.cells import arranged, renamed, without
from workbench.dataprep.columns import Problem, Schema, listed, missing_columns, names
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Rename(StepBase):
    """Gives one column another name."""

    op: Literal["rename"] = "rename"
    column: str
    to: str

    def describe(self) -> str:
        return f"Rename {self.column} to {self.to}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.to,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, [self.column])
        if not self.to.strip():
            problems.append(Problem("The new name is empty.", column=self.column))
        elif any(other.lower() == self.to.lower() for other in names(schema) if other != self.column):
            problems.append(Problem(f"There is a column {self.to} already.", column=self.to))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return renamed(table, {self.column: self.to})


class Remove(StepBase):
    """Removes columns."""

    op: Literal["remove"] = "remove"
    columns: tuple[str, ...]

    def describe(self) -> str:
        return f"Remove {listed(self.columns)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns)
        if not problems and set(names(schema)) <= set(self.columns):
            problems.append(Problem("This would remove every column."))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return without(table, self.columns)


class Keep(StepBase):
    """Keeps these columns, in this order; the others go."""

    op: Literal["keep"] = "keep"
    columns: tuple[str, ...]

    def describe(self) -> str:
        return f"Keep only {listed(self.columns)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column to keep.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return arranged(table, list(dict.fromkeys(self.columns)))
