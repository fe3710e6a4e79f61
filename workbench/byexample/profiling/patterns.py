"""The patterns of a column, with how many values have each: exact counts, however few values the patterns were learnt from."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.base.errors import UserError
from workbench.byexample.profiling.clustering import Cluster, Clustering, clusters_of
from workbench.byexample.profiling.english import described

_EXAMPLES = 5
_FURTHER = 1000
_ROUNDS = 3
_FREQUENT = 100


@dataclass(frozen=True)
class Pattern:
    """A pattern of a column's values.

    `regex` is to match a whole value and means the same in Python (`re.fullmatch`), RE2 (DuckDB's `regexp_full_match`) and Java
    (`matches`; in Spark `rlike` with `\\A(?:...)\\z`). `count` and `coverage` tell how many of the present values have it and none
    of the patterns before it; so they add up.
    """

    regex: str
    description: str
    coverage: float
    count: int
    examples: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "regex": self.regex,
            "description": self.description,
            "coverage": round(self.coverage, 6),
            "count": self.count,
            "examples": list(self.examples),
        }


@dataclass(frozen=True)
class Found:
    """Patterns, most specific first, which of them are tight, and of every distinct value the number of its pattern."""

    patterns: tuple[Pattern, ...]
    home: dict[str, int]
    tight: tuple[bool, ...] = ()


def find_patterns(
    counts: dict[str, int],
    most: int,
    *,
    same: Sequence[Sequence[str]] = (),
    different: Sequence[Sequence[str]] = (),
    sample: int = 5000,
) -> Found:
    """The patterns of distinct values and how often they occur; together they match all of them (none empty).

    Raises UserError for `most` or `sample` below 1, and for wishes that name unknown values or contradict each other.
    """
    if most < 1 or sample < 1:
        raise UserError("A profile needs at least one pattern and a sample of at least one value.")
    wished = [value for wish in (*same, *different) for value in wish]
    if unknown := next((value for value in wished if value not in counts), None):
        raise UserError(f"'{unknown}' is not a value of the column.", hint="Name values as they stand in the column.")
    if not counts:
        return Found((), {})
    chosen = sampled(counts, sample, wished)
    clustering = clusters_of(chosen, most, weights=counts, same=same, different=different)
    ordered, home = _homes(clustering, counts)
    strangers = [value for value, number in home.items() if number < 0]
    if strangers:
        ordered, home = _homes(_with_all(clustering, strangers, most), counts)
    return _counted(ordered, home, counts)


def _with_all(clustering: Clustering, strangers: list[str], most: int) -> Clustering:
    """The clustering with all the strangers in it: learnt from some of them at a time, at last as one group."""
    for _ in range(_ROUNDS):
        clustering = clustering.with_more(_some(strangers, _FURTHER), most)
        known = [re.compile(cluster.template.regex).fullmatch for cluster in clustering.clusters]
        strangers = [value for value in strangers if not any(match(value) for match in known)]
        if not strangers:
            return clustering
    return clustering.with_more(strangers, most, vague=True)


def sampled(counts: dict[str, int], size: int, wished: Sequence[str] = ()) -> list[str]:
    """At most about `size` of the values: the frequent ones, the wished ones, and others by a fixed chance."""
    if len(counts) <= size:
        return list(counts)
    often = sum(counts.values()) / _FREQUENT
    kept = dict.fromkeys([*wished, *(value for value, count in counts.items() if count >= often)])
    kept.update(dict.fromkeys(_some(list(counts), size)))
    return list(kept)


def _some(values: list[str], size: int) -> list[str]:
    return values if len(values) <= size else random.Random(0).sample(values, size)  # noqa: S311 (a sample that is always the same)


def _homes(clustering: Clustering, counts: dict[str, int]) -> tuple[list[Cluster], dict[str, int]]:
    """The clusters, most specific first, and of each value the number of the first that matches, or -1."""
    ordered = sorted(clustering.clusters, key=lambda cluster: (cluster.template.vagueness, cluster.template.regex))
    ordered = list({cluster.template.regex: cluster for cluster in ordered}.values())
    if len(ordered) > 1 and clustering.enemies:
        ordered = _enemies_first(ordered, clustering)
    match = re.compile("|".join(f"({cluster.template.regex})" for cluster in ordered)).fullmatch
    return ordered, {value: (found.lastindex or 0) - 1 if (found := match(value)) else -1 for value in counts}


def _enemies_first(ordered: list[Cluster], clustering: Clustering) -> list[Cluster]:
    """The same with a cluster moved before another that would take values that must be elsewhere."""
    result = list(ordered)
    for one, other in clustering.enemies:
        first = next(cluster for cluster in result if cluster.template.members & one)
        second = next(cluster for cluster in result if cluster.template.members & other)
        if result.index(first) > result.index(second):
            first, second = second, first
        takes = re.compile(first.template.regex).fullmatch
        if any(takes(value) for value in second.values):
            result.remove(second)
            result.insert(result.index(first), second)
    return result


def _counted(ordered: list[Cluster], home: dict[str, int], counts: dict[str, int]) -> Found:
    totals = [0] * len(ordered)
    examples: list[list[str]] = [[] for _ in ordered]
    repeated = max(counts.values()) > 1
    for value in sorted(home, key=lambda value: -counts[value]) if repeated else home:
        totals[home[value]] += counts[value]
        if len(examples[home[value]]) < _EXAMPLES:
            examples[home[value]].append(value)
    everything = sum(totals)
    kept = [number for number, total in enumerate(totals) if total]
    patterns = tuple(
        Pattern(
            regex=ordered[number].template.regex,
            description=described(ordered[number].template),
            coverage=totals[number] / everything,
            count=totals[number],
            examples=tuple(examples[number]),
        )
        for number in kept
    )
    renumbered = {number: position for position, number in enumerate(kept)}
    tight = tuple(ordered[number].template.tight for number in kept)
    return Found(patterns, {value: renumbered[number] for value, number in home.items()}, tight)
