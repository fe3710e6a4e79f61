"""Tests on texts: the words they contain, how they start and end, what kinds of tokens they have, how long they are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from workbench.byexample.filtering.pricing import FEW, LONG, PRICES, Marked, Priced, both
from workbench.byexample.tree.conditions import (
    Contains,
    EndsWith,
    HasToken,
    LengthIs,
    LongerThan,
    Not,
    StartsWith,
    WordCount,
)
from workbench.byexample.tree.nodes import Column, Node
from workbench.byexample.tree.texts import Case
from workbench.byexample.tree.tokens import expression

TOKEN_KINDS = ("digits", "signed", "letters", "email", "url", "ip", "phone", "date", "time", "upper", "guid")
MOST_WORDS = 60
WORD = 40
"""Longer words are no words that a person would filter by."""


def text_tests(column: Marked) -> Iterator[Priced]:
    """What tells the marked texts of a column."""
    node, filled = Column(column.index), column.filled
    if max(map(len, filled)) <= LONG:
        for kind in TOKEN_KINDS:
            yield from both(PRICES["token"], HasToken(node, kind))
            for at in ("start", "end", "whole"):
                yield from both(PRICES["token"] + 0.5, HasToken(node, kind, at))
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
    short = [word for word in found if len(word) <= WORD]
    return sorted(short, key=lambda word: (-found[word], counts[word], word))[:MOST_WORDS]


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
                for edge in _short(edge for value in texts for edge in take(value)[partial]):
                    test = kind(node, edge)
                    price = PRICES[name] + variety + (PRICES["part of a word"] - 0.1 * len(edge) if partial else 0.05 * len(edge))
                    yield Priced(price + PRICES["not"] * negated, Not(node, test) if negated else test)


def _short(edges: Iterable[str]) -> list[str]:
    return [edge for edge in dict.fromkeys(edges) if len(edge) <= WORD][:MOST_WORDS]


_EDGE = r"[^\W\d_]+|[0-9]+|[^\w]|_"


def _starts(value: str) -> tuple[list[str], list[str]]:
    """Whole words or marks that the text starts with, and parts of a word."""
    match = re.match(_EDGE, value[:LONG])
    if match is None:
        return [], []
    first = match.group()
    longer = [first + value[len(first)]] if len(value) > len(first) else []
    return [first, *longer], [first[:size] for size in (1, 2, 3) if len(first) > size]


def _ends(value: str) -> tuple[list[str], list[str]]:
    match = re.match(_EDGE, value[: -LONG - 1 : -1])
    if match is None:
        return [], []
    last = match.group()[::-1]
    longer = [value[-len(last) - 1] + last] if len(value) > len(last) else []
    return [last, *longer], [last[-size:] for size in (1, 2, 3) if len(last) > size]


def length_tests(column: Marked) -> Iterator[Priced]:
    """Length in characters and words."""
    node = Column(column.index)
    kept, dropped = ([len(value) for value in values if value] for values in (column.kept, column.dropped))
    if kept and len(set(kept)) == 1:
        yield from both(PRICES["length"], LengthIs(node, kept[0]))
    if dropped and len(set(dropped)) == 1:
        yield Priced(PRICES["length"] + PRICES["not"], Not(node, LengthIs(node, dropped[0])))
    if kept and dropped and min(kept) > max(dropped):
        yield Priced(PRICES["length"], LongerThan(node, (min(kept) + max(dropped)) // 2))
    if kept and dropped and max(kept) < min(dropped):
        yield Priced(PRICES["length"], Not(node, LongerThan(node, (max(kept) + min(dropped) - 1) // 2)))
    words = {_count(value) for value in column.kept if value and len(value) <= LONG}
    if len(words) == 1 and 0 not in words and len({_count(value) for value in column.filled if len(value) <= LONG}) <= FEW:
        yield from both(PRICES["words"], WordCount(node, words.pop()))


def _count(value: str) -> int:
    return len(expression("nonblank").findall(value))
