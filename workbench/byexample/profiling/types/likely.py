"""The likely types of a column of texts, best first."""

from collections import Counter
from collections.abc import Callable, Sequence

from workbench.byexample.profiling.types.dates import read_dates
from workbench.byexample.profiling.types.identifiers import read_identifiers
from workbench.byexample.profiling.types.kinds import MISSING_MARKERS, Counts, LikelyType, Reading
from workbench.byexample.profiling.types.numbers import read_numbers
from workbench.byexample.profiling.types.words import read_booleans, read_texts

_SAMPLE = 1000
_LEAST = 0.5
_MISFITS = 20
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

    return tuple(likely for likely, _ in type_readings(counts, row))


def type_readings(counts: Counts, row: Callable[[str], int]) -> list[tuple[LikelyType, Reading]]:
    """The likely types with their readings, best first. `row`: the row of a value, counted from 1."""
    real = {value: count for value, count in counts.items() if value.lower() not in MISSING_MARKERS} or dict(counts)
    if not real:
        return []
    sample = _sample(real)
    readings = [*read_numbers(sample), *read_dates(sample, real, row), *read_identifiers(sample), *read_booleans(sample)]
    readings += read_texts(real, sum(real.values()))
    everything, present = sum(real.values()), sum(counts.values())
    found = []
    for reading in readings:
        if sum(map(reading.fits, sample)) < len(sample) * _LEAST / 2:
            continue
        fitting = real.keys() if reading.kind == "text" else {value for value in real if reading.fits(value)}
        count = sum(real[value] for value in fitting)
        if count < everything * _LEAST:
            continue
        if reading.kind == "text":
            likely = LikelyType("text", count=present)
        else:
            misfits = tuple(value for value in counts if value not in fitting)[:_MISFITS]
            likely = LikelyType(
                kind=reading.kind,
                formats=reading.formats,
                share=count / present,
                count=count,
                doubt=reading.doubt,
                decided=reading.decided,
                misfits=misfits,
                decimal=reading.marks.decimal,
                group=reading.marks.group,
                unit=reading.marks.unit,
                language=reading.marks.language,
            )
        found.append((count / everything + reading.rank, likely, reading))
    found.sort(key=lambda item: -item[0])
    if any(likely.kind in _DATED and reading.rank > _CERTAIN for _, likely, reading in found):
        found = [item for item in found if item[1].kind not in {"phone", "code"}]  # a date has the marks of these too
    return [(likely, reading) for _, likely, reading in found]


def _sample(counts: Counts) -> dict[str, int]:
    """Values spread over the whole column, and the most frequent ones."""
    if len(counts) <= _SAMPLE:
        return dict(counts)
    step = len(counts) / _SAMPLE
    values = list(counts)
    chosen = dict.fromkeys(sorted(values, key=lambda value: -counts[value])[:50])
    chosen.update(dict.fromkeys(values[int(number * step)] for number in range(_SAMPLE)))
    return {value: counts[value] for value in chosen}
