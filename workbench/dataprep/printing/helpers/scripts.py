"""What scripts of rows need: a row, and its results as values of a type; None where a script fails or gives something else."""

import datetime as dt
import json
import math
import numbers
from collections.abc import Callable, Iterable
from typing import Any


class Row(dict[str, Any]):
    """A row: `row.Name` and `row["Name with spaces"]`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def results(
    script: Callable[[Any], Any], names: list[str], rows: Iterable[tuple[Any, ...]], fits: Callable[[Any], Any]
) -> list[Any]:
    """What a script gives for each row; None where it fails, or gives a value that is none of the type."""
    found = []
    for values in rows:
        try:
            value = plain(script(Row(zip(names, values, strict=True))))
            found.append(None if value is None else fits(value))
        except Exception:  # noqa: BLE001 (the script may raise anything)
            found.append(None)
    return found


def chosen(script: Callable[[Any], Any], names: list[str], rows: Iterable[tuple[Any, ...]]) -> list[bool]:
    """The rows for which a script says yes; a row for which it fails is none of them."""
    found = []
    for values in rows:
        try:
            value = plain(script(Row(zip(names, values, strict=True))))
            found.append(value is not None and value == value and bool(value))
        except Exception:  # noqa: BLE001 (the script may raise anything)
            found.append(False)
    return found


def plain(value: Any) -> Any:
    """A value of NumPy as Python's own; what means missing as None."""
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if type(value).__module__.startswith("numpy") and getattr(value, "ndim", 1) == 0:
        return value.astype("datetime64[us]").item() if value.dtype.kind == "M" else value.item()
    return value


def to_integer(value: Any) -> int | None:
    """A whole number of 64 bits."""
    number = to_decimal(value)
    if not math.isfinite(number) or int(value) != value or not -(2**63) <= int(value) < 2**63:
        return None
    return int(value)


def to_decimal(value: Any) -> float:
    """A floating-point number."""
    if not isinstance(value, numbers.Number):
        raise TypeError
    return float(value)  # type: ignore[arg-type]


def to_boolean(value: Any) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


def to_date(value: Any) -> dt.date | None:
    """A day; a date and time only at midnight."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else None
    return value if isinstance(value, dt.date) else None


def to_time(value: Any) -> dt.time | None:
    """A time of day."""
    return value.replace(tzinfo=None) if isinstance(value, dt.time) else None


def to_timestamp(value: Any) -> dt.datetime | None:
    """A date and time without zone; one with a zone as it is in UTC."""
    if isinstance(value, dt.datetime):
        return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)
    return dt.datetime.combine(value, dt.time()) if isinstance(value, dt.date) else None


def to_timestamp_tz(value: Any) -> dt.datetime | None:
    """A moment; one without zone is taken for UTC."""
    moment = to_timestamp(value)
    return None if moment is None else moment.replace(tzinfo=dt.UTC)


def to_string(value: Any) -> str:
    """A text; lists and dictionaries as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
