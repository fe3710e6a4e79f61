"""Error cells: giving them a value, or what stood there."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import MARK, assign, error_of, is_error
from workbench.dataprep.columns import ColumnInfo, Problem, Schema, find, listed, missing_columns, schema_of
from workbench.dataprep.conversion import text_of
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.rows.conditions import typed, value_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


class OnErrors(StepBase):
    """A step on the error cells of some columns, or of all."""

    columns: tuple[str, ...] = ()

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns or tuple(column.name for column in schema)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.reads(schema)

    @property
    def which(self) -> str:
        """The columns, for a sentence."""
        return listed(self.columns) if self.columns else "all columns"

    def chosen(self, schema: Schema) -> list[ColumnInfo]:
        """The columns that it works on."""
        return [column for column in schema if not self.columns or column.name in self.columns]


class ReplaceErrors(OnErrors):
    """Puts one value where error cells are, or makes them missing (None); `columns`: empty for all.

    `code`: only errors that say this. With a value, only columns can be chosen that can have it.
    """

    op: Literal["replace_errors"] = "replace_errors"
    value: str | None = None
    code: str = ""

    def describe(self) -> str:
        what = "missing values" if self.value is None else f"'{self.value}'"
        which = f"the errors '{self.code}'" if self.code else "errors"
        return f"Replace {which} by {what} in {self.which}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns)
        for name in self.columns if self.value is not None else ():
            column = find(schema, name)
            if column and not self._fits(column):
                problems.append(Problem(f"'{self.value}' is not a value that {name} can have ({column.type}).", column=name))
        if self.value is not None and not self.columns:
            problems.append(Problem("Choose the columns whose errors get the value."))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for column in self.chosen(schema_of(table)):
            found = error_of(table, column.name)
            if found is None:
                continue
            chosen = is_error(table, column.name)
            if self.code:
                chosen &= (found == self.code) | found.startswith(self.code + MARK)
                chosen = chosen.fill_null(False)
                errors[column.name] = ibis.ifelse(chosen, ibis.null("string"), found)
            value: Any = table[column.name]
            new = ibis.null(value.type()) if self.value is None else value_of(self.value, column.type)
            values[column.name] = ibis.ifelse(chosen, new, value)
        return assign(table, values, reads={name: [] for name in values}, errors=errors) if values else table

    def _fits(self, column: ColumnInfo) -> bool:
        if column.type in {"struct", "list"}:
            return False
        try:
            typed(self.value or "", column.type)
        except ValueError:
            return False
        return True


class RestoreOriginals(OnErrors):
    """Turns error cells back into the texts that stood there; `columns`: empty for all.

    The columns become texts, whether they have errors or not, so that no value is lost. An error without an original is missing.
    """

    op: Literal["restore_originals"] = "restore_originals"

    def describe(self) -> str:
        return f"Restore the original texts of errors in {self.which}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return missing_columns(schema, self.columns)

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        from workbench.byexample.native.engines import engine

        known = engine(context.dialect)
        values: dict[str, Any] = {}
        for column in self.chosen(schema_of(table)):
            text: Any = text_of(table[column.name], context.dialect)
            if (found := error_of(table, column.name)) is not None:
                original = known.from_(found, found.find(MARK) + 1)
                original = ibis.ifelse(known.contains(found, MARK), original, ibis.null("string"))
                text = ibis.ifelse(found.notnull(), original, text)
            values[column.name] = text
        return assign(table, values, reads={name: [] for name in values}) if values else table
