"""Joining two tables by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_validator

from workbench.base.errors import WorkbenchError
from workbench.dataprep.cells import arranged, companion, picked, visible
from workbench.dataprep.columns import ROW, Problem, Schema, listed, missing_columns, unique_name
from workbench.dataprep.steps.base import Context, Other, Record, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

How = Literal["inner", "left", "right", "full", "left_anti", "right_anti", "cross"]
_HOW_WORDS: dict[How, str] = {
    "inner": "keep matching rows",
    "left": "keep all rows of this table",
    "right": "keep all rows of the other table",
    "full": "keep all rows of both",
    "left_anti": "keep the rows without a match",
    "right_anti": "keep the other table's rows without a match",
    "cross": "every row with every other",
}


class JoinKey(Record):
    """A pair of columns that must be equal."""

    left: str
    right: str


class Join(StepBase):
    """Joins another flow (`flow`: its id) or source file (`source`: its path) by equal keys.

    Rows stay in this table's order, then in the other's. The other's key columns are left out; its other columns whose names clash
    get the prefix. Numbers and texts in keys are compared as texts when the types differ. Missing keys and errors match nothing.
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["join"] = "join"
    flow: str = ""
    source: str = ""
    package: str = ""
    name: str = ""
    """What the other table is called, for descriptions."""
    keys: tuple[JoinKey, ...] = ()
    how: How = "inner"
    prefix: str = "r_"

    @model_validator(mode="after")
    def _one_other(self) -> Join:
        if bool(self.flow) == bool(self.source):
            raise ValueError("a join needs either a flow or a source")
        return self

    @property
    def other(self) -> Other:
        """The other table."""
        return Other(flow=self.flow, source=self.source, package=self.package, name=self.name)

    def others(self) -> tuple[Other, ...]:
        return (self.other,)

    def describe(self) -> str:
        if self.how == "cross":
            return f"Join {self.other.describe()}, {_HOW_WORDS['cross']}"
        pairs = listed(key.left if key.left == key.right else f"{key.left} = {key.right}" for key in self.keys)
        return f"Join {self.other.describe()} on {pairs}, {_HOW_WORDS[self.how]}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.keys and self.how != "cross":
            return [Problem("Choose at least one pair of key columns.")]
        problems = missing_columns(schema, [key.left for key in self.keys])
        if context:
            try:
                other = context.schema_of_other(self.other)
            except WorkbenchError as error:
                return [*problems, Problem(str(error))]
            for problem in missing_columns(other, [key.right for key in self.keys]):
                message = problem.message.replace(" here.", f" in {self.other.describe()}.", 1)
                problems.append(Problem(message, column=problem.column, suggestions=problem.suggestions))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        other = context.other(self.other)
        keys = () if self.how == "cross" else self.keys
        right_keys = {key.right for key in keys}
        if self.how == "right_anti":
            return other.anti_join(table, [_equal(other[key.right], table[key.left]) for key in keys])
        named: dict[str, str] = {}
        taken = visible(table)
        for name in visible(other):
            clash = name in right_keys or name.lower() in {t.lower() for t in taken}
            named[name] = unique_name(f"{self.prefix}{name}" if clash else name, taken)
            taken.append(named[name])
        right = picked(other, {new: old for old, new in named.items()}).rename({_OTHER_ROW: ROW})
        predicates = [_equal(table[key.left], right[named[key.right]]) for key in keys]
        if self.how == "left_anti":
            return table.anti_join(right, predicates)
        joined = table.cross_join(right) if self.how == "cross" else table.join(right, predicates, how=_IBIS[self.how])
        return self._arranged(table, joined, {key.left: named[key.right] for key in keys}, [
            new for name, new in named.items() if name not in right_keys
        ])  # fmt: skip

    def _arranged(self, table: ir.Table, joined: ir.Table, keys: dict[str, str], right: list[str]) -> ir.Table:
        """The joined rows in their order, with the other side's key where this one has none."""
        import ibis

        columns: dict[str, Any] = {}
        for name in table.columns:
            if name in keys and self.how in {"right", "full"}:
                columns[name] = ibis.coalesce(joined[name], joined[keys[name]].cast(table[name].type()))
            elif name != ROW:
                columns[name] = joined[name]
        beside = [companion(name) for name in right if companion(name) in joined.columns]
        order = [ibis.asc(joined[ROW], nulls_first=False), ibis.asc(joined[_OTHER_ROW], nulls_first=False)]
        place = ibis.row_number().over(order_by=order)
        result = joined.select(**{ROW: place}, **columns, **{name: joined[name] for name in [*right, *beside]})
        return arranged(result, [*visible(table), *right])


_OTHER_ROW = "__other_row__"
_IBIS = {"inner": "inner", "left": "left", "right": "right", "full": "outer"}


def _equal(left: Any, right: Any) -> Any:
    """Equality of two key columns; keys of different types meet as texts."""
    numeric = left.type().is_numeric() and right.type().is_numeric()
    same = type(left.type()) is type(right.type())
    return left == right if numeric or same else left.cast("string") == right.cast("string")
