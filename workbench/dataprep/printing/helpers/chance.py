"""Chance that comes out the same everywhere: the MD5 digest of a seed and a row's number, or a value."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import floor
from typing import Any


def digest(seed: int, value: object) -> str:
    """A random text for a value: 32 hexadecimal digits."""
    return hashlib.md5(f"{seed}:{value}".encode()).hexdigest()  # noqa: S324 (nothing is secret)


def digests(count: int, seed: int) -> list[str]:
    """A random text for each row."""
    return [digest(seed, number) for number in range(count)]


def places(strata: Sequence[Any], seed: int) -> list[int]:
    """The random place of each row among those of its stratum, from 0."""
    random = digests(len(strata), seed)
    seen: Counter[Any] = Counter()
    found = [0] * len(strata)
    for row in sorted(range(len(strata)), key=random.__getitem__):
        found[row] = seen[strata[row]]
        seen[strata[row]] += 1
    return found


def drawn(count: int, wanted: int, seed: int) -> list[bool]:
    """Which rows are drawn when so many are wanted."""
    return [place < wanted for place in places([None] * count, seed)]


def drawn_by_stratum(strata: Sequence[Any], shares: float | Mapping[Any, float], at_least: int, seed: int) -> list[bool]:
    """Which rows are drawn: of each stratum a share, rounded, but at least so many; strata that have no share give none."""
    sizes = Counter(strata)
    wanted = {}
    for stratum, size in sizes.items():
        share = shares.get(stratum, 0.0) if isinstance(shares, Mapping) else shares
        wanted[stratum] = max(floor(size * share + 0.5), at_least if share > 0 else 0)
    return [place < wanted[stratum] for place, stratum in zip(places(strata, seed), strata, strict=True)]


def divided(strata: Sequence[Any], parts: Mapping[str, float], seed: int) -> list[str]:
    """The part of each row: of each stratum the parts have their shares, to one row. `parts`: up to which share each goes."""
    sizes = Counter(strata)
    found = []
    for place, stratum in zip(places(strata, seed), strata, strict=True):
        found.append(next((name for name, share in parts.items() if place < floor(sizes[stratum] * share + 0.5)), list(parts)[-1]))
    return found


def divided_by_value(rows: Iterable[Sequence[str | None]], parts: Mapping[str, str], seed: int) -> list[str]:
    """The part of each row, which its values alone decide. `parts`: below which digest each part is."""
    found = []
    for row in rows:
        random = digest(seed, "\x1f".join("!" if value is None else f"={value}" for value in row))
        found.append(next((name for name, bound in parts.items() if random < bound), list(parts)[-1]))
    return found
