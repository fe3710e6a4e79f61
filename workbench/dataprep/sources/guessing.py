"""What type a column of texts has."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.dataprep.columns import ColumnType
from workbench.dataprep.sources.specs import MISSING_MARKERS, Question

MISSING_CANDIDATES = (*MISSING_MARKERS, "#N/A", "None", "none", "-", "--", "?", ".")
"""Texts that may mean a missing value, when all others of the column are numbers, dates or booleans."""

_INTEGER = re.compile(r"[+-]?\d{1,18}")
_PADDED = re.compile(r"0\d+")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_TIME = re.compile(r"([01]?\d|2[0-4]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?")
_DATELIKE = re.compile(r"(?=.*\d)[\w ./,:-]{6,40}")
_BOOLEANS = ({"true", "false"}, {"t", "f"}, {"yes", "no"}, {"y", "n"})

_DAY_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y")
_MONTH_FIRST = ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y", "%m/%d/%y", "%m.%d.%y")
_PLAIN = ("%Y/%m/%d", "%Y-%m-%d", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%Y.%m.%d")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")


@dataclass(frozen=True)
class Guess:
    """A column's type, the strptime format of dates (empty: ISO), the missing markers that occurred, and rival formats."""

    type: ColumnType
    format: str = ""
    decimal: str = ""
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


def guess_column(texts: Sequence[str], *, comma: bool = True) -> Guess:
    """The type that all texts share, apart from missing ones. `comma`: whether a decimal comma is possible."""
    distinct = {text.strip() for text in dict.fromkeys(texts)} - {""}
    markers = frozenset(distinct & set(MISSING_CANDIDATES))
    values = sorted(distinct - markers)
    if not values:
        return Guess("string")
    lower = {value.lower() for value in values}
    if any(lower <= pair for pair in _BOOLEANS) and (len(lower) == 2 or lower <= {"true", "false"}):
        return Guess("boolean", markers=markers)
    if _all(_INTEGER, values):
        # a code such as a postcode loses its zeros as a number
        return Guess("string") if any(_PADDED.fullmatch(value) for value in values) else Guess("integer", markers=markers)
    if _all(_DECIMAL, values):
        padded = any(re.match(r"0\d", value) for value in values)
        return Guess("string") if padded else Guess("decimal", decimal=".", markers=markers)
    if comma and all(_COMMA.fullmatch(value) or _INTEGER.fullmatch(value) for value in values):
        return Guess("decimal", decimal=",", markers=markers)
    return _temporal(values, markers)


def _temporal(values: list[str], markers: frozenset[str]) -> Guess:
    if _all(_TIME, values):
        return Guess("time", markers=markers)
    if _all(_ISO_DATE, values) and _fits("%Y-%m-%d", values):
        return Guess("date", markers=markers)
    if _all(_ISO_TIMESTAMP, values):
        return Guess("timestamp", markers=markers)
    if not _all(_DATELIKE, values[:50]):
        return Guess("string")
    for clock in ("", *_CLOCKS):
        found = _dates(values, clock)
        if not found:
            continue
        if len(found) == 2:
            return Guess("string", markers=markers, rivals=(found[0], found[1]))
        return Guess("timestamp" if clock else "date", format=found[0], markers=markers)
    return Guess("string")


def _dates(values: list[str], clock: str) -> list[str]:
    """The one date format that fits all values, or the two that differ in the order of day and month."""
    for date in _PLAIN:
        if _fits(format_ := f"{date} {clock}".strip(), values):
            return [format_]
    for day, month in zip(_DAY_FIRST, _MONTH_FIRST, strict=True):
        found = [format_ for date in (day, month) if _fits(format_ := f"{date} {clock}".strip(), values)]
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


def _all(pattern: re.Pattern[str], values: list[str]) -> bool:
    return all(pattern.fullmatch(value) for value in values)
