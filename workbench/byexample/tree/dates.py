"""Operators over dates and times."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from workbench.byexample.tree.moments import Moment, days_of_month, read_moment, show_field, show_moment
from workbench.byexample.tree.nodes import Node, Row, Unary


@dataclass(frozen=True)
class ReadMoment(Unary):
    """The date and time that a text shows in the first fitting one of several patterns.

    `language` names the months; two-digit years below `pivot` are of the 2000s.
    """

    patterns: tuple[str, ...]
    language: str = "en"
    pivot: int = 50

    def apply(self, value: str) -> Moment | None:
        for pattern in self.patterns:
            if (moment := read_moment(value, pattern, self.language, self.pivot)) is not None:
                return moment
        return None


@dataclass(frozen=True)
class FormatMoment(Unary):
    """A date and time shown in a pattern; missing when it does not tell one of its fields. `upper`: in capitals (`JAN`)."""

    pattern: str
    language: str = "en"

    def apply(self, value: Moment) -> str | None:
        return show_moment(value, self.pattern, self.language)


@dataclass(frozen=True)
class RoundMoment(Unary):
    """The time of day rounded to a multiple of `step` seconds (counted from `origin` seconds after midnight); the date stays.

    `mode`: floor, ceiling or nearest (halves up). A time that comes to 24:00 is 0:00.
    """

    step: int
    mode: str
    origin: int = 0

    def apply(self, value: Moment) -> Moment | None:
        if value.hour is None:
            return None
        rounded = round_seconds(seconds_of_day(value), self.step, self.mode, self.origin) % 86400
        return value._replace(hour=rounded // 3600, minute=rounded // 60 % 60, second=rounded % 60, fraction="")


def seconds_of_day(value: Moment) -> int:
    """Whole seconds after midnight."""
    return (value.hour or 0) * 3600 + (value.minute or 0) * 60 + (value.second or 0)


def round_seconds(seconds: int, step: int, mode: str, origin: int) -> int:
    """The multiple of a step, counted from an origin, that the mode takes."""
    moved = seconds - origin + {"floor": 0, "nearest": step // 2, "ceiling": step - 1}[mode]
    return moved // step * step + origin


@dataclass(frozen=True)
class MomentRange(Unary):
    """The bin that holds a time of day, as low + `separator` + high. Bins are `step` seconds wide and start `origin` seconds after
    midnight; high is the next bin's start less `gap` seconds. Both ends are shown in `pattern`; times after midnight wrap.
    """

    step: int
    origin: int
    gap: int
    separator: str
    pattern: str

    def apply(self, value: Moment) -> str | None:
        if value.hour is None:
            return None
        low = round_seconds(seconds_of_day(value), self.step, "floor", self.origin)
        first, last = time_of_day(low), time_of_day(low + self.step - self.gap)
        shown = (show_moment(first, self.pattern), show_moment(last, self.pattern))
        return None if shown[0] is None or shown[1] is None else shown[0] + self.separator + shown[1]


def time_of_day(seconds: int) -> Moment:
    """The time so many seconds after midnight, wrapped into one day."""
    wrapped = seconds % 86400
    return Moment(hour=wrapped // 3600, minute=wrapped // 60 % 60, second=wrapped % 60)


@dataclass(frozen=True)
class MomentNumber(Unary):
    """A field of a date and time as a number: any of the patterns' fields that is one (yyyy, M, d, H, m, s, D, w, Q, h)."""

    field: str

    def apply(self, value: Moment) -> Decimal | None:
        shown = show_field(value, self.field)
        return Decimal(shown) if shown and shown.isdecimal() else None


@dataclass(frozen=True)
class ShiftMoment(Unary):
    """The date moved by a number of days, months or years (`unit`); the day is cut to the month's last."""

    unit: str
    amount: int

    def apply(self, value: Moment) -> Moment | None:
        if value.year is None or value.month is None or value.day is None:
            return None
        if self.unit == "days":
            try:
                date = dt.date(value.year, value.month, value.day) + dt.timedelta(self.amount)
            except OverflowError:
                return None
            return value._replace(year=date.year, month=date.month, day=date.day)
        count = value.year * 12 + value.month - 1 + self.amount * (12 if self.unit == "years" else 1)
        year, month = count // 12, count % 12 + 1
        if not 1 <= year <= 9999:
            return None
        return value._replace(year=year, month=month, day=min(value.day, days_of_month(year, month)))


@dataclass(frozen=True)
class EdgeMoment(Unary):
    """The first or the last day (`side`: start, end) of the date's week (from Monday), month, quarter or year (`unit`)."""

    unit: str
    side: str

    def apply(self, value: Moment) -> Moment | None:
        if value.year is None or value.month is None or (value.day is None and self.unit == "week"):
            return None
        if self.unit == "week":
            date = dt.date(value.year, value.month, value.day or 1)
            move = -date.weekday() if self.side == "start" else 6 - date.weekday()
            return ShiftMoment(self.of, "days", move).apply(value)
        first = {"month": value.month, "quarter": (value.month - 1) // 3 * 3 + 1, "year": 1}[self.unit]
        if self.side == "start":
            return value._replace(month=first, day=1)
        last = first + {"month": 0, "quarter": 2, "year": 11}[self.unit]
        return value._replace(month=last, day=days_of_month(value.year, last))


@dataclass(frozen=True)
class Duration(Node):
    """From one date and time to another, in whole `unit`s (days, hours, minutes, seconds), rounded down towards zero."""

    start: Node
    end: Node
    unit: str

    def run(self, row: Row) -> Decimal | None:
        start, end = self.start.run(row), self.end.run(row)
        if start is None or end is None:
            return None
        seconds = absolute_seconds(end, start) - absolute_seconds(start, end)
        size = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}[self.unit]
        return Decimal(abs(seconds) // size * (1 if seconds >= 0 else -1))


def absolute_seconds(moment: Moment, other: Moment) -> int:
    """Seconds since the calendar's start; without a full date on both sides, since midnight."""
    days = 0
    if None not in (*moment[:3], *other[:3]):
        days = dt.date(moment.year or 1, moment.month or 1, moment.day or 1).toordinal()
    return days * 86400 + seconds_of_day(moment)
