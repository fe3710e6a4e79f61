"""Converting columns to another type."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign, error, is_blank, is_error, is_missing
from workbench.dataprep.columns import TEXT, TYPE_WORDS, ColumnType, Problem, Schema, find, listed, missing_columns, schema_of
from workbench.dataprep.conversion import FALSE_VALUES, TRUE_VALUES, convert, possible
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Convert(StepBase):
    """Converts columns to another type; values that do not fit become error cells and are counted.

    `formats`: strptime formats for text that holds dates or times (ISO without any); `decimal`: the decimal mark of the text.
    """

    op: Literal["convert"] = "convert"
    columns: tuple[str, ...]
    to: ColumnType
    formats: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    true_values: tuple[str, ...] = TRUE_VALUES
    false_values: tuple[str, ...] = FALSE_VALUES

    def describe(self) -> str:
        return f"Convert {listed(self.columns)} to {TYPE_WORDS[self.to]}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.columns:
            return [Problem("Choose at least one column to convert.")]
        problems = missing_columns(schema, self.columns)
        for name in self.columns:
            column = find(schema, name)
            if column and not possible(column.type, self.to):
                problems.append(
                    Problem(
                        f"{name} holds {TYPE_WORDS[column.type]} values, which cannot become {TYPE_WORDS[self.to]}.", column=name
                    )
                )
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        schema = schema_of(table)
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name in self.columns:
            column = find(schema, name)
            if column is None or column.type == self.to:
                continue
            value: Any = convert(
                table[name],
                column.type,
                self.to,
                dialect=context.dialect,
                formats=self.formats,
                decimal=self.decimal,
                true_values=self.true_values,
                false_values=self.false_values,
            )
            values[name] = value
            if self.to not in TEXT:
                failed = ~is_missing(table, name) & ~is_blank(table, name) & ~is_error(table, name) & value.isnull()
                errors[name] = ibis.ifelse(failed, error(f"no {TYPE_WORDS[self.to]}", table[name]), ibis.null("string"))
                context.count_failures(f"in {name} are no {TYPE_WORDS[self.to]} and became errors", table, failed)
        return assign(table, values, reads={name: [name] for name in values}, errors=errors) if values else table
