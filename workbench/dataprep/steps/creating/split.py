"""Splitting a column."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign, visible, without
from workbench.dataprep.columns import Problem, Schema, missing_columns, names, unique_name
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Split(StepBase):
    """Splits a text column at a delimiter into new columns right of it; rows with fewer parts get missing values at the end."""

    op: Literal["split"] = "split"
    column: str
    delimiter: str
    parts: int = 2
    keep_source: bool = True

    def describe(self) -> str:
        shown = {"\t": "tab", " ": "space"}.get(self.delimiter, f"'{self.delimiter}'")
        return f"Split {self.column} at {shown} into {self.parts} columns"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        new: list[str] = []
        for number in range(self.parts):
            new.append(unique_name(f"{self.column}_{number + 1}", [*names(schema), *new]))
        return tuple(new)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, [self.column])
        if not self.delimiter:
            problems.append(Problem("The delimiter is empty.", column=self.column))
        if not 2 <= self.parts <= 100:
            problems.append(Problem("The number of parts must be between 2 and 100.", column=self.column))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        from workbench.byexample.native.engines import engine

        text: Any = table[self.column].cast("string")
        pieces = engine(context.dialect).split(text, self.delimiter)
        new: dict[str, Any] = {}
        for number in range(self.parts):
            name = unique_name(f"{self.column}_{number + 1}", [*visible(table), *new])
            new[name] = ibis.ifelse(pieces.length() > number, pieces[number], ibis.null("string"))
        result = assign(table, new, reads={name: [self.column] for name in new}, after=[self.column])
        return result if self.keep_source else without(result, [self.column])
