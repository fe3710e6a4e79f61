"""Samples and random parts of the rows: seeded, and the same rows on every engine."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from workbench.dataprep.cells import companion, is_missing
from workbench.dataprep.columns import ROW, Problem, Schema, find, listed, missing_columns, schema_of, unique_name
from workbench.dataprep.steps.base import Context, Record, SchemaContext
from workbench.dataprep.steps.rows.chance import bounds, share_text, with_chance, within
from workbench.dataprep.steps.rows.choosing import Choosing
from workbench.dataprep.steps.rows.conditions import exactly, typed, value_of
from workbench.dataprep.steps.rows.order import key_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Sample(Choosing):
    """Draws rows at random, which stay in their order: each with the probability `fraction`, or exactly `count` of them.

    The same seed draws the same rows of the same table.
    """

    reorders = True
    uses_order = True
    op: Literal["sample"] = "sample"
    fraction: float | None = None
    count: int | None = None
    seed: int = 0

    def describe(self) -> str:
        what = f"{self.count:,} random rows" if self.count is not None else f"{_percent(self.fraction or 0)} of the rows, at random"
        return f"{self._verb} {what}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if (self.fraction is None) == (self.count is None):
            return [Problem("Give either a share of the rows or a number of rows.")]
        if self.count is not None and self.count < 1:
            return [Problem("The number of rows must be at least 1.")]
        return _share_problems([] if self.fraction is None else [self.fraction])

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        import ibis

        made, chance = with_chance(table, self.seed)
        if self.count is None:
            return made, made[chance] < share_text(self.fraction or 0.0)
        place = unique_name("__place__", made.columns)
        ranked = made.mutate(**{place: ibis.row_number().over(order_by=made[chance])})
        return ranked, ranked[place] < self.count

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        if self.count is not None and self.action == "keep":  # without sorting all rows
            made, chance = with_chance(table, self.seed)
            return made.order_by(made[chance]).limit(self.count).drop(chance)
        return super().apply(table, context)


class Stratum(Record):
    """The rows with these values (texts as the user types them; None: missing) in the columns, and which share of them to draw."""

    values: tuple[str | None, ...]
    fraction: float


class StratifiedSample(Choosing):
    """Draws the same share of the rows of each stratum: of each combination of values in the columns `by`.

    As many rows as the share gives, rounded, but no fewer than `at_least` where a stratum has so many. With `strata` each of these
    has its own share, and of those that are not listed none is drawn.
    """

    reorders = True
    uses_order = True
    op: Literal["stratified_sample"] = "stratified_sample"
    by: tuple[str, ...]
    fraction: float = 0.1
    strata: tuple[Stratum, ...] = ()
    at_least: int = 0
    seed: int = 0

    def describe(self) -> str:
        if self.strata:
            parts = listed((f"{_percent(s.fraction)} of {' '.join(v or 'missing' for v in s.values)}" for s in self.strata), 3)
            return f"{self._verb} random rows by {listed(self.by)}: {parts}"
        return f"{self._verb} {_percent(self.fraction)} of the rows of each {listed(self.by)}, at random"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.by

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.by:
            return [Problem("Choose at least one column that tells the strata.")]
        problems = missing_columns(schema, self.by)
        problems += _share_problems([stratum.fraction for stratum in self.strata] or [self.fraction])
        for stratum in self.strata:
            if len(stratum.values) != len(self.by):
                problems.append(Problem(f"A stratum needs a value for each of {listed(self.by)}."))
                continue
            for name, text in zip(self.by, stratum.values, strict=True):
                if (column := find(schema, name)) and text is not None:
                    try:
                        typed(text, column.type)
                    except ValueError:
                        message = f"'{text}' is not a value that {name} can have ({column.type})."
                        problems.append(Problem(message, column=name))
        return problems

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        made, place, total = ranked(table, self.by, self.seed)
        wanted = (made[total].cast("float64") * self._share(made) + exactly(0.5)).floor().cast("int64")
        if self.at_least:
            import ibis

            listed_here = self._share(made) > exactly(0)
            wanted = ibis.ifelse(listed_here & (wanted < self.at_least), ibis.literal(self.at_least, type="int64"), wanted)
        return made, made[place] < wanted

    def _share(self, table: Any) -> Any:
        import ibis

        if not self.strata:
            return exactly(self.fraction)
        types = {column.name: column.type for column in schema_of(table)}
        branches = []
        for stratum in self.strata:
            found: Any = ibis.literal(True)
            for name, text in zip(self.by, stratum.values, strict=True):
                one = is_missing(table, name) if text is None else (table[name] == value_of(text, types[name])).fill_null(False)
                found = found & one
            branches.append((found, exactly(stratum.fraction)))
        return ibis.cases(*branches, else_=exactly(0))


def ranked(table: ir.Table, by: Sequence[str], seed: int) -> tuple[ir.Table, str, str]:
    """The table with each row's random place among the rows with its values in `by` (from 0), and the number of these."""
    import ibis

    made, chance = with_chance(table, seed)
    place, total = unique_name("__place__", made.columns), unique_name("__total__", made.columns)
    groups = [key_of(made[name]) for name in [*by, *(companion(name) for name in by if companion(name) in made.columns)]]
    result = made.mutate(
        **{
            place: ibis.row_number().over(group_by=groups, order_by=made[chance]),
            total: made[ROW].count().over(group_by=groups),
        }
    )
    return result.drop(chance), place, total


class Part(Record):
    """One of the parts that rows are divided into, and its share of them (of the sum of all shares)."""

    name: str
    share: float


HALVES = (Part(name="first", share=0.5), Part(name="second", share=0.5))


class RandomSplit(Choosing):
    """One of several parts that the rows fall into at random, each with the probability of its share.

    The parts of one seed have no row in common and are all rows together. A flow for each part: `rows.fork.split`.
    """

    reorders = True
    uses_order = True
    op: Literal["random_split"] = "random_split"
    parts: tuple[Part, ...] = Field(HALVES)
    part: str = "first"
    seed: int = 0

    def describe(self) -> str:
        share = next((part.share for part in self.parts if part.name == self.part), 0.0)
        total = sum(part.share for part in self.parts) or 1.0
        return f"{self._verb} the random part {self.part}, {_percent(share / total)} of the rows"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = part_problems(self.parts)
        if not problems and self.part not in {part.name for part in self.parts}:
            problems.append(Problem(f"There is no part {self.part}: there are {listed(part.name for part in self.parts)}."))
        return problems

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        made, chance = with_chance(table, self.seed)
        at = [part.name for part in self.parts].index(self.part)
        return made, within(made[chance], bounds([part.share for part in self.parts])[at])


def part_problems(parts: Sequence[Part]) -> list[Problem]:
    """What is wrong with parts: fewer than two, names twice, shares that are no shares."""
    if len(parts) < 2:
        return [Problem("Give at least two parts.")]
    if any(not math.isfinite(part.share) or part.share <= 0 for part in parts):
        return [Problem("The share of each part must be more than 0.")]
    names = [part.name for part in parts]
    twice = next((name for name in names if names.count(name) > 1 or not name.strip()), None)
    return [] if twice is None else [Problem(f"Two parts are called {twice}." if twice.strip() else "Each part needs a name.")]


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _share_problems(shares: Sequence[float]) -> list[Problem]:
    return [] if all(0 <= share <= 1 for share in shares) else [Problem("A share of rows is between 0 and 1.")]
