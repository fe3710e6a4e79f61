"""Dates and times read from texts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
from workbench.byexample.native.values import MOMENT_FIELDS, Moment, NotNative, moment
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
    told = {name for pattern in node.patterns for name in _tells(_parts(pattern, node))}
    fields = tuple(name for name in MOMENT_FIELDS if name in told) or ("year",)

    def read(value: Any) -> Any:
        return ibis.coalesce(*(_in_pattern(compiler, value, pattern, node, fields) for pattern in node.patterns))

    return Moment(bind(text, read), fields)


def _parts(pattern: str, node: dates.ReadMoment) -> dict[str, int]:
    """What the pattern tells, with the number of the group that tells it."""
    _, fields = pattern_expression(pattern, node.language)
    if not fields:
        raise NotNative("Reading a date in a format without fields has no native form.")
    return {_PARTS[field]: number for number, field in enumerate(fields) if field in _PARTS}


def _tells(parts: Collection[str]) -> set[str]:
    """The fields of the moment that such parts give."""
    told = {name for name in MOMENT_FIELDS if name in parts}
    if "year" in parts and ("yearday" in parts or "week" in parts):
        return told | {"month", "day"}
    return told | ({"day"} if {"year", "month", "weekday", "nth"} <= set(parts) else set())


def _in_pattern(compiler: Compiler, text: Any, pattern: str, node: dates.ReadMoment, fields: tuple[str, ...]) -> Any:
    """The moment that a text (used several times) shows in one pattern, as a struct of the fields."""
    shown, elements = pattern_expression(pattern, node.language)

    def told(groups: Sequence[Any]) -> Any:
        raw = {"there": groups[0] != ""}
        for part, number in _parts(pattern, node).items():
            raw[part] = _part(elements[number], groups[number], node)
        return bind(ibis.struct(raw), lambda value: _moment({name: value[name] for name in raw}, fields))

    return compiler.engine.with_groups(text, rf"\A(?:{shown})\z", len(elements), told)


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


def _moment(raw: dict[str, Any], names: tuple[str, ...]) -> Any:
    """The moment that parts tell; none when there is no such date or time. As `tree.moments.moment_of`."""
    fields: dict[str, Any] = {name: raw[name] for name in MOMENT_FIELDS if name in raw}
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
    if "year" in fields:
        there &= fields["year"] != 0
        if "yearday" in raw or "week" in raw:
            return _on_date(fields, there, raw, names)
        if {"nth", "weekday", "month"} <= raw.keys():
            first = weekday(ordinal(fields["year"], fields["month"], ibis.literal(1))) + 1
            fields["day"] = (raw["weekday"] - first + 7) % 7 + 7 * raw["nth"] - 6
    if "day" in fields:
        most = days_of_month(fields.get("year"), fields["month"]) if "month" in fields else 31
        there &= fields["day"].between(1, most)
    return moment(fields, there, names).value


def _on_date(fields: dict[str, Any], there: Any, raw: dict[str, Any], names: tuple[str, ...]) -> Any:
    """The moment on a day of the year, or in a week."""
    if {"yearday", "week"} <= raw.keys():
        raise NotNative("A date of both a week and a day of the year has no native form.")
    if "yearday" in raw:
        there &= raw["yearday"].between(1, days_of_year(fields["year"]))
        number = ordinal(fields["year"], ibis.literal(1), ibis.literal(1)) + raw["yearday"] - 1
    else:
        there &= raw["week"].between(1, weeks_of_year(fields["year"]))
        number = first_monday(fields["year"]) + 7 * (raw["week"] - 1) + (raw["weekday"] - 1 if "weekday" in raw else 0)

    def on(day: Any) -> Any:
        date = date_of(day)
        return bind(
            date, lambda value: moment(fields | {name: value[name] for name in ("year", "month", "day")}, inside(day), names).value
        )

    def inside(day: Any) -> Any:
        return there & day.between(1, LAST_DAY)

    return bind(number, on)


NODES[dates.ReadMoment] = _read_moment
