"""Values that fit none of the main patterns, nor the type: which, and why."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.byexample.profiling.characters import DIGIT, LOWER, OTHER, UPPER, classes_of
from workbench.byexample.profiling.grouping import CASE, shape
from workbench.byexample.profiling.patterns import Found
from workbench.byexample.profiling.repairs import one_edit_apart, repairs
from workbench.byexample.profiling.types.kinds import MISSING_MARKERS, Reading
from workbench.byexample.profiling.types.layouts import cut, skeleton
from workbench.byexample.profiling.types.likely import Judged

_MOST = 200
_CANDIDATES = 2000
_LONGEST = 300
_MAIN = 0.05
_RARE = 0.15
_SURE = 0.85
_SLIP_ROWS = 2
_FIRST_TWO = re.compile("^([0-9]{1,2})([^0-9A-Za-z]+)([0-9]{1,2})(?![0-9])")
_SLIPS = 3.0  # conspicuous enough among categories: a likely mistake
_LOOSE = frozenset({"text", "category"})
_FREE = frozenset(
    {
        "integer",
        "decimal",
        "percent",
        "currency",
        "measure",
        "email",
        "url",
        "path",
        "json",
        "coordinates",
        "ip",
        "boolean",
        "phone",
    }
)
"""Types whose values look different from each other anyway."""


@dataclass(frozen=True)
class Outlier:
    """A conspicuous value: the first row that has it (from 0), how many have it, and why it stands out, in a sentence."""

    index: int
    value: str
    reason: str
    count: int = 1

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class _Norm:
    """What is usual in the column."""

    reads: Callable[[str], bool] | None
    looks: Callable[[str], bool]
    name: str
    usual: tuple[str, ...]
    shapes: Mapping[tuple[str, ...], set[int]]
    characters: frozenset[str]
    dates: frozenset[tuple[str, ...]]
    words: Mapping[str, int]


def find_outliers(counts: Mapping[str, int], first: Mapping[str, int], found: Found, best: Judged | None) -> tuple[Outlier, ...]:
    """At most 200 outliers, the most conspicuous first.

    `counts`, `first`: of each value how often and in which row (from 0) it stands; `best`: the likeliest type.
    """
    if not best:
        return ()
    main = [number for number, pattern in enumerate(found.patterns) if pattern.coverage >= _MAIN]
    kind = best.likely.kind
    typed = kind not in _LOOSE and best.likely.share >= _SURE
    suspects = _suspects(counts, found, main, best, typed=typed)
    if not suspects or len(suspects) == len(counts):
        return ()
    norm = _norm(counts, found, main, suspects, kind, best.reading if typed else None)
    chosen = sorted(suspects, key=lambda value: (counts[value], first[value]))[:_CANDIDATES]
    judged = [(_judged(value, counts[value], norm), value) for value in chosen]
    if kind == "category":
        judged = [item for item in judged if item[0][0] >= _SLIPS or item[1] != item[1].strip()]
    judged.sort(key=lambda item: (-item[0][0], counts[item[1]], first[item[1]]))
    return tuple(Outlier(first[value], value, reason, counts[value]) for (_, reason), value in judged[:_MOST])


def _suspects(counts: Mapping[str, int], found: Found, main: list[int], best: Judged, *, typed: bool) -> set[str]:
    """The values that do not fit the type, are rare categories, have none of the main patterns, or blanks at their ends."""
    rows = sum(counts.values())
    suspects = set(best.misfits) if typed or best.likely.kind == "category" else set()
    if best.likely.kind == "category":
        suspects.update(value for value, count in counts.items() if count * 20 < rows)
    rare = rows - sum(found.patterns[number].count for number in main)
    free = typed and best.likely.kind in _FREE
    if not free and 0 < rare <= rows * _RARE and all(found.tight[number] for number in main):
        keep = set(main)
        suspects.update(value for value in counts if found.home[value] not in keep)
    untidy = [value for value in counts if value[0].isspace() or value[-1].isspace()]
    if len(untidy) * 10 <= len(counts):
        suspects.update(untidy)
    return suspects


def _norm(
    counts: Mapping[str, int],
    found: Found,
    main: list[int],
    suspects: set[str],
    kind: str,
    reading: Reading | None,
) -> _Norm:
    usual = [value for value in counts if value not in suspects and len(value) <= _LONGEST][:_CANDIDATES]
    shapes: dict[tuple[str, ...], set[int]] = {}
    for value in usual:
        shapes.setdefault(shape(value, CASE), set()).add(len(value))
    dated = reading is not None and kind in {"date", "datetime", "time"}
    dates = frozenset(cast for value in usual if dated and (cast := skeleton(cut(value))))
    words = {value: counts[value] for value in usual} if kind == "category" else {}
    matches = [re.compile(found.patterns[number].regex).fullmatch for number in main]

    def looks(text: str) -> bool:
        return text in words if kind == "category" else any(match(text) for match in matches)

    return _Norm(
        reads=reading.fits if reading else None,
        looks=looks,
        name=kind if reading else "",
        usual=tuple(found.patterns[number].examples[0] for number in main[:2]),
        shapes=shapes,
        characters=frozenset("".join(map(classes_of, usual))),
        dates=dates,
        words=words,
    )


def _judged(value: str, count: int, norm: _Norm) -> tuple[float, str]:
    """How conspicuous the value is, and why."""
    if value.strip().lower() in MISSING_MARKERS:
        return 0.5, f"'{value.strip()}' seems to stand for a missing value."
    if len(value) > _LONGEST:
        return 1.5, f"It is much longer than the others: {len(value)} characters."
    misread = norm.reads is not None and not norm.reads(value)
    fits = norm.reads if norm.reads and misread else norm.looks
    for changed, wrong in repairs(value):
        if changed and fits(changed):
            return 4.0, f"{wrong}; as '{changed}' it would fit."
    for word, common in norm.words.items():
        if count <= _SLIP_ROWS and one_edit_apart(value, word):
            return 3.5, f"It differs in one letter from '{word}', which {common} rows have."
    if norm.dates and misread and skeleton(cut(value)) in norm.dates:
        exchanged = _FIRST_TWO.sub(r"\3\2\1", value)
        if exchanged != value and fits(exchanged):
            return 3.5, f"Its day and month stand the other way round than in the others; as '{exchanged}' it would fit."
        return 3.0, "It is written like the others, but there is no such day or time."
    lengths = norm.shapes.get(shape(value, CASE))
    if lengths and len(lengths) <= 3 and len(value) not in lengths:
        longer = "longer" if len(value) > max(lengths) else "shorter" if len(value) < min(lengths) else "of another length"
        return 2.5, f"It is {longer} than the others: {len(value)} characters, not {_listed(lengths)}."
    if value != value.strip():
        return 2.5, "It begins or ends with a blank."
    strange = next((char for char, kind in zip(value, classes_of(value), strict=True) if kind not in norm.characters), "")
    if strange:
        return 2.0, f"It has {_thing(strange, norm)}, unlike the others{_like(norm)}."
    if norm.name and misread:
        return 1.5, f"It cannot be read as {_named(norm.name)}{_like(norm)}."
    return 1.0, f"It is written otherwise than most{_like(norm)}."


def _thing(char: str, norm: _Norm) -> str:
    kind = classes_of(char)
    names = {UPPER: "capital letters", LOWER: "small letters", OTHER: "foreign letters", DIGIT: "digits"}
    if kind in {UPPER, LOWER} and norm.characters.isdisjoint({UPPER, LOWER}):
        return "letters"
    return names.get(kind) or ("blanks" if char.isspace() else f"'{char}'")


def _like(norm: _Norm) -> str:
    return f", such as {' or '.join(_quoted(value) for value in norm.usual)}" if norm.usual else ""


def _quoted(text: str) -> str:
    return f"'{text}'" if len(text) <= 40 else f"'{text[:40]}…'"


def _listed(lengths: set[int]) -> str:
    low, high = min(lengths), max(lengths)
    return str(low) if low == high else f"{low} to {high}"


def _named(kind: str) -> str:
    names = {
        "ip": "an IP address",
        "guid": "a GUID",
        "url": "a URL",
        "json": "JSON",
        "zip": "a post code",
        "datetime": "a date with time",
    }
    names |= {
        "currency": "an amount of money",
        "measure": "a number with a unit",
        "decimal": "a number",
        "coordinates": "coordinates",
    }
    return names.get(kind) or f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
