"""Python values as cells of a declared type: what fits, and what it becomes; what does not is an error cell."""

from __future__ import annotations

import datetime as dt
import json
import math
import numbers
from collections.abc import Callable
from typing import Any

WORDS = {
    "integer": "whole number",
    "decimal": "decimal number",
    "boolean": "true/false",
    "date": "date",
    "time": "time",
    "timestamp": "date and time",
    "timestamp_tz": "date and time with zone",
    "string": "text",
}
"""What each type that a script's column can have is called in a sentence."""

_BIG = 2**63


class Misfit(ValueError):
    """A value that is none of the type."""


def missing(value: Any) -> bool:
    """Whether a script meant that there is no value: None, pandas' NA and NaT."""
    return value is None or type(value).__name__ in {"NAType", "NaTType"}


def plain(value: Any) -> Any:
    """A NumPy scalar (or 0-d array, or Arrow scalar) as Python's own value; others stay."""
    module = type(value).__module__
    if module.startswith("numpy") and getattr(value, "ndim", 1) == 0:
        if value.dtype.kind == "M":
            return None if str(value) == "NaT" else value.astype("datetime64[us]").item()
        return value.item()
    return value.as_py() if module.startswith("pyarrow") and hasattr(value, "as_py") else value


def integer(value: Any) -> int | None:
    """A whole number of 64 bits."""
    if type(value) is not int:
        if isinstance(value, float) and math.isnan(value):
            return None
        value = _whole(decimal(value), value)
    if not -_BIG <= value < _BIG:
        raise Misfit
    return int(value)


def _whole(number: float, value: Any) -> int:
    if not math.isfinite(number) or int(value) != value:
        raise Misfit
    return int(value)


def decimal(value: Any) -> float:
    """A floating-point number."""
    if not isinstance(value, numbers.Number) or isinstance(value, complex):
        raise Misfit
    try:
        return float(value)  # type: ignore[arg-type]  # whole, fractional and decimal numbers
    except OverflowError as error:
        raise Misfit from error


def boolean(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Misfit
    return value


def date(value: Any) -> dt.date:
    """A day; a date and time only at midnight."""
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            raise Misfit
        return value.date()
    if not isinstance(value, dt.date):
        raise Misfit
    return value


def time(value: Any) -> dt.time:
    """A time of day."""
    if not isinstance(value, dt.time):
        raise Misfit
    return value.replace(tzinfo=None)


def timestamp(value: Any) -> dt.datetime:
    """A date and time without zone; one with a zone as it is in UTC."""
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(dt.UTC)
        return dt.datetime.combine(dt.date(value.year, value.month, value.day), value.time())  # pandas' class becomes Python's
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    raise Misfit


def timestamp_tz(value: Any) -> dt.datetime:
    """A moment; one without zone is taken for UTC."""
    return timestamp(value).replace(tzinfo=dt.UTC)


def string(value: Any) -> str:
    """A text; other values are written as in the grid, lists and dictionaries as JSON."""
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, dt.datetime):
        value = value.isoformat(" ")
    elif isinstance(value, dt.date | dt.time):
        value = value.isoformat()
    elif isinstance(value, dict | list | tuple):
        value = json.dumps(value, ensure_ascii=False, default=str)
    elif isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Misfit from error
    return text


CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "integer": integer,
    "decimal": decimal,
    "boolean": boolean,
    "date": date,
    "time": time,
    "timestamp": timestamp,
    "timestamp_tz": timestamp_tz,
    "string": string,
}


def kind_of(values: list[Any]) -> str:
    """The type that fits all of these values (as `plain` gives them); text when they are mixed or none is there."""
    present = [value for value in values if not missing(value)]
    found = {_kind(value) for value in present}
    if found == {"integer", "decimal"}:
        return "decimal"
    if found == {"date", "timestamp"}:
        return "timestamp"
    if found == {"integer"} and not all(-_BIG <= value < _BIG for value in present):
        return "decimal"
    return found.pop() if len(found) == 1 else "string"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, numbers.Number) and not isinstance(value, complex):
        return "decimal"
    if isinstance(value, dt.datetime):
        return "timestamp" if value.tzinfo is None else "timestamp_tz"
    if isinstance(value, dt.date):
        return "date"
    return "time" if isinstance(value, dt.time) else "string"
