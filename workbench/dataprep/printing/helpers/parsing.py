"""Texts read as values: None where a text is no such value."""

import datetime as dt
import re
from collections.abc import Callable, Sequence

_WHITE = " \t\n\r\v\f"
_START = dt.datetime(1970, 1, 1)  # noqa: DTZ001 (times without a zone)
_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_DATE = r"([0-9]{4})(-|/)([0-9]{1,2})\2([0-9]{1,2})"
_CLOCK = r"([01]?[0-9]|2[0-3]):([0-5]?[0-9])(?::([0-5]?[0-9])(?:\.([0-9]*))?)?"
_ZONE = r"( UTC|Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?"


def decimal_number(text: str) -> float | None:
    """A text as a decimal number."""
    return float(text) if re.fullmatch(rf"[+-]?({_NUMBER}|inf(inity)?)", text.strip(_WHITE), re.IGNORECASE) else None


def whole_number(text: str) -> int | None:
    """A text as a whole number of 64 bits."""
    number = decimal_number(text)
    if number is None or number in {float("inf"), -float("inf")} or number != number // 1:
        return None
    exact = re.fullmatch(r"([+-]?[0-9]+)(\.0*)?", text.strip(_WHITE))
    if not exact and abs(number) >= 2**53 and "e" not in text.lower():
        return None
    whole = int(exact[1]) if exact else int(number)
    return whole if -(2**63) <= whole < 2**63 else None


def whole_value(number: float) -> int | None:
    """A decimal number as a whole number of 64 bits."""
    return int(number) if abs(number) < float("inf") and number == number // 1 and -(2**63) <= number < 2**63 else None


def with_point(text: str, point: str = ",", between: str = ".") -> str:
    """A number with another decimal mark, and marks between thousands, in the usual form; no number where it is not written so."""
    text = text.strip(_WHITE + "\u00a0\u202f")
    point = re.escape(point)
    between = {"": "", " ": "[ \u00a0\u202f\u2009]", "'": "['\u2019]"}.get(between, re.escape(between))
    digits = f"(?:[0-9]{{1,3}}(?:{between}[0-9]{{2,3}})*{between}[0-9]{{3}}|[0-9]+)" if between else "[0-9]+"
    if not re.fullmatch(
        rf"[+-]?(?:(?:{digits}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?|inf|infinity)", text, re.IGNORECASE
    ):
        return ""
    return re.sub(point, ".", re.sub(between, "", text) if between else text)


def amount(
    text: str, point: str = ".", between: str = "", *, currency: bool = False, percent: bool = False, brackets: bool = False
) -> float | None:
    """A number with a currency, a percent sign, or in brackets that mean less than zero."""
    text = text.strip(_WHITE + "\u00a0\u202f")
    if brackets:
        text = re.sub(r"^\(\s*([^()]*?)\s*\)$", r"-\1", text)
    share = percent and text.endswith("%")
    if share:
        text = text[:-1].rstrip()
    if currency:
        signs = r"$\u00a2-\u00a5\u058f\u060b\u09f2\u09f3\u0af1\u0bf9\u0e3f\u17db\u20a0-\u20c0\ufdfc"
        money = rf"(?:[{signs}]|[A-Z]{{3}}|[A-Z]{{0,2}}\$|kr\.?|z\u0142|Fr\.?)"
        text = re.sub(rf"^([+-]?)\s*{money}\s*([+-]?)", r"\1\2", text)
        text = re.sub(rf"\s*{money}$", "", text)
    number = decimal_number(with_point(text, point, between))
    return number / 100 if share and number is not None else number


def _day(year: str, month: str, day: str) -> dt.datetime | None:
    try:
        return dt.datetime(int(year), int(month), int(day))  # noqa: DTZ001 (times without a zone)
    except ValueError:
        return None


def _clock(hour: str, minute: str, second: str | None, fraction: str | None) -> dt.time:
    return dt.time(int(hour), int(minute), int(second or 0), int((fraction or "")[:6].ljust(6, "0")))


