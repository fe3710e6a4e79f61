"""Taking the names of the columns from a row."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from workbench.base.errors import UserError
from workbench.dataprep.cells import companion, picked, split_error, visible
from workbench.dataprep.columns import ROW, Problem, Schema, listed, unique_name
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.rows.conditions import text_of
from workbench.dataprep.steps.rows.places import rows_from

if TYPE_CHECKING:
    import ibis.expr.types as ir


class FirstRowAsHeaders(StepBase):
    """Calls the columns as the first row does, after `skip` rows, and leaves out that row and those above.

    `names` is what was found, one for each column in order; blank ones were given a name.
    """

    uses_order = True
    op: Literal["first_row_as_headers"] = "first_row_as_headers"
    skip: int = 0
    names: tuple[str, ...] = ()

    @property
    def learned(self) -> bool:
        return bool(self.names)

    def describe(self) -> str:
        found = f": {listed(self.names)}" if self.names else ""
        return f"Use row {self.skip + 1} as headers{found}" if self.skip else f"Use the first row as headers{found}"

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.names

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if self.skip < 0:
            return [Problem("The number of rows to skip cannot be less than 0.")]
        if not self.names:
            return [NOT_LEARNED]
        if len(self.names) != len(schema):
            return [Problem(f"It has {len(self.names)} names for {len(schema)} columns: learn it again.")]
        lower = [name.lower() for name in self.names]
        twice = next((name for name in self.names if not name.strip() or lower.count(name.lower()) > 1), None)
        if twice is None:
            return []
        return [Problem(f"Two columns would be called {twice}." if twice.strip() else "Each column needs a name.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        below = rows_from(table, self.skip + 1, context.dialect)
        return picked(below, dict(zip(self.names, visible(below), strict=True)))

    def relearn(self, rows: Rows) -> Self:
        table = rows.table
        found = rows.ask(table.order_by(table[ROW]).limit(1, offset=self.skip)).to_pylist()
        if not found:
            raise UserError(f"There is no row {self.skip + 1} to take the names from.", hint="Skip fewer rows.")
        row = found[0]
        taken: list[str] = []
        for at, name in enumerate(visible(table)):
            original = split_error(row[companion(name)])[1] if row.get(companion(name)) else None
            text = text_of(row[name]) if original is None else original
            taken.append(unique_name(text.strip() or f"column_{at + 1}", taken))
        return self.model_copy(update={"names": tuple(taken)})
