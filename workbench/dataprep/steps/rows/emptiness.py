"""Removing rows and columns that hold nothing, or nothing sound."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.dataprep.cells import is_blank, is_error, is_missing, visible, without
from workbench.dataprep.columns import Problem, Schema, find, listed, missing_columns, names
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.rows.choosing import Choosing

if TYPE_CHECKING:
    import ibis.expr.types as ir


class RemoveMissing(Choosing):
    """Removes, or keeps, the rows in which any or all of some columns (of all without any) are missing, are errors, or either.

    `blank`: texts without any sign count as missing.
    """

    op: Literal["remove_missing"] = "remove_missing"
    action: Literal["keep", "remove"] = "remove"
    columns: tuple[str, ...] = ()
    what: Literal["missing", "errors", "both"] = "missing"
    match: Literal["any", "all"] = "any"
    blank: bool = False

    def describe(self) -> str:
        words = {"missing": "missing values", "errors": "errors", "both": "missing values or errors"}[self.what]
        one = len(self.columns) == 1
        where = self.columns[0] if one else f"{self.match} of {listed(self.columns)}" if self.columns else f"{self.match} column"
        if not self.columns and self.match == "all":
            where = "all columns"
        return f"{self._verb} rows with {words} in {where}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns or tuple(names(schema))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return missing_columns(schema, self.columns)

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        found = [self._found(table, name) for name in self.columns or visible(table)]
        return table, reduce(and_ if self.match == "all" else or_, found) if found else _never()

    def _found(self, table: ir.Table, name: str) -> Any:
        missing = is_missing(table, name) | is_blank(table, name) if self.blank else is_missing(table, name)
        wrong = is_error(table, name)
        return {"missing": missing, "errors": wrong, "both": missing | wrong}[self.what]


class RemoveEmptyRows(Choosing):
    """Removes the rows in which every column is missing or a text without any sign. An error is something."""

    op: Literal["remove_empty_rows"] = "remove_empty_rows"
    action: Literal["keep", "remove"] = "remove"

    def describe(self) -> str:
        return f"{self._verb} empty rows"

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        found = [is_missing(table, name) | is_blank(table, name) for name in visible(table)]
        return table, reduce(and_, found) if found else _never()


class RemoveEmptyColumns(StepBase):
    """Removes the columns that were found without a value: `empty`, their names (None: not looked yet).

    Values that such a column has later are counted and told.
    """

    op: Literal["remove_empty_columns"] = "remove_empty_columns"
    empty: tuple[str, ...] | None = None

    @property
    def learned(self) -> bool:
        return self.empty is not None

    def describe(self) -> str:
        if self.empty is None:
            return "Remove empty columns"
        return f"Remove the empty columns {listed(self.empty)}" if self.empty else "Remove empty columns (there was none)"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.empty or ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if self.empty is None:
            return [NOT_LEARNED]
        if schema and all(name in self.empty for name in names(schema)):
            return [Problem("No column would be left.")]
        gone = [name for name in self.empty if find(schema, name) is None]
        return [Problem(f"There is no column {name} here to remove.", column=name, severity="info") for name in gone]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        gone = [name for name in self.empty or () if name in visible(table)]
        for name in gone:
            filled = ~(is_missing(table, name) | is_blank(table, name))
            context.count_failures(f"in {name} were removed with the column, which was empty before", table, filled)
        return without(table, gone) if gone else table

    def relearn(self, rows: Rows) -> Self:
        table = rows.table
        known = visible(table)
        if not known:
            return self.model_copy(update={"empty": ()})
        counts = {
            f"c{at}": (~(is_missing(table, name) | is_blank(table, name))).sum().fill_null(0) for at, name in enumerate(known)
        }
        found = rows.ask(table.aggregate(**counts)).to_pylist()[0]
        return self.model_copy(update={"empty": tuple(name for at, name in enumerate(known) if not found[f"c{at}"])})


def _never() -> Any:
    import ibis

    return ibis.literal(False)
