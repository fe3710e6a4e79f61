"""Which of a source's new columns is a column that is gone: by name, type and place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from workbench.dataprep.columns import NUMERIC, TEMPORAL, ColumnType

LIKELY = 0.6
"""From so much likeness on a column is taken for renamed."""


def renamed(
    gone: Sequence[str], new: Sequence[str], places: Mapping[str, int], types: Mapping[str, ColumnType]
) -> list[tuple[str, str, float]]:
    """Pairs of an old and a new name with their likeness, each name once, the likest first.

    `places` and `types`: of both the old and the new columns.
    """
    scored = sorted(
        ((_likeness(old, name, places, types), -places[old], old, name) for old in gone for name in new), reverse=True
    )  # fmt: skip
    pairs: list[tuple[str, str, float]] = []
    for score, _, old, name in scored:
        taken = any(old == pair[0] or name == pair[1] for pair in pairs)
        if score >= LIKELY and not taken:
            pairs.append((old, name, round(score, 2)))
    return pairs


def _likeness(old: str, new: str, places: Mapping[str, int], types: Mapping[str, ColumnType]) -> float:
    if not _alike(types[old], types[new]):
        return 0.0
    names = _names(old, new)
    same = 0.1 * (types[old] == types[new]) + 0.2 * (places[old] == places[new])
    return 0.7 * names + same if names < 1 else 1.0


def _names(old: str, new: str) -> float:
    one, other = (re.sub(r"[\W_]+", "", name).lower() for name in (old, new))
    if one == other:
        return 1.0
    first, second = _words(old), _words(new)
    if first and second and (first <= second or second <= first):
        return 0.9
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+", name)}


def _alike(old: ColumnType, new: ColumnType) -> bool:
    groups = (NUMERIC, TEMPORAL)
    return old == new or "string" in {old, new} or any(old in group and new in group for group in groups)
