"""A slot: one piece of a pattern (a word, digits, a mark), with what it costs, as in FlashProfile's atoms (OOPSLA 2018)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from workbench.byexample.profiling.characters import (
    ANY,
    DIGIT,
    LOWER,
    OTHER,
    UPPER,
    Ranges,
    cased,
    class_regex,
    classes_of,
    escaped,
    joined,
    letter_ranges,
)

TITLE = "T"
"""A word of one upper-case letter and then lower-case ones."""

_MOST_TEXTS = 5
_MOST_MARKS = 8
_LONGEST_REPEAT = 1000  # RE2's limit
_SIZES = {UPPER: 26, LOWER: 26, DIGIT: 10, OTHER: 200, ANY: 256}
_LETTERS = frozenset({UPPER, LOWER, TITLE, OTHER})


@dataclass(frozen=True)
class Slot:
    """What stands at one place of a pattern.

    `kinds`: classes of characters, single characters, TITLE alone, or TITLE with UPPER (words and single initials); `low`,
    `high`: lengths where it is present; `texts`: what stood there and in how many values, () when too much; `support`: values
    that have it, `mass`: what they weigh; `total`: what their characters here weigh; `present`: the groups of values that have
    it, as bits.
    """

    kinds: frozenset[str]
    ranges: Ranges
    low: int
    high: int
    total: float
    mass: float
    texts: tuple[tuple[str, int], ...]
    support: int
    present: int
    hexa: str = ""

    @cached_property
    def characters(self) -> frozenset[str]:
        """The classes and characters that may occur in it."""
        return (self.kinds - {TITLE}) | {UPPER, LOWER} if TITLE in self.kinds else self.kinds

    @cached_property
    def constants(self) -> tuple[str, ...]:
        """The few texts that stand here, when they are better named than described; else ()."""
        if not self.texts:
            return ()
        if len(self.texts) == 1:
            steady = self.support == 1 or not self.characters & {DIGIT} or self.support >= 5
            return (self.texts[0][0],) if steady else ()
        often = all(count >= 3 for _, count in self.texts)
        words = self.characters <= _LETTERS | {" "}
        return tuple(text for text, _ in self.texts) if often and words and self.high <= 30 else ()

    @cached_property
    def fixed(self) -> bool:
        """Whether its length never differs, and that is no accident of few values."""
        if self.low != self.high:
            return False
        steady = self.kinds <= {DIGIT, UPPER} or self.high == 1 or bool(self.hexa)
        return steady or self.support >= 5 or (self.kinds.isdisjoint(_LETTERS | {ANY, " "}) and DIGIT not in self.kinds)

    @cached_property
    def tight(self) -> bool:
        """Whether it is one class of characters, letters of either case, fixed texts, or of fixed length."""
        plain = len(self.characters) == 1 or self.characters <= {UPPER, LOWER}
        return bool(self.constants) or plain or (self.fixed and self.characters.isdisjoint({" ", ANY}))

    @cached_property
    def value_bits(self) -> float:
        """Bits that tell what stands here in all values that have it, the pattern given."""
        if self.constants:
            return self.mass * math.log2(len(self.constants))
        size = 16 if self.hexa else sum(_SIZES.get(kind, 1) for kind in self.characters)
        size += 40 if OTHER not in self.kinds and any(high > 0x7F for _, high in self.ranges) else 0
        spread = 0.0 if self.fixed else 0.5 * math.log2(min(self.high - self.low, 32) + 2)
        return self.total * math.log2(size) + self.mass * spread

    @cached_property
    def pattern_bits(self) -> float:
        """Bits that tell the slot itself."""
        if self.constants:
            return sum(
                3.0 + (4.0 if self.characters & _LETTERS or DIGIT in self.characters else 2.0) * len(text)
                for text in self.constants
            )
        marks = len(self.characters - {UPPER, LOWER, DIGIT, OTHER, ANY})
        return 7.0 + 2.0 * len(self.kinds) + 4.0 * marks + (4.0 if any(high > 0x7F for _, high in self.ranges) else 0.0)

    def overlaps(self, other: "Slot") -> bool:
        """Whether a character may belong to either."""
        if ANY in self.kinds or ANY in other.kinds:
            return True
        if any(low <= high2 and low2 <= high for low, high in self.ranges for low2, high2 in other.ranges):
            return True
        return bool((self.characters & other.characters) - {UPPER, LOWER, OTHER})

    @cached_property
    def regex(self) -> str:
        """Its regular expression, for where it is present."""
        if self.constants:
            found = [escaped(text) for text in sorted(self.constants, key=lambda text: (-len(text), text))]
            return found[0] if len(found) == 1 else "(?:" + "|".join(found) + ")"
        if TITLE in self.kinds:  # alone, or with UPPER: words and initials
            first, rest = class_regex([UPPER], cased(self.ranges, UPPER)), class_regex([LOWER], cased(self.ranges, LOWER))
            return first + rest + self._repeat(self.low - 1, self.high - 1)
        if self.hexa:
            return class_regex([DIGIT], ()).replace(
                "]", "A-F" * ("A" in self.hexa) + "a-f" * ("a" in self.hexa) + "]"
            ) + self._repeat(self.low, self.high)
        return class_regex(self.characters, self.ranges) + self._repeat(self.low, self.high)

    @property
    def optional_regex(self) -> str:
        """Its regular expression, for where it may be absent."""
        single = self.low == self.high == 1 and len(self.constants) <= 1
        return self.regex + "?" if single else f"(?:{self.regex})?"

    def _repeat(self, low: int, high: int) -> str:
        if high > _LONGEST_REPEAT or not self._bounded(low, high):
            return "*" if low == 0 else "+"
        if low == high:
            return "" if low == 1 else f"{{{low}}}"
        return "?" if (low, high) == (0, 1) else f"{{{low},{high}}}"

    def _bounded(self, low: int, high: int) -> bool:
        if low == high:
            return self.fixed
        if self.characters <= {DIGIT}:
            return high <= 4 or (high - low <= 3 and low > 1)
        if self.characters <= {UPPER}:
            return high <= 4 and self.support >= 5
        return self.characters.isdisjoint(_LETTERS | {ANY, DIGIT}) and high <= 3


def hexa_of(texts: Iterable[str], kinds: frozenset[str]) -> str:
    """ "a", "A" or "Aa" when the texts are hexadecimal digits with letters of that case, else ""."""
    if not kinds <= {UPPER, LOWER, DIGIT} or DIGIT not in kinds or kinds == {DIGIT}:
        return ""
    seen = set().union(*texts)
    if not seen <= set("0123456789abcdefABCDEF"):
        return ""
    return "A" * bool(seen & set("ABCDEF")) + "a" * bool(seen & set("abcdef"))


def slot_of(texts: list[str], kinds: frozenset[str], present: int, worth: float = 1.0) -> Slot:
    """The slot of the texts that stand at one place of a group's values (not empty, one per value, each at least one character).

    `worth`: what a value weighs.
    """
    lengths = [len(text) for text in texts]
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
        if len(counts) > _MOST_TEXTS:
            break
    ranges = letter_ranges("".join(texts)) if kinds & _LETTERS else ()
    hexa = hexa_of(texts, kinds) if max(lengths) >= 4 and len(texts) >= 5 else ""
    few = () if len(counts) > _MOST_TEXTS else tuple(sorted(counts.items()))
    return Slot(kinds, ranges, min(lengths), max(lengths), sum(lengths) * worth, len(texts) * worth, few, len(texts), present, hexa)


def merged(first: Slot, second: Slot) -> Slot:
    """The slot that holds what either holds; the values of the two are different ones."""
    texts: dict[str, int] = {}
    if first.texts and second.texts:
        texts = dict(first.texts)
        for text, count in second.texts:
            texts[text] = texts.get(text, 0) + count
    return Slot(
        kinds=_united(first, second),
        ranges=joined(first.ranges + second.ranges),
        low=min(first.low, second.low),
        high=max(first.high, second.high),
        total=first.total + second.total,
        mass=first.mass + second.mass,
        texts=tuple(sorted(texts.items())) if len(texts) <= _MOST_TEXTS else (),
        support=first.support + second.support,
        present=first.present | second.present,
        hexa=_hexa(first, second),
    )


def collapsed(slots: Iterable[Slot], support: int, mass: float, members: int) -> Slot:
    """One slot for several that follow each other. Those not in all of the groups `members` may be absent, the one is present."""
    parts = tuple(slots)
    kinds = parts[0].kinds
    for part in parts[1:]:
        kinds = kinds | part.characters
    if len(parts) > 1:
        kinds = _few((kinds - {TITLE}) | ({UPPER, LOWER} if TITLE in kinds else set()))
    return Slot(
        kinds=kinds,
        ranges=joined(piece for part in parts for piece in part.ranges),
        low=sum(part.low for part in parts if part.present == members),
        high=sum(part.high for part in parts),
        total=sum(part.total for part in parts),
        mass=mass,
        texts=(),
        support=support,
        present=members,
        hexa="",
    )


def _united(first: Slot, second: Slot) -> frozenset[str]:
    if first.kinds == second.kinds:
        return first.kinds
    kinds = first.kinds | second.kinds
    initials = kinds == {TITLE, UPPER} and all(
        slot.high == 1 for slot in (first, second) if UPPER in slot.kinds and TITLE not in slot.kinds
    )
    return kinds if initials else _few((kinds - {TITLE}) | ({UPPER, LOWER} if TITLE in kinds else set()))


def _few(kinds: frozenset[str] | set[str]) -> frozenset[str]:
    marks = kinds - {UPPER, LOWER, DIGIT, OTHER, " "}
    return frozenset({ANY}) if ANY in kinds or len(marks) > _MOST_MARKS else frozenset(kinds)


def _hexa(first: Slot, second: Slot) -> str:
    if first.hexa and second.hexa:
        return "A" * ("A" in first.hexa + second.hexa) + "a" * ("a" in first.hexa + second.hexa)
    for one, other in ((first, second), (second, first)):
        if one.hexa and other.kinds == {DIGIT}:
            return one.hexa
    return ""


def plain_kinds(text: str) -> frozenset[str]:
    """The kinds of all characters of a text, as one slot has them."""
    return _few(set(classes_of(text)))
