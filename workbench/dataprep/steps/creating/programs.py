"""What steps with a learned program share: its examples, its JSON, its sentence, and how it runs."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field

from workbench.base.errors import UserError
from workbench.dataprep.cells import assign, error
from workbench.dataprep.columns import TEXT, TYPE_WORDS, ColumnType, Problem, Schema
from workbench.dataprep.conversion import convert
from workbench.dataprep.steps.base import Context, Dialect, Record, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.creating.learning import LEARNT_FROM, some_texts
from workbench.dataprep.steps.creating.texts import name_problems, text_problems

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from workbench.byexample import Learned, Program

Row = tuple[str | None, ...]


class Example(Record):
    """An example of the user: the texts of the input columns and the text that shall come out (None: missing)."""

    inputs: tuple[str | None, ...]
    output: str | None


class ByProgram(StepBase):
    """A new column that a learned program makes of others; it is stored beside its examples, so that a run is reproducible."""

    column: str
    inputs: tuple[str, ...]
    examples: tuple[Example, ...] = ()
    program: dict[str, Any] = Field(default_factory=dict)
    """The JSON of a `byexample.Program`."""
    type: ColumnType = "string"
    """Type of the new column; what does not fit becomes an error."""

    def try_out(self, rows: Sequence[Row]) -> Learned:
        """What can be learned from the examples over these rows, with alternatives and rows worth a look."""
        from workbench.byexample import learn

        return learn([(example.inputs, example.output) for example in self.examples], rows)

    def learned_from(self, rows: Sequence[Row]) -> Self:
        """The step with a program learned anew. Raises UserError when none fits the examples."""
        found = self.try_out(rows)
        if found.program is None:
            raise UserError(found.explanation, hint="Change or remove one of the examples.", place=self.column)
        return self.model_copy(update={"program": found.program.to_json()})

    def relearn(self, rows: Rows) -> Self:
        return self.learned_from(some_texts(rows, self.inputs, LEARNT_FROM))

    @property
    def learned(self) -> bool:
        return bool(self.program)

    @property
    def explanation(self) -> str:
        """What the program does, in one sentence; empty before it is learned."""
        return self.load_program().explain(self.inputs) if self.program else ""

    def load_program(self) -> Program:
        """The stored program. Raises UserError for one that this version cannot read."""
        from workbench.byexample import Program

        return Program.from_json(self.program)

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.inputs

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = text_problems(schema, self.inputs) if self.inputs else [Problem("Choose at least one input column.")]
        problems += name_problems(schema, self.column)
        if not self.program:
            problems.append(Problem(self._why_not_learned(), column=self.column))
            return problems
        try:
            program = self.load_program()
        except UserError as error:
            problems.append(Problem(f"{error.message} {error.hint}".strip(), column=self.column))
            return problems
        if any(number >= len(self.inputs) for number in program.columns):
            problems.append(Problem("Its program looks at more columns than the step names: learn it again.", column=self.column))
        return problems

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        if not self.program:
            return []
        reason = why_not_native(json.dumps(self.program), dialect)
        return [Problem(f"Runs as a Python function: {reason}", column=self.column, severity="info")] if reason else []

    def _why_not_learned(self) -> str:
        """Why there is no program: no examples, or such as contradict each other."""
        learned = self.try_out([])
        return learned.explanation if learned.program is None else "Its examples were not learned from yet: open it and accept it."

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return self.put(table, context, context.derived(self.load_program(), table, self.inputs))

    def put(self, table: ir.Table, context: Context, text: Any) -> ir.Table:
        """The table with the texts in the new column, as its type."""
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
def why_not_native(program: str, dialect: str = "duckdb") -> str:
    """Why a stored program (its JSON) does not run in the database itself; empty when it does."""
    from workbench.byexample import Program
    from workbench.byexample.native import why_not

    return why_not(Program.from_json(json.loads(program)).root, dialect)
