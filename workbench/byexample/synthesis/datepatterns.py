"""Which date patterns a text may be written in: all readings, e.g. `M/d/yyyy` and `d/M/yyyy` of 1/2/2015."""

import re
from functools import lru_cache

from workbench.byexample.tree.calendars import LANGUAGES, month_numbers, weekday_numbers
from workbench.byexample.tree.moments import quote, read_moment

ORDERS = ("mdy", "dmy", "ydm")
"""How all-number dates are read: month first (with the year first: year, month, day), day first, or year, day, month."""

_PIECE = re.compile(r"[0-9]+|[^\W\d_]+|[ \t]+|.", re.DOTALL)
_HALF = r"[AaPp]\.?[Mm]\.?(?![a-z])"
_TIME = re.compile(
    r"(?<![0-9:.,])(?P<h>[0-9]{1,2})(?::(?P<m>[0-9]{2}|[0-9](?=:))(?::(?P<s>[0-9]{1,2})(?:[.,](?P<f>[0-9]+))?)?"
    rf"(?P<gap>[ \t]*)(?P<a>{_HALF})?|(?P<gap2>[ \t]*)(?P<a2>{_HALF}))(?![0-9:])"
)
_ZONE = re.compile(r"[ \t]*(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})$")
_HINT = re.compile(r"[0-9]")
_LONGEST = 60


@lru_cache(maxsize=20_000)
def date_patterns(text: str) -> tuple[tuple[str, str, str], ...]:
    """All readings of a whole text as a date or time: (order, language, pattern); order "" where numbers leave no doubt.

    Empty when it is none. Only readings that give a real date are listed.
    """
    plain = text.strip(" \t\r\n")
    if not plain or len(plain) > _LONGEST:
        return ()
    if not _HINT.search(plain):
        return tuple(("", language, "MMM") for language in LANGUAGES if plain.lower() in month_numbers(language))[:1]
    found: list[tuple[str, str, str]] = []
    for order, language, pattern in _readings(plain):
        entry = (order, language, pattern)
        moment = read_moment(plain, pattern, language)
        if entry in found or moment is None or (plain.isdecimal() and not 1500 <= (moment.year or 2000) < 2500):
            continue
        found.append(entry)
    return tuple(found)


def _readings(text: str) -> list[tuple[str, str, str]]:
    if not any(character.isalpha() for character in text) and len(text) <= 8 and text.isdecimal():
        return _compact(text)
    time = _find_time(text)
    if time is None:
        return _dates(text)
    start, end, pattern = time
    zone = _ZONE.match(text, end) if end < len(text) else None
    after = ""
    if zone:
        blank = len(zone[0]) - len(zone[0].lstrip())
        pattern += " " * bool(blank) + "X"
        end = len(text)
    before, after = text[:start], text[end:]
    if not before and not after:
        return [("", "en", pattern)]
    if before and after:
        return []
    if before:
        joint = re.search(r"(?:[ \t]*(?:T(?=$)|@|,|\||at|-|;|/)?[ \t]*)$", before)
        cut = joint.start() if joint else len(before)
        glue = before[cut:]
        if not glue:
            return []
        return [(order, language, date + quote(_one_blank(glue)) + pattern) for order, language, date in _dates(before[:cut])]
    joint = re.match(r"[ \t]*(?:,|on|\||@)?[ \t]*", after)
    glue = joint[0] if joint else ""
    if not glue:
        return []
    return [(order, language, pattern + quote(_one_blank(glue)) + date) for order, language, date in _dates(after[len(glue) :])]


def _one_blank(text: str) -> str:
    return re.sub(r"[ \t]+", " ", text)


def _find_time(text: str) -> tuple[int, int, str] | None:
    best = None
    for match in _TIME.finditer(text):
        if match["m"] is None and not match["a2"]:
            continue
        best = match
        break
    if best is None:
        return None
    half = best["a"] or best["a2"]
    gap = best["gap"] if best["m"] is not None else best["gap2"]
    pattern = ("h" if half else "H") + ("" if best["m"] is None else ":mm" if len(best["m"]) == 2 else ":m")
    if best["s"] is not None:
        pattern += ":ss" if len(best["s"]) == 2 else ":s"
    if best["f"] is not None:
        pattern += text[best.start("f") - 1] + "S"
    end = (
        best.end("a")
        if best["a"]
        else best.end("a2")
        if best["a2"]
        else best.end("f")
        if best["f"]
        else best.end("s")
        if best["s"]
        else best.end("m")
    )
    if half:
        pattern += (" " if gap else "") + "a"
    return best.start("h"), end, pattern


def _compact(text: str) -> list[tuple[str, str, str]]:
    """Digits alone."""
    by_length = {
        8: [("", "yyyyMMdd"), ("mdy", "MMddyyyy"), ("dmy", "ddMMyyyy"), ("ydm", "yyyyddMM")],
        7: [("mdy", "Mddyyyy"), ("dmy", "dMMyyyy")],
        6: [("", "HHmmss"), ("mdy", "MMddyy"), ("dmy", "ddMMyy"), ("", "yyMMdd"), ("", "yyyyMM")],
        4: [("", "HHmm"), ("", "yyyy")],
        3: [("", "Hmm")],
    }
    return [(order, "en", pattern) for order, pattern in by_length.get(len(text), [])]


