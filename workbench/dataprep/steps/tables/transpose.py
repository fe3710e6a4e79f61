"""The whole table turned: rows become columns."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.base.errors import UserError
from workbench.dataprep.cells import companion, error_of, picked
from workbench.dataprep.columns import ROW, TYPE_WORDS, ColumnInfo, Problem, Schema, missing_columns, schema_of, unique_name
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.tables.keys import as_text
from workbench.dataprep.steps.tables.pivot import MOST_COLUMNS, missing_columns_of
from workbench.dataprep.steps.tables.unpivot import unpivoted
from workbench.dataprep.steps.tables.widening import mixes, widest

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Transpose(StepBase):
    """Makes a row of each column, and a column of each row.

    `columns` are the names of the new columns, learned from the rows: the values of `names_from` (which becomes no row), or
    `row_1`, `row_2`, ... The first column, `names_to`, holds the names of the old columns. Values of several types become decimal,
    date and time, or text. Rows beyond the learned ones are left out and counted.
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["transpose"] = "transpose"
    names_from: str = ""
    names_to: str = "column"
    columns: tuple[str, ...] = ()

    def describe(self) -> str:
        return "Turn rows into columns" + (f" named by {self.names_from}" if self.names_from else "")

    @property
    def learned(self) -> bool:
        return bool(self.columns)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.names_to, *self.columns)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if problems := missing_columns(schema, [self.names_from] if self.names_from else []):
            return problems
        turned = self._turned(schema)
        if not turned:
            return [Problem("There is no column that could become a row.")]
        problems = []
        if mixes(turned):
            problems.append(Problem("Records and lists cannot stand in one column with other values: expand them first."))
        elif len({column.type for column in turned}) > 1:
            problems.append(
                Problem(f"The columns are of several types: all become {TYPE_WORDS[widest(turned).type]}.", severity="warning")
            )
        if not self.columns:
            return [*problems, NOT_LEARNED]
        if len(self.columns) > MOST_COLUMNS:
            problems.append(Problem(f"{len(self.columns):,} rows are too many for columns: {MOST_COLUMNS:,} at most."))
        results = [each.lower() for each in (self.names_to, *self.columns)]
        problems += [
            Problem(f"Two columns would be called {name}.", column=name)
            for name in dict.fromkeys(self.columns)
            if results.count(name.lower()) > 1
        ]
        return problems

    def relearn(self, rows: Rows) -> Self:
        """The names of the columns that these rows become. Raises UserError when there are too many, or none."""
        import ibis

        table = rows.table
        if self.names_from and (missing := missing_columns_of(table, self.names_from)):
            raise UserError(missing)
        text = as_text(table[self.names_from], "duckdb") if self.names_from else ibis.null("string")
        first = table.select(text=text, row=table[ROW]).order_by("row").limit(MOST_COLUMNS + 1)
        texts = rows.ask(first).column("text").to_pylist()
        if len(texts) > MOST_COLUMNS:
            raise UserError(
                f"The table has more than {MOST_COLUMNS:,} rows: too many to become columns.",
                hint="Keep fewer rows before, or summarize them.",
            )
        if not texts:
            raise UserError("The table has no rows that could become columns.")
        columns: list[str] = []
        for number, text in enumerate(texts, start=1):
            columns.append(unique_name((text or "").strip() or f"row_{number}", [self.names_to, *columns]))
        return self.model_copy(update={"columns": tuple(columns)})

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        turned = self._turned(schema_of(table))
        plain = picked(table, {column.name: column.name for column in turned})
        numbered = plain.mutate(**{ROW: ibis.row_number().over(order_by=plain[ROW])})
        lost = numbered[ROW] >= len(self.columns)
        context.count_failures(f"in rows beyond the first {len(self.columns):,} were left out", numbered, lost)
        long = unpivoted(numbered.filter(~lost), turned, _NAME, _VALUE, context)
        width, broken = len(turned), error_of(long, _VALUE)
        long = long.mutate(__row_number__=long[ROW] // width, __place__=long[ROW] % width)
        row: Any = long["__row_number__"]
        values: dict[str, Any] = {}
        for number, name in enumerate(self.columns):
            values[name] = long[_VALUE].argmin(long[ROW], where=row == number)
            if broken is not None:
                values[companion(name)] = long[companion(_VALUE)].argmin(long[ROW], where=row == number)
        return long.group_by(**{ROW: long["__place__"], self.names_to: long[_NAME]}).aggregate(**values)

    def _turned(self, schema: Schema) -> list[ColumnInfo]:
        return [column for column in schema if column.name != self.names_from]


_NAME, _VALUE = "__name__", "__value__"
