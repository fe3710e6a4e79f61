"""Steps on whole columns: rename, remove, keep, convert."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.dataprep.columns import ROW, ColumnType, Problem, Schema, find, listed, missing_columns, names, schema_of
from workbench.dataprep.conversion import FALSE_VALUES, TRUE_VALUES, convert, possible
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

_TYPE_WORDS: dict[ColumnType, str] = {
    "integer": "whole number",
    "decimal": "decimal number",
    "boolean": "true/false",
    "date": "date",
    "time": "time",
    "timestamp": "date and time",
    "string": "text",
    "other": "text",
}


class Rename(StepBase):
    """Gives one column another name."""

    op: Literal["rename"] = "rename"
    column: str
    to: str

    def describe(self) -> str:
        return f"Rename {self.column} to {self.to}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, [self.column])
        if not self.to.strip():
            problems.append(Problem("The new name is empty.", column=self.column))
        elif any(other.lower() == self.to.lower() for other in names(schema) if other != self.column):
            problems.append(Problem(f"There is a column {self.to} already.", column=self.to))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table.rename({self.to: self.column})


class Remove(StepBase):
    """Removes columns."""

    op: Literal["remove"] = "remove"
    columns: tuple[str, ...]

    def describe(self) -> str:
        return f"Remove {listed(self.columns)}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns)
        if not problems and set(names(schema)) <= set(self.columns):
            problems.append(Problem("This would remove every column."))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table.drop(*self.columns)


class Keep(StepBase):
    """Keeps these columns, in this order; the others go."""

    op: Literal["keep"] = "keep"
    columns: tuple[str, ...]

    def describe(self) -> str:
        return f"Keep only {listed(self.columns)}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column to keep.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table.select(ROW, *dict.fromkeys(self.columns))


class Convert(StepBase):
    """Converts columns to another type; values that do not fit become missing and are counted.

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
        return f"Convert {listed(self.columns)} to {_TYPE_WORDS[self.to]}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.columns:
            return [Problem("Choose at least one column to convert.")]
        problems = missing_columns(schema, self.columns)
        for name in self.columns:
            column = find(schema, name)
            if column and not possible(column.type, self.to):
                problems.append(
                    Problem(
                        f"{name} holds {_TYPE_WORDS[column.type]} values, which cannot become {_TYPE_WORDS[self.to]}.", column=name
                    )
                )
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        schema = schema_of(table)
        changed = {}
        for name in self.columns:
            column = find(schema, name)
            if column is None or column.type == self.to:
                continue
            changed[name] = convert(
                table[name],
                column.type,
                self.to,
                formats=self.formats,
                decimal=self.decimal,
                true_values=self.true_values,
                false_values=self.false_values,
            )
            if self.to not in {"string", "other"}:
                failed = table[name].notnull() & changed[name].isnull()
                context.count_failures(f"in {name} are no {_TYPE_WORDS[self.to]} and became missing", table, failed)
        return table.mutate(**changed) if changed else table
