"""Dates and times counted from the start of 1970."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign, error, is_error
from workbench.dataprep.columns import (
    NUMERIC,
    TEMPORAL,
    TEXT,
    TYPE_WORDS,
    Problem,
    Schema,
    find,
    listed,
    missing_columns,
    schema_of,
)
from workbench.dataprep.conversion import convert, failed, text_of
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

Unit = Literal["s", "ms", "us"]
_MICROSECONDS: dict[Unit, int] = {"s": 1_000_000, "ms": 1_000, "us": 1}
_UNIT_WORDS: dict[Unit, str] = {"s": "seconds", "ms": "milliseconds", "us": "microseconds"}
_FIRST = -62_135_596_800_000_000
_LAST = 253_402_300_799_999_999
"""The first microsecond of the year 1 and the last one of the year 9999, counted from 1970."""


class EpochToTimestamp(StepBase):
    """Turns numbers, or texts that hold some, into dates and times: they count `unit`s from 1970-01-01 00:00 (UTC).

    Fractions are kept to the microsecond. What is no number, or not in the years 1 to 9999, becomes an error cell.
    """

    op: Literal["epoch_to_timestamp"] = "epoch_to_timestamp"
    columns: tuple[str, ...]
    unit: Unit = "s"

    def describe(self) -> str:
        return f"Convert {listed(self.columns)} from {_UNIT_WORDS[self.unit]} since 1970 to {TYPE_WORDS['timestamp']}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column.")]
        return problems + [
            Problem(f"{name} holds {TYPE_WORDS[column.type]} values, which count nothing.", column=name)
            for name in self.columns
            if (column := find(schema, name)) and column.type not in NUMERIC | TEXT
        ]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        schema = schema_of(table)
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name in self.columns:
            column = find(schema, name)
            if column is None or column.type not in NUMERIC | TEXT:
                continue
            values[name] = value = self._moment(table[name], column.type, context.dialect)
            wrong = failed(table[name], value, column.type, "decimal", context.dialect) & ~is_error(table, name)
            code = error(f"no {_UNIT_WORDS[self.unit]} since 1970", text_of(table[name], context.dialect))
            errors[name] = ibis.ifelse(wrong, code, ibis.null("string"))
            context.count_failures(f"in {name} are no {_UNIT_WORDS[self.unit]} since 1970 and became errors", table, wrong)
        return assign(table, values, reads={name: [name] for name in values}, errors=errors) if values else table

    def _moment(self, value: Any, kind: Any, dialect: str) -> Any:
        import ibis

        factor = _MICROSECONDS[self.unit]
        whole: Any = convert(value, kind, "integer", dialect=dialect)
        count: Any = ibis.ifelse(whole.between(_FIRST // factor, _LAST // factor), whole, ibis.null("int64")) * factor
        if kind != "integer":
            number: Any = convert(value, kind, "decimal", dialect=dialect)
            inside = ibis.ifelse(number.between(_FIRST / factor, _LAST / factor), number, ibis.null("float64"))
            base = inside.floor()
            # adding a half and cutting off rounds alike everywhere
            rest = ((inside - base) * float(factor) + 0.5).floor().cast("int64")
            count = ibis.coalesce(count, base.cast("int64") * factor + rest)
        count = ibis.ifelse(count.between(_FIRST, _LAST), count, ibis.null("int64"))
        from workbench.byexample.native.functions import function

        name = "make_timestamp" if dialect == "duckdb" else "timestamp_micros"
        return function(name, ("int64",), "timestamp")(count)


class TimestampToEpoch(StepBase):
    """Turns dates and times into whole numbers that count `unit`s from 1970-01-01 00:00 (UTC); smaller parts are cut off."""

    op: Literal["timestamp_to_epoch"] = "timestamp_to_epoch"
    columns: tuple[str, ...]
    unit: Unit = "s"

    def describe(self) -> str:
        return f"Convert {listed(self.columns)} to {_UNIT_WORDS[self.unit]} since 1970"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column.")]
        return problems + [
            Problem(f"{name} holds {TYPE_WORDS[column.type]} values: convert them to a date and time before.", column=name)
            for name in self.columns
            if (column := find(schema, name)) and column.type not in TEMPORAL
        ]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        from workbench.byexample.native.functions import function

        values: dict[str, Any] = {}
        factor = _MICROSECONDS[self.unit]
        for column in schema_of(table):
            if column.name not in self.columns or column.type not in TEMPORAL:
                continue
            value: Any = table[column.name]
            if column.type == "date":
                name, kind = ("datediff_days", "date") if context.dialect == "duckdb" else ("unix_date", "date")
                days = _days(value) if name == "datediff_days" else function(name, (kind,), "int64")(value)
                values[column.name] = days.cast("int64") * (86_400_000_000 // factor)
                continue
            plain = value.cast("timestamp") if column.type == "timestamp_tz" else value
            name = "epoch_us" if context.dialect == "duckdb" else "unix_micros"
            count = function(name, ("timestamp",), "int64")(plain)
            # a negative remainder would cut towards 1970
            rest = (count % factor + factor) % factor
            values[column.name] = _quotient(count - rest, factor, context.dialect)
        return assign(table, values, reads={name: [name] for name in values}) if values else table


def _days(value: Any) -> Any:
    """The days since 1970, in DuckDB."""
    import ibis

    from workbench.byexample.native.functions import function

    start = ibis.literal("1970-01-01").cast("date")
    return function("datediff", ("string", "date", "date"), "int64")("day", start, value)


def _quotient(count: Any, factor: int, dialect: str) -> Any:
    """Division without a remainder, in whole numbers."""
    from workbench.byexample.native.functions import function

    if factor == 1:
        return count
    return function("divide" if dialect == "duckdb" else "div", ("int64", "int64"), "int64")(count, factor)
