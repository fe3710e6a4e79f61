"""JSON: one value, a list of records somewhere in it, or a value on each line; also when the text is cut off."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.base.errors import UserError
from workbench.byexample.fileformat.model import FileFormat, Row

_DEPTH = 6
_MOST = 500
_CUT = 200_000


class Digits(str):
    """A number of the text, as it is written."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_int=Digits, parse_float=Digits, parse_constant=Digits, strict=False)


def find_json(text: str, *, complete: bool) -> FileFormat | None:
    """The JSON format of the text, or None when it is no JSON."""
    start = text.lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")):
        return None
    values = _lines(start, complete=complete)
    if values:
        rows = [value for value in values if isinstance(value, dict)]
        notes = () if len(rows) == len(values) or not rows else ("Not every line holds an object.",)
        return FileFormat("json_lines", names=_names(values), confidence=0.99, notes=notes)
    value, whole = _one(start)
    if value is None or (complete and not whole):
        return None
    path = _records_path(value)
    found = _at(value, path)
    return FileFormat("json", names=_names(found), records=path, confidence=0.99 if whole else 0.9)


def read_json(format_: FileFormat, text: str, *, complete: bool) -> tuple[tuple[str, ...], list[Row]]:
    """The records as rows of text. Raises UserError for damaged JSON."""
    text = text.lstrip("\ufeff")
    if format_.kind == "json":
        value = _decoded(text.strip(), "") if complete else _one(text.strip())[0]
        return _table(_at(value, format_.records))
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not complete and not text.endswith("\n"):
        lines = lines[:-1]
    return _table([_decoded(line, f"line {number}") for number, line in lines])


def _decoded(text: str, place: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        where = place or f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else place
        raise UserError(f"The JSON text is damaged{f' in {where}' if where else ''}.", place=where) from error


def _lines(text: str, *, complete: bool) -> list[Any]:
    """The values when each line holds one (two lines at least); the last may be cut off."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        return []
    cut = not complete and not text.endswith("\n")
    values: list[Any] = []
    for place, line in enumerate(lines[:_MOST]):
        try:
            value = _DECODER.decode(line.strip())
        except (ValueError, RecursionError):
            if cut and place == len(lines) - 1 and values:
                break
            return []
        if not isinstance(value, dict | list):
            return []
        values.append(value)
    return values


def _one(text: str) -> tuple[Any, bool]:
    """The value, and whether it is whole; a cut one is closed after its last whole member."""
    try:
        value, end = _DECODER.raw_decode(text)
    except RecursionError:
        return None, False
    except ValueError:
        return _closed(text), False
    return (value, True) if not text[end:].strip() else (None, False)


def _closed(text: str) -> Any:
    """What a cut-off text holds: cut after the last whole member, its brackets closed. None when it is no JSON so far."""
    text = text[:_CUT]
    stack: list[str] = []
    cuts: list[tuple[int, str]] = []
    at, quoted = 0, False
    while at < len(text):
        char = text[at]
        if quoted:
            if char == "\\":
                at += 1
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char in "{[":
            stack.append("}" if char == "{" else "]")
        elif char in "}]":
            if not stack or stack.pop() != char:
                return None
            cuts.append((at + 1, "".join(reversed(stack))))
        elif char == "," and len(stack) <= 3:
            cuts.append((at, "".join(reversed(stack))))
        at += 1
    for end, closing in reversed(cuts[-4:]):
        try:
            return _DECODER.decode(text[:end] + closing)
        except (ValueError, RecursionError):
            continue
    return None


def _records_path(value: object) -> tuple[str, ...]:
    """The keys to the longest list of objects, sought from the outside in."""
    level: list[tuple[tuple[str, ...], object]] = [((), value)]
    for _ in range(_DEPTH):
        lists = [(path, found) for path, found in level if isinstance(found, list) and _objects(found)]
        if lists:
            return max(lists, key=lambda item: len(item[1]))[0]
        level = [((*path, key), inner) for path, found in level if isinstance(found, dict) for key, inner in found.items()][:_MOST]
    return ()


def _objects(items: list[Any]) -> bool:
    return bool(items) and sum(isinstance(item, dict) for item in items[:_MOST]) * 2 > len(items[:_MOST])


def _at(value: object, path: Iterable[str]) -> list[Any]:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _names(values: list[Any]) -> tuple[str, ...]:
    return _table(values[:_MOST])[0]


def _table(values: list[Any]) -> tuple[tuple[str, ...], list[Row]]:
    """Objects by their flattened keys; lists by place; anything else is one column."""
    records: list[Mapping[str, str | None]] = []
    for value in values:
        if isinstance(value, dict):
            record: dict[str, str | None] = {}
            _flatten(value, "", record, 0)
            records.append(record)
        elif isinstance(value, list):
            records.append({f"Column{number}": _text(item) for number, item in enumerate(value, 1)})
        else:
            records.append({"Column1": _text(value)})
    names = tuple(dict.fromkeys(name for record in records for name in record))
    return names, [tuple(record.get(name) for name in names) for record in records]


def _flatten(value: Mapping[str, Any], before: str, out: dict[str, str | None], depth: int) -> None:
    for key, inner in value.items():
        if isinstance(inner, dict) and inner and depth < _DEPTH:
            _flatten(inner, f"{before}{key}.", out, depth + 1)
        else:
            out[f"{before}{key}"] = _text(inner)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else _dumped(value)


def _dumped(value: object) -> str:
    """JSON text again, with the numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {_dumped(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_dumped(inner) for inner in value) + "]"
    return str(value) if isinstance(value, Digits) else json.dumps(value, ensure_ascii=False)
