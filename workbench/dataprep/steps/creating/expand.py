"""Records and lists opened: records to columns, lists to columns or to rows."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.base.errors import UserError
from workbench.dataprep.cells import arranged, assign, is_error, visible, without
from workbench.dataprep.columns import ROW, ColumnType, Problem, Schema, find, listed, missing_columns, names
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.creating.texts import name_problems, new_names

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_COLUMNS = 1000


def _of_type(schema: Schema, name: str, kind: ColumnType, words: str) -> list[Problem]:
    column = find(schema, name)
    if column is None:
        return missing_columns(schema, [name])
    return [] if column.type == kind else [Problem(f"{name} does not hold {words}.", column=name)]


class ExpandStruct(StepBase):
    """Takes the fields of a record column into new columns `Source.Field` right of it; `fields` names them, all without."""

    op: Literal["expand_struct"] = "expand_struct"
    column: str
    fields: tuple[str, ...] = ()
    keep_source: bool = False

    def describe(self) -> str:
        return f"Expand {self.column} to {listed(self.fields) if self.fields else 'its fields'}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        column = find(schema, self.column)
        if column is None or not column.nested:
            return ()
        import ibis

        kind: Any = ibis.dtype(column.ibis_type)
        return tuple(self._new_columns(names(schema), self.fields or tuple(kind.names if kind.is_struct() else ())))

    def _new_columns(self, taken: Sequence[str], fields: Sequence[str]) -> list[str]:
        return new_names(taken, [f"{self.column}.{field}" for field in fields])

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if problems := _of_type(schema, self.column, "struct", "records"):
            return problems
        import ibis

        column = find(schema, self.column)
        kind: Any = ibis.dtype(column.ibis_type if column else "struct<>")
        if not kind.is_struct():
            return [Problem(f"{self.column} has other fields in each row, so they cannot become columns.", column=self.column)]
        return [
            Problem(f"{self.column} has no field {field}; it has {listed(kind.names)}.", column=self.column)
            for field in self.fields
            if field not in kind.names
        ]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        value: Any = table[self.column]
        fields = self.fields or value.type().names
        values = {name: value[field] for name, field in zip(self._new_columns(visible(table), fields), fields, strict=True)}
        result = assign(table, values, reads={name: [self.column] for name in values}, after=[self.column])
        return result if self.keep_source else without(result, [self.column])


class ExpandList(StepBase):
    """Takes the items of a list column into new columns `Source_1`, `Source_2` and so on, right of it.

    `count`, how many, is the longest list when the step is learned. Items beyond it are left out, and such lists are counted.
    """

    op: Literal["expand_list"] = "expand_list"
    column: str
    count: int = 0
    keep_source: bool = False

    @property
    def learned(self) -> bool:
        return self.count > 0

    def relearn(self, rows: Rows) -> Self:
        value: Any = rows.table[self.column]
        longest = rows.ask(value.length().max().name("longest"))["longest"][0].as_py()
        if not longest:
            raise UserError(f"All lists of {self.column} are empty.", place=self.column)
        return self.model_copy(update={"count": min(int(longest), MOST_COLUMNS)})

    def describe(self) -> str:
        return f"Expand the list {self.column} to {self.count or 'its'} columns"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self._new_columns(names(schema)))

    def _new_columns(self, taken: Sequence[str]) -> list[str]:
        return new_names(taken, [f"{self.column}_{number + 1}" for number in range(self.count)])

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = _of_type(schema, self.column, "list", "lists")
        if not 0 <= self.count <= MOST_COLUMNS:
            problems.append(Problem(f"A list can be expanded to {MOST_COLUMNS:,} columns at most.", column=self.column))
        return [*problems, *([] if self.learned else [NOT_LEARNED])]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        from workbench.byexample.native.engines import engine

        value: Any = table[self.column]
        ours = engine(context.dialect)
        longer = (value.length() > self.count).fill_null(False)
        message = f"in {self.column} are longer than {self.count} items, and the rest of them is left out"
        context.count_failures(message, table, longer)
        values = {name: ours.item(value, number) for number, name in enumerate(self._new_columns(visible(table)))}
        result = assign(table, values, reads={name: [self.column] for name in values}, after=[self.column])
        return result if self.keep_source else without(result, [self.column])


class Explode(StepBase):
    """Makes a row of each item of a list column, in the order of the items; the other columns are repeated.

    `keep_empty`: whether a row whose list is empty or missing stays, with a missing value. `position`: a new column that gets the
    number of the item, from 1; empty: none. Errors stay, one row each.
    """

    reorders = True
    uses_order = True
    op: Literal["explode"] = "explode"
    column: str
    keep_empty: bool = True
    position: str = ""

    def describe(self) -> str:
        numbered = f", numbered in {self.position}" if self.position else ""
        return f"Make a row of each item of {self.column}{numbered}{'' if self.keep_empty else ', none of empty lists'}"

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.column, *([self.position] if self.position else []))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = _of_type(schema, self.column, "list", "lists")
        return [*problems, *(name_problems(schema, self.position) if self.position else [])]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        order = visible(table)
        if not self.keep_empty:
            table = table.filter((table[self.column].length() > 0).fill_null(False) | is_error(table, self.column))
        held = self.position or "__position__"
        rows = table.unnest(self.column, offset=held, keep_empty=True)
        place = ibis.row_number().over(order_by=[rows[ROW], ibis.asc(rows[held], nulls_first=True)])
        numbered = rows.mutate(**{ROW: place, held: rows[held].cast("int64") + 1})
        at = order.index(self.column) + 1
        return arranged(numbered, [*order[:at], *([held] if self.position else []), *order[at:]])
