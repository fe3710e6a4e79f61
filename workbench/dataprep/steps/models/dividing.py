"""A column that says which rows are for training and which for testing."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from workbench.dataprep.cells import assign, visible
from workbench.dataprep.columns import ROW, Problem, Schema, find, listed, missing_columns
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.models.learning import name_problems
from workbench.dataprep.steps.rows.chance import bounds, chance_of
from workbench.dataprep.steps.rows.conditions import exactly
from workbench.dataprep.steps.rows.sampling import Part, part_problems, ranked

if TYPE_CHECKING:
    import ibis.expr.types as ir

TRAIN_AND_TEST = (Part(name="train", share=0.8), Part(name="test", share=0.2))


class TrainTestSplit(StepBase):
    """A column with the part that each row is for, at random: `train` and `test`, or any parts with their shares.

    The parts have their shares of all rows, or of each stratum with `stratify`, to one row. With `by` rows with the same values
    there are always in one part, which their values and the seed alone decide: also in other tables. The row's place and the seed
    decide else.
    """

    reorders = True
    uses_order = True
    op: Literal["train_test_split"] = "train_test_split"
    parts: tuple[Part, ...] = Field(TRAIN_AND_TEST)
    into: str = "split"
    by: tuple[str, ...] = ()
    stratify: tuple[str, ...] = ()
    seed: int = 0

    def describe(self) -> str:
        total = sum(part.share for part in self.parts) or 1.0
        shares = listed(f"{part.name} ({100 * part.share / total:.4g} %)" for part in self.parts)
        how = (
            f", {listed(self.by)} together"
            if self.by
            else f", the same share of each {listed(self.stratify)}"
            if self.stratify
            else ""
        )
        return f"Divide the rows into {shares} in {self.into}{how}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (*self.by, *self.stratify)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.into,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = part_problems(self.parts) + name_problems(schema, [self.into])
        problems += missing_columns(schema, [*self.by, *self.stratify])
        if self.by and self.stratify:
            problems.append(Problem("Rows can be kept together or stratified, not both."))
        for name in self.by:
            if (column := find(schema, name)) and column.type not in {"string", "other", "integer", "boolean", "date"}:
                message = f"{name} cannot tell which rows belong together: use a text, whole number, date or true/false column."
                problems.append(Problem(message, column=name))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        names = [part.name for part in self.parts]
        if self.by:
            chance = chance_of(group_text(table, self.by), self.seed)
            edges = bounds([part.share for part in self.parts])
            part: Any = ibis.cases(
                *((chance < high, ibis.literal(name)) for name, (_, high) in zip(names[:-1], edges, strict=False)),
                else_=ibis.literal(names[-1]),
            )
            return assign(table, {self.into: part}, reads={self.into: []})
        made, place, total = ranked(table, self.stratify, self.seed)
        passed, cuts, whole = 0.0, [], sum(part.share for part in self.parts)
        for one in self.parts[:-1]:
            passed += one.share
            cuts.append((made[total].cast("float64") * exactly(passed / whole) + exactly(0.5)).floor().cast("int64"))
        part = ibis.cases(
            *((made[place] < cut, ibis.literal(name)) for cut, name in zip(cuts, names, strict=False)),
            else_=ibis.literal(names[-1]),
        )
        made = made.mutate(**{self.into: part}).drop(place, total)
        kept = [name for name in table.columns if name not in {*visible(table), ROW}]
        return made.select(ROW, *visible(table), self.into, *kept)


def group_text(table: ir.Table, by: tuple[str, ...]) -> Any:
    """The values of these columns as one text; missing ones and errors have a sign of their own."""
    import ibis

    found: Any = None
    for name in by:
        text = (ibis.literal("=") + table[name].cast("string")).fill_null("!")
        found = text if found is None else found + "\x1f" + text
    return found
