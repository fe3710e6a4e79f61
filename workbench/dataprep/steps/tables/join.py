"""Joining two tables by keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_validator

from workbench.base.errors import WorkbenchError
from workbench.dataprep.cells import companion, error_of, picked, visible
from workbench.dataprep.columns import ROW, Problem, Schema, column_of, find, listed, missing_columns, unique_name
from workbench.dataprep.steps.base import Context, Dialect, Other, Record, SchemaContext, StepBase
from workbench.dataprep.steps.tables.keys import comparable
from workbench.dataprep.steps.tables.widening import NESTED, as_type, widest

if TYPE_CHECKING:
    import ibis.expr.types as ir

How = Literal["inner", "left", "right", "full", "left_anti", "right_anti", "cross", "full_anti"]
_HOW_WORDS: dict[How, str] = {
    "inner": "keep matching rows",
    "left": "keep all rows of this table",
    "right": "keep all rows of the other table",
    "full": "keep all rows of both",
    "left_anti": "keep the rows without a match",
    "right_anti": "keep the other table's rows without a match",
    "full_anti": "keep the rows of both without a match",
    "cross": "every row with every other",
}


class JoinKey(Record):
    """A pair of columns that must be equal."""

    left: str
    right: str


class Join(StepBase):
    """Joins another flow (`flow`: its id) or source file (`source`: its path) by equal keys.

    Rows stay in this table's order, then in the other's. The other's key columns are left out; its other columns whose names clash
    get the prefix. Keys of different types meet as numbers, as times, or as texts. Missing keys match nothing unless
    `match_missing`; errors match nothing at all. `ignore_case` and `ignore_blanks` (those at the ends, and several in a row) are
    for texts. `left_columns`, `right_columns`: what is taken of either table, in this order; None: all (but the other's keys).
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
    match_missing: bool = False
    ignore_case: bool = False
    ignore_blanks: bool = False
    left_columns: tuple[str, ...] | None = None
    right_columns: tuple[str, ...] | None = None

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
        problems = missing_columns(schema, [*(key.left for key in self.keys), *(self.left_columns or ())])
        if not context:
            return problems
        try:
            other = context.schema_of_other(self.other)
        except WorkbenchError as error:
            return [*problems, Problem(str(error))]
        for problem in missing_columns(other, [*(key.right for key in self.keys), *(self.right_columns or ())]):
            message = problem.message.replace(" here.", f" in {self.other.describe()}.", 1)
            problems.append(Problem(message, column=problem.column, suggestions=problem.suggestions))
        for key in self.keys if self.how != "cross" else ():
            left, right = find(schema, key.left), find(other, key.right)
            if left and right and left.type != right.type and NESTED & {left.type, right.type}:
                problems.append(Problem(f"{left.name} and {right.name} cannot be compared: one holds records or lists."))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        other = context.other(self.other)
        keys = () if self.how == "cross" else self.keys
        if self.how == "left_anti":
            return self._chosen(_unmatched(table, other, [(key.left, key.right) for key in keys], self, context.dialect), "left")
        if self.how == "right_anti":
            return self._chosen(_unmatched(other, table, [(key.right, key.left) for key in keys], self, context.dialect), "right")
        taken = visible(table) if self.left_columns is None else list(self.left_columns)
        wanted = self._wanted(other)
        names: dict[str, str] = {}
        """What the other's columns are called; keys that are not taken get names, too, for the time of the join."""
        for name in wanted:
            clash = name.lower() in {each.lower() for each in taken}
            names[name] = unique_name(f"{self.prefix}{name}" if clash else name, [*taken, *names.values()])
        for key in keys:
            names.setdefault(key.right, unique_name(f"__other_{key.right}", [*visible(table), *names.values()]))
        own = {key.left: key.left if key.left in taken else f"__own_{key.left}" for key in keys}
        left = picked(table, {**{name: name for name in taken}, **{new: old for old, new in own.items()}})
        right = picked(other, {new: old for old, new in names.items()}).rename({_OTHER_ROW: ROW})
        pairs = [(own[key.left], names[key.right]) for key in keys]
        predicates = matching(left, right, pairs, self, context.dialect)
        joined = left.cross_join(right) if self.how == "cross" else left.join(right, predicates, how=_IBIS[self.how])
        if self.how == "full_anti":
            joined = joined.filter(joined[ROW].isnull() | joined[_OTHER_ROW].isnull())
        return self._arranged(joined, taken, dict(pairs), left, right, [names[name] for name in wanted], context.dialect)

    def _wanted(self, other: ir.Table) -> list[str]:
        """The columns that are taken of the other table."""
        if self.right_columns is not None:
            return list(dict.fromkeys(self.right_columns))
        keys = () if self.how == "cross" else tuple(key.right for key in self.keys)
        return [name for name in visible(other) if name not in keys]

    def _chosen(self, rows: ir.Table, side: Literal["left", "right"]) -> ir.Table:
        columns = self.left_columns if side == "left" else self.right_columns
        return rows if columns is None else picked(rows, {name: name for name in columns})

    def _arranged(
        self, joined: ir.Table, taken: list[str], keys: dict[str, str], left: ir.Table, right: ir.Table, wanted: list[str],
        dialect: Dialect,
    ) -> ir.Table:  # fmt: skip
        """The joined rows in their order, with the other side's key where this one has none."""
        import ibis

        columns: dict[str, Any] = {}
        beside: dict[str, Any] = {}
        for name in taken:
            columns[name], found = joined[name], error_of(joined, name)
            if name in keys and self.how in {"right", "full", "full_anti"}:
                own, other = column_of(name, left[name].type()), column_of(keys[name], right[keys[name]].type())
                common = widest([own, other])
                columns[name] = ibis.coalesce(
                    as_type(joined[name], own, common, dialect), as_type(joined[keys[name]], other, common, dialect)
                )
                known = [each for each in (found, error_of(joined, keys[name])) if each is not None]
                found = ibis.coalesce(*known) if known else None
            if found is not None:
                beside[companion(name)] = found
        for name in wanted:
            columns[name] = joined[name]
            if (found := error_of(joined, name)) is not None:
                beside[companion(name)] = found
        if self.how in {"inner", "left", "cross"} and dialect == "duckdb":
            # numbers with gaps, without sorting the rows for it; where they grew too big DuckDB would refuse
            width = right[_OTHER_ROW].max().fill_null(0).as_scalar() + 1
            place = joined[ROW] * width + joined[_OTHER_ROW].fill_null(0)
        else:
            order = [ibis.asc(joined[ROW], nulls_first=False), ibis.asc(joined[_OTHER_ROW], nulls_first=False)]
            place = ibis.row_number().over(order_by=order)
        return joined.select(**{ROW: place}, **columns, **beside)


_OTHER_ROW = "__other_row__"
_IBIS = {"inner": "inner", "left": "left", "right": "right", "full": "outer", "full_anti": "outer"}


def matching(
    left: ir.Table, right: ir.Table, keys: Sequence[tuple[str, str]], step: Join, dialect: Dialect
) -> list[ir.BooleanValue]:
    """What is true of two rows that match; all columns of both tables have names of their own."""
    import ibis

    found: list[Any] = []
    for own, other in keys:
        one, two = comparable(
            left[own], right[other], dialect, ignore_case=step.ignore_case, ignore_blanks=step.ignore_blanks
        )  # fmt: skip
        if not step.match_missing:
            found.append(one == two)
            continue
        found.append(one.identical_to(two))
        marks = [error_of(left, own), error_of(right, other)]
        if any(mark is not None for mark in marks):  # an error is missing, too, and equals nothing
            sound = [
                ibis.ifelse(value.isnull(), 0, 0) if mark is None else ibis.ifelse(mark.isnull(), 0, ibis.null("int8"))
                for mark, value in zip(marks, (one, two), strict=True)
            ]
            found.append(sound[0] == sound[1])
    return found


def _unmatched(table: ir.Table, other: ir.Table, keys: list[tuple[str, str]], step: Join, dialect: Dialect) -> ir.Table:
    """The rows of a table that match none of the other."""
    names = {f"__key_{number}__": right for number, (_, right) in enumerate(keys)}
    right = picked(other, names).rename({_OTHER_ROW: ROW})
    pairs = [(left, name) for (left, _), name in zip(keys, names, strict=True)]
    return table.anti_join(right, matching(table, right, pairs, step, dialect))
