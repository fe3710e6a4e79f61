"""Splitting a text column: at a delimiter, at positions, or where a pattern matches."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign, renamed, visible, without
from workbench.dataprep.columns import Problem, Schema, listed, names
from workbench.dataprep.patterns import for_engine, pattern_problem
from workbench.dataprep.scratch import scratch
from workbench.dataprep.steps.base import Context, Dialect, SchemaContext, StepBase
from workbench.dataprep.steps.creating.texts import BLANKS, new_names, text_of, text_problems

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST = 100
"""The largest number of parts."""


class Parted(StepBase):
    """A text column cut into new columns right of it: `Column_1`, `Column_2` and so on, or `names`, as many as there are."""

    column: str
    keep_source: bool = True
    names: tuple[str, ...] = ()

    @property
    @abstractmethod
    def width(self) -> int:
        """How many columns come out."""

    @abstractmethod
    def pieces(self, text: Any, dialect: Dialect) -> list[Any]:
        """The parts as Ibis values."""

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.new_columns(names(schema)))

    def new_columns(self, taken: Sequence[str]) -> list[str]:
        """The names of the new columns in a table with these."""
        others = [name for name in taken if self.keep_source or name != self.column]
        given = [*self.names, *(f"{self.column}_{number + 1}" for number in range(len(self.names), self.width))]
        return new_names(others, given[: self.width])

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = text_problems(schema, [self.column])
        if any(not name.strip() for name in self.names):
            problems.append(Problem("The name of a new column is empty.", column=self.column))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        pieces = self.pieces(text_of(table, self.column, context.dialect), context.dialect)
        return self.put(table, pieces)

    def put(self, table: ir.Table, pieces: Sequence[Any]) -> ir.Table:
        """The table with the parts in their columns."""
        new = self.new_columns(visible(table))
        if self.keep_source or self.column not in new:
            values = dict(zip(new, pieces, strict=True))
            result = assign(table, values, reads={name: [self.column] for name in values}, after=[self.column])
            return result if self.keep_source else without(result, [self.column])
        held = {name: f"__part_{number}__" for number, name in enumerate(new)}
        values = dict(zip(held.values(), pieces, strict=True))
        result = assign(table, values, reads={name: [self.column] for name in values}, after=[self.column])
        return renamed(without(result, [self.column]), {now: name for name, now in held.items()})


def shown(text: str) -> str:
    """A delimiter in a sentence."""
    return {"\t": "tab", " ": "space", "\n": "new line"}.get(text, f"'{text}'")


def _many(count: int) -> list[Problem]:
    return [] if 2 <= count <= MOST else [Problem(f"The number of parts must be between 2 and {MOST}.")]


class Split(Parted):
    """Splits a text column at a delimiter into new columns right of it; rows with fewer parts get missing values at the end."""

    op: Literal["split"] = "split"
    delimiter: str
    parts: int = 2

    @property
    def width(self) -> int:
        return self.parts

    def describe(self) -> str:
        return f"Split {self.column} at {shown(self.delimiter)} into {self.parts} columns"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if not self.delimiter:
            problems.append(Problem("The delimiter is empty.", column=self.column))
        return [*problems, *_many(self.parts)]

    def pieces(self, text: Any, dialect: Dialect) -> list[Any]:
        from workbench.byexample.native.engines import engine

        found = engine(dialect).split(text, self.delimiter)
        return [engine(dialect).item(found, number) for number in range(self.parts)]


class SplitPattern(Parted):
    """Splits a text column wherever a regular expression matches; rows with fewer parts get missing values at the end."""

    op: Literal["split_pattern"] = "split_pattern"
    pattern: str
    parts: int = 2

    @property
    def width(self) -> int:
        return self.parts

    def describe(self) -> str:
        return f"Split {self.column} where '{self.pattern}' matches into {self.parts} columns"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if reason := pattern_problem(self.pattern):
            problems.append(Problem(reason, column=self.column))
        elif matches_nothing(self.pattern):
            problems.append(Problem(f"'{self.pattern}' matches an empty text: it would split between all characters."))
        return [*problems, *_many(self.parts)]

    def pieces(self, text: Any, dialect: Dialect) -> list[Any]:
        from workbench.byexample.native.engines import engine
        from workbench.byexample.native.functions import function

        # A sign that the text does not hold marks the places, so that both engines split the same.
        marked = engine(dialect).replaced(text.replace(_MARK, ""), for_engine(self.pattern, dialect), _MARK)
        found = function("string_split" if dialect == "duckdb" else "split", ("string", "string"), "array<string>")(marked, _MARK)
        return [engine(dialect).item(found, number) for number in range(self.parts)]


_MARK = "\U0010ffff"
"""A code point that Unicode says no text shall hold."""


def matches_nothing(pattern: str) -> bool:
    """Whether a sound pattern is found in an empty text."""

    with scratch() as connection:
        found: bool = connection.execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()[0][0]
        return found


class SplitWidths(Parted):
    """Cuts a text column at fixed positions: a cut is the number of characters before it. Empty parts are missing."""

    op: Literal["split_widths"] = "split_widths"
    cuts: tuple[int, ...] = ()
    trim: bool = True
    """Whether blanks around a part go."""

    @property
    def width(self) -> int:
        return len(self.cuts) + 1

    def describe(self) -> str:
        plural = "s" if len(self.cuts) > 1 else ""
        return f"Split {self.column} after character{plural} {listed(map(str, self.cuts), 20)}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if not self.cuts:
            problems.append(Problem("Give at least one position at which to cut.", column=self.column))
        elif list(self.cuts) != sorted(set(self.cuts)) or self.cuts[0] < 1:
            problems.append(Problem("The positions must rise, from 1 on.", column=self.column))
        elif self.width > MOST:
            problems += _many(self.width)
        return problems

    def pieces(self, text: Any, dialect: Dialect) -> list[Any]:
        from workbench.byexample.native.engines import engine

        ours = engine(dialect)
        edges = [0, *self.cuts]
        lengths = [after - before for before, after in zip(edges, self.cuts, strict=False)]
        cut = [ours.from_(text, start, length) for start, length in zip(edges, [*lengths, None], strict=True)]
        return [(ours.stripped(piece, BLANKS, "both") if self.trim else piece).nullif("") for piece in cut]
