"""Steps that choose columns: keep, remove, and what becomes of a source's path column."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.dataprep.cells import arranged, visible, without
from workbench.dataprep.columns import Problem, Schema, listed, missing_columns, names, schema_of
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.columns.selecting import Selector

if TYPE_CHECKING:
    import ibis.expr.types as ir


def _words(columns: tuple[str, ...], select: Selector | None) -> str:
    parts = [listed(columns)] if columns else []
    return " and the ".join([*parts, *([select.describe()] if select else [])]) or "nothing"


def _wanted(schema: Schema, columns: tuple[str, ...], select: Selector | None) -> list[str]:
    """The named columns in their order, then those of the selector in the table's."""
    return list(dict.fromkeys([*columns, *(select.chosen(schema) if select else ())]))


class Remove(StepBase):
    """Removes columns: those of these names, and those that `select` finds in whatever table comes."""

    op: Literal["remove"] = "remove"
    columns: tuple[str, ...] = ()
    select: Selector | None = None

    def describe(self) -> str:
        return f"Remove {_words(self.columns, self.select)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(_wanted(schema, self.columns, self.select)) if self.select else self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if self.select and (problem := self.select.problem()):
            return [problem]
        problems = missing_columns(schema, self.columns)
        if not problems and set(names(schema)) <= set(_wanted(schema, self.columns, self.select)):
            problems.append(Problem("This would remove every column."))
        if self.select and not self.select.chosen(schema):
            problems.append(Problem(f"There are no {self.select.describe()} here.", severity="info"))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return without(table, _wanted(schema_of(table), self.columns, self.select))


class Keep(StepBase):
    """Keeps columns, in this order, and behind them those that `select` finds in whatever table comes; the others go."""

    op: Literal["keep"] = "keep"
    columns: tuple[str, ...] = ()
    select: Selector | None = None

    def describe(self) -> str:
        return f"Keep only {_words(self.columns, self.select)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(_wanted(schema, self.columns, self.select)) if self.select else self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if self.select and (problem := self.select.problem()):
            return [problem]
        if not self.columns and self.select is None:
            return [Problem("Choose at least one column to keep.")]
        problems = missing_columns(schema, self.columns)
        if not problems and self.select and not _wanted(schema, self.columns, self.select):
            problems.append(Problem(f"There are no {self.select.describe()} here, so that nothing would be left."))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return arranged(table, _wanted(schema_of(table), self.columns, self.select))


class PathColumn(StepBase):
    """What becomes of the column in which a source of many files tells the file of each row: first of all, or dropped.

    `column` is the name that the source gives it. A table without it has nothing to drop.
    """

    op: Literal["path_column"] = "path_column"
    column: str = "Path"
    action: Literal["first", "drop"] = "first"

    def describe(self) -> str:
        return f"Keep {self.column} as the first column" if self.action == "first" else f"Drop the path column {self.column}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if self.column in names(schema):
            return [Problem("This would remove every column.")] if self.action == "drop" and len(schema) == 1 else []
        if self.action == "drop":
            return [Problem(f"There is no column {self.column} here to drop.", column=self.column, severity="info")]
        return missing_columns(schema, [self.column])

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        others = [name for name in visible(table) if name != self.column]
        return arranged(table, [self.column, *others] if self.action == "first" else others)
