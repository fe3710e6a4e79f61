"""Dates and times of a column: which LDML formats its values have, and whether the day or the month comes first."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from workbench.byexample.profiling.types.kinds import Counts, Marks, Reading
from workbench.byexample.profiling.types.layouts import Layout, Skeleton, cut, layouts, skeleton
from workbench.byexample.profiling.types.names import LANGUAGES, MONTHS, WEEKDAYS, Names, folded

_YEAR = "(?:1[5-9]|2[0-2])[0-9]{2}"
_FIELDS = {
    "d": "(?P<d>0?[1-9]|[12][0-9]|3[01])",
    "M": "(?P<M>0?[1-9]|1[0-2])",
    "H": "(?P<H>2[0-4]|[01]?[0-9])",
    "h": "(?P<h>1[0-2]|0?[1-9])",
    "m": "[0-5][0-9]",
    "s": "(?:[0-5][0-9]|60)",
    "D": "(?:00[1-9]|0[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])",
    "w": "(?:0?[1-9]|[1-4][0-9]|5[0-3])",
    "Q": "[1-4]",
    "a": "(?:[AaPp][Mm]|[AaPp]\\.[Mm]\\.?)",
}
_WEEKDAY_WORD = "(?P<E>[^\\W\\d_]+\\.?)"
_COMPACT = {
    "yyyy": f"(?P<y>{_YEAR})",
    "MM": "(?P<M>0[1-9]|1[0-2])",
    "dd": "(?P<d>0[1-9]|[12][0-9]|3[01])",
    "HH": "(?:[01][0-9]|2[0-3])",
}
_COMPACT |= {"mm": "[0-5][0-9]", "ss": "(?:[0-5][0-9]|60)", "H": "(?:[01][0-9]|2[0-3])"}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BESIDE = {"Md": "My", "My": "Md", "dM": "yM", "yM": "dM"}
_SINGLE = {"y"}  # a column of bare years may as well be numbers


@dataclass(frozen=True)
class _Way:
    """A layout of a skeleton with what tells whether a text has it."""

    shape: Skeleton
    layout: Layout
    match: Callable[[str], re.Match[str] | None]

    names: tuple[str, ...]

    def fits(self, text: str) -> bool:
        """Whether the text has the layout and the day exists."""
        found = self.match(text)
        if (
            not found
            or ("N" in self.names and folded(found["N"]) not in MONTHS)
            or ("E" in self.names and folded(found["E"]) not in WEEKDAYS)
        ):
            return False
        return "d" not in self.names or int(found["d"]) <= 28 or self._exists(found)

    def _exists(self, found: re.Match[str]) -> bool:
        day = int(found["d"])
        if "N" in self.names:
            month = next(iter(MONTHS[folded(found["N"])].values()))[0]
        else:
            month = int(found["M"]) if "M" in self.names else 1
        if day > _DAYS[month - 1]:
            return False
        year = int(found["y"]) if "y" in self.names else 0
        return month != 2 or day < 29 or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def _way(shape: Skeleton, layout: Layout) -> _Way:
    parts = [_piece(symbol, letter) for symbol, letter in zip(shape, layout.letters, strict=True)]
    regex = re.compile("".join(parts))
    return _Way(shape, layout, regex.fullmatch, tuple(regex.groupindex))


def _piece(symbol: str, letter: str) -> str:
    if symbol == "MON":
        return "(?P<N>[^\\W\\d_]+\\.?)"
    if symbol == "DAY":
        return _WEEKDAY_WORD
    if letter in {"y", "Y"}:
        return "(?P<y>[0-9]{2})" if symbol == "n" else f"(?P<y>{_YEAR})" if symbol == "4" else "(?!)"
    if letter == "S":
        return "[0-9]{1,2}" if symbol == "n" else f"[0-9]{{{symbol}}}"
    if letter in {"X", "x", "xx", "xxx", "skip", ""}:
        return {
            "n": "[0-9]{2}",
            "TH": "(?:[Ss][Tt]|[Nn][Dd]|[Rr][Dd]|[Tt][Hh])",
            "ZONE": "(?:Z|[A-Za-z]{3,4})",
            "4": "[0-9]{4}",
        }.get(symbol, re.escape(symbol))
    if len(letter) > 1:
        return "".join(_COMPACT[match.group()] for match in re.finditer(r"([a-zA-Z])\1*", letter))
    return _FIELDS[letter]


def read_dates(sample: Counts, counts: Counts, row: Callable[[str], int]) -> list[Reading]:
    """The reading of a column as dates or times, or none. `sample`: some of `counts`; `row`: the row of a value, counted from 1."""
    by_shape: dict[Skeleton, list[str]] = {}
    for value in sample:
        pieces = cut(value)
        if pieces and (shape := skeleton(pieces)) and layouts(shape):
            by_shape.setdefault(shape, []).append(value)
    ways = {shape: [_way(shape, layout) for layout in layouts(shape)] for shape in by_shape}
    if not ways:
        return []
    order, doubt, decided = _order(ways, counts, row)
    chosen: dict[_Way, list[str]] = {}
    rivals: dict[_Way, list[str]] = {}
    for shape, options in ways.items():
        fitted = {way: [value for value in by_shape[shape] if way.fits(value)] for way in options}
        wanted = {order, "My", "yM"} if {"-", "'"} & set(shape) else {order}  # Jan-17 is rather a year than a day
        best = max(options, key=lambda way: (len(fitted[way]), way.layout.order in wanted, -options.index(way)))
        best = next((way for way in options if way.layout.order == order and len(fitted[way]) * 2 > len(by_shape[shape])), best)
        if not fitted[best]:
            continue
        chosen[best] = fitted[best]
        beside = next((way for way in options if way.layout.order == _BESIDE.get(best.layout.order, "none")), None)
        if beside and len(fitted[beside]) == len(fitted[best]) and not doubt:
            doubt = f"The number beside the month may be a day or a year, as in '{fitted[best][0]}'."
            rivals[beside] = fitted[beside]
        elif doubt:
            rivals |= {way: fitted[way] for way in options if way.layout.order in {"dMy", "Mdy"} - {order} and fitted[way]}
    return [_reading(chosen, rivals, doubt, decided)] if chosen else []


def _order(ways: dict[Skeleton, list[_Way]], counts: Counts, row: Callable[[str], int]) -> tuple[str, str, str]:
    """Which of day and month comes first in the column, what is doubtful about it, and what decides it."""
    pairs = []
    for options in ways.values():
        by_order = {way.layout.order: way for way in options}
        if {"dMy", "Mdy"} <= set(by_order):
            pairs.append((by_order["dMy"], by_order["Mdy"]))
    if not pairs:
        return "", "", ""
    days, months, either = 0, 0, ""
    first_day = first_month = ""
    for value, count in counts.items():
        for day, month in pairs:
            a = day.match(value)
            b = None if a and int(a["d"]) > 12 else month.match(value)
            if a and b:
                either = either or value
            elif a and (int(a["d"]) <= 28 or day.fits(value)):
                days, first_day = days + count, first_day or value
            elif b and (int(b["d"]) <= 28 or month.fits(value)):
                months, first_month = months + count, first_month or value
    if first_day and first_month:
        day_row, month_row = row(first_day), row(first_month)
        doubt = f"The day comes first in '{first_day}' (row {day_row}), but the month in '{first_month}' (row {month_row})."
        return "dMy" if days >= months else "Mdy", doubt, ""
    if first_day or first_month:
        witness, name = (first_day, "day") if first_day else (first_month, "month")
        return (
            name[0].replace("m", "M") + ("My" if name == "day" else "dy"),
            "",
            (f"The {name} comes first: '{witness}' (row {row(witness)}) has no other reading."),
        )
    if not either:
        return "", "", ""
    doubt = f"The day or the month may come first: '{either}' (row {row(either)}) and all others can be read both ways."
    return "dMy" if "." in either else "Mdy", doubt, ""


def _reading(chosen: dict[_Way, list[str]], rivals: dict[_Way, list[str]], doubt: str, decided: str) -> Reading:
    ordered = sorted(chosen, key=lambda way: -len(chosen[way]))
    kinds = Counter[str]()
    for way in ordered:
        kinds[way.layout.kind] += len(chosen[way])
    kind = kinds.most_common(1)[0][0]
    if kind != "time" and kinds["datetime"]:
        kind = "datetime"
    same = [way for way in ordered if (way.layout.kind == "time") == (kind == "time")]
    language = _language([value for way in same for value in chosen[way]])
    formats: dict[str, None] = {}
    for way in same:
        formats |= dict.fromkeys(_formats(way, chosen[way], language))
    for way, values in rivals.items():
        formats |= dict.fromkeys(_formats(way, values, language))
    tests = [way.fits for way in same]
    bare = all(set(way.layout.letters) - {""} <= _SINGLE for way in same)
    compact = all(len(way.shape) == 1 for way in same)
    if bare:
        doubt = "Four digits may be a year or any number."
    return Reading(
        kind,
        lambda text: any(test(text) for test in tests),
        0.0 if bare else 0.25 if compact else 0.35,
        tuple(formats),
        doubt,
        decided,
        Marks(language=language),
    )


def _words(values: list[str]) -> list[str]:
    return [word for value in values for word in map(folded, re.findall(r"[^\W\d_]+", value)) if word in MONTHS or word in WEEKDAYS]


def _language(values: list[str]) -> str:
    votes = Counter[str]()
    for word, count in Counter(_words(values)).items():
        for language in MONTHS.get(word, {}).keys() | WEEKDAYS.get(word, {}).keys():
            votes[language] += count
    return max(votes, key=lambda language: (votes[language], -LANGUAGES.index(language)), default="")


def _formats(way: _Way, values: list[str], language: str) -> list[str]:
    """The way as LDML: one format, or two when names are both short and full."""
    columns = list(zip(*(cut(value) for value in values), strict=True))
    options = [""]
    for symbol, letter, column in zip(way.shape, way.layout.letters, columns, strict=True):
        texts = _written(symbol, letter, column, language)
        options = [before + text for before in options for text in texts]
    return options


def _written(symbol: str, letter: str, column: tuple[str, ...], language: str) -> list[str]:
    if symbol in {"MON", "DAY"}:
        table, name = (MONTHS, "M") if symbol == "MON" else (WEEKDAYS, "E")
        full = _fullness(column, table, language)
        dot = "." if symbol == "MON" and all(text.endswith(".") for text in column) else ""
        return [name * (4 if whole else 3) + ("" if whole else dot) for whole in full]
    if letter in {"d", "M", "H", "h"}:
        return [letter if any(len(text) == 1 for text in column) else letter * 2]
    if letter in {"y", "Y"}:
        return [letter * (2 if symbol == "n" else 4)]
    if letter == "S":
        return ["S" * max(map(len, column))]
    if letter == "X" and column[0] != "Z":
        return ["z"]
    if letter == "skip":
        return [""]
    if letter in {"Hmm", "Hmmss"}:
        return ["H" + letter]
    if letter:
        return [{"m": "mm", "s": "ss", "D": "DDD", "w": "ww"}.get(letter, letter)]
    if symbol == "'":
        return ["''"]
    return [f"'{symbol.lower()}'" if symbol == "TH" else f"'{column[0]}'" if symbol[0].isalpha() else symbol]


def _fullness(column: tuple[str, ...], table: Names, language: str) -> list[bool]:
    """Whether the names are short, full or both, the more frequent first; those that are both (May) do not count."""
    votes = Counter[bool]()
    for word in map(folded, column):
        languages = table.get(word, {})
        if languages:
            _, whole = languages.get(language) or next(iter(languages.values()))
            if whole is not None:
                votes[whole] += 1
    return [whole for whole, _ in votes.most_common()] or [False]
