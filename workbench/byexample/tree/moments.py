"""Dates and times: the value, and how patterns such as `d MMM yyyy h:mm a` read and show it.

The pattern letters are those of Unicode's LDML (UTS 35), with `do` (1st) and `aaa` (am, pm) as in date-fns:

    yyyy 2031   yy 31   YYYY year of the ISO week   Q quarter
    M 1   MM 01   MMM Jan   MMMM January   d 7   dd 07   do 7th   D day of the year   DDD 007
    EEE Fri   EEEE Friday   F 2 (the second such weekday of the month)   w 5   ww 05 (ISO week)
    H 5   HH 05   h 5 (12-hour clock)   hh 05   m 4   mm 04   s 8   ss 08   S fraction   a AM   aaa am   X zone (read and dropped)

Letters that stand for themselves are put in quotes: `'W'ww`; a quote itself is doubled.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from workbench.byexample.tree.calendars import month_numbers, months, weekday_numbers, weekdays
from workbench.byexample.tree.numbers import ordinal
from workbench.byexample.tree.texts import lower

FIELDS = (
    "yyyy", "yy", "YYYY", "Q", "MMMM", "MMM", "MM", "M", "do", "dd", "d", "DDD", "D", "EEEE", "EEE", "F", "ww", "w", "HH", "H",
    "hh", "h", "mm", "m", "ss", "s", "S", "aaa", "a", "X",
)  # fmt: skip


class Moment(NamedTuple):
    """A date and time, as far as it is known. Years 1 to 9999; hours 0 to 23."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    fraction: str = ""
    """Digits after the seconds."""


@cache
def elements(pattern: str) -> tuple[tuple[str, bool], ...]:
    """The pattern's parts in their order: (field or text, whether it is a field). Raises ValueError for unknown letters."""
    found: list[tuple[str, bool]] = []
    literal = ""
    at = 0
    while at < len(pattern):
        if pattern[at] == "'":
            end = pattern.find("'", at + 1)
            if end < 0:
                raise ValueError(f"The date pattern {pattern} has a quote that does not end.")
            literal += pattern[at + 1 : end] or "'"
            at = end + 1
            continue
        field = next((name for name in FIELDS if pattern.startswith(name, at)), None)
        if field is None:
            if pattern[at].isascii() and pattern[at].isalpha():
                raise ValueError(f"The date pattern {pattern} has an unknown letter: {pattern[at]}.")
            literal += pattern[at]
            at += 1
            continue
        if literal:
            found.append((literal, False))
            literal = ""
        found.append((field, True))
        at += len(field)
    return (*found, (literal, False)) if literal else tuple(found)


def quote(text: str) -> str:
    """A text as a pattern that stands for itself."""
    return "".join(f"'{run}'" if run.isalpha() else run.replace("'", "''") for run in re.findall(r"[A-Za-z]+|[^A-Za-z]+", text))


_TWO, _ONE = "[0-9]{2}", "[0-9]{1,2}"
_READ = {
    "yyyy": "[0-9]{4}", "YYYY": "[0-9]{4}", "yy": _TWO, "MM": _TWO, "dd": _TWO, "HH": _TWO, "hh": _TWO, "mm": _TWO, "ss": _TWO,
    "ww": _TWO, "M": _ONE, "d": _ONE, "H": _ONE, "h": _ONE, "m": _ONE, "s": _ONE, "w": _ONE, "do": _ONE,
    "D": "[0-9]{1,3}", "DDD": "[0-9]{3}", "Q": "[1-4]", "F": "[1-5]", "S": "[0-9]+", "a": r"[ap]\.?m\.?", "aaa": r"[ap]\.?m\.?",
    "X": r"z|utc|gmt|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}",
}  # fmt: skip


@cache
def pattern_expression(pattern: str, language: str = "en") -> tuple[str, tuple[str, ...]]:
    """A regular expression (for whole texts in small letters, alike in Python, RE2 and Java) and the fields of its groups.

    A blank of the pattern stands for one or more blanks. Month names are read long or short, with or without a point.
    """
    shown, fields = "", []
    for text, is_field in elements(pattern):
        if not is_field:
            shown += "".join("[ \t\u00a0]+" if run.isspace() else re.escape(lower(run)) for run in re.findall(r"\s+|\S+", text))
            continue
        if text in {"MMM", "MMMM"}:
            names = "|".join(sorted(month_numbers(language), key=lambda name: (-len(name), name)))
            shown += rf"({names})\.?" if not text.endswith("MMMM") else f"({names})"
        elif text in {"EEE", "EEEE"}:
            names = "|".join(sorted(weekday_numbers(language), key=lambda name: (-len(name), name)))
            shown += rf"({names})\.?"
        elif text == "do":
            shown += f"({_ONE})(?:st|nd|rd|th)"
        else:
            shown += f"({_READ[text]})"
        fields.append(text)
    return shown, tuple(fields)


@cache
def _compiled(pattern: str, language: str) -> tuple["re.Pattern[str]", tuple[str, ...]]:
    shown, fields = pattern_expression(pattern, language)
    return re.compile(shown), fields


