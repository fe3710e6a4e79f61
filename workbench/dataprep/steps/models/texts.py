"""How long texts are."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign
from workbench.dataprep.columns import TEXT, Problem, Schema, find, listed, missing_columns
from workbench.dataprep.steps.base import Context, Dialect, SchemaContext, StepBase
from workbench.dataprep.steps.models.learning import name_problems

if TYPE_CHECKING:
    import ibis.expr.types as ir

Size = Literal["characters", "words", "lines"]


class TextSize(StepBase):
    """Columns with the number of characters, of words (between blanks) or of lines of a text, right of it."""

    op: Literal["text_size"] = "text_size"
    column: str
    sizes: tuple[Size, ...] = ("characters", "words")
    prefix: str | None = None
    """What the new names begin with; `<column>_` without."""

    def targets(self) -> dict[str, Size]:
        """The new columns with what they count."""
        prefix = f"{self.column}_" if self.prefix is None else self.prefix
        return {f"{prefix}{size}": size for size in self.sizes}

    def describe(self) -> str:
        return f"Count the {listed(self.sizes)} of {self.column}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.targets())

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if problems := missing_columns(schema, [self.column]):
            return problems
        if not self.sizes:
            return [Problem("Choose what to count.")]
        column = find(schema, self.column)
        if column and column.type not in TEXT:
            return [Problem(f"{self.column} holds no text.", column=self.column)]
        return name_problems(schema, list(self.targets()))

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        values = {name: size_of(table[self.column], size, context.dialect) for name, size in self.targets().items()}
        return assign(table, values, reads={name: [self.column] for name in values}, after=(self.column,))


def size_of(text: Any, size: Size, dialect: Dialect) -> Any:
    """The number of characters, words or lines; an empty text has no line."""
    import ibis

    from workbench.byexample.native.engines import engine

    if size == "characters":
        count = text.length()
    elif size == "words":
        count = ibis.ifelse(
            text.isnull(), ibis.null("int64"), engine(dialect).all_matches(text, r"[^ \t\r\n]+").length().cast("int64")
        )
    else:
        lines = text.length() - text.replace("\n", "").length() + 1
        count = ibis.ifelse(text == "", ibis.literal(0, type="int64"), lines.cast("int64"))
    return count.cast("int64")