def _shift(zone: str | None) -> dt.timedelta:
    """How far a zone is from UTC."""
    if not zone or zone in {" UTC", "Z"}:
        return dt.timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (-1 if zone[0] == "-" else 1) * dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))


def moment(text: str, fixed_date: str = "") -> dt.datetime | None:
    """A date, or a date with a time, in the ISO form, in UTC where it tells a zone; `fixed_date` is put before a time alone."""
    text = text.strip(_WHITE)
    if fixed_date and re.fullmatch(_CLOCK, text):
        text = f"{fixed_date} {text}"
    found = re.fullmatch(rf"{_DATE}(?:[ T]{_CLOCK}{_ZONE})?", text)
    day = _day(found[1], found[3], found[4]) if found else None
    if not found or day is None or not found[5]:
        return day
    try:
        return dt.datetime.combine(day, _clock(found[5], found[6], found[7], found[8])) - _shift(found[9])
    except OverflowError:
        return None


def moment_in_utc(text: str, fixed_date: str = "") -> dt.datetime | None:
    """The same with the zone UTC."""
    found = moment(text, fixed_date)
    return found and found.replace(tzinfo=dt.UTC)


def day_of(text: str) -> dt.datetime | None:
    """The date that a text in the ISO form begins with."""
    found = re.fullmatch(rf"{_DATE}(?:[ T]{_CLOCK}{_ZONE})?", text.strip(_WHITE))
    return _day(found[1], found[3], found[4]) if found else None


def time_of_day(text: str) -> dt.time | None:
    """A time in the ISO form, perhaps after a date."""
    found = re.fullmatch(rf"(?:{_DATE}[ T])?{_CLOCK}", text.strip(_WHITE))
    return _clock(found[5], found[6], found[7], found[8]) if found else None


def moment_like(text: str, formats: list[str], fixed_date: str = "") -> dt.datetime | None:
    """A date and time in the first of the formats that fits; `fixed_date`: the day of formats that tell none."""
    for one in formats:
        given, wanted = text.strip(_WHITE), one
        if fixed_date and not re.search("%-?[YymdbBj]", one):
            given, wanted = f"{fixed_date} {given}", f"%Y-%m-%d {one}"
        try:
            found = dt.datetime.strptime(given, wanted.replace("%-", "%"))  # noqa: DTZ007 (most formats tell no zone)
        except ValueError:
            continue
        if found.tzinfo is not None:
            found = (found - (found.utcoffset() or dt.timedelta(0))).replace(tzinfo=None)
        if "%Y" not in one or found.year >= 1000:
            return found
    return None


def known(text: str, yes: Sequence[str], no: Sequence[str], otherwise: bool | None = None) -> bool | None:
    """True or false where a text is in one of the lists; `otherwise` for other texts that are not blank."""
    small = text.strip(_WHITE).lower()
    return True if small in yes else False if small in no else otherwise if small else None


def since_1970(number: object, per_second: int, read: Callable[[str], float | None] = decimal_number) -> dt.datetime | None:
    """A number, or a text that holds one, of (parts of) seconds since 1970 as a date and time."""
    if isinstance(number, str):
        whole = whole_number(number)
        number = whole if whole is not None else read(number)
    if number is None or not isinstance(number, int | float) or not abs(number) < 1e18:
        return None
    seconds, rest = divmod(number, per_second) if isinstance(number, int) else (number // per_second, number % per_second)
    if isinstance(number, float):
        micros = int((number - number // 1) * (1_000_000 // per_second) + 0.5) + int(number // 1 % per_second) * (
            1_000_000 // per_second
        )
        seconds = int(number // 1) // per_second
    else:
        micros = int(rest) * (1_000_000 // per_second)
    try:
        return _START + dt.timedelta(seconds=int(seconds), microseconds=micros)
    except OverflowError:
        return None


def until(moment: dt.datetime, per_second: int) -> int:
    """The (parts of) seconds from 1970 to a date and time; smaller parts are cut off."""
    past = moment.replace(tzinfo=None) - _START
    return ((past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds) * per_second // 1_000_000
