"""The best common pattern of two groups of values, and what it costs: the dissimilarity of FlashProfile (OOPSLA 2018).

FlashProfile learns the cheapest pattern of two strings; here two sequences of slots are aligned, which is the same for whole
groups at once. The cost is counted in bits (of the pattern, and of the values once it is known), so it weighs both without
tuned constants.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby

from workbench.byexample.profiling.characters import ANY, DIGIT, LOWER, OTHER, UPPER
from workbench.byexample.profiling.slots import TITLE, Slot, collapsed, merged

_OPTIONAL_BITS = 40.0  # rather two patterns than one with a piece that may be absent,
_CHOICE_BITS = 10.0  # but rather such a piece than any mixture of characters
_GAP, _OPEN_GAP = 6, 2
_SAME = -1
_NEVER = 1000
_MOST_SLOTS = 30
_WORDLIKE = frozenset({UPPER, LOWER, OTHER, DIGIT, TITLE})


@dataclass(frozen=True)
class Template:
    """A pattern as slots. `members`: the groups it describes, as bits; `support`: how many values they have, `weight`: what
    these weigh.
    """

    slots: tuple[Slot, ...]
    members: int
    support: int
    weight: float

    @cached_property
    def regex(self) -> str:
        """Its regular expression; slots that come and go together stand in one optional group."""
        parts = []
        for present, run in groupby(self.slots, key=lambda slot: slot.present):
            slots = list(run)
            if present == self.members:
                parts += [slot.regex for slot in slots]
            elif len(slots) == 1:
                parts.append(slots[0].optional_regex)
            else:
                parts.append("(?:" + "".join(slot.regex for slot in slots) + ")?")
        return "".join(parts)

    @property
    def tight(self) -> bool:
        """Whether it says of each place what stands there: a value that does not match is really of another kind."""
        return self.optional <= 1 and all(slot.tight for slot in self.slots)

    @cached_property
    def optional(self) -> int:
        """How many groups of slots may be absent."""
        return sum(1 for present, _ in groupby(self.slots, key=lambda slot: slot.present) if present != self.members)

    @cached_property
    def _pattern_bits(self) -> float:
        return 4.0 + sum(slot.pattern_bits for slot in self.slots) + _OPTIONAL_BITS * self.optional

    @cached_property
    def _value_bits(self) -> float:
        bits: float = sum(slot.value_bits for slot in self.slots)
        for present, run in groupby(self.slots, key=lambda slot: slot.present):
            if present != self.members:
                bits += self.weight * _entropy(min(max(slot.mass for slot in run) / self.weight, 1.0))
        return bits

    def bits(self, everything: float) -> float:
        """What describing its values costs, as one pattern of a column whose values weigh `everything` together."""
        return self._pattern_bits + self._value_bits - self.weight * math.log2(self.weight / everything)

    @property
    def vagueness(self) -> float:
        """Bits for one value: the smaller, the more specific is the pattern."""
        return self._value_bits / self.weight


def _entropy(share: float) -> float:
    return 0.0 if share in {0.0, 1.0} else -share * math.log2(share) - (1 - share) * math.log2(1 - share)


def common(first: Template, second: Template, everything: float) -> Template:
    """The cheapest pattern found that describes the values of both: aligned, alike at both ends, or one class of characters."""
    support, members, weight = first.support + second.support, first.members | second.members, first.weight + second.weight
    ways: list[Sequence[Slot]] = [_mixed(first, second, 0, 0)]
    if len(first.slots) <= _MOST_SLOTS and len(second.slots) <= _MOST_SLOTS:
        start, end = _ends_alike(first, second)
        ways = [_aligned(first, second), *([_mixed(first, second, start, end)] if start + end else []), *ways]
    found = [Template(_unambiguous(slots, support, weight, members), members, support, weight) for slots in ways]
    return min(found, key=lambda template: template.bits(everything) - template.optional * (_OPTIONAL_BITS - _CHOICE_BITS))


def _ends_alike(first: Template, second: Template) -> tuple[int, int]:
    """With how many slots both begin alike, and with how many of the rest they end alike."""
    pairs = list(zip(first.slots, second.slots, strict=False))
    start = next((number for number, pair in enumerate(pairs) if not _alike(*pair, first, second)), len(pairs))
    backwards = list(zip(first.slots[start:][::-1], second.slots[start:][::-1], strict=False))
    end = next((number for number, pair in enumerate(backwards) if not _alike(*pair, first, second)), len(backwards))
    return start, end


def _alike(one: Slot, other: Slot, first: Template, second: Template) -> bool:
    return one.present == first.members and other.present == second.members and _match(one, other) <= 2


def _mixed(first: Template, second: Template, start: int, end: int) -> list[Slot]:
    """The first `start` slots and the last `end` ones of both made common, and one slot for all between."""
    middles = [template.slots[start : len(template.slots) - end] for template in (first, second)]
    parts = [
        collapsed(middle, template.support, template.weight, template.members)
        for middle, template in zip(middles, (first, second), strict=True)
        if middle
    ]
    heads = [merged(one, other) for one, other in zip(first.slots[:start], second.slots[:start], strict=True)]
    tails = [
        merged(one, other)
        for one, other in zip(first.slots[len(first.slots) - end :], second.slots[len(second.slots) - end :], strict=True)
    ]
    between = parts[:1] if len(parts) == 1 else [merged(*parts)] if parts else []
    return [*heads, *between, *tails]


def _aligned(first: Template, second: Template) -> list[Slot]:
    result: list[Slot] = []
    left: list[Slot] = []
    right: list[Slot] = []

    def flush() -> None:
        if left and right:
            one = collapsed(left, first.support, first.weight, first.members)
            other = collapsed(right, second.support, second.weight, second.members)
            result.append(merged(one, other))
        else:
            result.extend(left or right)
        left.clear()
        right.clear()

    for one, other in _path(first, second):
        if one and other:
            flush()
            result.append(merged(one, other))
        elif one:
            left.append(one)
        elif other:
            right.append(other)
    flush()
    return result


def _path(first: Template, second: Template) -> list[tuple[Slot | None, Slot | None]]:
    """The cheapest alignment, by dynamic programming."""
    rows, columns = first.slots, second.slots
    down = [_gap(slot, first) for slot in rows]
    across = [_gap(slot, second) for slot in columns]
    best = [[0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for j, cost in enumerate(across):
        best[0][j + 1] = best[0][j] + cost
    for i, slot in enumerate(rows):
        above, row = best[i], best[i + 1]
        row[0] = above[0] + down[i]
        for j, other in enumerate(columns):
            row[j + 1] = min(above[j] + _match(slot, other), above[j + 1] + down[i], row[j] + across[j])
    path: list[tuple[Slot | None, Slot | None]] = []
    i, j = len(rows), len(columns)
    while i or j:  # from the end; of equal ways the one that matches the earlier slots
        if i and best[i][j] == best[i - 1][j] + down[i - 1]:
            i -= 1
            path.append((rows[i], None))
        elif j and best[i][j] == best[i][j - 1] + across[j - 1]:
            j -= 1
            path.append((None, columns[j]))
        else:
            i, j = i - 1, j - 1
            path.append((rows[i], columns[j]))
    return path[::-1]


def _gap(slot: Slot, sequence: Template) -> int:
    return _GAP if slot.present == sequence.members else _OPEN_GAP


def _match(one: Slot, other: Slot) -> int:
    cost = _kinds_match(one.kinds, other.kinds)
    if cost != _SAME:
        return cost
    if len(one.texts) == 1 and one.texts[0][0] in {text for text, _ in other.texts}:
        return 0
    return 1 if (one.low, one.high) == (other.low, other.high) else 2


@lru_cache(4096)
def _kinds_match(one: frozenset[str], other: frozenset[str]) -> int:
    if one == other:
        return 0 if one.isdisjoint(_WORDLIKE) else _SAME
    if ANY in one or ANY in other:
        return 6
    worded = [not kinds.isdisjoint(_WORDLIKE) for kinds in (one, other)]
    if all(worded):
        return 4 if not _cased(one).isdisjoint(_cased(other)) else 10
    return _NEVER if any(worded) else 8


def _cased(kinds: frozenset[str]) -> frozenset[str]:
    return kinds | {UPPER, LOWER} if TITLE in kinds else kinds


def _unambiguous(slots: Sequence[Slot], support: int, weight: float, members: int) -> tuple[Slot, ...]:
    """The slots with those made one that a matcher could divide in more than one way: matching stays linear in any engine."""
    result = list(slots)
    while (clash := _clash(result, members)) is not None:
        start, end = clash
        result[start : end + 1] = [collapsed(result[start : end + 1], support, weight, members)]
    return tuple(result)


def _clash(slots: list[Slot], members: int) -> tuple[int, int] | None:
    for start, slot in enumerate(slots):
        varies = slot.low != slot.high or not slot.fixed or slot.present != members
        if slot.constants and slot.present == members and len(slot.constants) == 1:
            varies = False
        if not varies:
            continue
        for end in range(start + 1, len(slots)):
            if slot.overlaps(slots[end]):
                return start, end
            if slots[end].present == members and slots[end].low > 0:
                break
    return None
