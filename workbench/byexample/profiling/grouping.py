"""Cheap groups of values by shape, before anything is compared with anything.

Shapes have five levels, from words with their case to "any text". A group is divided by the finer shape as long as few finer
shapes hold most of it; so names stay words, hashes stay runs of letters and digits, and prose stays prose.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from workbench.byexample.profiling.characters import DIGIT, LOWER, OTHER, UPPER, classes_of
from workbench.byexample.profiling.slots import TITLE, Slot, plain_kinds, slot_of

CASE, WORDS, RUNS, PHRASES, TEXT = 1, 2, 3, 4, 5
MOST_GROUPS = 24
_LONGEST = 2000
_MOST_PIECES = 24
_MANY = 20
_MOST_SLOTS = 400  # of all groups together: comparing them takes the square of it
_PIECES = {
    CASE: re.compile(r"[Aa]+|0+|x+|([^Aa0x])\1*"),
    WORDS: re.compile(r"[Aax]+|0+|([^Aa0x])\1*"),
    RUNS: re.compile(r"[Aa0x]+|([^Aa0x])\1*"),
    PHRASES: re.compile(r"[Aa0x]+(?: +[Aa0x]+)*|([^Aa0x])\1*"),
    TEXT: re.compile(r"[\s\S]+"),
}
_MIXED = "M"
_WORDLIKE = frozenset("AaTMxw")
_CASE_SYMBOLS = {
    r"(?<![Aa])Aa+(?![Aa])": TITLE,
    r"(?<![Aa])(?:A+a|a+A)[Aa]*": _MIXED,
    "A+": UPPER,
    "a+": LOWER,
    "0+": DIGIT,
    "x+": OTHER,
    r"([^Aa0xTM])\1+": r"\1",
}
_SYMBOLS = {
    level: [(re.compile(pattern), symbol) for pattern, symbol in symbols.items()]
    for level, symbols in {
        CASE: _CASE_SYMBOLS,
        WORDS: {"[Aax]+": "w", "0+": DIGIT, r"([^w0])\1+": r"\1"},
        RUNS: {"[Aa0x]+": "w", r"([^w])\1+": r"\1"},
        PHRASES: {"[Aa0x]+(?: +[Aa0x]+)*": "w", r"([^w])\1+": r"\1"},
    }.items()
}
_CASES = {UPPER: {UPPER}, LOWER: {LOWER}, DIGIT: {DIGIT}, OTHER: {OTHER}, TITLE: {TITLE}, _MIXED: {UPPER, LOWER}}
Key = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Values (at least one, all different, none empty) of one shape: of each, the pieces that the level sees."""

    values: tuple[str, ...]
    level: int

    def slots(self, present: int, worth: float = 1.0) -> tuple[Slot, ...]:
        """The slots that all values have. `worth`: what a value weighs."""
        columns = list(zip(*(pieces(value, self.level) for value in self.values), strict=True))
        if self.level == CASE:
            kinds = [frozenset(_CASES.get(symbol.rstrip("~") or symbol, {symbol})) for symbol in shape(self.values[0], CASE)]
        else:
            kinds = [plain_kinds("".join(column)) for column in columns]
        return tuple(slot_of(list(column), kind, present, worth) for column, kind in zip(columns, kinds, strict=True))


def pieces(value: str, level: int) -> list[str]:
    """The value cut into the pieces of a level."""
    return [value[match.start() : match.end()] for match in _PIECES[level].finditer(classes_of(value))]


def shape(value: str, level: int) -> Key:
    """The shape of a value at a level: one symbol for each piece. Words in other scripts than Latin are words of their own kind."""
    if level == TEXT:
        return ("*",)
    classes = classes_of(value)
    for pattern, symbol in _SYMBOLS[level]:
        classes = pattern.sub(symbol, classes)
    if level > WORDS or value.isascii():
        return tuple(classes)
    parts = zip(classes, pieces(value, level), strict=True)
    return tuple(symbol + _script(piece) if symbol in _WORDLIKE else symbol for symbol, piece in parts)


def _script(word: str) -> str:
    beyond = sum(char >= "\u0370" for char in word)
    return "" if not beyond else "~" if beyond == len(word) else "~~"


