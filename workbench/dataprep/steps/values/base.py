"""What steps on the values of some columns share."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from workbench.dataprep.cells import assign
from workbench.dataprep.columns import TYPE_WORDS, ColumnInfo, ColumnType, Problem, Schema, find, missing_columns, schema_of
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

SINGLE: frozenset[ColumnType] = frozenset(
    {"integer", "decimal", "boolean", "date", "time", "timestamp", "timestamp_tz", "string", "other"}
)
"""The types of values that are no records or lists."""


class ColumnsStep(StepBase):
    """A step that changes each of some columns by itself."""

    kinds: ClassVar[frozenset[ColumnType]] = SINGLE
    """The types of columns that it can work on."""

    columns: tuple[str, ...]

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column.")]
        for column in self.chosen(schema, suitable=False):
            reason = self.problem_with(column)
            problems += [Problem(reason, column=column.name)] if reason else []
        return problems

    def problem_with(self, column: ColumnInfo) -> str:
        """Why the step cannot work on a column, in one sentence; empty when it can."""
        return "" if column.type in self.kinds else f"{column.name} holds {TYPE_WORDS[column.type]} values: {self.wanted()}."

    def wanted(self) -> str:
        """What the step needs, after a colon."""
        if self.kinds <= {"string", "other"}:
            return "the step works on texts"
        if self.kinds <= {"integer", "decimal"}:
            return "the step works on numbers"
        return "the step does not work on these"

    def chosen(self, schema: Schema, *, suitable: bool = True) -> list[ColumnInfo]:
        """The columns that it works on."""
        found = [column for name in dict.fromkeys(self.columns) if (column := find(schema, name))]
        return [column for column in found if column.type in self.kinds] if suitable else found

    def changed(self, table: ir.Table, column: ColumnInfo, context: Context) -> Any:
        """The new value of a column. Needed where `apply` is this one."""
        raise NotImplementedError

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        values = {column.name: self.changed(table, column, context) for column in self.chosen(schema_of(table))}
        return assign(table, values, reads={name: [name] for name in values}) if values else table


def without_nan(value: Any) -> Any:
    """The value, missing where it is not a number."""
    import ibis

    return ibis.ifelse(value.isnan(), ibis.null(value.type()), value) if value.type().is_floating() else value
