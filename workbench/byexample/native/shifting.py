"""Dates and times moved, rounded and compared."""

from __future__ import annotations

from typing import Any

import ibis

from workbench.byexample.native.binding import bind
from workbench.byexample.native.calendar import LAST_DAY, date_of, days_of_month, ordinal, weekday
from workbench.byexample.native.compiler import NODES, Compiler
from workbench.byexample.native.numbers import counted
from workbench.byexample.native.showing import shown
from workbench.byexample.native.values import Moment, NotNative, Number, Text, map_moment, moment, with_moment
from workbench.byexample.tree import dates

_DAY = 86400


def _date(value: Moment) -> tuple[Any, Any, Any]:
    return value.field("year"), value.field("month"), value.field("day")


def _changed(value: Moment, fields: dict[str, Any], there: Any) -> Moment:
    """The moment with some fields changed, where `there` holds."""
    kept = {name: value.field(name) for name in value.fields}
    return moment({name: field for name, field in (kept | fields).items() if field is not None}, there)


def _seconds(value: Moment) -> Any:
    """Whole seconds after midnight."""
    return sum(
        (value.field(name).fill_null(0) * size for name, size in (("hour", 3600), ("minute", 60), ("second", 1))), ibis.literal(0)
    )


def _rounded(seconds: Any, step: int, mode: str, origin: int) -> Any:
    if step <= 0:
        raise NotNative("Rounding a time to a step that is not positive has no native form.")
    moved = seconds - origin + {"floor": 0, "nearest": step // 2, "ceiling": step - 1}[mode]
    return moved // step * step + origin


def _time(seconds: Any) -> dict[str, Any]:
    """The fields of the time so many seconds (used several times) after midnight, wrapped into one day."""
    wrapped = (seconds % _DAY + _DAY) % _DAY
    return {"hour": wrapped // 3600, "minute": wrapped // 60 % 60, "second": wrapped % 60}


def _round_moment(compiler: Compiler, node: dates.RoundMoment) -> Moment:
    def rounded(value: Moment) -> Moment:
        made: list[Moment] = []

        def at(seconds: Any) -> Any:
            made.append(_changed(value, {**_time(seconds), "fraction": None}, value.field("hour").notnull()))
            return made[-1].value

        return Moment(bind(_rounded(_seconds(value), node.step, node.mode, node.origin), at), made[-1].fields)

    return map_moment(compiler.moment(node.of), rounded)


def _moment_range(compiler: Compiler, node: dates.MomentRange) -> Text:
    def both(low: Any) -> Any:
        first, last = (
            with_moment(moment(_time(seconds), seconds.notnull()), lambda value: shown(compiler, value, node.pattern))
            for seconds in (low, low + (node.step - node.gap))
        )
        return first + node.separator + last

    def low(value: Moment) -> Any:
        return ibis.ifelse(value.field("hour").notnull(), _rounded(_seconds(value), node.step, "floor", node.origin), None)

    return Text(bind(with_moment(compiler.moment(node.of), low), both))


def _shift_moment(compiler: Compiler, node: dates.ShiftMoment) -> Moment:
    return map_moment(compiler.moment(node.of), lambda value: _shifted(value, node.unit, ibis.literal(node.amount).cast("int64")))


def _shifted(value: Moment, unit: str, amount: Any) -> Moment:
    year, month, day = _date(value)
    if unit == "days":
        return _on_day(value, ordinal(year, month, day) + amount)
    made: list[Moment] = []

    def by_months(count: Any) -> Any:
        new_year, new_month = count // 12, count % 12 + 1
        last = days_of_month(new_year, new_month)
        # Years outside the calendar are none; the last day is at least 28 for whatever comes out for them.
        there = new_year.between(1, 9999) & day.notnull()
        made.append(_changed(value, {"year": new_year, "month": new_month, "day": ibis.least(day, last)}, there))
        return made[-1].value

    moved = year * 12 + month - 1 + amount * (12 if unit == "years" else 1)
    return Moment(bind(moved, by_months), made[-1].fields)


def _on_day(value: Moment, number: Any) -> Moment:
    """The moment moved to the day of a number; none outside the calendar."""
    made: list[Moment] = []

    def on(day: Any) -> Any:
        def at(date: Any) -> Any:
            made.append(_changed(value, {name: date[name] for name in ("year", "month", "day")}, day.between(1, LAST_DAY)))
            return made[-1].value

        return bind(date_of(day), at)

    return Moment(bind(number, on), made[-1].fields)


def _edge_moment(compiler: Compiler, node: dates.EdgeMoment) -> Moment:
    def edge(value: Moment) -> Moment:
        year, month, day = _date(value)
        if node.unit == "week":
            number = ordinal(year, month, day)
            return _on_day(value, number - weekday(number) + (0 if node.side == "start" else 6))
        first = {"month": month, "quarter": (month - 1) // 3 * 3 + 1, "year": ibis.literal(1).cast("int64")}[node.unit]
        there = year.notnull() & month.notnull()
        if node.side == "start":
            return _changed(value, {"month": first, "day": ibis.literal(1).cast("int64")}, there)
        last = first + {"month": 0, "quarter": 2, "year": 11}[node.unit]
        return _changed(value, {"month": last, "day": days_of_month(year, last)}, there)

    return map_moment(compiler.moment(node.of), edge)


def _duration(compiler: Compiler, node: dates.Duration) -> Number:
    size = {"days": _DAY, "hours": 3600, "minutes": 60, "seconds": 1}[node.unit]

    def between(start: Moment, end: Moment) -> Any:
        days = (ordinal(*_date(end)) - ordinal(*_date(start))).fill_null(0)
        seconds = days * _DAY + _seconds(end) - _seconds(start)
        there = start.value.notnull() & end.value.notnull()
        whole = bind(seconds, lambda length: length.abs() // size * ibis.ifelse(length < 0, -1, 1))
        return ibis.ifelse(there, whole, None)

    start, end = compiler.moment(node.start), compiler.moment(node.end)
    return counted(with_moment(start, lambda first: with_moment(end, lambda last: between(first, last))))


NODES.update(
    {
        dates.RoundMoment: _round_moment, dates.MomentRange: _moment_range, dates.ShiftMoment: _shift_moment,
        dates.EdgeMoment: _edge_moment, dates.Duration: _duration,
    }
)  # fmt: skip