def groups_of(values: Sequence[str]) -> list[Group]:
    """The groups of distinct values (none empty), at most about MOST_GROUPS, the largest first."""
    long = [value for value in values if len(value) > _LONGEST]
    found, rest = [], long
    for key, part in _divided([value for value in values if len(value) <= _LONGEST], PHRASES):
        if len(key) > _MOST_PIECES:
            rest = rest + part
        else:
            found += _descend(part, PHRASES)
    found.sort(key=_largest_first)
    sizes = accumulate(len(shape(group.values[0], group.level)) for group in found)
    kept = [group for group, size in zip(found[:MOST_GROUPS], sizes, strict=False) if size <= _MOST_SLOTS]
    rest = rest + [value for group in found[len(kept) :] for value in group.values]
    if len(rest) * 5 > len(values):  # prose: a shape that some of its sentences share by chance says nothing
        rest = rest + [value for group in kept if len(group.values) * 20 < len(values) for value in group.values]
        kept = [group for group in kept if len(group.values) * 20 >= len(values)]
    return kept + ([Group(tuple(rest), TEXT)] if rest else [])


def separated(group: Group, one: str, other: str) -> list[Group]:
    """The group (which holds both values) divided so that the two are apart: those alike the first, and the rest."""
    level = next(
        (level for level in (PHRASES, RUNS, WORDS, CASE) if level < group.level and shape(one, level) != shape(other, level)), 0
    )
    if level:
        alike = shape(one, level)
        return _by(group, lambda value: shape(value, level) == alike, level)
    pairs = list(zip(pieces(one, group.level), pieces(other, group.level), strict=True))
    place = next((number for number, (first, second) in enumerate(pairs) if len(first) != len(second)), -1)
    if place >= 0:
        length = len(pairs[place][0])
        return _by(group, lambda value: len(pieces(value, group.level)[place]) == length, group.level)
    place = next(number for number, (first, second) in enumerate(pairs) if first != second)
    return _by(group, lambda value: pieces(value, group.level)[place] == pairs[place][0], group.level)


def _by(group: Group, test: Callable[[str], bool], level: int) -> list[Group]:
    yes = tuple(value for value in group.values if test(value))
    no = tuple(value for value in group.values if not test(value))
    return [Group(yes, level), Group(no, group.level)]


def _largest_first(group: Group) -> tuple[int, tuple[str, ...]]:
    return -len(group.values), group.values


def _divided(values: list[str], level: int) -> list[tuple[Key, list[str]]]:
    found: dict[Key, list[str]] = {}
    for value in values:
        found.setdefault(shape(value, level), []).append(value)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def _descend(values: list[str], level: int) -> list[Group]:
    if level == CASE:
        return _by_length(Group(tuple(values), CASE))
    children = _divided(values, level - 1)
    large = [part for key, part in children if len(part) * 20 >= len(values) and len(key) <= _MOST_PIECES]
    small = [part for key, part in children if len(part) * 20 < len(values) or len(key) > _MOST_PIECES]
    if sum(map(len, large)) * 10 < len(values) * 7 or len(large) > 6:
        return [Group(tuple(values), level)]
    found = [group for part in large for group in _descend(part, level - 1)]
    if len(small) <= 3 and all(len(shape(part[0], level - 1)) <= _MOST_PIECES for part in small):
        return found + [group for part in small for group in _descend(part, level - 1)]
    return [*found, Group(tuple(value for part in small for value in part), level)]


def _by_length(group: Group) -> list[Group]:
    """The group divided where digits or capitals stand in two or three quite different lengths, or nearly always in one length."""
    columns = list(zip(*(pieces(value, group.level) for value in group.values), strict=True))
    for symbol, column in zip(shape(group.values[0], group.level), columns, strict=True):
        if symbol not in {DIGIT, UPPER}:
            continue
        by_length: dict[int, list[str]] = {}
        for value, piece in zip(group.values, column, strict=True):
            by_length.setdefault(len(piece), []).append(value)
        if len(by_length) == 1:
            continue
        most = max(by_length.values(), key=len)
        if len(group.values) >= _MANY and len(most) * 100 >= len(group.values) * 95:
            rest = [value for part in by_length.values() if part is not most for value in part]
            return [*_by_length(Group(tuple(most), group.level)), Group(tuple(rest), group.level)]
        lengths = sorted(by_length)
        distinct = all(second - first >= 2 for first, second in pairwise(lengths))
        frequent = all(len(part) >= max(3, len(group.values) / 20) for part in by_length.values())
        if len(lengths) <= 3 and distinct and frequent:
            return [Group(tuple(part), group.level) for part in by_length.values()]
    return [group]
