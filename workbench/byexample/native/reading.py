"""Dates and times read from texts."""

from __future__ import annotations

from typing import Any

import ibis

from workbench.byexample.native.binding import bind
from workbench.byexample.native.calendar import (
    LAST_DAY,
    date_of,
    days_of_month,
    days_of_year,
    first_monday,
    ordinal,
    weekday,
    weeks_of_year,
)
from workbench.byexample.native.compiler import NODES, Compiler
from workbench.byexample.native.values import Moment, NotNative, merged_moments, moment
from workbench.byexample.tree import dates
from workbench.byexample.tree.calendars import month_numbers, weekday_numbers
from workbench.byexample.tree.moments import pattern_expression

_PARTS = {
    "yyyy": "year", "yy": "year", "YYYY": "year", "MMM": "month", "MMMM": "month", "M": "month", "MM": "month", "Q": "month",
    "d": "day", "dd": "day", "do": "day", "w": "week", "ww": "week", "D": "yearday", "DDD": "yearday", "EEE": "weekday",
    "EEEE": "weekday", "F": "nth", "H": "hour", "HH": "hour", "h": "hour", "hh": "hour", "m": "minute", "mm": "minute",
    "s": "second", "ss": "second", "S": "fraction", "a": "half", "aaa": "half",
}  # fmt: skip
"""What each field of a pattern tells: a later one counts."""


def _read_moment(compiler: Compiler, node: dates.ReadMoment) -> Moment:
    if not node.patterns:
        raise NotNative("Reading a date in no format has no native form.")
    engine = compiler.engine
    text = engine.lower(engine.stripped(compiler.text(node.of), " \t\r\n", "both"))
    options: list[Moment] = []

    def option(number: int) -> Any:
        def read(value: Any) -> Any:
            options.append(_in_pattern(compiler, value, node.patterns[number], node))
            return options[-1].value

        return bind(text, read)

    values = [option(number) for number in range(len(node.patterns))]
    moments = [Moment(value, known.fields) for value, known in zip(values, options, strict=True)]
    if len(moments) == 1:
        return moments[0]
    return merged_moments([(found.value.notnull(), found) for found in moments])


def _in_pattern(compiler: Compiler, text: Any, pattern: str, node: dates.ReadMoment) -> Moment:
    """The moment that a text (used several times) shows in one pattern."""
    shown, fields = pattern_expression(pattern, node.language)
    if not fields:
        raise NotNative("Reading a date in a format without fields has no native form.")
    names = [f"g{number}" for number in range(len(fields))]
    last = {field: name for field, name in zip(fields, names, strict=True) if field in _PARTS}
    found = compiler.engine.groups(text, rf"\A(?:{shown})\z", names, [*dict.fromkeys([names[0], *last.values()])])
    raw = {"there": found[names[0]] != ""}
    for field, name in last.items():
        raw[_PARTS[field]] = _part(field, found[name], node)
    made: list[Moment] = []

    def checked(value: Any) -> Any:
        made.append(_moment({name: value[name] for name in raw}))
        return made[-1].value

    return Moment(bind(ibis.struct(raw), checked), made[-1].fields)


def _part(field: str, text: Any, node: dates.ReadMoment) -> Any:
    """What the text of a field tells: a number, or the text itself."""
    if field in {"MMM", "MMMM", "EEE", "EEEE"}:
        numbers = month_numbers(node.language) if field[0] == "M" else weekday_numbers(node.language)
        return ibis.cases(*((text == name, number) for name, number in numbers.items())).cast("int64")
    if field == "S":
        return text
    if field in {"a", "aaa"}:
        return text.startswith("p").ifelse(1, 0).cast("int64")
    number = text.try_cast("int64")
    if field == "yy":
        return number + ibis.ifelse(number < node.pivot, 2000, 1900)
    return number * 3 - 2 if field == "Q" else number


def _moment(raw: dict[str, Any]) -> Moment:
    """The moment that fields tell; none when there is no such date or time. As `tree.moments.moment_of`."""
    fields: dict[str, Any] = {
        name: raw[name] for name in ("year", "month", "day", "hour", "minute", "second", "fraction") if name in raw
    }
    there = raw["there"]
    if "hour" in fields:
        hour = fields["hour"]
        if "half" in raw:
            there &= hour <= 12
            hour = hour % 12 + 12 * raw["half"]
        there &= hour <= 24
        fields["hour"] = hour % 24
    for name in ("minute", "second"):
        if name in fields:
            there &= fields[name] <= 59
    if "month" in fields:
        there &= fields["month"].between(1, 12)
    if "year" not in fields:
        return _with_day(fields, there)
    there &= fields["year"] != 0
    if "yearday" in raw:
        there &= raw["yearday"].between(1, days_of_year(fields["year"]))
        start = ordinal(fields["year"], ibis.literal(1), ibis.literal(1))
        return _on_date(fields, there, start + raw["yearday"] - 1, raw if "week" in raw else {})
    if "week" in raw:
        return _in_week(fields, there, raw)
    return _nth(fields, there, raw)


def _in_week(fields: dict[str, Any], there: Any, raw: dict[str, Any]) -> Moment:
    day = first_monday(fields["year"]) + 7 * (raw["week"] - 1) + (raw["weekday"] - 1 if "weekday" in raw else 0)
    there &= raw["week"].between(1, weeks_of_year(fields["year"]))
    return _on_date(fields, there, day, {})


def _on_date(fields: dict[str, Any], there: Any, number: Any, raw: dict[str, Any]) -> Moment:
    """The moment on the day of a number."""
    if raw:
        raise NotNative("A date of both a week and a day of the year has no native form.")
    made: list[Moment] = []

    def on(day: Any) -> Any:
        possible = there & number.between(1, LAST_DAY)
        made.append(moment(fields | {name: day[name] for name in ("year", "month", "day")}, possible))
        return made[-1].value

    return Moment(bind(date_of(number), on), made[-1].fields)


def _nth(fields: dict[str, Any], there: Any, raw: dict[str, Any]) -> Moment:
    """The second Tuesday of a month, where such fields are told."""
    if {"nth", "weekday"} <= raw.keys() and "month" in fields:
        first = weekday(ordinal(fields["year"], fields["month"], ibis.literal(1))) + 1
        fields = fields | {"day": (raw["weekday"] - first + 7) % 7 + 7 * raw["nth"] - 6}
    return _with_day(fields, there)


def _with_day(fields: dict[str, Any], there: Any) -> Moment:
    if "day" in fields:
        unknown = ibis.null("int64")
        most = days_of_month(fields.get("year", unknown), fields["month"]) if "month" in fields else 31
        there &= fields["day"].between(1, most)
    return moment(fields or {"year": ibis.null("int64")}, there)


NODES[dates.ReadMoment] = _read_moment
