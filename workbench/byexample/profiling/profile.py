"""The profile of a column of texts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.byexample.profiling.outliers import Outlier, find_outliers
from workbench.byexample.profiling.patterns import Pattern, find_patterns
from workbench.byexample.profiling.types.kinds import LikelyType
from workbench.byexample.profiling.types.likely import type_readings


@dataclass(frozen=True)
class Profile:
    """What a column of texts looks like.

    `count`: all values; `missing`: those that are None; `blank`: empty or only blanks; `distinct`: different texts, blank ones
    included. `patterns`: the most specific first, together of all values that are neither missing nor blank; `types`: the
    likeliest first; `outliers`: the most conspicuous first.
    """

    count: int
    missing: int
    blank: int
    distinct: int
    patterns: tuple[Pattern, ...]
    types: tuple[LikelyType, ...]
    outliers: tuple[Outlier, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "count": self.count,
            "missing": self.missing,
            "blank": self.blank,
            "distinct": self.distinct,
            "patterns": [pattern.to_json() for pattern in self.patterns],
            "types": [likely.to_json() for likely in self.types],
            "outliers": [outlier.to_json() for outlier in self.outliers],
        }


def profile(
    values: Sequence[str | None],
    *,
    most_patterns: int = 8,
    same: Sequence[Sequence[str]] = (),
    different: Sequence[Sequence[str]] = (),
    sample: int = 5000,
) -> Profile:
    """The patterns, likely types and outliers of a column.

    `most_patterns`: how many patterns at most; `same`: sets of values that are to share a pattern; `different`: sets of values
    that are all to have different ones; `sample`: from how many distinct values patterns are learnt (coverage is counted over all).

    The method is FlashProfile's (Padhi, Jain, Perelman, Polozov, Gulwani, Millstein, OOPSLA 2018): values are clustered by what
    their best common pattern costs. Raises UserError for wishes that cannot be met and for bounds below 1.
    """
    counts: Counter[str | None] = Counter(values)
    missing = counts.pop(None, 0)
    texts = {value: count for value, count in counts.items() if value is not None}
    present = {value: count for value, count in texts.items() if value and not value.isspace()}
    first: dict[str, int] = {}
    for number in range(len(values) - 1, -1, -1):
        value = values[number]
        if value is not None:
            first[value] = number
    found = find_patterns(present, most_patterns, same=same, different=different, sample=sample)
    judgements = type_readings(present, lambda value: first[value] + 1)
    return Profile(
        count=len(values),
        missing=missing,
        blank=sum(texts.values()) - sum(present.values()),
        distinct=len(texts),
        patterns=found.patterns,
        types=tuple(judged.likely for judged in judgements),
        outliers=find_outliers(present, first, found, judgements[0] if judgements else None),
    )
