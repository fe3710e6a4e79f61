"""Clusters of values, each with one pattern: agglomerative, as in FlashProfile (OOPSLA 2018), over groups of one shape."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.base.errors import UserError
from workbench.byexample.profiling.grouping import TEXT, Group, groups_of, separated
from workbench.byexample.profiling.templates import Template, common

_OFTEN = 0.02
_SAMPLE = 100.0
_LEAST = 4.0
Enemies = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Cluster:
    """Values and the pattern that all of them match."""

    template: Template
    values: tuple[str, ...]
    held: bool = False
    """A single value that many rows have: it keeps its own pattern while there is room."""


@dataclass(frozen=True)
class Clustering:
    """Clusters that together hold all values. `enemies`: pairs of groups, as bits, that stay apart."""

    clusters: tuple[Cluster, ...]
    groups: int
    enemies: Enemies = ()

    def with_more(self, values: Sequence[str], most: int, *, vague: bool = False) -> "Clustering":
        """The clusters with further values put into them, or beside them; `vague`: as one group, which is quick for any number."""
        groups = [Group(tuple(values), TEXT)] if vague else groups_of(values)
        known = sum(cluster.template.support for cluster in self.clusters) + len(values)
        fresh = [_cluster(group, self.groups + number, known) for number, group in enumerate(groups)]
        found = _agglomerated([*self.clusters, *fresh], most, self.enemies)
        return Clustering(tuple(found), self.groups + len(groups), self.enemies)


def clusters_of(
    values: Sequence[str],
    most: int,
    *,
    weights: dict[str, int] | None = None,
    same: Sequence[Sequence[str]] = (),
    different: Sequence[Sequence[str]] = (),
) -> Clustering:
    """At most `most` clusters of distinct values (none empty). `weights`: how many rows have a value.

    `same`: sets of values that share a cluster; `different`: sets of values that are all in different ones. Raises UserError
    when they contradict each other or need more clusters than `most`.
    """
    groups = groups_of(values)
    for apart in different:
        for number, one in enumerate(apart):
            for other in apart[number + 1 :]:
                groups = _without_both(groups, one, other)
    counts = weights or {}
    rows = sum(counts.get(value, 1) for value in values)
    clusters = [_cluster(group, number, len(values), counts, rows) for number, group in enumerate(groups)]
    enemies = _enemies(groups, different)
    for together in same:
        clusters = _forced(clusters, together, enemies)
    return Clustering(tuple(_agglomerated(clusters, most, enemies)), len(groups), enemies)


def _cluster(group: Group, number: int, values: int, counts: dict[str, int] | None = None, rows: int = 0) -> Cluster:
    """The group as a cluster. A column weighs as much as _SAMPLE values, but rare groups count as if it were smaller."""
    support = len(group.values)
    weight = max(support * min(1.0, _SAMPLE / values), min(support, _LEAST))
    held = counts is not None and support == 1 and rows > 1 and counts.get(group.values[0], 1) >= _OFTEN * rows
    return Cluster(Template(group.slots(1 << number, weight / support), 1 << number, support, weight), group.values, held)


def _without_both(groups: list[Group], one: str, other: str) -> list[Group]:
    if one == other:
        raise UserError(f"'{one}' cannot be in two different patterns.", hint="Take it out of one of the sets.")
    for number, group in enumerate(groups):
        if one in group.values and other in group.values:
            return groups[:number] + separated(group, one, other) + groups[number + 1 :]
    return groups


def _enemies(groups: list[Group], different: Sequence[Sequence[str]]) -> Enemies:
    """Pairs of groups, as bits, that must not come together."""
    home = {value: 1 << number for number, group in enumerate(groups) for value in group.values}
    return tuple(
        (home[one], home[other])
        for apart in different
        for number, one in enumerate(apart)
        for other in apart[number + 1 :]
        if one in home and other in home
    )


def _hostile(first: Cluster, second: Cluster, enemies: Enemies) -> bool:
    a, b = first.template.members, second.template.members
    return any((a & one and b & other) or (a & other and b & one) for one, other in enemies)


def _forced(clusters: list[Cluster], together: Sequence[str], enemies: Enemies) -> list[Cluster]:
    wanted = set(together)
    everything = sum(cluster.template.weight for cluster in clusters)
    chosen = [cluster for cluster in clusters if wanted & set(cluster.values)]
    rest = [cluster for cluster in clusters if not wanted & set(cluster.values)]
    while len(chosen) > 1:
        first, second, *more = chosen
        if _hostile(first, second, enemies):
            raise UserError(
                "Some values are asked to be both in the same pattern and in different ones.",
                hint="Take one of these wishes away.",
                place=", ".join(f"'{value}'" for value in together),
            )
        chosen = [_joined(first, second, everything), *more]
    return chosen + rest


def _joined(first: Cluster, second: Cluster, everything: float) -> Cluster:
    return Cluster(common(first.template, second.template, everything), first.values + second.values, first.held or second.held)


def _agglomerated(clusters: list[Cluster], most: int, enemies: Enemies) -> list[Cluster]:
    alive = dict(enumerate(clusters))
    everything = sum(cluster.template.weight for cluster in clusters)
    loss: dict[tuple[int, int], tuple[float, Cluster]] = {}

    def compare(one: int, other: int) -> None:
        first, second = alive[one], alive[other]
        if not _hostile(first, second, enemies):
            both = _joined(first, second, everything)
            dearer = both.template.bits(everything) - first.template.bits(everything) - second.template.bits(everything)
            loss[one, other] = dearer, both

    names = list(alive)
    for position, one in enumerate(names):
        for other in names[position + 1 :]:
            compare(one, other)
    following = len(names)
    while loss:
        crowded = len(alive) > most
        free = {pair: item for pair, item in loss.items() if crowded or not any(alive[name].held for name in pair)}
        pair = min(free, key=lambda pair: (free[pair][0], pair), default=None)
        if pair is None or (free[pair][0] >= 0 and not crowded):
            break
        alive[following] = loss[pair][1]
        for gone in pair:
            del alive[gone]
        loss = {names: item for names, item in loss.items() if not set(names) & set(pair)}
        for one in list(alive):
            if one != following:
                compare(one, following)
        following += 1
    if len(alive) > most:
        raise UserError(
            f"The values that are to be in different patterns need {len(alive)} patterns; at most {most} are allowed.",
            hint="Allow more patterns.",
        )
    return list(alive.values())
