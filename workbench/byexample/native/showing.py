"""Dates and times shown as texts and numbers."""

from __future__ import annotations

from typing import Any

import ibis

from workbench.byexample.native.binding import bind, missing
from workbench.byexample.native.calendar import iso_week, ordinal, weekday
from workbench.byexample.native.compiler import NODES, Compiler
from workbench.byexample.native.numbers import counted, exactly, ordinal_text
from workbench.byexample.native.quick import quickly
from workbench.byexample.native.values import NUMBER, Moment, Number, Text, with_moment
from workbench.byexample.tree import dates
from workbench.byexample.tree.calendars import months, weekdays
from workbench.byexample.tree.moments import elements

_WIDTHS = {
    "yyyy": 4, "yy": 2, "YYYY": 4, "Q": 1, "MM": 2, "M": 1, "dd": 2, "d": 1, "DDD": 3, "D": 1, "F": 1, "ww": 2, "w": 1, "HH": 2,
    "H": 1, "hh": 2, "h": 1, "mm": 2, "m": 1, "ss": 2, "s": 1,
}  # fmt: skip
"""The fields that are numbers, with their digits."""


def _format_moment(compiler: Compiler, node: dates.FormatMoment) -> Text:
    text = with_moment(compiler.moment(node.of), lambda value: shown(compiler, value, node.pattern, node.language))
    return Text(quickly(compiler, node, text))


def shown(compiler: Compiler, value: Moment, pattern: str, language: str = "en") -> Any:
    """A moment (used several times) in a pattern; missing when it does not tell one of the fields."""
    whole = None
    for text, is_field in elements(pattern):
        part = _field(compiler, value, text, language) if is_field else ibis.literal(text)
        whole = part if whole is None else whole + part
    return ibis.ifelse(value.value.notnull(), ibis.literal("") if whole is None else whole, None)


def _field(compiler: Compiler, value: Moment, field: str, language: str) -> Any:
    if field in _WIDTHS:
        number = exactly(field_number(value, field), "string")
        return number if _WIDTHS[field] == 1 else compiler.engine.filled(number, _WIDTHS[field])
    chosen = compiler.engine.chosen
    match field:
        case "MMM" | "MMMM":
            return chosen(ibis.array(list(months(language, field == "MMM"))), value.field("month"))
        case "EEE" | "EEEE":
            return chosen(ibis.array(list(weekdays(language, field == "EEE"))), weekday(_day(value)) + 1)
        case "do":
            return ordinal_text(value.field("day"))
        case "a" | "aaa":
            early, late = ("AM", "PM") if field == "a" else ("am", "pm")
            return ibis.cases((value.field("hour") < 12, early), (value.field("hour") >= 12, late))
        case "S":
            return value.field("fraction")
    return missing("string")


def _day(value: Moment) -> Any:
    """The number of the moment's day; missing unless it is a full date."""
    return ordinal(value.field("year"), value.field("month"), value.field("day"))


def field_number(value: Moment, field: str) -> Any:
    """A field that is a number, as one; missing when the moment does not tell it."""
    match field:
        case "yyyy":
            return value.field("year")
        case "yy":
            return value.field("year") % 100
        case "M" | "MM":
            return value.field("month")
        case "Q":
            return (value.field("month") + 2) // 3
        case "d" | "dd":
            return value.field("day")
        case "H" | "HH":
            return value.field("hour")
        case "h" | "hh":
            return (value.field("hour") + 11) % 12 + 1
        case "m" | "mm":
            return value.field("minute")
        case "s" | "ss":
            return value.field("second")
        case "F":
            return ibis.ifelse(_day(value).notnull(), (value.field("day") + 6) // 7, None)
        case "D" | "DDD":
            return _day(value) - ordinal(value.field("year"), ibis.literal(1), ibis.literal(1)) + 1
    week = bind(_day(value), lambda day: iso_week(value.field("year"), day))
    return week["year" if field == "YYYY" else "week"]


def _moment_number(compiler: Compiler, node: dates.MomentNumber) -> Number:
    given = compiler.moment(node.of)
    if node.field not in _WIDTHS:
        if node.field == "S":
            return _fraction(given)
        return Number(missing(NUMBER), missing("int64"))
    return counted(with_moment(given, lambda value: field_number(value, node.field)))


def _fraction(given: Moment) -> Number:
    digits = with_moment(given, lambda value: value.field("fraction"))
    return Number(digits.try_cast(NUMBER), ibis.literal(0))


NODES.update({dates.FormatMoment: _format_moment, dates.MomentNumber: _moment_number})
