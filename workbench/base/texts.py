"""Texts as every store and file can keep them."""

from typing import Any


def storable(value: Any) -> Any:
    """A JSON value with escapes for what no database holds: NUL, and halves of surrogate pairs (of bytes that are no UTF-8)."""
    if isinstance(value, str):
        return value.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list) else value
