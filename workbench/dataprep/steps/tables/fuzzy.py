"""Joining two tables by texts that are alike."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_validator

from workbench.base.errors import WorkbenchError
from workbench.dataprep.cells import companion, error_of, picked, visible
from workbench.dataprep.columns import ROW, Problem, Schema, find, missing_columns, names, unique_name
from workbench.dataprep.steps.base import Context, Dialect, Other, SchemaContext, StepBase
from workbench.dataprep.steps.tables.keys import as_text
from workbench.dataprep.steps.tables.similarity import Likeness, partners
from workbench.dataprep.steps.tables.widening import NESTED

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


class FuzzyJoin(StepBase):
    """Joins another table by texts that are alike: each row gets the best partner, the first of equally good ones, if there is one.

    `threshold` is from 0 to 1. Texts are compared without accents, case and signs; `likeness`: by their `characters` in order (the
    share that need not be inserted or deleted: normalised indel similarity, as RapidFuzz computes it) or by the same of their
    `words` in alphabetical order. Up to 100 million pairs of different texts every partner is found; beyond, only those that share
    a rare run of three characters. `score_column` tells how alike they are. Rows stay in this table's order.
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["fuzzy_join"] = "fuzzy_join"
    flow: str = ""
    source: str = ""
    package: str = ""
    name: str = ""
    """What the other table is called, for descriptions."""
    left: str
    right: str
    threshold: float = 0.8
    likeness: Likeness = "characters"
    how: Literal["inner", "left"] = "left"
    score_column: str = "score"
    prefix: str = "r_"

    @model_validator(mode="after")
    def _one_other(self) -> FuzzyJoin:
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
        kept = "keep matching rows" if self.how == "inner" else "keep all rows of this table"
        return f"Join {self.other.describe()} where {self.left} is like {self.right} by {100 * self.threshold:g} %, {kept}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, [self.left])
        if not 0 < self.threshold <= 1:
            problems.append(Problem(f"The least likeness lies between 0 and 1, and {self.threshold:g} does not."))
        if self.score_column.lower() in {name.lower() for name in names(schema)}:
            problems.append(Problem(f"There is a column {self.score_column} already: name the likeness otherwise."))
        found = [find(schema, self.left)]
        if context:
            try:
                other = context.schema_of_other(self.other)
            except WorkbenchError as error:
                return [*problems, Problem(str(error))]
            for problem in missing_columns(other, [self.right]):
                message = problem.message.replace(" here.", f" in {self.other.describe()}.", 1)
                problems.append(Problem(message, column=problem.column, suggestions=problem.suggestions))
            found.append(find(other, self.right))
        problems += [
            Problem(f"{c.name} holds records or lists, which are not compared.", column=c.name)
            for c in found
            if c and c.type in NESTED
        ]
        return problems

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        where = "on one machine of the cluster" if dialect == "pyspark" else "in Python"
        return [Problem(f"The different texts of both columns are compared {where}.", severity="info")]

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.score_column,) if self.score_column else ()

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        other = context.other(self.other)
        score = self.score_column or "__score__"
        taken = [*visible(table), score]
        named: dict[str, str] = {}
        for name in visible(other):
            clash = name.lower() in {each.lower() for each in taken}
            named[name] = unique_name(f"{self.prefix}{name}" if clash else name, [*taken, *named.values()])
        right = picked(other, {new: old for old, new in named.items()})
        right = right.mutate(**{_RIGHT: as_text(right[named[self.right]], context.dialect)})
        place = ibis.row_number().over(ibis.window(group_by=right[_RIGHT], order_by=right[ROW]))
        right = right.mutate(__place__=place)
        right = right.filter((right["__place__"] == 0) & right[_RIGHT].notnull()).drop("__place__", ROW)
        pairs = self._pairs(table, other, context)
        left = table.mutate(**{_LEFT: as_text(table[self.left], context.dialect)})
        how = "inner" if self.how == "inner" else "left"
        joined = left.join(pairs.rename({f"{_LEFT}pair": _LEFT, f"{_RIGHT}pair": _RIGHT}), [(_LEFT, f"{_LEFT}pair")], how=how)
        joined = joined.join(right, [joined[f"{_RIGHT}pair"] == right[_RIGHT]], how=how)
        columns = [*visible(table), *([score] if self.score_column else []), *named.values()]
        values: dict[str, Any] = {ROW: joined[ROW], **{name: joined["__score__" if name == score else name] for name in columns}}
        values |= {companion(name): joined[companion(name)] for name in columns if error_of(joined, name) is not None}
        return joined.select(**values)

    def _pairs(self, table: ir.Table, other: ir.Table, context: Context) -> ir.Table:
        """The texts of both sides that belong together, with their likeness."""
        import ibis

        sides = []
        for side, (rows, column) in enumerate([(table, self.left), (other, self.right)]):
            texts = rows.select(text=as_text(rows[column], context.dialect), row=rows[ROW]).filter(lambda t: t["text"].notnull())
            grouped = texts.group_by("text").aggregate(**{ROW: texts["row"].min()})
            sides.append(grouped.select(ROW, "text", side=ibis.literal(side, type="int64")))
        threshold, likeness = self.threshold, self.likeness

        def matched(rows: pa.Table) -> pa.Table:
            import pyarrow as pa

            columns = zip(rows["text"].to_pylist(), rows["side"].to_pylist(), strict=True)
            texts: tuple[list[str], list[str]] = ([], [])
            for text, side in columns:
                texts[side].append(text)
            found = partners(texts[0], texts[1], threshold, likeness)
            return pa.table({
                _LEFT: pa.array([one for one, _, _ in found], pa.string()),
                _RIGHT: pa.array([two for _, two, _ in found], pa.string()),
                "__score__": pa.array([score for _, _, score in found], pa.float64()),
            })  # fmt: skip

        schema = {_LEFT: "string", _RIGHT: "string", "__score__": "float64"}
        return context.by_python(ibis.union(*sides, distinct=False), schema, matched, whole=True)


_LEFT, _RIGHT = "__left_text__", "__right_text__"
