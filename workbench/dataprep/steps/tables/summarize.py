"""Grouping rows and computing aggregates."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import companion, with_errors
from workbench.dataprep.columns import ROW, ColumnType, Problem, Schema, find, listed, missing_columns
from workbench.dataprep.steps.base import Context, Record, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

Aggregate = Literal["count", "sum", "mean", "min", "max", "median", "std", "variance", "distinct"]
_NUMERIC_ONLY = {"sum", "mean", "median", "std", "variance"}


class Measure(Record):
    """One aggregate of a column; `name` is the new column's (`<column>_<aggregate>` without). `count` alone counts rows."""

    column: str = ""
    aggregate: Aggregate
    name: str = ""

    @property
    def result(self) -> str:
        """The name of the new column."""
        return self.name or (f"{self.column}_{self.aggregate}" if self.column else self.aggregate)


class Summarize(StepBase):
    """Groups rows and computes aggregates; groups stand in the order of their first rows, errors count as missing."""

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["summarize"] = "summarize"
    by: tuple[str, ...] = ()
    measures: tuple[Measure, ...]

    def describe(self) -> str:
        what = listed(f"{m.aggregate} of {m.column}" if m.column else "number of rows" for m in self.measures)
        return f"Summarize {what}" + (f" by {listed(self.by)}" if self.by else "")

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (*self.by, *(measure.column for measure in self.measures if measure.column))

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(measure.result for measure in self.measures)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.measures:
            return [Problem("Choose at least one column to summarize.")]
        problems = missing_columns(schema, [*self.by, *(m.column for m in self.measures if m.column)])
        results = [*self.by, *(m.result for m in self.measures)]
        problems += [
            Problem(f"Two columns would be called {name}.", column=name)
            for name in dict.fromkeys(results)
            if [r.lower() for r in results].count(name.lower()) > 1
        ]
        for measure in self.measures:
            if not measure.column and measure.aggregate != "count":
                problems.append(Problem(f"Choose a column for {measure.aggregate}."))
            column = find(schema, measure.column)
            if column and not _suits(measure.aggregate, column.type):
                problems.append(Problem(f"{column.name} holds no numbers, so it has no {measure.aggregate}.", column=column.name))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        measures: dict[str, Any] = {}
        for measure in self.measures:
            measures[measure.result] = _aggregate(table, measure)
        broken = [companion(name) for name in self.by if name in with_errors(table)]
        grouped = table.aggregate(
            by=[table[name] for name in [*self.by, *broken]],
            **{ROW: table[ROW].min().fill_null(0)},
            **measures,
        )
        return grouped.select(ROW, *self.by, *measures, *broken)


def _suits(aggregate: Aggregate, type_: ColumnType) -> bool:
    return aggregate not in _NUMERIC_ONLY or type_ in {"integer", "decimal"}


def _aggregate(table: ir.Table, measure: Measure) -> Any:
    if not measure.column:
        return table.count()
    column: Any = table[measure.column]
    match measure.aggregate:
        case "count":
            return column.count()
        case "sum":
            total = column.sum()
            return total.cast("int64") if column.type().is_integer() else total
        case "mean":
            return column.mean()
        case "min":
            return column.min()
        case "max":
            return column.max()
        case "median":
            return column.median()
        case "std":
            return column.std()
        case "variance":
            return column.var()
        case _:
            return column.nunique()
