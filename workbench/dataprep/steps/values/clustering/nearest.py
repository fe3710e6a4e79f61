"""Pairs of similar texts among many, without comparing each with each.

Levenshtein: Pass-Join (Li, Deng, Wang, Feng: "Pass-Join: A Partition-based Method for Similarity Joins", PVLDB 5(3), 2011)
finds all pairs: a text that is k edits away from another one has one of its k + 1 segments in common with it, near the same place.
Jaro-Winkler: texts with the same first or the same last three characters are compared; this similarity prefers the former anyway.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

NearMethod = Literal["levenshtein", "words", "jaro_winkler"]
Tell = Callable[[float], None]

MOST_SHARING = 2_000
"""A segment that more texts than this share is too common to look for."""
_BLOCK = 3_000
_DUST = 1e-9
"""What floating-point numbers may lose: 1 - 2 / 10 is to reach 0.8."""


@dataclass
class Neighbours:
    """Similar texts by their numbers, with the similarity (0 to 1). `limited`: whether some pairs were not looked for."""

    near: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    limited: bool = False

    def add(self, one: int, other: int, score: float) -> None:
        """A pair."""
        self.near[one].append((other, score))
        self.near[other].append((one, score))


def levenshtein_neighbours(texts: Sequence[str], threshold: float, tell: Tell = lambda _: None) -> Neighbours:
    """All pairs of distinct texts whose normalised Levenshtein similarity (1 - edits / longer length) is at least the threshold."""
    import numpy as np
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    found = Neighbours()
    for number, partners in _candidates(texts, threshold, found, tell):
        text = texts[number]
        most = math.floor((1 - threshold) * len(text) + _DUST)
        others = [texts[partner] for partner in partners]
        edits = cdist([text], others, scorer=Levenshtein.distance, score_cutoff=most, dtype=np.int32)[0]
        for at in np.nonzero(edits <= most)[0]:
            found.add(number, partners[at], 1 - int(edits[at]) / len(text))
    return found


def jaro_winkler_neighbours(texts: Sequence[str], threshold: float, tell: Tell = lambda _: None) -> Neighbours:
    """Pairs of distinct texts with the same first or last three characters whose Jaro-Winkler similarity reaches the threshold."""
    import numpy as np
    from rapidfuzz.distance import JaroWinkler
    from rapidfuzz.process import cdist

    found = Neighbours()
    seen: set[tuple[int, int]] = set()
    blocks = list(_blocks(texts, found))
    for at, block in enumerate(blocks):
        tell(at / len(blocks))
        members = [texts[number] for number in block]
        scores = cdist(members, members, scorer=JaroWinkler.normalized_similarity, dtype=np.float64)
        for one, other in zip(*np.nonzero(np.triu(scores, 1) >= threshold - _DUST), strict=True):
            pair = (block[one], block[other])
            if pair not in seen:
                seen.add(pair)
                found.add(*pair, float(scores[one, other]))
    return found


def _candidates(texts: Sequence[str], threshold: float, found: Neighbours, tell: Tell) -> Iterator[tuple[int, list[int]]]:
    """Each text with those (not longer than it) that share a segment with it."""
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    index: dict[tuple[int, int, str], list[int]] = {}
    segments: dict[int, list[tuple[int, int]]] = {}
    for done, number in enumerate(order):
        if done % 1000 == 0:
            tell(done / len(order))
        text = texts[number]
        length = len(text)
        partners: set[int] = set()
        for shorter in range(math.ceil(threshold * length - _DUST), length + 1):
            for place, (start, size) in enumerate(segments.get(shorter, ())):
                edits = len(segments[shorter]) - 1
                moved = length - shorter
                first = max(0, start - place, start + moved - (edits - place))
                last = min(length - size, start + place, start + moved + (edits - place))
                for at in range(first, last + 1):
                    sharing = index.get((shorter, place, text[at : at + size]))
                    if sharing is None:
                        continue
                    if len(sharing) > MOST_SHARING:
                        found.limited = True
                    else:
                        partners.update(sharing)
        if partners:
            yield number, list(partners)
        if length not in segments:
            segments[length] = _segments(length, threshold)
        for place, (start, size) in enumerate(segments[length]):
            index.setdefault((length, place, text[start : start + size]), []).append(number)


def _segments(length: int, threshold: float) -> list[tuple[int, int]]:
    """Start and size of one segment more than a text of this length may have edits to a longer one."""
    longest = math.floor(length / threshold + _DUST)
    edits = min(math.floor((1 - threshold) * longest + _DUST), max(length - 1, 0))
    count = edits + 1
    sizes = [length // count + (1 if place >= count - length % count else 0) for place in range(count)]
    starts = [sum(sizes[:place]) for place in range(count)]
    return list(zip(starts, sizes, strict=True))


def _blocks(texts: Sequence[str], found: Neighbours) -> Iterator[list[int]]:
    """Numbers of texts with the same ends; blocks that are too large are parted by longer ends."""
    for first in (True, False):
        todo = [(list(range(len(texts))), 3)]
        while todo:
            numbers, size = todo.pop()
            parts: dict[str, list[int]] = defaultdict(list)
            for number in numbers:
                parts[texts[number][:size] if first else texts[number][-size:]].append(number)
            for block in parts.values():
                if len(block) <= _BLOCK:
                    if len(block) > 1:
                        yield block
                    continue
                found.limited = True
                if size < 30:
                    todo.append((block, size + 1))
