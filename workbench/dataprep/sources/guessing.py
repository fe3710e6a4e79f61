"""What type a column of texts has, and how its numbers and dates are written."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.dataprep.columns import ColumnType
from workbench.dataprep.sources.specs import MISSING_MARKERS, Question

MISSING_CANDIDATES = (*MISSING_MARKERS, "#N/A", "None", "none", "-", "--", "?", ".", "<NA>", "\\N")
"""Texts that may mean a missing value, when all others of the column are numbers, dates or booleans."""

Marks = tuple[str, str]
"""The decimal mark and the mark between groups of three digits (empty: none)."""

USUAL: Marks = (".", "")
_MARKS: tuple[Marks, ...] = (
    USUAL, (".", ","), (",", ""), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"),
)  # fmt: skip
_SIGNS = {" ": "[ \u00a0\u202f]", "'": "['\u2019]", ",": ",", ".": r"\.", "": ""}

_PADDED = re.compile(r"[+-]?0\d+")
_LONG = re.compile(r"[+-]?\d{19,}")
_TIME = re.compile(r"([01]?\d|2[0-4]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(?P<zone>Z|[+-]\d{2}(:?\d{2})?)?")
_UTC = re.compile(r"Z|[+-]00(:?00)?")
_DATELIKE = re.compile(r"(?=.*\d)[\w ./,:+\-]{6,40}")
_BOOLEANS = ({"true", "false"}, {"t", "f"}, {"yes", "no"}, {"y", "n"})

_DAY_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y")
_MONTH_FIRST = ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y", "%m/%d/%y", "%m.%d.%y", "%m-%d-%y")
_PLAIN = ("%Y/%m/%d", "%Y-%m-%d", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%Y.%m.%d", "%d/%b/%Y")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "T%H:%M:%S", "T%H:%M")
_HALF_DAYS = ("%I:%M %p", "%I:%M:%S %p")
_ZONED = ("%Y-%m-%d %H:%M:%S %z", "%d/%b/%Y:%H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %z")


@dataclass(frozen=True)
class Guess:
    """A column's type, the strptime format of dates (empty: ISO), the missing markers that occurred, and rival formats."""

    type: ColumnType
    format: str = ""
    decimal: str = ""
    """The decimal mark, where there are numbers with one."""
    markers: frozenset[str] = frozenset()
    rivals: tuple[str, str] | None = None

    def question(self, column: str) -> Question | None:
        """What to ask when day and month cannot be told apart."""
        if not self.rivals:
            return None
        return Question(
            column=column,
            text=f"In {column}, does the day or the month come first?",
            choices=self.rivals,
            labels=("Day, then month", "Month, then day"),
        )


def guess_columns(columns: Sequence[Sequence[str]], marks: Marks | None = None) -> tuple[list[Guess], Marks]:
    """The types of all columns of a table, and the marks in its numbers: those under which most columns are numbers.

    `marks`: they are known.
    """
    best = marks or USUAL
    guesses = [guess_column(column, marks=best) for column in columns]
    if marks is not None:
        return guesses, best
    texts = [(place, _distinct(columns[place])[0]) for place, guess in enumerate(guesses) if guess.type == "string"]
    unknown = [(place, values) for place, values in texts if values and any(char.isdigit() for char in values[0])]
    numbers = [_distinct(column)[0] for column, guess in zip(columns, guesses, strict=True) if guess.type == "decimal"]
    gained: Counter[Marks] = Counter()
    for other in _MARKS[1:]:
        lost = sum(_number(values, other) is None for values in numbers)
        gained[other] = sum(_number(values, other) is not None and _means(values, other) for _, values in unknown) - lost
    other, count = max(gained.items(), key=lambda item: item[1])
    if count <= 0:
        return guesses, USUAL
    return [guess_column(column, marks=other) for column in columns], other


def guess_column(texts: Sequence[str], *, marks: Marks = USUAL) -> Guess:
    """The type that all texts share, apart from missing ones; text where they share none."""
    values, markers = _distinct(texts)
    if not values:
        return Guess("string")
    lower = {value.lower() for value in values}
    if any(lower <= pair for pair in _BOOLEANS) and (len(lower) == 2 or lower <= {"true", "false"}):
        return Guess("boolean", markers=markers)
    if kind := _number(values, marks):
        return Guess(kind, decimal=marks[0] if kind == "decimal" else "", markers=markers if kind != "string" else frozenset())
    return _temporal(values, markers)


