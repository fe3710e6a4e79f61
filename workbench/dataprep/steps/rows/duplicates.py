"""Keeping one of equal rows."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import companion
from workbench.dataprep.columns import ROW, Problem, Schema, find, listed, missing_columns, names, schema_of, unique_name
from workbench.dataprep.steps.base import Context, SchemaContext
from workbench.dataprep.steps.rows.choosing import Choosing
from workbench.dataprep.steps.rows.order import key_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

_WORDS = {
    "first": "",
    "last": ", keep the last ones",
    "none": ", keep only rows that occur once",
    "greatest": ", keep those with the greatest {by}",
    "least": ", keep those with the least {by}",
}


class RemoveDuplicates(Choosing):
    """Keeps one row of those that are equal in these columns (in all columns without any), in its place.

    `keep`: the first one, the last one, none of several, or the one with the greatest or least value of `by` (missing ones last, of
    equal ones the first). Missing values (not a number is one) are equal to each other, errors to errors that say the same. The
    action `remove` gives the other rows: the duplicates.
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["remove_duplicates"] = "remove_duplicates"
    columns: tuple[str, ...] = ()
    keep: Literal["first", "last", "none", "greatest", "least"] = "first"
    by: str = ""
    ignore_case: bool = False

    def describe(self) -> str:
        what = f"duplicates of {listed(self.columns)}" if self.columns else "duplicate rows"
        if self.action == "remove":
            return f"Keep only the {what}"
        return f"Remove {what}{_WORDS[self.keep].format(by=self.by)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (*(self.columns or tuple(names(schema))), *self._extremes)

    @property
    def _extremes(self) -> tuple[str, ...]:
        return (self.by,) if self.keep in {"greatest", "least"} else ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if self._extremes and not self.by:
            return [Problem(f"Choose the column whose {self.keep} value tells which row stays.")]
        problems = missing_columns(schema, [*self.columns, *self._extremes])
        for name in self._extremes:
            if (column := find(schema, name)) and column.type in {"struct", "list"}:
                problems.append(Problem(f"{name} holds no single values, so none is the {self.keep}.", column=name))
        return problems

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        import ibis

        chosen = self.columns or tuple(names(schema_of(table)))
        groups = [key_of(self._compared(table[name], context)) for name in chosen]
        groups += [table[companion(name)] for name in chosen if companion(name) in table.columns]
        place = unique_name("__place__", table.columns)
        if self.keep == "none":
            made = table.mutate(**{place: table[ROW].count().over(group_by=groups)})
            return made, made[place] == 1
        order: list[Any] = [ibis.desc(table[ROW]) if self.keep == "last" else table[ROW]]
        for name in self._extremes:
            order.insert(0, (ibis.desc if self.keep == "greatest" else ibis.asc)(key_of(table[name]), nulls_first=False))
        made = table.mutate(**{place: ibis.row_number().over(group_by=groups, order_by=order)})
        return made, made[place] == 0

    def _compared(self, column: Any, context: Context) -> Any:
        from workbench.byexample.native.engines import engine

        return engine(context.dialect).lower(column) if self.ignore_case and column.type().is_string() else column
