"""Which texts of two lists are alike: the best partner of each, without comparing each with each where they are many."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

Likeness = Literal["characters", "words"]
"""How texts are compared: `characters` in their order (normalised insertions and deletions), `words` in any order."""

Pair = tuple[int, int, float]
"""Positions in both lists, and how alike they are, from 0 to 1."""

_ALL_PAIRS = 100_000_000
"""Up to so many pairs every text is compared with every one whose length allows it."""
_CHUNK = 500
_RARE = 8
"""Beyond, a text is compared with those that share one of so many of its rarest runs of three characters ..."""
_MOST = 4_000
"""... as long as not more than so many have it."""


def normal(text: str) -> str:
    """The text without accents, case and signs, as it is compared."""
    apart = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in apart if not unicodedata.combining(character)).casefold()
    return re.sub(r"[\W_]+", " ", plain).strip()


def partners(left: Sequence[str], right: Sequence[str], threshold: float, likeness: Likeness) -> list[tuple[str, str, float]]:
    """The texts of `left` that have a partner in `right`, with it and how alike they are."""
    return [(left[one], right[two], score) for one, two, score in best_pairs(left, right, threshold, likeness)]


def best_pairs(left: Sequence[str], right: Sequence[str], threshold: float, likeness: Likeness) -> Iterator[Pair]:
    """For each text of `left` its best partner of `right`, the first of those that are equally good, if any is alike enough.

    Finds every one that there is up to 100 million pairs; beyond, partners that share no rare run of three characters are missed.
    """
    from rapidfuzz import fuzz

    ours, theirs = ([normal(text) for text in texts] for texts in (left, right))
    if likeness == "words":
        ours, theirs = ([" ".join(sorted(text.split())) for text in texts] for texts in (ours, theirs))
    exact: dict[str, int] = {}
    for place, text in enumerate(theirs):
        exact.setdefault(text, place)
    open_: list[int] = []
    for place, text in enumerate(ours):
        if text and text in exact:
            yield place, exact[text], 1.0
        elif text:
            open_.append(place)
    if not open_ or not theirs:
        return
    if len(open_) * len(theirs) <= _ALL_PAIRS:
        yield from _by_length(ours, theirs, open_, threshold)
        return
    index = _runs_of(theirs)
    for place in open_:
        found = sorted(_candidates(ours[place], index))
        best, score = -1, 0.0
        for candidate in found:
            here = fuzz.ratio(ours[place], theirs[candidate], score_cutoff=100 * max(threshold, score)) / 100
            if here >= threshold and here > score:
                best, score = candidate, here
        if best >= 0:
            yield place, best, score


def _by_length(ours: list[str], theirs: list[str], open_: list[int], threshold: float) -> Iterator[Pair]:
    """All pairs whose lengths allow the threshold: of lengths a <= b the likeness is at most 2a / (a + b)."""
    import numpy as np
    from rapidfuzz import fuzz, process

    order = sorted(range(len(theirs)), key=lambda place: (len(theirs[place]), place))
    lengths = np.array([len(theirs[place]) for place in order])
    queries = sorted(open_, key=lambda place: len(ours[place]))
    for start in range(0, len(queries), _CHUNK):
        some = queries[start : start + _CHUNK]
        shortest, longest = len(ours[some[0]]), len(ours[some[-1]])
        low = int(np.searchsorted(lengths, np.floor(shortest * threshold / (2 - threshold)), "left"))
        high = int(np.searchsorted(lengths, np.ceil(longest * (2 - threshold) / max(threshold, 1e-9)), "right"))
        if low == high:
            continue
        near = sorted(order[low:high])  # in their own order, so that the first of equally good ones is found
        scores = process.cdist(
            [ours[place] for place in some], [theirs[place] for place in near], scorer=fuzz.ratio, score_cutoff=100 * threshold,
            dtype=np.float64,
        )  # fmt: skip
        best = scores.argmax(axis=1)
        for row, place in enumerate(some):
            score = fuzz.ratio(ours[place], theirs[near[best[row]]]) / 100
            if scores[row, best[row]] > 0 and score >= threshold:
                yield place, near[int(best[row])], score


def _runs(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def _runs_of(texts: list[str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        for run in _runs(text):
            index[run].append(place)
    return index


def _candidates(text: str, index: dict[str, list[int]]) -> set[int]:
    known = sorted((run for run in _runs(text) if run in index), key=lambda run: (len(index[run]), run))
    return {place for run in known[:_RARE] if len(index[run]) <= _MOST for place in index[run]}
