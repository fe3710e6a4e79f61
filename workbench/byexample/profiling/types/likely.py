"""The likely types of a column of texts, best first."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from workbench.byexample.profiling.types.dates import read_dates
from workbench.byexample.profiling.types.identifiers import read_identifiers
from workbench.byexample.profiling.types.kinds import MISSING_MARKERS, Counts, LikelyType, Reading
from workbench.byexample.profiling.types.numbers import read_numbers
from workbench.byexample.profiling.types.words import read_booleans, read_texts

_SAMPLE = 1000
_LEAST = 0.5
_MISFITS = 20
_FREQUENT = 50
_DATED = {"date", "datetime", "time"}
_CERTAIN = 0.3


def likely_type(values: Sequence[str | None]) -> tuple[LikelyType, ...]:
    """The types that the values may have, best first; () when all are missing (None) or blank.

    What a type is like is learnt from up to 1,000 distinct values; shares, misfits and the order of day and month come from all.
    Texts such as "n/a" do not count when types are compared.
    """
    counts = Counter(value for value in values if value is not None and not value.isspace() and value)
    first: dict[str, int] = {}

    def row(value: str) -> int:
        if not first:
            first.update({text: number for number, text in reversed(list(enumerate(values, 1))) if text is not None})
        return first[value]

    return tuple(judged.likely for judged in type_readings(counts, row))


@dataclass(frozen=True)
class Judged:
    """A likely type, its reading, all values that do not fit, and how good it is."""

    likely: LikelyType
    reading: Reading
    misfits: tuple[str, ...]
    score: float


def type_readings(counts: Counts, row: Callable[[str], int]) -> list[Judged]:
    """The likely types with their readings, best first. `row`: the row of a value, counted from 1."""
    real = {value: count for value, count in counts.items() if value.lower() not in MISSING_MARKERS} or dict(counts)
    if not real:
        return []
    sample = _sample(real)
    readings = [*read_numbers(sample), *read_dates(sample, real, row), *read_identifiers(sample), *read_booleans(sample)]
    readings += read_texts(real, sum(real.values()))
    found = [judged for reading in readings if (judged := _judged(reading, sample, real, counts))]
    found.sort(key=lambda judged: -judged.score)
    if any(judged.likely.kind in _DATED and judged.reading.rank > _CERTAIN for judged in found):
        found = [judged for judged in found if judged.likely.kind not in {"phone", "code"}]  # a date has their marks too
    return found


def _judged(reading: Reading, sample: Counts, real: Counts, counts: Counts) -> Judged | None:
    """The reading with what fits and what does not, None when too little fits. `real`: without markers of missing values."""
    if reading.kind == "text":
        return Judged(LikelyType("text", count=sum(counts.values())), reading, (), 1 + reading.rank)
    if sum(map(reading.fits, sample)) < len(sample) * _LEAST / 2:
        return None
    fitting = {value for value in real if reading.fits(value)}
    count = sum(real[value] for value in fitting)
    share = count / sum(real.values())
    if share < _LEAST:
        return None
    misfits = tuple(value for value in counts if value not in fitting)
    likely = LikelyType(
        kind=reading.kind,
        formats=reading.formats,
        share=count / sum(counts.values()),
        count=count,
        doubt=reading.doubt,
        decided=reading.decided,
        misfits=misfits[:_MISFITS],
        decimal=reading.marks.decimal,
        group=reading.marks.group,
        unit=reading.marks.unit,
        language=reading.marks.language,
    )
    return Judged(likely, reading, misfits, share + reading.rank)


def _sample(counts: Counts) -> dict[str, int]:
    """Values spread over the whole column, and the most frequent ones."""
    if len(counts) <= _SAMPLE:
        return dict(counts)
    step = len(counts) / _SAMPLE
    values = list(counts)
    chosen = dict.fromkeys(nlargest(_FREQUENT, values, key=counts.__getitem__))
    chosen.update(dict.fromkeys(values[int(number * step)] for number in range(_SAMPLE)))
    return {value: counts[value] for value in chosen}
