"""Parts of texts found by a pattern: the groups of a regular expression, numbers, and a part that examples mark."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from workbench.base.errors import UserError
from workbench.dataprep.cells import assign, visible
from workbench.dataprep.columns import Problem, Schema, names, unique_name
from workbench.dataprep.patterns import for_engine, group_names, pattern_problem
from workbench.dataprep.steps.base import Context, Record, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.creating.learning import LEARNT_FROM, some_texts
from workbench.dataprep.steps.creating.programs import ByProgram
from workbench.dataprep.steps.creating.texts import new_names, text_of, text_problems

if TYPE_CHECKING:
    import ibis.expr.types as ir


class ExtractPattern(StepBase):
    """Takes what the groups of a regular expression's first match hold into new columns right of the source.

    Named groups, `(?P<year>...)`, name their columns; others are called `Column_1` and so on; without groups the whole match is
    taken. `names` overrule them. Where nothing matches the new values are missing; a group that takes no part is empty.
    """

    op: Literal["extract_pattern"] = "extract_pattern"
    column: str
    pattern: str
    names: tuple[str, ...] = ()

    def describe(self) -> str:
        return f"Extract what matches '{self.pattern}' from {self.column}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.new_columns(names(schema)))

    def new_columns(self, taken: Sequence[str]) -> list[str]:
        """The names of the new columns in a table with these."""
        groups = group_names(self.pattern) or (f"{self.column}_match",)
        named = [name or f"{self.column}_{number + 1}" for number, name in enumerate(groups)]
        return new_names(taken, [*self.names, *named[len(self.names) :]][: len(named)])

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = text_problems(schema, [self.column])
        if not self.pattern:
            problems.append(Problem("The pattern is empty.", column=self.column))
        elif reason := pattern_problem(self.pattern):
            problems.append(Problem(reason, column=self.column))
        elif len(group_names(self.pattern)) > 9:
            problems.append(Problem("A pattern may have up to nine groups.", column=self.column))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        count = len(group_names(self.pattern))
        text = text_of(table, self.column, context.dialect)
        groups = found_groups(text, for_engine(self.pattern, context.dialect), count, context.dialect)
        values = dict(zip(self.new_columns(visible(table)), groups, strict=True))
        return assign(table, values, reads={name: [self.column] for name in values}, after=[self.column])


def found_groups(text: Any, pattern: str, count: int, dialect: str) -> list[Any]:
    """What the groups of a pattern hold (the whole match without groups); missing where it does not match."""
    import ibis

    from workbench.byexample.native.engines import engine
    from workbench.byexample.native.functions import function

    group = function("regexp_extract", ("string", "string", "int32"), "string")
    fits = engine(dialect).matches(text, pattern)
    places = range(1, count + 1) if count else [0]
    return [ibis.ifelse(fits, group(text, pattern, place), ibis.null("string")) for place in places]


class ExtractNumbers(StepBase):
    """Takes the first number of each text, or all of them as a list, into a new column right of the source.

    `decimal` is the decimal mark; the other one of point and comma may stand between thousands. A sign counts where no digit or
    letter stands before it.
    """

    op: Literal["extract_numbers"] = "extract_numbers"
    column: str
    name: str = ""
    """What the new column is called; without one `Column_number` or `Column_numbers`."""
    every: bool = False
    decimal: Literal[".", ","] = "."

    def describe(self) -> str:
        return f"Extract {'all numbers' if self.every else 'the first number'} from {self.column}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.new_column(names(schema)),)

    def new_column(self, taken: Sequence[str]) -> str:
        """The name of the new column in a table with these."""
        return unique_name(self.name or f"{self.column}_{'numbers' if self.every else 'number'}", taken)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return text_problems(schema, [self.column])

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        from workbench.byexample.native.binding import each, numbered
        from workbench.byexample.native.engines import engine

        ours = engine(context.dialect)
        text = text_of(table, self.column, context.dialect)
        mark, between = (r"\.", ",") if self.decimal == "." else (",", r"\.")
        digits = rf"(?:[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+)(?:{mark}[0-9]+)?"
        g1, g2 = ours.group(1), ours.group(2)
        apart = ours.replaced(text, r"([0-9][eE])-([0-9])", f"{g1}\x01{g2}")  # an exponent's sign is kept
        apart = ours.replaced(apart, r"([\p{L}\p{N}])([-+])", f"{g1} {g2} ")  # 10-20 are 10 and 20
        found = ours.all_matches(apart, rf"[-+]?{digits}(?:[eE]\x01?[0-9]{{1,3}})?")

        def number(shown: Any) -> Any:
            plain = shown.replace("," if self.decimal == "." else ".", "").replace(",", ".").replace("\x01", "-")
            return plain.try_cast("float64")

        with numbered():
            value = each(found, number) if self.every else number(ours.item(found, 0))
        if self.every:
            value = ibis.ifelse(text.isnull(), ibis.null("array<float64>"), value)
        new = self.new_column(visible(table))
        return assign(table, {new: value}, reads={new: [self.column]}, after=[self.column])


class Mark(Record):
    """An example of the user: a text, and where its part starts and ends (before which character); -1 and -1: it has none."""

    text: str
    start: int = -1
    stop: int = -1


class ExtractByExample(ByProgram):
    """Takes a part of each text as marked parts of some show; the rule that was learned is stored beside them.

    What comes out is always a piece of the text; texts without such a part give a missing value.
    """

    op: Literal["extract_by_example"] = "extract_by_example"
    marks: tuple[Mark, ...] = ()

    @classmethod
    def learn(cls, column: str, source: str, marks: Sequence[Mark], rows: Sequence[str | None] = ()) -> ExtractByExample:
        """A step learned from marks, over `rows`: texts of the source. Raises UserError when no rule finds what is marked."""
        step = cls(column=column, inputs=(source,), marks=tuple(marks))
        return step.learned_from([(text,) for text in rows])

    def learned_from(self, rows: Sequence[tuple[str | None, ...]]) -> ExtractByExample:
        """The step with a rule learned anew. Raises UserError when none finds what is marked."""
        from workbench.byexample.extracting import learn_extract

        marked = {mark.text for mark in self.marks}
        texts = [*(mark.text for mark in self.marks), *(row[0] for row in rows if row[0] not in marked)]
        spans = {number: None if mark.start < 0 else (mark.start, mark.stop) for number, mark in enumerate(self.marks)}
        found = learn_extract(texts, spans)
        if found.extraction is None:
            reason = found.explanation or "Mark a part of at least one text."
            raise UserError(reason, hint="Change or remove one of the marks.", place=self.column)
        return self.model_copy(update={"program": found.extraction.program.to_json()})

    def relearn(self, rows: Rows) -> ExtractByExample:
        return self.learned_from(some_texts(rows, self.inputs, LEARNT_FROM))

    def describe(self) -> str:
        return f"Extract {self.column} from {self.inputs[0] if self.inputs else 'nothing'} by example"

    def _why_not_learned(self) -> str:
        return "Its marks were not learned from yet: learn it." if self.marks else "Mark a part of at least one text."

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if len(self.inputs) != 1:
            return [Problem("Choose one column to extract from.")]
        return super().check(schema, context)

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        from workbench.byexample.native.engines import engine

        found: Any = context.derived(self.load_program(), table, self.inputs)
        text = text_of(table, self.inputs[0], context.dialect)
        piece = (found != "") & engine(context.dialect).contains(text, found)
        return self.put(table, context, ibis.ifelse(piece, found, ibis.null("string")))
