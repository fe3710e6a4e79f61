"""Steps that bring tables together: join and summarize."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from workbench.base.errors import WorkbenchError
from workbench.dataprep.columns import ROW, ColumnType, Problem, Schema, find, listed, missing_columns, unique_name
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

How = Literal["inner", "left", "right", "outer", "left_only"]
_HOW_WORDS: dict[How, str] = {
    "inner": "keep matching rows",
    "left": "keep all rows of this table",
    "right": "keep all rows of the other table",
    "outer": "keep all rows of both",
    "left_only": "keep the rows without a match",
}
Aggregate = Literal["count", "sum", "mean", "min", "max", "median", "std", "variance", "distinct"]
_NUMERIC_ONLY = {"sum", "mean", "median", "std", "variance"}


class JoinKey(BaseModel):
    """A pair of columns that must be equal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: str
    right: str


class Join(StepBase):
    """Joins another flow (`flow`: its id) or source file (`source`: its path) by equal keys.

    Rows stay in this table's order, then in the other's. The other's key columns are left out; its other columns whose names clash
    get the prefix. Numbers and texts in keys are compared as texts when the types differ.
    """

    reorders = True
    op: Literal["join"] = "join"
    flow: str = ""
    source: str = ""
    name: str = ""
    """What the other table is called, for descriptions."""
    keys: tuple[JoinKey, ...]
    how: How = "inner"
    prefix: str = "r_"

    @model_validator(mode="after")
    def _one_other(self) -> Join:
        if bool(self.flow) == bool(self.source):
            raise ValueError("a join needs either a flow or a source")
        return self

    def describe(self) -> str:
        other = self.name or self.source or "another flow"
        pairs = listed(key.left if key.left == key.right else f"{key.left} = {key.right}" for key in self.keys)
        return f"Join {other} on {pairs}, {_HOW_WORDS[self.how]}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.keys:
            return [Problem("Choose at least one pair of key columns.")]
        problems = missing_columns(schema, [key.left for key in self.keys])
        if context:
            try:
                other = context.schema_of_other(self.source, self.flow)
            except WorkbenchError as error:
                return [*problems, Problem(str(error))]
            for problem in missing_columns(other, [key.right for key in self.keys]):
                message = problem.message.replace(" here.", f" in {self.name or self.source or 'the other flow'}.", 1)
                problems.append(Problem(message, column=problem.column, suggestions=problem.suggestions))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        other = context.other(self.source, self.flow)
        right_keys = {key.right for key in self.keys}
        named: dict[str, str] = {}
        taken = [name for name in table.columns if name != ROW]
        for name in other.columns:
            if name == ROW:
                continue
            clash = name in right_keys or name.lower() in {t.lower() for t in taken}
            new = unique_name(f"{self.prefix}{name}" if clash else name, taken)
            named[name] = new
            taken.append(new)
        row = "__other_row__"
        right = other.select(**{row: other[ROW]}, **{new: other[name] for name, new in named.items()})
        keep_right = [new for name, new in named.items() if name not in right_keys]
        predicates = [_equal(table[key.left], right[named[key.right]]) for key in self.keys]
        if self.how == "left_only":
            return table.anti_join(right, predicates)
        joined = table.join(right, predicates, how=self.how)
        columns: dict[str, Any] = {}
        for name in table.columns:
            key = next((k for k in self.keys if k.left == name), None)
            if key and self.how in {"right", "outer"}:
                columns[name] = ibis.coalesce(joined[name], joined[named[key.right]].cast(table[name].type()))
            elif name != ROW:
                columns[name] = joined[name]
        order = [ibis.asc(joined[ROW], nulls_first=False), ibis.asc(joined[row], nulls_first=False)]
        place = ibis.row_number().over(order_by=order)
        return joined.select(**{ROW: place}, **columns, **{name: joined[name] for name in keep_right})


def _equal(left: Any, right: Any) -> Any:
    """Equality of two key columns; keys of different types meet as texts."""
    numeric = left.type().is_numeric() and right.type().is_numeric()
    same = type(left.type()) is type(right.type())
    return left == right if numeric or same else left.cast("string") == right.cast("string")


class Measure(BaseModel):
    """One aggregate of a column; `name` is the new column's (`<column>_<aggregate>` without). `count` alone counts rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str = ""
    aggregate: Aggregate
    name: str = ""

    @property
    def result(self) -> str:
        """The name of the new column."""
        return self.name or (f"{self.column}_{self.aggregate}" if self.column else self.aggregate)


class Summarize(StepBase):
    """Groups rows and computes aggregates; groups stand in the order of their first rows."""

    reorders = True
    op: Literal["summarize"] = "summarize"
    by: tuple[str, ...] = ()
    measures: tuple[Measure, ...]

    def describe(self) -> str:
        what = listed(f"{m.aggregate} of {m.column}" if m.column else "number of rows" for m in self.measures)
        return f"Summarize {what}" + (f" by {listed(self.by)}" if self.by else "")

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
        grouped = table.aggregate(
            by=[table[name] for name in self.by],
            **{ROW: table[ROW].min().fill_null(0)},
            **measures,
        )
        return grouped.select(ROW, *self.by, *measures)


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
