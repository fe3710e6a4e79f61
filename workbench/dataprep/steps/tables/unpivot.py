"""Columns turned into rows of names and values."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import companion, error_of, picked, visible
from workbench.dataprep.columns import ROW, TYPE_WORDS, ColumnInfo, Problem, Schema, listed, missing_columns, names, schema_of
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.tables.widening import as_type, mixes, widest

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Unpivot(StepBase):
    """Makes of each row as many as there are `columns`: each with the name of one and what stood there.

    The other columns stay, repeated. Values of several types become decimal, date and time, or text. `drop_missing` leaves out
    missing values (errors stay).
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["unpivot"] = "unpivot"
    columns: tuple[str, ...]
    names_to: str = "name"
    values_to: str = "value"
    drop_missing: bool = False

    def describe(self) -> str:
        return f"Turn {listed(self.columns)} into rows of {self.names_to} and {self.values_to}"

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.names_to, self.values_to)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.columns:
            return [Problem("Choose at least one column to turn into rows.")]
        if problems := missing_columns(schema, self.columns):
            return problems
        kept = [name for name in names(schema) if name not in self.columns]
        results = [*kept, self.names_to, self.values_to]
        problems = [
            Problem(f"Two columns would be called {name}.", column=name)
            for name in dict.fromkeys([self.names_to, self.values_to])
            if [each.lower() for each in results].count(name.lower()) > 1
        ]
        problems += [Problem("Name both new columns.")] if not (self.names_to and self.values_to) else []
        found = self._infos(schema)
        if mixes(found):
            problems.append(
                Problem(f"{listed(self.columns)} hold records or lists of different shapes: they cannot stand in one column.")
            )
        elif len({column.type for column in found}) > 1:
            words = listed(dict.fromkeys(TYPE_WORDS[column.type] for column in found))
            message = f"{listed(self.columns)} are {words}: all become {TYPE_WORDS[widest(found).type]}."
            problems.append(Problem(message, severity="warning"))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        long = unpivoted(table, self._infos(schema_of(table)), self.names_to, self.values_to, context)
        if not self.drop_missing:
            return long
        from workbench.dataprep.cells import is_missing

        return long.filter(~is_missing(long, self.values_to))

    def _infos(self, schema: Schema) -> list[ColumnInfo]:
        known = {column.name: column for column in schema}
        return [known[name] for name in dict.fromkeys(self.columns)]


_CELL = "__cell__"


def unpivoted(table: ir.Table, columns: list[ColumnInfo], names_to: str, values_to: str, context: Context) -> ir.Table:
    """Rows of names and values; all other columns before them."""
    import ibis

    common = widest(columns)
    broken = any(error_of(table, column.name) is not None for column in columns)
    cells = []
    for number, column in enumerate(columns):
        cell: dict[str, Any] = {
            "place": ibis.literal(number, type="int64"),
            "name": ibis.literal(column.name),
            "value": as_type(table[column.name], column, common, context.dialect),
        }
        if broken:
            found = error_of(table, column.name)
            cell["error"] = ibis.null("string") if found is None else found
        cells.append(ibis.struct(cell))
    kept = [name for name in visible(table) if name not in {column.name for column in columns}]
    rows = picked(table, {name: name for name in kept})
    beside = [name for name in rows.columns if name not in {ROW, *kept}]
    many = table.select(ROW, *kept, *beside, ibis.array(cells).unnest().name(_CELL))
    cell = many[_CELL]
    return many.select(
        **{ROW: many[ROW] * len(columns) + cell["place"]},
        **{name: many[name] for name in kept},
        **{names_to: cell["name"], values_to: cell["value"]},
        **{name: many[name] for name in beside},
        **({companion(values_to): cell["error"]} if broken else {}),
    )
