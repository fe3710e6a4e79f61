"""A text column split as examples show, or as its rows let expect."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from workbench.base.errors import UserError
from workbench.dataprep.cells import renamed, visible, without
from workbench.dataprep.columns import Problem, Schema
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Dialect, Record, Rows, SchemaContext
from workbench.dataprep.steps.creating.functions import Made, Texts, by_function
from workbench.dataprep.steps.creating.learning import LEARNT_FROM, some_texts
from workbench.dataprep.steps.creating.native_split import native_pieces
from workbench.dataprep.steps.creating.split import Parted
from workbench.dataprep.steps.creating.texts import text_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from workbench.byexample.splitting import LearnedSplit, Splitter


class SplitExample(Record):
    """An example of the user: a text and its parts."""

    source: str
    parts: tuple[str | None, ...]


class SplitByExample(Parted):
    """Splits a text column as examples show; without examples, as its rows let expect. Rows that do not conform give no parts.

    `delimiters` overrule what is learned: every row is split wherever one of them stands. `fill`: on which side missing values
    stand where a row has fewer parts. The splitter that was learned is stored, so that a run is reproducible.
    """

    op: Literal["split_by_example"] = "split_by_example"
    examples: tuple[SplitExample, ...] = ()
    delimiters: tuple[str, ...] = ()
    keep_delimiters: bool = False
    fill: Literal["left", "right"] = "right"
    splitter: dict[str, Any] = Field(default_factory=dict)
    """The JSON of a `byexample.splitting.Splitter`."""

    @classmethod
    def learn(cls, column: str, rows: Sequence[str | None], **fields: Any) -> SplitByExample:
        """A step learned from the rows of a column and the `examples` among the fields. Raises UserError when nothing separates."""
        return cls(column=column, **fields).learned_from(rows)

    def learned_from(self, rows: Sequence[str | None]) -> Self:
        """The step with a splitter learned anew. Raises UserError when there is none that gives the examples."""
        found = self.try_out(rows)
        if found.splitter is None or found.conflicts:
            reason = found.conflicts[0].message if found.conflicts else found.explanation
            hint = "Change or remove this example." if found.conflicts else "Give an example."
            raise UserError(reason, hint=hint, place=self.column)
        return self.model_copy(update={"splitter": found.splitter.to_json()})

    def try_out(self, rows: Sequence[str | None]) -> LearnedSplit:
        """What can be learned from these rows: with other readings, rows worth a look, and examples that cannot be had."""
        from workbench.byexample.splitting import learn_split

        return learn_split(
            rows,
            [(example.source, example.parts) for example in self.examples],
            keep_delimiters=self.keep_delimiters,
            delimiters=self.delimiters,
            fill=self.fill,
        )

    def load_splitter(self) -> Splitter:
        """The stored splitter. Raises UserError for one that this version cannot read."""
        from workbench.byexample.splitting import Splitter

        return Splitter.from_json(self.splitter)

    @property
    def learned(self) -> bool:
        return bool(self.splitter)

    def relearn(self, rows: Rows) -> Self:
        return self.learned_from([text for (text,) in some_texts(rows, [self.column], LEARNT_FROM)])

    @property
    def explanation(self) -> str:
        """What the splitter does, in one sentence; empty before it is learned."""
        return self.load_splitter().explain() if self.learned else ""

    @property
    def width(self) -> int:
        return self.load_splitter().width if self.learned else 0

    def describe(self) -> str:
        return f"Split {self.column} by example" if self.examples else f"Split {self.column}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if not self.learned:
            return [*problems, NOT_LEARNED]
        try:
            self.load_splitter()
        except UserError as error:
            problems.append(Problem(f"{error.message} {error.hint}".strip(), column=self.column))
        return problems

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        import ibis

        if native_pieces(self.load_splitter(), ibis.table({"x": "string"}, name="rows")["x"], dialect) is None:
            return [Problem("Runs as a Python function: it looks at more than single delimiters.", self.column, "info")]
        return []

    def pieces(self, text: Any, dialect: Dialect) -> list[Any]:
        found = native_pieces(self.load_splitter(), text, dialect)
        if found is None:
            raise UserError("This splitter has no form in the database's own terms.", place=self.column)
        return found

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        splitter = self.load_splitter()
        text = text_of(table, self.column, context.dialect)
        found = native_pieces(splitter, text, context.dialect)
        if found is not None:
            return self.put(table, found)
        held = {f"__part_{number}__": "string" for number in range(splitter.width)}
        made = by_function(table, context, [text], held, _Split(splitter), reads=[self.column])
        return self._named(made, list(held))

    def _named(self, made: ir.Table, held: list[str]) -> ir.Table:
        new = self.new_columns([name for name in visible(made) if name not in held])
        kept = made if self.keep_source else without(made, [self.column])
        return renamed(kept, dict(zip(held, new, strict=True)))


@dataclass(frozen=True)
class _Split:
    """The splitter as a function of a row."""

    splitter: Splitter

    def __call__(self, row: Texts) -> Made:
        return Made(self.splitter.run(row[0]))
