"""A column learned from examples."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from workbench.base.errors import UserError
from workbench.dataprep.cells import assign, error
from workbench.dataprep.columns import TEXT, TYPE_WORDS, ColumnType, Problem, Schema, listed, missing_columns, names
from workbench.dataprep.conversion import convert
from workbench.dataprep.steps.base import Context, Record, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from workbench.byexample import Program

Row = tuple[str | None, ...]


class Example(Record):
    """An example of the user: the texts of the input columns and the text that shall come out (None: missing)."""

    inputs: tuple[str | None, ...]
    output: str | None


class Derive(StepBase):
    """A new column learned from examples: the program that was learned is stored beside them, so that a run is reproducible."""

    op: Literal["derive"] = "derive"
    column: str
    inputs: tuple[str, ...]
    examples: tuple[Example, ...] = ()
    program: dict[str, Any] = Field(default_factory=dict)
    """The JSON of a `byexample.Program`."""
    type: ColumnType = "string"
    """Type of the new column; what does not fit becomes an error."""

    @classmethod
    def learn(
        cls,
        column: str,
        inputs: tuple[str, ...],
        examples: Sequence[tuple[Row, str | None]],
        rows: Sequence[Row] = (),
    ) -> Derive:
        """A step learned from examples, over `rows`: texts of the input columns, whose outputs are not known.

        Raises UserError when no program fits the examples.
        """
        from workbench.byexample import learn

        learned = learn(examples, rows)
        if learned.program is None:
            raise UserError(learned.explanation, hint="Change or remove one of the examples.", place=column)
        return cls(
            column=column,
            inputs=inputs,
            examples=tuple(Example(inputs=given, output=output) for given, output in examples),
            program=learned.program.to_json(),
        )

    def load_program(self) -> Program:
        """The stored program. Raises UserError for one that this version cannot read."""
        from workbench.byexample import Program

        return Program.from_json(self.program)

    def describe(self) -> str:
        return f"Derive {self.column} from {listed(self.inputs)} by example"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.inputs

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.inputs) if self.inputs else [Problem("Choose at least one input column.")]
        if not self.column.strip():
            problems.append(Problem("Give the new column a name."))
        elif any(self.column.lower() == other.lower() for other in names(schema)):
            problems.append(Problem(f"There is a column {self.column} already.", column=self.column))
        if not self.program:
            problems.append(Problem(self._why_not_learned(), column=self.column))
            return problems
        try:
            self.load_program()
        except UserError as error:
            problems.append(Problem(f"{error.message} {error.hint}".strip(), column=self.column))
            return problems
        if reason := _why_not_native(json.dumps(self.program)):
            problems.append(Problem(f"Runs as a Python function: {reason}", column=self.column, severity="info"))
        return problems

    def _why_not_learned(self) -> str:
        """Why there is no program: no examples, or such as contradict each other."""
        from workbench.byexample import learn

        learned = learn([(example.inputs, example.output) for example in self.examples])
        return learned.explanation if learned.program is None else "Its examples were not learned from yet: open it and accept it."

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        text: Any = context.derived(self.load_program(), table, self.inputs)
        reads = {self.column: self.inputs}
        if self.type in TEXT:
            return assign(table, {self.column: text}, reads=reads, after=self.inputs)
        import ibis

        value: Any = convert(text, "string", self.type, dialect=context.dialect)
        failed = text.notnull() & value.isnull()
        context.count_failures(f"in {self.column} are no {TYPE_WORDS[self.type]} and became errors", table, failed)
        wrong = ibis.ifelse(failed, error(f"no {TYPE_WORDS[self.type]}", text), ibis.null("string"))
        return assign(table, {self.column: value}, reads=reads, errors={self.column: wrong}, after=self.inputs)


@lru_cache(maxsize=64)
def _why_not_native(program: str) -> str:
    """Why a stored program (its JSON) does not run in the database itself; empty when it does."""
    from workbench.byexample import Program
    from workbench.byexample.native import why_not

    return why_not(Program.from_json(json.loads(program)).root)
