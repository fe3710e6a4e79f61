"""Columns combined into one: with a separator between the values, or as examples show."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign, without
from workbench.dataprep.columns import Problem, Schema, listed
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.creating.programs import ByProgram, Example, Row
from workbench.dataprep.steps.creating.split import shown
from workbench.dataprep.steps.creating.texts import name_problems, text_of, text_problems

if TYPE_CHECKING:
    import ibis.expr.types as ir

Missing = Literal["skip", "empty", "nothing"]
_MISSING_WORDS: dict[Missing, str] = {
    "skip": "",
    "empty": ", missing values as nothing",
    "nothing": ", missing where one is missing",
}


class Combine(StepBase):
    """Joins columns to one text with a separator between the values.

    `missing`: a missing or empty value is left out with its separator (`skip`), counts as an empty text (`empty`), or makes the
    result missing (`nothing`). The result is missing where all values are. `keep_sources`: whether the columns themselves stay.
    """

    op: Literal["combine"] = "combine"
    columns: tuple[str, ...]
    column: str
    separator: str = " "
    missing: Missing = "skip"
    keep_sources: bool = True

    def describe(self) -> str:
        between = f"with {shown(self.separator)} between" if self.separator else "with nothing between"
        return f"Combine {listed(self.columns)} into {self.column} {between}{_MISSING_WORDS[self.missing]}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = text_problems(schema, self.columns)
        if len(self.columns) < 2:
            problems.append(Problem("Choose at least two columns to combine."))
        return [*problems, *name_problems(schema, self.column)]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        from workbench.byexample.native.binding import numbered
        from workbench.byexample.native.engines import engine

        ours = engine(context.dialect)
        texts: list[Any] = [text_of(table, name, context.dialect) for name in self.columns]
        if self.missing == "skip":
            texts = [text.nullif("") for text in texts]
        given = [text.notnull() for text in texts]
        items = [text.fill_null("") for text in texts] if self.missing == "empty" else texts
        with numbered():
            joined = ours.joined(ours.present(ibis.array(items)), self.separator)
        enough = ibis.and_(*given) if self.missing == "nothing" else ibis.or_(*given)
        value = ibis.ifelse(enough, joined, ibis.null("string"))
        result = assign(table, {self.column: value}, reads={self.column: self.columns}, after=self.columns)
        return result if self.keep_sources else without(result, self.columns)


class CombineByExample(ByProgram):
    """Joins columns to one text as examples show; the program that was learned is stored beside them."""

    op: Literal["combine_by_example"] = "combine_by_example"

    @classmethod
    def learn(
        cls, column: str, inputs: tuple[str, ...], examples: Sequence[tuple[Row, str | None]], rows: Sequence[Row] = ()
    ) -> CombineByExample:
        """A step learned from examples, over `rows`: texts of the columns. Raises UserError when no program fits the examples."""
        given = tuple(Example(inputs=texts, output=output) for texts, output in examples)
        return cls(column=column, inputs=inputs, examples=given).learned_from(rows)

    def describe(self) -> str:
        return f"Combine {listed(self.inputs)} into {self.column} by example"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        few = [Problem("Choose at least two columns to combine.")] if len(self.inputs) < 2 else []
        return [*few, *super().check(schema, context)]
