"""What steps that make columns do with one value; None is missing."""

from collections.abc import Callable
from typing import Any


def in_parts(text: str | None, delimiter: str, parts: int) -> list[str | None]:
    """The pieces between delimiters, so many of them; missing ones at the end."""
    found = [] if text is None else text.split(delimiter)
    return [found[place] if place < len(found) else None for place in range(parts)]


def cut(text: str | None, cuts: list[int], trim: bool) -> list[str | None]:
    """The pieces between positions; empty ones are missing."""
    pieces = [(text or "")[start:stop] for start, stop in zip([0, *cuts], [*cuts, None], strict=True)]
    return [(piece.strip() if trim else piece) or None for piece in pieces]


def joined(texts: tuple[str | None, ...], separator: str) -> str | None:
    """The texts that there are, with a separator between; None when there are none."""
    return separator.join(text for text in texts if text) or None


def joined_all(texts: tuple[str | None, ...], separator: str) -> str | None:
    """All texts with a separator between, missing ones as nothing; None when all are."""
    return None if all(text is None for text in texts) else separator.join(text or "" for text in texts)


def joined_whole(texts: tuple[str | None, ...], separator: str) -> str | None:
    """All texts with a separator between; None when one is missing."""
    found = [text for text in texts if text is not None]
    return separator.join(found) if len(found) == len(texts) else None


def items_of(value: Any, count: int) -> list[Any]:
    """The first items of a list, so many of them; missing ones at the end."""
    found = [] if value is None else list(value)
    return [found[place] if place < len(found) else None for place in range(count)]


def fields_of(value: Any, fields: list[str]) -> list[Any]:
    """The fields of a record."""
    return [None if value is None else value[field] for field in fields]


def piece_of(text: str | None, find: Callable[[str | None], str | None]) -> str | None:
    """What a function finds in a text; None when it is no piece of the text."""
    found = find(text)
    return found if text is not None and found and found in text else None


def json_values(text: str | None, level: Callable[[str], dict[str, str | None]], keys: list[str]) -> list[str | None]:
    """The values of a JSON object by its keys; None for what is none."""
    try:
        found = level(text) if text is not None else {}
    except ValueError:
        found = {}
    return [found.get(key) for key in keys]


def json_value(text: str | None, parse: Callable[[str], Any], shape: Any, shaped: Callable[[Any, Any], Any]) -> Any:
    """A JSON text as a value of a shape; None for what is none."""
    try:
        return shaped(parse(text), shape) if text is not None and text.strip() else None
    except ValueError:
        return None
