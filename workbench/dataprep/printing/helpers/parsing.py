"""Texts read as values: None where a text is no such value."""

import datetime as dt
import re

_WHITE = " \t\n\r\v\f"


def whole_number(text: str) -> int | None:
    """A text as a whole number of 64 bits."""
    text = text.strip(_WHITE)
    number = float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) else None
    if number is None or number != number // 1:
        return None
    whole = int(text) if re.fullmatch(r"[+-]?\d+", text) else int(number)
    return whole if -(2**63) <= whole < 2**63 else None


def decimal_number(text: str) -> float | None:
    """A text as a decimal number."""
    text = text.strip(_WHITE)
    return float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", text.lower()) else None


def with_point(text: str) -> str:
    """A number with a decimal comma as one with a point."""
    return text.replace(".", "").replace(",", ".")


def moment(text: str) -> dt.datetime | None:
    """A date, or a date with a time, in the ISO form."""
    try:
        return dt.datetime.fromisoformat(text.strip(_WHITE)).replace(tzinfo=None)
    except ValueError:
        return None


def time_of_day(text: str) -> dt.time | None:
    """A time in the ISO form."""
    found = re.fullmatch(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?", text.strip(_WHITE))
    if not found:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if hour > 23 or minute > 59 or second > 59:
        return None
    return dt.time(hour, minute, second, int((found[4] or "").ljust(6, "0")))


def moment_like(text: str, formats: list[str]) -> dt.datetime | None:
    """A date and time in the first of the formats that fits."""
    for format in formats:
        try:
            return dt.datetime.strptime(text.strip(_WHITE), format).replace(tzinfo=None)
        except ValueError:
            continue
    return None
