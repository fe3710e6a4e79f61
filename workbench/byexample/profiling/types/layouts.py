"""The ways a text can be read as a date or time: which piece is the day, the month, the year, the hour."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from workbench.byexample.profiling.types.names import EAST_ASIAN, FILLERS, HALVES, MONTHS, ORDINALS, WEEKDAYS, ZONES, folded

_PIECES = re.compile(r"[0-9]+|(?:a\.m|p\.m)\.?(?![^\W\d_])|[^\W\d_]+\.?|[^0-9]", re.IGNORECASE)
_HAS = re.compile(r"[0-9]")
_LONGEST = 60
_NUMBER, _MONTH, _WEEKDAY, _HALF, _ZONE, _ORDINAL = "n", "MON", "DAY", "HALF", "ZONE", "TH"
_DATE_MARKS = frozenset("/-._ ,'’")

Skeleton = tuple[str, ...]
"""The pieces with numbers as their length (n for one or two digits), names as their kind, and everything else as it stands."""


@dataclass(frozen=True)
class Layout:
    """One way to read a skeleton: of each piece its LDML letter ("" where it is only text). `order`: of day, month and year."""

    letters: tuple[str, ...]
    order: str
    kind: str


def cut(text: str) -> list[str]:
    """The pieces of a text that may be a date, or [] when it is none for sure."""
    if len(text) > _LONGEST or not _HAS.search(text) or text != text.strip():
        return []
    return _PIECES.findall(text)


def skeleton(pieces: list[str]) -> Skeleton | None:
    """The skeleton of the pieces, None when a word is none of a date."""
    found: list[str] = []
    for piece in pieces:
        if piece[0].isdigit():
            found.append(_NUMBER if len(piece) <= 2 else str(len(piece)))
        elif piece[0].isalpha():
            word = _word(piece)
            if not word:
                return None
            found.append(word)
        else:
            found.append(piece)
    return tuple(found)


@lru_cache(4096)
def _word(piece: str) -> str:
    plain = folded(piece)
    if plain in MONTHS and plain in WEEKDAYS:  # "mar" is March and a Tuesday
        return _MONTH
    if plain in HALVES:
        return _HALF
    if plain in MONTHS:
        return _MONTH
    if plain in WEEKDAYS:
        return _WEEKDAY
    if plain in ZONES:
        return _ZONE if plain != "z" or piece == "Z" else ""
    if plain in ORDINALS:
        return _ORDINAL
    return piece if plain in FILLERS else ""


@lru_cache(2048)
def layouts(shape: Skeleton) -> tuple[Layout, ...]:
    """All ways to read a skeleton, the likelier first; () for none."""
    numbers = sum(symbol == _NUMBER or symbol.isdigit() for symbol in shape)
    if not numbers or numbers > 9:
        return ()
    clock, rest = _clock(shape)
    if clock and all(not symbol.strip(" ,T") for number, symbol in enumerate(shape) if number not in clock):
        if "-" in shape:  # 20:00-21:00 is a span rather than a time with its offset
            return ()
        return (Layout(_filled(shape, clock), "", "time"),)
    kind = "datetime" if clock else "date"
    found = []
    for dated, order in _dates(shape, rest):
        if dated.get(-1) == "time":
            kind = "datetime"
        letters = {number: letter for number, letter in dated.items() if number >= 0} | clock
        found.append(Layout(_filled(shape, letters), order, kind))
    return tuple(found)


def _filled(shape: Skeleton, letters: dict[int, str]) -> tuple[str, ...]:
    return tuple(letters.get(number, "") for number in range(len(shape)))


def _clock(shape: Skeleton) -> tuple[dict[int, str], list[int]]:
    """The letters of the pieces that tell the time, and the numbers of all other pieces."""
    letters: dict[int, str] = {}
    start = next(
        (n for n in range(len(shape) - 2) if shape[n] == _NUMBER and shape[n + 1] in {":", "h"} and shape[n + 2] == _NUMBER), -1
    )
    if start >= 0:
        letters |= {start: "H", start + 1: "", start + 2: "m"}
        end = start + 3
        if shape[end : end + 2] == (shape[start + 1], _NUMBER):
            letters |= {end: "", end + 1: "s"}
            end += 2
            if end + 1 < len(shape) and shape[end] in {".", ","} and (shape[end + 1].isdigit() or shape[end + 1] == _NUMBER):
                letters |= {end: "", end + 1: "S"}
                end += 2
    else:
        start = next(
            (n for n in range(len(shape) - 1) if shape[n] == _NUMBER and _HALF in shape[n + 1 : n + 3 - (shape[n + 1] != " ")]), -1
        )
        if start < 0:
            compact = next((n for n in range(len(shape) - 1) if shape[n] == "T" and shape[n + 1] in {"4", "6"}), -1)
            if compact < 0:
                return {}, list(range(len(shape)))
            letters, end = {compact + 1: "Hmm" if shape[compact + 1] == "4" else "Hmmss"}, compact + 2
        else:
            letters, end = {start: "H"}, start + 1
    _zone(shape, _half(shape, end, letters), letters)
    return letters, [number for number in range(len(shape)) if number not in letters]


def _half(shape: Skeleton, end: int, letters: dict[int, str]) -> int:
    for gap in (0, 1):
        if shape[end : end + gap + 1] == (" ",) * gap + (_HALF,):
            letters |= {end + step: "" for step in range(gap)} | {end + gap: "a"}
            for number, letter in letters.items():
                letters[number] = letter.replace("H", "h")
            return end + gap + 1
    return end


_OFFSETS = {("+", _NUMBER, ":", _NUMBER): "xxx", ("+", "4"): "xx", ("+", _NUMBER): "x"}
_OFFSETS |= {("-", *rest): letter for (_, *rest), letter in _OFFSETS.items()}


def _zone(shape: Skeleton, end: int, letters: dict[int, str]) -> None:
    """The zone right after the time, where its name may stand, or at the end of all."""
    after = end + (shape[end : end + 1] == (" ",))
    if shape[after : after + 1] == (_ZONE,):
        letters |= {end: "", after: "X"}
        return
    for offset, letter in _OFFSETS.items():
        start = len(shape) - len(offset)
        if start < end or shape[start:] != offset:
            continue
        if start > after and shape[start - 1] != " ":
            continue
        letters |= {start - 1: ""} if shape[start - 1] == " " else {}
        letters |= {start: letter} | dict.fromkeys(range(start + 1, len(shape)), "skip")
        return


_ORDERS = {
    ("n", "n", "4"): ("Mdy", "dMy"),
    ("n", "n", "n"): ("Mdy", "dMy", "yMd"),
    ("4", "n", "n"): ("yMd", "ydM"),
    ("n", "MON", "4"): ("dMy",),
    ("n", "MON", "n"): ("dMy", "yMd"),
    ("MON", "n", "4"): ("Mdy",),
    ("MON", "n", "n"): ("Mdy",),
    ("4", "MON", "n"): ("yMd",),
    ("MON", "4"): ("My",),
    ("4", "MON"): ("yM",),
    ("n", "MON"): ("dM", "yM"),
    ("MON", "n"): ("Md", "My"),
    ("n", "4"): ("My",),
    ("4", "n"): ("yM",),
    ("4", "3"): ("yD",),
    ("8",): ("yyyyMMdd", "MMddyyyy", "ddMMyyyy"),
    ("12",): ("yyyyMMddHHmm",),
    ("14",): ("yyyyMMddHHmmss",),
    ("4",): ("y",),
}


def _dates(shape: Skeleton, rest: list[int]) -> list[tuple[dict[int, str], str]]:
    letters = {number: "E" for number in rest if shape[number] == _WEEKDAY}
    fields = [number for number in rest if shape[number] in {_NUMBER, _MONTH} or shape[number].isdigit()]
    if len(letters) > 1 or any(shape[number] in {_HALF, _ZONE, "h", "+", "(", ")", ":"} for number in rest):
        return []
    symbols = tuple(shape[number] for number in fields)
    if (special := _week_or_quarter(shape, rest, fields, symbols)) is not None:
        return [(letters | special, "")] if special else []
    if not _separated(shape, rest, fields, symbols):
        return []
    found = []
    for order in _ORDERS.get(symbols, ()):
        if len(fields) == 1:
            found.append((letters | {fields[0]: order} | ({-1: "time"} if "H" in order else {}), "".join(dict.fromkeys(order[:8]))))
        else:
            found.append((letters | dict(zip(fields, order, strict=True)), order))
    return found


def _week_or_quarter(shape: Skeleton, rest: list[int], fields: list[int], symbols: tuple[str, ...]) -> dict[int, str] | None:
    """The letters of `2017-W05` or `Q1 2017`; None when no letter W or Q is there, {} when it is there and stands for nothing."""
    mark = next((number for number in rest if shape[number] in {"W", "Q"}), -1)
    if mark < 0:
        return None
    if sorted(symbols) != ["4", "n"]:
        return {}
    year, other = (fields[0], fields[1]) if symbols[0] == "4" else (fields[1], fields[0])
    if other != mark + 1:
        return {}
    return {year: "Y", other: "w"} if shape[mark] == "W" else {year: "y", other: "Q"}


def _separated(shape: Skeleton, rest: list[int], fields: list[int], symbols: tuple[str, ...]) -> bool:
    """Whether what stands between the fields may stand in a date."""
    others = [number for number in rest if number not in fields and shape[number] != _WEEKDAY]
    words = [shape[number] for number in others if shape[number][0].isalpha()]
    if any(word not in {_ORDINAL} and folded(word) not in FILLERS - {"h", "w", "q"} for word in words):
        return False
    if not all(shape[number] in _DATE_MARKS for number in others if not shape[number][0].isalpha()):
        return False
    if _MONTH in symbols:
        return True
    if words and set(words) <= EAST_ASIAN:
        return symbols[0] == "4"
    between = ["".join(shape[number] for number in others if one < number < two) for one, two in pairwise(fields)]
    if len(set(between)) > 1 or words.count(_ORDINAL):
        return False
    mark = between[0] if between else ""
    if len(symbols) == 2:
        return mark in {"/", "-"}
    return len(symbols) == 1 or mark in {"/", "-", ".", " ", ". ", "_"}