def _distinct(texts: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    distinct = {text.strip() for text in dict.fromkeys(texts)} - {""}
    markers = frozenset(distinct & set(MISSING_CANDIDATES))
    return sorted(distinct - markers), markers


def _number(values: Sequence[str], marks: Marks) -> ColumnType | None:
    """Whole or decimal numbers; text for digits that are codes; None for anything else."""
    decimal, thousands = (_SIGNS[mark] for mark in marks)
    whole = rf"[1-9]\d{{0,2}}(?:{thousands}\d{{3}})+|\d+" if thousands else r"\d+"
    integer = re.compile(rf"[+-]?(?:{whole})")
    number = re.compile(rf"[+-]?(?:(?:{whole})(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d{{1,3}})?")
    if not _all(number, values):
        return None
    # a code such as a postcode loses its zeros as a number, and one of many digits its last ones
    if any(_PADDED.match(value) or _LONG.match(value) for value in values):
        return "string"
    return "integer" if _all(integer, values) else "decimal"


def _means(values: Sequence[str], marks: Marks) -> bool:
    """Whether the marks really stand in the numbers as these marks, and not as a decimal mark with three digits after it."""
    decimal, thousands = marks
    if not thousands:
        # a comma before three digits everywhere may be either, unless the digits before it, or other numbers, say more
        after = [value.partition(decimal) for value in values if decimal in value]
        return (bool(after) and any(re.fullmatch(r"[+-]?\d{4,}", value) for value in values)) or any(
            len(right) != 3 or left in {"0", "-0", "+0", ""} or len(left.lstrip("+-")) > 3 for left, _, right in after
        )
    grouped = re.compile(_SIGNS[thousands])
    if not any(grouped.search(value) for value in values):
        return False
    return not any(re.match(r"[+-]?\d{4}", value) for value in values)


def _temporal(values: list[str], markers: frozenset[str]) -> Guess:
    if _all(_TIME, values):
        return Guess("time", markers=markers)
    if _all(_ISO_DATE, values) and _fits("%Y-%m-%d", values):
        return Guess("date", markers=markers)
    if _all(_ISO_TIMESTAMP, values):
        return Guess(_iso(values), markers=markers)
    if not _all(_DATELIKE, values[:50]):
        return Guess("string")
    if half := next((clock for clock in _HALF_DAYS if _fits(clock, values)), ""):
        return Guess("time", format=half, markers=markers)
    if zoned := next((format_ for format_ in _ZONED if _fits(format_, values)), ""):
        return Guess("timestamp_tz", format=zoned, markers=markers)
    for clock in ("", *_CLOCKS):
        found = _dates(values, clock)
        if not found:
            continue
        if len(found) == 2:
            return Guess("string", markers=markers, rivals=(found[0], found[1]))
        return Guess("timestamp" if clock else "date", format=found[0], markers=markers)
    return Guess("string")


def _iso(values: list[str]) -> ColumnType:
    """With an offset from UTC they are times with zone; all in UTC, or without any, they are plain; both kinds are only texts."""
    zones = {match["zone"] or "" for value in values if (match := _ISO_TIMESTAMP.fullmatch(value))}
    if all(not zone or _UTC.fullmatch(zone) for zone in zones):
        return "timestamp"
    return "string" if "" in zones else "timestamp_tz"


def _dates(values: list[str], clock: str) -> list[str]:
    """The one date format that fits all values, or the two that differ in the order of day and month."""
    gap = "" if clock.startswith("T") else " "
    for date in _PLAIN:
        if _fits(format_ := f"{date}{gap}{clock}".strip(), values):
            return [format_]
    for day, month in zip(_DAY_FIRST, _MONTH_FIRST, strict=True):
        found = [format_ for date in (day, month) if _fits(format_ := f"{date}{gap}{clock}".strip(), values)]
        if found:
            return found
    return []


def _fits(format_: str, values: list[str]) -> bool:
    try:
        for value in values[:3000]:
            dt.datetime.strptime(value, format_)  # noqa: DTZ007 (only whether it parses)
    except ValueError:
        return False
    return True


def _all(pattern: re.Pattern[str], values: Sequence[str]) -> bool:
    return all(pattern.fullmatch(value) for value in values)
