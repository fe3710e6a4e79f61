"""Tests with bounds: numbers and dates between those of kept and of dropped rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from workbench.byexample.filtering import thresholds
from workbench.byexample.filtering.pricing import FEW, PRICES, Marked, Priced
from workbench.byexample.tree.conditions import Compares
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.moments import read_moment
from workbench.byexample.tree.nodes import Column, Node
from workbench.byexample.tree.numbers import parse_number


def number_bounds(column: Marked) -> Iterator[Priced]:
    """At least, more than, at most, less than a number."""
    kept, dropped = _numbers(column.kept), _numbers(column.dropped)
    if not kept or not dropped:
        return
    values = _numbers(column.seen)
    extra = PRICES["identifier"] if len(set(values)) == len(values) > FEW and all(value == int(value) for value in values) else 0.0
    yield from _bound(Column(column.index), kept, dropped, PRICES["threshold"] + extra)


def _numbers(values: Sequence[str | None]) -> list[Decimal]:
    return [number for value in values if value and (number := parse_number(value)) is not None]


def _bound(node: Node, kept: Sequence[Decimal], dropped: Sequence[Decimal], price: float) -> Iterator[Priced]:
    """Bounds below and above what is kept: round ones, and those that are as wide and as narrow as can be."""
    below, above = [value for value in dropped if value < min(kept)], [value for value in dropped if value > max(kept)]
    alone = len(below) == len(dropped) or len(above) == len(dropped)
    dear = price + PRICES["exact bound"]
    if below:
        low, high = max(below), min(kept)
        yield _compare(node, ">=", thresholds.round_between(low, high), price)
        if alone:
            yield _compare(node, ">=", high, dear)
            yield _compare(node, ">", low, dear)
    if above:
        low, high = max(kept), min(above)
        yield _compare(node, "<", thresholds.round_between(low, high), price)
        if alone:
            yield _compare(node, "<", high, dear)
            yield _compare(node, "<=", low, dear)


def _compare(node: Node, sign: str, bound: Decimal, price: float) -> Priced:
    return Priced(price + PRICES["digit"] * thresholds.digits_of(bound), Compares(node, sign, thresholds.plain(bound)))


def date_pattern(values: Sequence[str]) -> str | None:
    """The pattern that reads the most of these texts as whole dates, and nearly all of them; of two, the one listed first."""
    sample = values[:100]
    best, most = None, 0.9 * len(sample)
    for pattern in thresholds.DATE_PATTERNS:
        read = sum(thresholds.is_whole_date(read_moment(value, pattern)) for value in sample)
        if read >= most and (best is None or read > most):
            best, most = pattern, float(read)
    return best


def date_bounds(column: Marked, pattern: str) -> Iterator[Priced]:
    """Before, or on or after a day."""
    kept, dropped = _days(column.kept, pattern), _days(column.dropped, pattern)
    if not kept or not dropped:
        return
    earlier, later = [day for day in dropped if day < kept[0]], [day for day in dropped if day > kept[-1]]
    shown = FormatMoment(ReadMoment(Column(column.index), (pattern,)), thresholds.DAY)
    for sign, gap in ((">=", (earlier[-1], kept[0]) if earlier else None), ("<", (kept[-1], later[0]) if later else None)):
        if gap:
            round_day = thresholds.round_day_between(*gap)
            yield Priced(PRICES["threshold"], Compares(shown, sign, str(round_day)))
            if round_day != gap[1]:
                yield Priced(PRICES["threshold"] + PRICES["exact bound"], Compares(shown, sign, str(gap[1])))


def _days(values: Sequence[str | None], pattern: str) -> list[int]:
    """The dates as yyyymmdd, in ascending order."""
    read = [read_moment(value, pattern) for value in values if value]
    return sorted(thresholds.as_number(moment) for moment in read if moment and thresholds.is_whole_date(moment))
