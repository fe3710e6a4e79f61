"""Clusters of texts: by equal keys, or around the most frequent of similar ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from workbench.dataprep.steps.base import Record
from workbench.dataprep.steps.values.clustering.keys import KEYS, KeyMethod, fingerprint, plain
from workbench.dataprep.steps.values.clustering.nearest import (
    NearMethod,
    Tell,
    jaro_winkler_neighbours,
    levenshtein_neighbours,
)

Method = Literal[
    "fingerprint", "ngram_fingerprint", "metaphone", "soundex", "nysiis", "cologne", "levenshtein", "words", "jaro_winkler"
]
KEY_METHODS: tuple[KeyMethod, ...] = get_args(KeyMethod)
NEAR_METHODS: tuple[NearMethod, ...] = get_args(NearMethod)


class Member(Record):
    """A text of a cluster, and how similar it is to the canonical one (0 to 1)."""

    value: str
    score: float = 1.0


class Cluster(Record):
    """Texts that mean the same, and the one that stands for all of them."""

    canonical: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Clusters:
    """Those of several texts, the ones with most rows first. `limited`: whether some pairs were too many to be compared."""

    clusters: tuple[Cluster, ...]
    limited: bool = False


def make_clusters(counts: Mapping[str, int], method: Method, threshold: float = 0.8, tell: Tell = lambda _: None) -> Clusters:
    """The clusters of at least two texts, given with their numbers of rows.

    The most frequent text of a cluster stands for it (the first in the alphabet of several). By keys: texts with the same one (none
    with an empty one). By neighbours: from the most frequent text on, each that is still free takes its similar ones that are free:
    so each member is as similar to the canonical text as the threshold says, and no chain of small steps joins what is far apart.
    """
    if method in KEY_METHODS:
        return Clusters(_by_key(counts, KEYS[method], tell))
    form = fingerprint if method == "words" else plain
    groups = _groups(counts, form)
    forms = sorted(groups, key=lambda one: (-sum(counts[text] for text in groups[one]), one))
    find = jaro_winkler_neighbours if method == "jaro_winkler" else levenshtein_neighbours
    found = find(forms, threshold, tell)
    taken: set[int] = set()
    clusters = []
    for number, centre in enumerate(forms):
        if number in taken:
            continue
        near = sorted(
            (pair for pair in found.near.get(number, ()) if pair[0] not in taken), key=lambda pair: (-pair[1], forms[pair[0]])
        )
        taken.update([number, *(other for other, _ in near)])
        scored = [(text, 1.0) for text in groups[centre]] + [
            (text, score) for other, score in near for text in groups[forms[other]]
        ]
        if len(scored) > 1:
            clusters.append(_cluster(counts, scored))
    return Clusters(_ordered(counts, clusters), found.limited)


def _by_key(counts: Mapping[str, int], key: Callable[[str], str], tell: Tell) -> tuple[Cluster, ...]:
    clusters = []
    groups = _groups(counts, key)
    for done, texts in enumerate(groups.values()):
        if done % 1000 == 0:
            tell(done / len(groups))
        if len(texts) > 1:
            best = _best(counts, texts)
            clusters.append(_cluster(counts, [(text, _similarity(best, text)) for text in texts]))
    return _ordered(counts, clusters)


def _similarity(one: str, other: str) -> float:
    """The Levenshtein similarity of the plain texts, or of their words in alphabetical order where that is greater."""
    from rapidfuzz.distance import Levenshtein

    score = Levenshtein.normalized_similarity
    return max(score(plain(one), plain(other)), score(fingerprint(one), fingerprint(other)))


def _groups(counts: Mapping[str, int], key: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for text in counts:
        if found := key(text):
            groups[found].append(text)
    return groups


def _best(counts: Mapping[str, int], texts: Sequence[str]) -> str:
    return min(texts, key=lambda text: (-counts[text], text))


def _cluster(counts: Mapping[str, int], scored: Sequence[tuple[str, float]]) -> Cluster:
    """`scored`: the texts with their similarity to the canonical one, which is one of the most similar ones."""
    most = max(score for _, score in scored)
    canonical = _best(counts, [text for text, score in scored if score == most])
    members = sorted(scored, key=lambda one: (one[0] != canonical, -one[1], -counts[one[0]], one[0]))
    return Cluster(canonical=canonical, members=tuple(Member(value=text, score=round(score, 4)) for text, score in members))


def _ordered(counts: Mapping[str, int], clusters: Sequence[Cluster]) -> tuple[Cluster, ...]:
    def rows(cluster: Cluster) -> int:
        return sum(counts[member.value] for member in cluster.members)

    return tuple(sorted(clusters, key=lambda cluster: (-rows(cluster), cluster.canonical)))
