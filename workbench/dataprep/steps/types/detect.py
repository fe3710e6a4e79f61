"""Finding the types of text columns."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.dataprep.cells import assign, error, is_error, visible
from workbench.dataprep.columns import (
    NUMERIC,
    TEXT,
    TYPE_WORDS,
    ColumnType,
    Problem,
    Schema,
    find,
    listed,
    missing_columns,
    schema_of,
)
from workbench.dataprep.conversion import WHITE, NumberStyle, convert, failed
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Record, Rows, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LOOKED_AT = 20_000
"""How many distinct texts of a column are looked at: the most frequent ones."""


class DetectedType(Record):
    """What was found for a column: its type, the format of dates (empty: ISO), the marks in numbers, and what means missing.

    `rivals`: two formats that differ in the order of day and month and both fit; the column then stays text.
    """

    column: str
    type: ColumnType = "string"
    format: str = ""
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'", "_"] = ""
    missing: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()

    @property
    def style(self) -> NumberStyle:
        """How the numbers are written."""
        return NumberStyle(decimal=self.decimal, thousands=self.thousands)


class DetectTypes(StepBase):
    """Gives text columns the types that all values had when it was learned; later values that do not fit are errors.

    `columns`: empty for all text columns. Where day and month cannot be told apart the column stays text, unless `order` says which
    comes first.
    """

    op: Literal["detect_types"] = "detect_types"
    columns: tuple[str, ...] = ()
    order: Literal["ask", "day", "month"] = "ask"
    types: tuple[DetectedType, ...] = ()
    looked: bool = False
    """Whether it has looked at data; no type may have been found then."""

    def describe(self) -> str:
        found = [f"{one.column} is {TYPE_WORDS[one.type]}" for one in self.effective() if one.type not in TEXT]
        which = f"of {listed(self.columns)}" if self.columns else "of all text columns"
        return f"Detect the types {which}" + (f": {listed(found)}" if found else "")

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns or tuple(column.name for column in schema if column.type in TEXT)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(one.column for one in self.effective() if one.type not in TEXT)

    @property
    def learned(self) -> bool:
        return self.looked

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns)
        if not self.learned:
            return [*problems, NOT_LEARNED]
        problems += missing_columns(schema, [one.column for one in self.types if one.column not in self.columns])
        for one in self.effective():
            if one.rivals and one.type in TEXT:
                message = f"In {one.column} the day and the month cannot be told apart, so that it stays text."
                problems.append(Problem(message, column=one.column, severity="warning", suggestions=one.rivals))
        return problems

    def relearn(self, rows: Rows) -> Self:
        from workbench.dataprep.sources.guessing import guess_columns

        table = rows.table
        schema = schema_of(table)
        chosen = [name for name in self.columns or visible(table) if (column := find(schema, name)) and column.type in TEXT]
        guesses, marks = guess_columns([_texts(rows, table, name) for name in chosen])
        found = []
        for name, guess in zip(chosen, guesses, strict=True):
            written: dict[str, Any] = {"decimal": marks[0], "thousands": marks[1]} if guess.type in NUMERIC else {}
            found.append(
                DetectedType(
                    column=name,
                    type="string" if guess.rivals else guess.type,
                    format=guess.format,
                    missing=tuple(sorted(guess.markers)) if guess.type not in TEXT or guess.rivals else (),
                    rivals=tuple(guess.rivals or ()),
                    **written,
                )
            )
        return self.model_copy(update={"types": tuple(found), "looked": True})

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        from workbench.byexample.native.engines import engine

        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        schema = schema_of(table)
        for one in self.effective():
            column = find(schema, one.column)
            if one.type in TEXT or column is None or column.type not in TEXT:
                continue
            text: Any = table[one.column]
            if one.missing:
                plain = engine(context.dialect).stripped(text, WHITE, "both")
                text = ibis.ifelse(plain.isin(one.missing), ibis.null("string"), text)
            formats = (one.format,) if one.format else ()
            value: Any = convert(text, "string", one.type, dialect=context.dialect, formats=formats, style=one.style)
            wrong = failed(text, value, "string", one.type, context.dialect) & ~is_error(table, one.column)
            values[one.column] = value
            errors[one.column] = ibis.ifelse(wrong, error(f"no {TYPE_WORDS[one.type]}", text), ibis.null("string"))
            context.count_failures(f"in {one.column} are no {TYPE_WORDS[one.type]} and became errors", table, wrong)
        return assign(table, values, reads={name: [name] for name in values}, errors=errors) if values else table

    def effective(self) -> tuple[DetectedType, ...]:
        """The types with the order of day and month that was chosen."""
        if self.order == "ask":
            return self.types
        return tuple(_resolved(one, self.order) if one.rivals else one for one in self.types)


def _resolved(found: DetectedType, order: str) -> DetectedType:
    day = [one for one in found.rivals if one.index("%d") < one.index("%m")]
    month = [one for one in found.rivals if one not in day]
    chosen = (day if order == "day" else month)[0]
    return found.model_copy(update={"format": chosen, "type": "timestamp" if "%M" in chosen else "date"})


def _texts(rows: Rows, table: ir.Table, name: str) -> list[str]:
    """The most frequent texts of a column."""
    import ibis

    text: Any = table[name]
    counted = table.filter(text.notnull()).group_by(value=text).agg(rows=lambda t: t.count())
    query = counted.order_by([ibis.desc("rows"), "value"]).limit(_LOOKED_AT)
    return [str(value) for value in rows.ask(query)["value"].to_pylist()]
