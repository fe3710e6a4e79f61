"""JSON texts: expanded to columns one level deep, or parsed to records and lists."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.base.errors import UserError
from workbench.dataprep.cells import arranged, renamed, visible
from workbench.dataprep.columns import Problem, Schema, find, listed, missing_columns, names
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Dialect, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.creating.functions import Made, Texts, by_function
from workbench.dataprep.steps.creating.jsontext import (
    NotFitting,
    Shape,
    beyond,
    ibis_of,
    is_shape,
    level,
    merged,
    parsed,
    settled,
    shape_of,
    shaped,
)
from workbench.dataprep.steps.creating.learning import some_texts
from workbench.dataprep.steps.creating.texts import new_names

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_KEYS = 1000
_PYTHON = "Runs as a Python function, which is the same everywhere and slower than the database."


def _text_column(schema: Schema, name: str) -> list[Problem]:
    column = find(schema, name)
    if column is None:
        return missing_columns(schema, [name])
    return [] if column.type in {"string", "other"} else [Problem(f"{name} holds no text, so there is no JSON in it.", column=name)]


class ExpandJson(StepBase):
    """Takes the values of JSON objects in a text column into new columns `Source.Key` right of it, one level deep.

    The new columns are texts; what is nested in them stays JSON. `keys` are found when the step is learned; a key that is not among
    them later is left out, and counted. What is no JSON object becomes an error.
    """

    op: Literal["expand_json"] = "expand_json"
    column: str
    keys: tuple[str, ...] = ()
    keep_source: bool = True

    @property
    def learned(self) -> bool:
        return bool(self.keys)

    def relearn(self, rows: Rows) -> Self:
        found: dict[str, None] = {}
        for (text,) in dict.fromkeys(some_texts(rows, [self.column], None)):
            if text is None or len(found) > MOST_KEYS:
                continue
            try:
                found |= dict.fromkeys(level(text))
            except ValueError:
                continue
        if not found:
            raise UserError(
                f"There is no JSON object with keys in {self.column}.", hint="Choose another column.", place=self.column
            )
        if len(found) > MOST_KEYS:
            raise UserError(f"The JSON objects of {self.column} have more than {MOST_KEYS:,} different keys.", place=self.column)
        return self.model_copy(update={"keys": tuple(found)})

    def describe(self) -> str:
        return f"Expand the JSON of {self.column}" + (f" to {listed(self.keys, 4)}" if self.keys else "")

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.new_columns(names(schema)))

    def new_columns(self, taken: Sequence[str]) -> list[str]:
        """The names of the new columns in a table with these."""
        return new_names(taken, [f"{self.column}.{key}" for key in self.keys])

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = _text_column(schema, self.column)
        if len(set(self.keys)) < len(self.keys):
            problems.append(Problem("A key is given twice.", column=self.column))
        return [*problems, *([] if self.learned else [NOT_LEARNED])]

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        return [Problem(_PYTHON, column=self.column, severity="info")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        new = self.new_columns(visible(table))
        call = _Level(self.keys)
        left = f"in {self.column} are JSON with keys that the step does not know, which are left out"
        text = table[self.column]
        made = by_function(table, context, [text], dict.fromkeys(new, "string"), call, reads=[self.column], left=left)
        return made if self.keep_source else arranged(made, [name for name in visible(made) if name != self.column])


@dataclass(frozen=True)
class _Level:
    """An object's values for these keys."""

    keys: tuple[str, ...]

    def __call__(self, row: Texts) -> Made:
        text = row[0]
        if text is None or not text.strip(" \t\r\n") or text.strip(" \t\r\n") == "null":
            return Made()
        try:
            found = level(text)
        except ValueError:
            return Made(wrong=f"no JSON object\x1f{text}")
        return Made(tuple(found.get(key) for key in self.keys), left=not found.keys() <= set(self.keys))


class ParseJson(StepBase):
    """Turns JSON texts into records, lists or plain values, in the column itself or in the new column `to`.

    `shape` is found when the step is learned; what does not fit it becomes an error, keys that it lacks are left out and counted.
    """

    op: Literal["parse_json"] = "parse_json"
    column: str
    to: str = ""
    shape: Any = None
    """A `jsontext.Shape`: an object of shapes, a list of one shape, or the name of a type."""

    @property
    def learned(self) -> bool:
        return self.shape is not None

    def relearn(self, rows: Rows) -> Self:
        found: Shape | None = None
        for (text,) in dict.fromkeys(some_texts(rows, [self.column], None)):
            try:
                found = merged(found, shape_of(parsed(text))) if text is not None and text.strip() else found
            except ValueError:
                continue
        if found is None:
            raise UserError(f"There is no JSON in {self.column}.", hint="Choose another column.", place=self.column)
        return self.model_copy(update={"shape": settled(found)})

    def describe(self) -> str:
        return f"Parse the JSON of {self.column}" + (f" into {self.to}" if self.to else "")

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.to or self.column,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = _text_column(schema, self.column)
        if self.to and any(self.to.lower() == name.lower() for name in names(schema)):
            problems.append(Problem(f"There is a column {self.to} already.", column=self.to))
        if not self.learned:
            return [*problems, NOT_LEARNED]
        return (
            problems if is_shape(self.shape) else [*problems, Problem("Its shape is damaged: learn it again.", column=self.column)]
        )

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        return [Problem(_PYTHON, column=self.column, severity="info")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        held = self.to or "__parsed__"
        left = f"in {self.column} are JSON with keys that the step does not know, which are left out"
        kinds = {held: ibis_of(self.shape)}
        made = by_function(table, context, [table[self.column]], kinds, _Parse(self.shape), reads=[self.column], left=left)
        if self.to:
            return made
        order = visible(table)
        return renamed(arranged(made, [held if name == self.column else name for name in order]), {held: self.column})


@dataclass(frozen=True)
class _Parse:
    """A text as a value of a shape."""

    shape: Shape

    def __call__(self, row: Texts) -> Made:
        text = row[0]
        if text is None or not text.strip():
            return Made()
        try:
            value = parsed(text)
            return Made((shaped(value, self.shape),), left=beyond(value, self.shape))
        except NotFitting:
            return Made(wrong=f"JSON of another shape\x1f{text}")
        except ValueError:
            return Made(wrong=f"no JSON\x1f{text}")