def _dates(text: str) -> list[tuple[str, str, str]]:
    """Readings of a text without a time."""
    if not text:
        return []
    pieces = _PIECE.findall(text)
    numbers = [i for i, piece in enumerate(pieces) if piece.isdecimal()]
    words = [i for i, piece in enumerate(pieces) if piece.isalpha()]
    if not numbers or len(numbers) > 3 or len(pieces) > 16:
        return []
    if len(numbers) == 1 and len(pieces) == 1:
        return _compact(text)
    fields: dict[int, str] = {}
    month_at, languages = None, ["en"]
    for at in words:
        word = pieces[at].lower()
        if month_at is None and (known := [name for name in LANGUAGES if word in month_numbers(name)]):
            month_at, languages = at, known
            fields[at] = "MMM"
        elif any(word in weekday_numbers(name) for name in LANGUAGES):
            fields[at] = "EEE"
        elif word in {"st", "nd", "rd", "th"} and at and pieces[at - 1].isdecimal():
            fields[at] = ""
        elif word not in {"of", "de", "the", "t", "in", "wk", "week", "w"}:
            return _weeks(text)
    if month_at is not None and month_at + 1 < len(pieces) and pieces[month_at + 1] == ".":
        fields[month_at + 1] = ""
    language = "en" if "en" in languages else languages[0]
    if "EEE" in fields.values() and (found := _weekdays([pieces[i] for i in numbers], month_at is not None)):
        role = dict(zip(numbers, found, strict=True))
        return [("", language, "".join(_shown(i, piece, role, fields, set()) for i, piece in enumerate(pieces)))]
    ordinals = {at - 1 for at, field in fields.items() if field == "" and pieces[at].isalpha()}
    roles = _roles(
        [pieces[i] for i in numbers], month_at is not None, [i < (month_at if month_at is not None else -1) for i in numbers]
    )
    return [
        (
            order,
            language,
            "".join(_shown(i, piece, dict(zip(numbers, role, strict=True)), fields, ordinals) for i, piece in enumerate(pieces)),
        )
        for order, role in roles
    ] + (_weeks(text) if month_at is None and len(numbers) == 2 else [])


def _weekdays(numbers: list[str], named: bool) -> tuple[str, ...]:
    """The numbers beside a weekday, where they tell which one of the month, or of the year, it is; else none."""
    if len(numbers) != 2 or sorted(map(len, numbers))[0] > 2 or sorted(map(len, numbers))[1] != 4:
        return ()
    short = "F" if named and min(numbers, key=len) in {"1", "2", "3", "4", "5"} else "" if named else "w"
    year = "yyyy" if named else "YYYY"
    return tuple(year if len(number) == 4 else short for number in numbers) if short else ()


def _shown(at: int, piece: str, role: dict[int, str], fields: dict[int, str], ordinals: set[int]) -> str:
    if at in role:
        return "do" if at in ordinals else role[at]
    if at in fields:
        return fields[at]
    return " " if piece.isspace() else quote(piece)


def _roles(numbers: list[str], named: bool, before: list[bool]) -> list[tuple[str, tuple[str, ...]]]:
    """What the numbers may be: (order, a field each)."""
    long = [len(number) for number in numbers]
    if any(length > 4 or length == 3 for length in long):
        return []
    if named:
        if len(numbers) == 1:
            return [("", ("yyyy",))] if long[0] == 4 else [("", ("d",)), ("", ("yy",))] if not before[0] else [("", ("d",))]
        if len(numbers) == 2:
            if long[0] == 4:
                return [("", ("yyyy", "d"))]
            if long[1] == 4:
                return [("", ("d", "yyyy"))]
            return [("", ("d", "yy"))] if long[1] == 2 else []
        return []
    if len(numbers) == 3:
        if long[0] == 4 and max(long[1:]) <= 2:
            return [("", ("yyyy", "M", "d")), ("ydm", ("yyyy", "d", "M"))]
        if long[2] == 4 and max(long[:2]) <= 2:
            return [("mdy", ("M", "d", "yyyy")), ("dmy", ("d", "M", "yyyy"))]
        if max(long) <= 2 and long[2] == 2:
            return [("mdy", ("M", "d", "yy")), ("dmy", ("d", "M", "yy")), ("", ("yy", "M", "d"))]
        return []
    if len(numbers) == 2:
        if long[0] == 4 and long[1] <= 2:
            return [("", ("yyyy", "M"))]
        if long[1] == 4 and long[0] <= 2:
            return [("", ("M", "yyyy"))]
        if max(long) <= 2:
            return [("mdy", ("M", "d")), ("dmy", ("d", "M"))]
    return []


def _weeks(text: str) -> list[tuple[str, str, str]]:
    """Weeks, quarters and days of the year."""
    if re.fullmatch(r"[0-9]{4}-?W[0-9]{2}", text):
        return [("", "en", "YYYY-'W'ww" if "-" in text else "YYYY'W'ww")]
    if re.fullmatch(r"[0-9]{4}[- /]?Q[1-4]", text):
        return [("", "en", f"yyyy{text[4:-2]}'Q'Q")]
    if match := re.fullmatch(r"Q([1-4])([- /])([0-9]{4})", text):
        return [("", "en", f"'Q'Q{match[2]}yyyy")]
    if re.fullmatch(r"[0-9]{4}[- ][0-9]{3}", text):
        return [("", "en", f"yyyy{text[4]}DDD")]
    if re.fullmatch(r"[0-9]{4} [0-9]{2}", text) and int(text[5:]) > 12:
        return [("", "en", "yyyy D")]
    return []