def read_moment(text: str, pattern: str, language: str = "en", pivot: int = 50) -> Moment | None:
    """The date and time that a whole text shows in a pattern; None when it does not, or when there is no such date.

    Years of two digits below `pivot` are of the 2000s, others of the 1900s. A zone is read and dropped: times stay as
    they are written. Capitals and small letters are alike.
    """
    expression, fields = _compiled(pattern, language)
    match = expression.fullmatch(lower(text.strip(" \t\r\n")))
    if match is None:
        return None
    return moment_of(dict(zip(fields, match.groups(), strict=True)), language, pivot)


def moment_of(found: dict[str, str], language: str = "en", pivot: int = 50) -> Moment | None:
    """The moment that texts of fields tell; None when there is no such date or time."""
    year = month = day = hour = minute = second = None
    half, fraction, week, yearday, weekday, nth = "", "", None, None, None, None
    for field, text in found.items():
        match field:
            case "yyyy":
                year = int(text)
            case "yy":
                year = int(text) + (2000 if int(text) < pivot else 1900)
            case "YYYY":
                year = int(text)
            case "MMM" | "MMMM":
                month = month_numbers(language)[lower(text)]
            case "M" | "MM":
                month = int(text)
            case "d" | "dd" | "do":
                day = int(text)
            case "w" | "ww":
                week = int(text)
            case "D" | "DDD":
                yearday = int(text)
            case "EEE" | "EEEE":
                weekday = weekday_numbers(language)[text.lower()]
            case "F":
                nth = int(text)
            case "Q":
                month = 3 * int(text) - 2
            case "H" | "HH" | "h" | "hh":
                hour = int(text)
            case "m" | "mm":
                minute = int(text)
            case "s" | "ss":
                second = int(text)
            case "S":
                fraction = text
            case "a" | "aaa":
                half = text[0].lower()
    if half and hour is not None:
        if hour > 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour == 24:
        hour = 0
    if (hour or 0) > 24 or (minute or 0) > 59 or (second or 0) > 59 or year == 0 or (month is not None and not 1 <= month <= 12):
        return None
    if yearday is not None and year is not None:
        if not 1 <= yearday <= days_of_year(year):
            return None
        date = dt.date(year, 1, 1) + dt.timedelta(yearday - 1)
        month, day = date.month, date.day
    if week is not None and year is not None:
        if not 1 <= week <= dt.date(year, 12, 28).isocalendar()[1]:
            return None
        try:
            date = dt.date.fromisocalendar(year, week, weekday or 1)
        except ValueError:
            return None
        year, month, day = date.year, date.month, date.day
    if nth is not None and weekday is not None and year is not None and month is not None:
        first = dt.date(year, month, 1).isoweekday()
        day = (weekday - first) % 7 + 7 * nth - 6
    if day is not None and not 1 <= day <= days_of_month(year, month):
        return None
    return Moment(year, month, day, hour, minute, second, fraction)


def days_of_month(year: int | None, month: int | None) -> int:
    """How many days a month has; of an unknown month or year the most it can have."""
    if month is None:
        return 31
    if month == 2:
        return 29 if year is None or days_of_year(year) == 366 else 28
    return 30 if month in {4, 6, 9, 11} else 31


def days_of_year(year: int) -> int:
    """365 or 366."""
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365


@dataclass(frozen=True)
class _Calendar:
    """What only a full date tells."""

    date: dt.date

    def show(self, field: str, language: str) -> str:
        match field:
            case "EEE" | "EEEE":
                return weekdays(language, field == "EEE")[self.date.weekday()]
            case "D" | "DDD":
                return str(self.date.timetuple().tm_yday).zfill(len(field))
            case "F":
                return str((self.date.day + 6) // 7)
            case "YYYY":
                return f"{self.date.isocalendar()[0]:04d}"
            case _:
                return str(self.date.isocalendar()[1]).zfill(len(field))


def show_field(moment: Moment, field: str, language: str = "en") -> str | None:
    """One field of a moment; None when the moment does not tell it."""
    match field[0]:
        case "y":
            if moment.year is None:
                return None
            return f"{moment.year:04d}" if field == "yyyy" else f"{moment.year % 100:02d}"
        case "M" | "Q":
            if moment.month is None:
                return None
            if field == "Q":
                return str((moment.month + 2) // 3)
            if len(field) > 2:
                return months(language, field == "MMM")[moment.month - 1]
            return str(moment.month).zfill(len(field))
        case "d":
            if moment.day is None:
                return None
            return ordinal(moment.day) if field == "do" else str(moment.day).zfill(len(field))
        case "H" | "h" | "a":
            if moment.hour is None:
                return None
            if field[0] == "a":
                half = "AM" if moment.hour < 12 else "PM"
                return half if field == "a" else half.lower()
            return str(moment.hour if field[0] == "H" else moment.hour % 12 or 12).zfill(len(field))
        case "m":
            return None if moment.minute is None else str(moment.minute).zfill(len(field))
        case "s":
            return None if moment.second is None else str(moment.second).zfill(len(field))
        case "S":
            return moment.fraction or None
        case "X":
            return None
    if moment.year is None or moment.month is None or moment.day is None:
        return None
    return _Calendar(dt.date(moment.year, moment.month, moment.day)).show(field, language)


def show_moment(moment: Moment, pattern: str, language: str = "en") -> str | None:
    """The moment in a pattern; None when it does not tell one of the fields."""
    texts = []
    for text, is_field in elements(pattern):
        shown = show_field(moment, text, language) if is_field else text
        if shown is None:
            return None
        texts.append(shown)
    return "".join(texts)
