"""The Gregorian calendar in whole numbers, so that the years 1 to 9999 and partial dates are alike in both databases.

Days are counted as `datetime.date.toordinal` does: 1 is the first of January of the year 1. The way from days to dates is Howard
Hinnant's `civil_from_days` (chrono-Compatible Low-Level Date Algorithms).
"""

from __future__ import annotations

from typing import Any

import ibis

from workbench.byexample.native.binding import bind

LAST_DAY = 3_652_059
"""The 31st of December 9999."""


def is_leap(year: Any) -> Any:
    """Whether a year has 366 days."""
    return (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))


def days_of_year(year: Any) -> Any:
    """365 or 366."""
    return ibis.ifelse(is_leap(year), 366, 365)


def days_of_month(year: Any, month: Any) -> Any:
    """How many days a month has; of no year (None) the most it can have."""
    february = 29 if year is None else ibis.ifelse(is_leap(year), 29, 28)
    return ibis.cases((month == 2, february), (month.isin([4, 6, 9, 11]), 30), else_=31)


def ordinal(year: Any, month: Any, day: Any) -> Any:
    """The number of a day; missing when one of the three is."""
    before = year - 1
    # the months before: 30 or 31 days in turn (from March), and February
    starts = (367 * month - 362) // 12
    short = ibis.ifelse(month <= 2, 0, ibis.ifelse(is_leap(year), -1, -2))
    return before * 365 + before // 4 - before // 100 + before // 400 + starts + short + day


def weekday(number: Any) -> Any:
    """The day of the week of a day, from 0 for Monday."""
    return (number + 6) % 7


def date_of(number: Any) -> Any:
    """A struct of year, month and day; missing for a missing number."""

    def from_era(days: Any) -> Any:
        era = days // 146097
        return bind(days - era * 146097, lambda of_era: bind(_year_of_era(of_era), lambda year: from_year(era, of_era, year)))

    def from_year(era: Any, of_era: Any, year: Any) -> Any:
        of_year = of_era - (365 * year + year // 4 - year // 100)
        return bind(of_year, lambda days: bind((5 * days + 2) // 153, lambda month: made(era * 400 + year, days, month)))

    def made(year: Any, days: Any, month: Any) -> Any:
        late = month >= 10  # the years of the calculation begin with March
        return ibis.struct(
            {
                "year": year + ibis.ifelse(late, 1, 0),
                "month": month + ibis.ifelse(late, -9, 3),
                "day": days - (153 * month + 2) // 5 + 1,
            }
        )

    return bind(number + 305, from_era)


def _year_of_era(days: Any) -> Any:
    return (days - days // 1460 + days // 36524 - days // 146096) // 365


def first_monday(year: Any) -> Any:
    """The day on which the first ISO week of a year begins."""
    return bind(ordinal(year, ibis.literal(1), ibis.literal(4)), lambda day: day - weekday(day))


def weeks_of_year(year: Any) -> Any:
    """How many ISO weeks a year has: 52 or 53."""
    first = ordinal(year, ibis.literal(1), ibis.literal(1))
    return bind(weekday(first), lambda day: ibis.ifelse((day == 3) | ((day == 2) & is_leap(year)), 53, 52))


def iso_week(year: Any, number: Any) -> Any:
    """A struct of the ISO `year` and `week` of a day of a year: those of its week's Thursday."""
    begin = ordinal(year, ibis.literal(1), ibis.literal(1))

    def from_thursday(day: Any) -> Any:
        move = ibis.cases((day < 1, -1), (day > days_of_year(year), 1), else_=0)
        inside = ibis.cases(
            (day < 1, day + days_of_year(year - 1)), (day > days_of_year(year), day - days_of_year(year)), else_=day
        )
        return ibis.struct({"year": year + move, "week": (inside - 1) // 7 + 1})

    return bind(number - weekday(number) + 3 - begin + 1, from_thursday)
