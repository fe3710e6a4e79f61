"""JSON in texts: an object taken apart one level deep, and whole values of a learned shape."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Shape = str | dict[str, Any] | list[Any]
"""What JSON values look like: `integer`, `decimal`, `boolean` or `string`; an object: a shape for each key; a list: `[shape]`."""

_BLANK = re.compile(r"[ \t\n\r]*")
_LARGEST = 2**63


class NotFitting(ValueError):
    """A value that is not of the learned shape."""


def _refused(text: str) -> Any:
    raise ValueError(text)


_DECODER = json.JSONDecoder(parse_constant=_refused)
_SKIMMER = json.JSONDecoder(parse_constant=_refused, parse_int=bool, parse_float=bool)
"""It finds where values end; numbers are not read."""


def level(text: str) -> dict[str, str | None]:
    """The values of an object by key, as texts: strings as they are, null as missing, all else as it is written.

    Raises ValueError for what is no object. Of a key that occurs twice the last value counts.
    """
    try:
        return _level(text)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _level(text: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    place = _past(text, 0)
    if text[place : place + 1] != "{":
        raise ValueError("no object")
    place = _past(text, place + 1)
    while text[place : place + 1] != "}":
        if found:
            if text[place : place + 1] != ",":
                raise ValueError("no comma")
            place = _past(text, place + 1)
        key, place = _SKIMMER.raw_decode(text, place)
        place = _past(text, place)
        if not isinstance(key, str) or text[place : place + 1] != ":":
            raise ValueError("no key")
        start = _past(text, place + 1)
        value, stop = _SKIMMER.raw_decode(text, start)
        if isinstance(value, str):
            value.encode()  # half a character raises a ValueError
        found[key] = value if isinstance(value, str) else None if value is None else text[start:stop]
        place = _past(text, stop)
    if _past(text, place + 1) != len(text):
        raise ValueError("more than an object")
    return found


def _past(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place


def parsed(text: str) -> Any:
    """The value of a JSON text. Raises ValueError."""
    try:
        value = _DECODER.decode(text)
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()  # half a character raises a ValueError
        return value
    except RecursionError as error:
        raise ValueError("too deep") from error


def shape_of(value: Any) -> Shape | None:
    """The shape of one value; None for null, which may be anything."""
    match value:
        case None:
            return None
        case bool():
            return "boolean"
        case int():
            return "integer" if -_LARGEST <= value < _LARGEST else "decimal"
        case float():
            return "decimal"
        case str():
            return "string"
        case list():
            inner: Shape | None = None
            for item in value:
                inner = merged(inner, shape_of(item))
            return [inner]
        case _:
            if len({key.lower() for key in value}) < len(value) or not value or not all(value):
                return "string"  # no record can have such names
            return {key: shape_of(part) for key, part in value.items()}


def merged(one: Shape | None, other: Shape | None) -> Shape | None:
    """The shape that values of both shapes have: `string` (the JSON text) where they have nothing in common."""
    if one is None or other is None or one == other:
        return other if one is None else one
    if {_kind(one), _kind(other)} == {"integer", "decimal"}:
        return "decimal"
    if isinstance(one, list) and isinstance(other, list):
        return [merged(one[0], other[0])]
    if isinstance(one, dict) and isinstance(other, dict):
        keys = dict.fromkeys([*one, *other])
        if len({key.lower() for key in keys}) < len(keys):
            return "string"
        return {key: merged(one.get(key), other.get(key)) for key in keys}
    return "string"


def _kind(shape: Shape) -> str:
    return shape if isinstance(shape, str) else ""


def settled(shape: Shape | None) -> Shape:
    """The shape with texts where only nulls were seen."""
    if shape is None:
        return "string"
    if isinstance(shape, list):
        return [settled(shape[0])]
    return {key: settled(part) for key, part in shape.items()} if isinstance(shape, dict) else shape


def ibis_of(shape: Shape) -> Any:
    """The Ibis type of a shape."""
    import ibis
    import ibis.expr.datatypes as dt

    if isinstance(shape, dict):
        return dt.Struct({key: ibis_of(part) for key, part in shape.items()})
    if isinstance(shape, list):
        return dt.Array(ibis_of(shape[0]))
    return ibis.dtype({"integer": "int64", "decimal": "float64", "boolean": "boolean"}.get(shape, "string"))


def is_shape(shape: Any) -> bool:
    """Whether a stored value is a shape."""
    if isinstance(shape, Mapping):
        return bool(shape) and all(isinstance(key, str) and is_shape(part) for key, part in shape.items())
    if isinstance(shape, list | tuple):
        return len(shape) == 1 and is_shape(shape[0])
    return shape in {"integer", "decimal", "boolean", "string"}


def shaped(value: Any, shape: Shape) -> Any:
    """The value as one of the shape; keys that the shape lacks are left out. Raises NotFitting."""
    if value is None:
        return None
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            raise NotFitting
        return {key: shaped(value.get(key), part) for key, part in shape.items()}
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise NotFitting
        return [shaped(item, shape[0]) for item in value]
    return _scalar(value, shape)


def _scalar(value: Any, kind: str) -> Any:
    match kind:
        case "string":
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case "boolean" if isinstance(value, bool):
            return value
        case "integer" if isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST:
            return value
        case "decimal" if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return float(value)
            except OverflowError as error:
                raise NotFitting from error
    raise NotFitting


def beyond(value: Any, shape: Shape) -> bool:
    """Whether the value holds something that the shape has no place for."""
    if isinstance(shape, dict) and isinstance(value, dict):
        return any(key not in shape or beyond(part, shape[key]) for key, part in value.items())
    if isinstance(shape, list) and isinstance(value, list):
        return any(beyond(item, shape[0]) for item in value)
    return False
