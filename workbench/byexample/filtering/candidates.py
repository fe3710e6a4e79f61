"""The tests that a filter may be made of: what the marked rows say, and what the column is like.

The price of a test is about the negative logarithm of how likely a user means it: a test of a kind with many tests (one for every
word) is dear. After the Bayesian account of concept learning by Tenenbaum (1999).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbench.byexample.filtering import thresholds
from workbench.byexample.tree.conditions import (
    Applies,
    Compares,
    Condition,
    Contains,
    EndsWith,
    Equals,
    HasToken,
    IsBlank,
    IsNumber,
    LengthIs,
    LongerThan,
    Not,
    StartsWith,
    WordCount,
)
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.moments import read_moment
from workbench.byexample.tree.nodes import Column, Node, Row
from workbench.byexample.tree.numbers import Arithmetic, Number, parse_number
from workbench.byexample.tree.texts import Case, Lookup

PRICES = {
    "blank": 1.0, "number": 2.0, "equals": 1.0, "further word": 0.3, "one of": 2.5, "date part": 2.0,
    "threshold": 2.5, "digit": 0.3, "exact bound": 2.0, "identifier": 0.8, "columns": 4.0,
    "contains": 2.0, "any case": 1.0, "starts": 1.8, "ends": 1.8, "part of a word": 1.2, "token": 3.5, "length": 6.0, "words": 5.5,
    "not": 0.6,
}  # fmt: skip
TOKEN_KINDS = ("digits", "signed", "letters", "email", "url", "ip", "phone", "date", "time", "upper", "guid")
FEW = 12
"""A column of no more different values may be a category, whatever its length."""
LONG = 400
"""Only so many characters of a text are looked at for words that it could be told by."""
MOST_WORDS = 60


@dataclass(frozen=True)
class Priced:
    """A test and its price."""

    price: float
    test: Condition


@dataclass(frozen=True)
class Marked:
    """What one column holds: in the rows to keep, in those to drop, and in all rows that are looked at."""

    index: int
    kept: tuple[str | None, ...]
    dropped: tuple[str | None, ...]
    seen: tuple[str | None, ...]

    @property
    def filled(self) -> list[str]:
        """The values that are seen, without missing and empty ones."""
        return [value for value in self.seen if value and value.strip()]


def candidates(kept: Sequence[Row], dropped: Sequence[Row], seen: Sequence[Row]) -> list[Priced]:
    """All tests that the marked rows suggest, a few hundred at most."""
    width = max((len(row) for row in (*kept, *dropped, *seen)), default=0)
    columns = [
        Marked(index, _column(kept, index), _column(dropped, index), _column((*kept, *dropped, *seen), index))
        for index in range(width)
    ]
    found = [priced for column in columns for priced in _of_column(column)]
    numeric = [column for column in columns if _share_of_numbers(column) > 0.9]
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
        yield from _both(PRICES["blank"], IsBlank(node))
    if not filled:
        return
    numbers = _share_of_numbers(column)
    if 0 < numbers < 1:
        yield from _both(PRICES["number"], IsNumber(node))
    pattern = None if numbers > 0.9 else date_pattern(filled)
    yield from _equal(column, node, filled)
    if pattern:
        yield from _of_dates(column, pattern)
    elif numbers > 0.9:
        yield from _bounds(column)
    else:
        yield from _of_texts(column, filled)
        yield from _lengths(column)


def _both(price: float, test: Condition) -> Iterator[Priced]:
    yield Priced(price, test)
    yield Priced(price + PRICES["not"], Not(test.of, test))


def _share_of_numbers(column: Marked) -> float:
    filled = column.filled
    return sum(parse_number(value) is not None for value in filled) / len(filled) if filled else 0.0


def _equal(column: Marked, node: Node, filled: Sequence[str], extra: float = 0.0) -> Iterator[Priced]:
    """Being one value, or one of several; only values that come more than once, or of a column of few, can be meant."""
    counts = Counter(filled)
    price = PRICES["equals"] + extra + math.log(len(counts))
    few = len(counts) <= FEW
    for value in dict.fromkeys(value for value in column.kept if value and value.strip()):
        if few or counts[value] > 1:
            yield Priced(price + _wordy(value), Equals(node, value))
    for value in dict.fromkeys(value for value in column.dropped if value and value.strip()):
        if few or counts[value] > 1:
            yield Priced(price + _wordy(value) + PRICES["not"], Not(node, Equals(node, value)))
    for values, negated in ((column.kept, False), (column.dropped, True)):
        listed = tuple(dict.fromkeys(value for value in values if value))
        if 2 <= len(listed) <= 6 and (few or all(counts[value] > 1 for value in listed)):
            test: Condition = Applies(Lookup(node, tuple((value, value) for value in listed)))
            wordy = sum(map(_wordy, listed))
            several = PRICES["one of"] + extra + wordy + math.log(math.comb(len(counts), len(listed)) or 1)
            yield Priced(several + PRICES["not"] * negated, Not(node, test) if negated else test)


def _wordy(value: str) -> float:
    """A sentence is less likely a category than a word is."""
    return PRICES["further word"] * min(value.strip().count(" "), 5)


# Numbers and lengths --------------------------------------------------------------------------------------------------------


def _bounds(column: Marked) -> Iterator[Priced]:
    kept, dropped = _numbers(column.kept), _numbers(column.dropped)
    if not kept or not dropped:
        return
    values = _numbers(column.seen)
    extra = PRICES["identifier"] if len(set(values)) == len(values) > FEW and all(value == int(value) for value in values) else 0.0
    yield from _bound(Column(column.index), kept, dropped, PRICES["threshold"] + extra)


def _numbers(values: Sequence[str | None]) -> list[Decimal]:
    return [number for value in values if value and (number := parse_number(value)) is not None]


def _bound(node: Node, kept: Sequence[Decimal], dropped: Sequence[Decimal], price: float) -> Iterator[Priced]:
    """A bound between the two, a round one and those that are as wide and as narrow as can be."""
    if max(dropped) < min(kept):
        low, high = max(dropped), min(kept)
        middle = thresholds.round_between(low, high)
        dear = price + PRICES["exact bound"]
        yield _compare(node, ">=", middle, price)
        yield _compare(node, ">=", high, dear)
        yield _compare(node, ">", low, dear)
    elif max(kept) < min(dropped):
        low, high = max(kept), min(dropped)
        middle = thresholds.round_between(low, high)
        dear = price + PRICES["exact bound"]
        yield _compare(node, "<", middle, price)
        yield _compare(node, "<", high, dear)
        yield _compare(node, "<=", low, dear)
    else:  # the kept ones may lie between two bounds: each bound alone then drops a part
        below, above = [value for value in dropped if value < min(kept)], [value for value in dropped if value > max(kept)]
        if below:
            yield _compare(node, ">=", thresholds.round_between(max(below), min(kept)), price)
        if above:
            yield _compare(node, "<=", -thresholds.round_between(-min(above), -max(kept)), price)


def _compare(node: Node, sign: str, bound: Decimal, price: float) -> Priced:
    return Priced(price + PRICES["digit"] * thresholds.digits_of(bound), Compares(node, sign, thresholds.plain(bound)))


def _lengths(column: Marked) -> Iterator[Priced]:
    node = Column(column.index)
    kept, dropped = ([len(value) for value in values if value] for values in (column.kept, column.dropped))
    if kept and len(set(kept)) == 1:
        yield from _both(PRICES["length"], LengthIs(node, kept[0]))
    if dropped and len(set(dropped)) == 1:
        yield Priced(PRICES["length"] + PRICES["not"], Not(node, LengthIs(node, dropped[0])))
    if kept and dropped and min(kept) > max(dropped):
        yield Priced(PRICES["length"], LongerThan(node, (min(kept) + max(dropped)) // 2))
    if kept and dropped and max(kept) < min(dropped):
        yield Priced(PRICES["length"], Not(node, LongerThan(node, (max(kept) + min(dropped) - 1) // 2)))
    words = {len(value[:LONG].split()) for value in column.kept if value and len(value) <= LONG}
    if len(words) == 1 and 0 not in words and len({len(value.split()) for value in column.filled if len(value) <= LONG}) <= FEW:
        yield from _both(PRICES["words"], WordCount(node, words.pop()))


# Dates ----------------------------------------------------------------------------------------------------------------------


def date_pattern(values: Sequence[str]) -> str | None:
    """The pattern that reads the most of these texts as whole dates, and nearly all of them; of two, the one listed first."""
    sample = values[:100]
    best, most = None, 0.9 * len(sample)
    for pattern in thresholds.DATE_PATTERNS:
        read = sum(thresholds.is_whole_date(read_moment(value, pattern)) for value in sample)
        if read >= most and (best is None or read > most):
            best, most = pattern, float(read)
    return best


def _of_dates(column: Marked, pattern: str) -> Iterator[Priced]:
    read = ReadMoment(Column(column.index), (pattern,))
    for field in ("yyyy", "MMMM", "EEEE"):
        shown = FormatMoment(read, field)
        kept, dropped, seen = (_shown(shown, column.index, values) for values in (column.kept, column.dropped, column.seen))
        part = Marked(column.index, kept, dropped, seen)
        yield from _equal(part, shown, part.filled, PRICES["date part"])
    kept_days, dropped_days = _days(column.kept, pattern), _days(column.dropped, pattern)
    if not kept_days or not dropped_days:
        return
    day = FormatMoment(read, thresholds.DAY)
    for sign, low, high in ((">=", dropped_days[-1], kept_days[0]), ("<", kept_days[-1], dropped_days[0])):
        if low < high:
            for bound, extra in {thresholds.round_day_between(low, high): 0.0, high: PRICES["exact bound"]}.items():
                yield Priced(PRICES["threshold"] + extra, Compares(day, sign, str(bound)))


def _shown(node: FormatMoment, index: int, values: Sequence[str | None]) -> tuple[str | None, ...]:
    return tuple(node.run((*[None] * index, value)) for value in values)


def _days(values: Sequence[str | None], pattern: str) -> list[int]:
    """The dates as yyyymmdd, in ascending order."""
    read = [read_moment(value, pattern) for value in values if value]
    return sorted(thresholds.as_number(moment) for moment in read if moment and thresholds.is_whole_date(moment))


# Texts ----------------------------------------------------------------------------------------------------------------------


def _of_texts(column: Marked, filled: Sequence[str]) -> Iterator[Priced]:
    node = Column(column.index)
    if max(map(len, filled)) <= LONG:
        for kind in TOKEN_KINDS:
            yield from _both(PRICES["token"], HasToken(node, kind))
            for at in ("start", "end", "whole"):
                yield from _both(PRICES["token"] + 0.5, HasToken(node, kind, at))
    counts = Counter(word for value in filled for word in set(_words(value)))
    variety = math.log(max(len(counts), 2))
    price = PRICES["contains"] + variety
    for word in _telling(column.kept, counts):
        yield Priced(price, Contains(node, word))
    for word in _telling(column.dropped, counts):
        yield Priced(price + PRICES["not"], Not(node, Contains(node, word)))
    yield from _any_case(column, node, price)
    yield from _edges(column, node, filled)


def _words(value: str) -> list[str]:
    """Words, numbers and marks of a text, in their order."""
    return re.findall(r"[^\W_]+|[^\w \t\r\n]|_", value[:LONG])


def _telling(values: Sequence[str | None], counts: Counter[str]) -> list[str]:
    """The words of these texts that could tell rows apart, those of most texts first."""
    found = Counter(word for value in values if value for word in dict.fromkeys(_words(value)))
    return sorted(found, key=lambda word: (-found[word], counts[word], word))[:MOST_WORDS]


def _any_case(column: Marked, node: Node, price: float) -> Iterator[Priced]:
    lowered = [{word.lower() for word in _words(value)} for value in column.kept if value]
    written = {word for value in column.kept if value for word in _words(value)}
    if lowered and len(lowered) == len(column.kept):
        for word in sorted(set.intersection(*lowered))[:MOST_WORDS]:
            if word not in written or len({each for each in written if each.lower() == word}) > 1:
                yield Priced(price + PRICES["any case"], Contains(Case(node, "lower"), word))


def _edges(column: Marked, node: Node, filled: Sequence[str]) -> Iterator[Priced]:
    """How texts start and end: with a word or a mark, with both, or with a part of a word."""
    for values, negated in ((column.kept, False), (column.dropped, True)):
        texts = [value for value in values if value]
        for kind, name, take in ((StartsWith, "starts", _starts), (EndsWith, "ends", _ends)):
            variety = math.log(max(len({edge for value in filled for edge in take(value)[0][:1]}), 2))
            for partial in (False, True):
                for edge in list(dict.fromkeys(edge for value in texts for edge in take(value)[partial]))[:MOST_WORDS]:
                    test = kind(node, edge)
                    price = PRICES[name] + variety + (PRICES["part of a word"] - 0.1 * len(edge) if partial else 0.05 * len(edge))
                    yield Priced(price + PRICES["not"] * negated, Not(node, test) if negated else test)


_EDGE = r"[^\W\d_]+|[0-9]+|[^\w]|_"


def _starts(value: str) -> tuple[list[str], list[str]]:
    """Whole words or marks that the text starts with, and parts of a word."""
    match = re.match(_EDGE, value)
    if match is None:
        return [], []
    first = match.group()
    longer = [first + value[len(first)]] if len(value) > len(first) else []
    return [first, *longer], [first[:size] for size in (1, 2, 3) if len(first) > size]


def _ends(value: str) -> tuple[list[str], list[str]]:
    match = re.search(rf"(?:{_EDGE})\Z", value[-LONG:])
    if match is None:
        return [], []
    last = match.group()
    longer = [value[-len(last) - 1] + last] if len(value) > len(last) else []
    return [last, *longer], [last[-size:] for size in (1, 2, 3) if len(last) > size]
