"""The parts of dates and times as columns."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign
from workbench.dataprep.columns import Problem, Schema, find, listed, missing_columns
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.models.learning import name_problems
from workbench.dataprep.steps.rows.conditions import exactly

if TYPE_CHECKING:
    import ibis.expr.types as ir

DatePart = Literal[
    "year", "quarter", "month", "day", "weekday", "is_weekend", "iso_year", "iso_week", "day_of_year", "hour", "minute", "second",
    "month_name", "weekday_name", "month_sin", "month_cos", "weekday_sin", "weekday_cos", "hour_sin", "hour_cos", "minute_sin",
    "minute_cos",
]  # fmt: skip
OF_DATES: tuple[DatePart, ...] = (
    "year", "quarter", "month", "day", "weekday", "is_weekend", "iso_year", "iso_week", "day_of_year", "month_name", "weekday_name",
    "month_sin", "month_cos", "weekday_sin", "weekday_cos",
)  # fmt: skip
OF_TIMES: tuple[DatePart, ...] = ("hour", "minute", "second", "hour_sin", "hour_cos", "minute_sin", "minute_cos")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CYCLES = {"month": (1, 12), "weekday": (1, 7), "hour": (0, 24), "minute": (0, 60)}
"""The first value of each part that goes round, and how many it has."""


class DateParts(StepBase):
    """Columns with parts of a date or time, right of it.

    `weekday` is 1 (Monday) to 7, weeks and `iso_year` are those of ISO 8601, `is_weekend` is true on Saturday and Sunday. The sine
    and cosine of a part stand for its place on a circle, so that December is near January. Moments with a zone are taken in UTC.
    """

    op: Literal["date_parts"] = "date_parts"
    column: str
    parts: tuple[DatePart, ...] = ("year", "month", "day", "weekday")
    prefix: str | None = None
    """What the new names begin with; `<column>_` without."""
    remove: bool = False
    """Whether the column itself goes."""

    def targets(self) -> dict[str, DatePart]:
        """The new columns with their parts."""
        prefix = f"{self.column}_" if self.prefix is None else self.prefix
        return {f"{prefix}{part}": part for part in self.parts}

    def describe(self) -> str:
        return f"Make columns of {listed(part.replace('_', ' ') for part in self.parts)} of {self.column}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.targets())

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if problems := missing_columns(schema, [self.column]):
            return problems
        if not self.parts:
            return [Problem("Choose at least one part.")]
        column = find(schema, self.column)
        kind = column.type if column else "other"
        known = {"date": OF_DATES, "time": OF_TIMES, "timestamp": OF_DATES + OF_TIMES, "timestamp_tz": OF_DATES + OF_TIMES}.get(
            kind
        )
        if known is None:
            return [Problem(f"{self.column} holds no dates or times: convert it first.", column=self.column)]
        if unfit := [part for part in self.parts if part not in known]:
            return [Problem(f"{self.column} has no {unfit[0].replace('_', ' ')}.", column=self.column)]
        if len(set(self.parts)) < len(self.parts):
            return [Problem("A part is listed twice.", column=self.column)]
        return name_problems(schema, list(self.targets()))

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        from workbench.dataprep.cells import without

        moment: Any = table[self.column]
        if moment.type().is_timestamp() and moment.type().timezone:
            moment = moment.cast("timestamp")
        values = {name: part_of(moment, part) for name, part in self.targets().items()}
        made = assign(table, values, reads={name: [self.column] for name in values}, after=(self.column,))
        return without(made, [self.column]) if self.remove else made


def part_of(moment: Any, part: DatePart) -> Any:
    """A part of a date, time or moment as an Ibis value: int64, text, decimal or true/false."""
    import ibis

    base, _, shape = part.rpartition("_")
    if shape in {"sin", "cos"}:
        first, count = CYCLES[base]
        value = part_of(moment, base)  # type: ignore[arg-type]  # each part that goes round is one itself
        return ibis.cases(*((value == at + first, exactly(on_circle(at, count, shape))) for at in range(count)))
    match part:
        case "weekday":
            return (moment.day_of_week.index() + 1).cast("int64")
        case "is_weekend":
            return moment.day_of_week.index() >= 5
        case "iso_year":
            year, month, week = moment.year(), moment.month(), moment.week_of_year()
            shift = ibis.cases(((month == 1) & (week > 50), -1), ((month == 12) & (week == 1), 1), else_=0)
            return (year + shift).cast("int64")
        case "iso_week":
            return moment.week_of_year().cast("int64")
        case "day_of_year":
            return moment.day_of_year().cast("int64")
        case "month_name":
            return ibis.cases(*((moment.month() == at + 1, name) for at, name in enumerate(MONTHS)))
        case "weekday_name":
            return ibis.cases(*((moment.day_of_week.index() == at, name) for at, name in enumerate(WEEKDAYS)))
        case _:
            return getattr(moment, part)().cast("int64")


def on_circle(at: int, count: int, shape: str) -> float:
    """The sine or cosine of place `at` of `count` on a circle, to 15 places."""
    return round((math.sin if shape == "sin" else math.cos)(2 * math.pi * at / count), 15) + 0.0
