"""What a column's type is like, and what a reader of types hands over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MISSING_MARKERS = frozenset(
    {
        "na",
        "n/a",
        "#n/a",
        "n.a.",
        "nan",
        "null",
        "nil",
        "none",
        "-",
        "--",
        "---",
        "?",
        ".",
        "(null)",
        "(blank)",
        "<na>",
        "k.a.",
        "keine angabe",
        "missing",
    }
)
"""Texts (in lower case) that say that a value is missing."""

Counts = Mapping[str, int]
"""The distinct values (neither missing nor blank) in the order of the column, and how many rows have each."""


@dataclass(frozen=True)
class LikelyType:
    """A type that a column may have.

    `kind`: integer, decimal, percent, currency, measure, date, time, datetime, boolean, guid, email, url, ip, coordinates,
    phone, zip, json, path, code, category or text. `formats`: how the values are written, the most frequent first: LDML
    patterns (Unicode TR 35) for dates and times; for numbers too, but with the decimal and grouping marks as they stand in the
    data (`#.##0,00`). `share` and `count`: how many of the present values fit. `doubt`: what the values leave open, in a
    sentence; `decided`: what they settle, and by which row (counted from 1). `misfits`: some values that do not fit. `decimal`,
    `group`: the marks of numbers; `unit`: the currency or unit; `language`: of names.
    """

    kind: str
    formats: tuple[str, ...] = ()
    share: float = 1.0
    count: int = 0
    doubt: str = ""
    decided: str = ""
    misfits: tuple[str, ...] = ()
    decimal: str = ""
    group: str = ""
    unit: str = ""
    language: str = ""

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values, without what is empty."""
        full = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
        return {name: value for name, value in full.items() if name in {"kind", "share", "count"} or value}


@dataclass(frozen=True)
class Marks:
    """What else a reader of types knows."""

    decimal: str = ""
    group: str = ""
    unit: str = ""
    language: str = ""


@dataclass(frozen=True)
class Reading:
    """A type as its reader sees it: `fits` tells of any value whether it has the type; `rank` settles equal shares, the higher
    wins.
    """

    kind: str
    fits: Callable[[str], bool]
    rank: float
    formats: tuple[str, ...] = ()
    doubt: str = ""
    decided: str = ""
    marks: Marks = field(default_factory=Marks)
