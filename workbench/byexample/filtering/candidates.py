"""The tests that a filter may be made of: what the marked rows say, and what the column is like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from workbench.byexample.filtering.bounds import date_bounds, date_pattern, number_bounds
from workbench.byexample.filtering.pricing import FEW, PRICES, Marked, Priced, both, wordy
from workbench.byexample.filtering.textual import length_tests, text_tests
from workbench.byexample.tree.conditions import Applies, Compares, Condition, Equals, IsBlank, IsNumber, Not
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.nodes import Column, Node, Row
from workbench.byexample.tree.numbers import Arithmetic, Number
from workbench.byexample.tree.texts import Lookup

LONGEST = 200


def candidates(kept: Sequence[Row], dropped: Sequence[Row], seen: Sequence[Row]) -> list[Priced]:
    """All tests that the marked rows suggest, a few hundred at most."""
    width = max((len(row) for row in (*kept, *dropped, *seen)), default=0)
    every = (*kept, *dropped, *seen)
    columns = [Marked(index, _column(kept, index), _column(dropped, index), _column(every, index)) for index in range(width)]
    found = [priced for column in columns for priced in _of_column(column)]
    numeric = [column for column in columns if column.share_of_numbers > 0.9]
    for left in numeric[:6]:
        for right in numeric[:6]:
            if left.index != right.index:
                difference = Arithmetic(Number(Column(left.index)), "-", Number(Column(right.index)))
                found.append(Priced(PRICES["columns"], Compares(difference, ">", "0")))
    return found


def _column(rows: Sequence[Row], index: int) -> tuple[str | None, ...]:
    return tuple(row[index] if index < len(row) else None for row in rows)


def _of_column(column: Marked) -> Iterator[Priced]:
    filled = column.filled
    node = Column(column.index)
    if len(filled) < len(column.seen):
        yield from both(PRICES["blank"], IsBlank(node))
    if not filled:
        return
    numbers = column.share_of_numbers
    if 0 < numbers < 1:
        yield from both(PRICES["number"], IsNumber(node))
    pattern = None if numbers > 0.9 else date_pattern(filled)
    yield from _equal(column, node, filled)
    if pattern:
        yield from _date_parts(column, ReadMoment(node, (pattern,)))
        yield from date_bounds(column, pattern)
    elif numbers > 0.9:
        yield from number_bounds(column)
    else:
        yield from text_tests(column)
        yield from length_tests(column)


def _equal(column: Marked, node: Node, filled: Sequence[str], extra: float = 0.0) -> Iterator[Priced]:
    """Being one value, or one of several; only values that come more than once, or of a column of few, can be meant."""
    counts = Counter(filled)
    price = PRICES["equals"] + extra + math.log(len(counts))
    few = len(counts) <= FEW
    for value in _values(column.kept):
        if few or counts[value] > 1:
            yield Priced(price + wordy(value), Equals(node, value))
    for value in _values(column.dropped):
        if few or counts[value] > 1:
            yield Priced(price + wordy(value) + PRICES["not"], Not(node, Equals(node, value)))
    for values, negated in ((column.kept, False), (column.dropped, True)):
        listed = tuple(_values(values))
        if 2 <= len(listed) <= 6 and (few or all(counts[value] > 1 for value in listed)):
            test: Condition = Applies(Lookup(node, tuple((value, value) for value in listed)))
            several = PRICES["one of"] + extra + sum(map(wordy, listed)) + math.log(math.comb(len(counts), len(listed)) or 1)
            yield Priced(several + PRICES["not"] * negated, Not(node, test) if negated else test)


def _values(values: Sequence[str | None]) -> list[str]:
    """The different ones, without blank ones and without such that no person would filter by."""
    return list(dict.fromkeys(value for value in values if value and value.strip() and len(value) <= LONGEST))


def _date_parts(column: Marked, read: ReadMoment) -> Iterator[Priced]:
    for field in ("yyyy", "MMMM", "EEEE"):
        shown = FormatMoment(read, field)
        kept, dropped, seen = (_shown(shown, column.index, values) for values in (column.kept, column.dropped, column.seen))
        part = Marked(column.index, kept, dropped, seen)
        if part.filled:
            yield from _equal(part, shown, part.filled, PRICES["date part"])


def _shown(node: FormatMoment, index: int, values: Sequence[str | None]) -> tuple[str | None, ...]:
    return tuple(node.run((*[None] * index, value)) for value in values)
