"""Values found by texts in a list that a step keeps: by cases where it is short, else by a join with the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

SHORT = 40
"""Up to so many entries are cases."""
_ENTRY, _PART = "\x1e", "\x1d"
_NONE = "\x1c"
_KEY, _VALUES, _ALL = "__error__\x1fkey", "__error__\x1fvalues", "__error__\x1flist"
"""Hidden columns that only live inside a query."""

Entries = Mapping[str, tuple[str | None, ...]]


def joins(entries: Entries) -> bool:
    """Whether the list is joined, so that the rows may come out in another order."""
    return len(entries) > SHORT and not any(
        sign in part for key, values in entries.items() for part in (key, *values) if part for sign in (_ENTRY, _PART, _NONE)
    )


def looked_up(table: ir.Table, key: Any, entries: Entries) -> tuple[ir.Table, Any, list[Any]]:
    """The table to go on with, whether a row's `key` (a text over `table`) is in the list, and the texts that the list has for it.

    The table may have other columns at its end: keep its first ones alone after use. Keys that are not there give missing texts.
    """
    import ibis

    width = len(next(iter(entries.values()), ()))
    if not entries:
        return table, ibis.literal(False), [ibis.null("string")] * width
    if not joins(entries):
        there = key.isin(list(entries)).fill_null(False)
        return table, there, [_cases(key, [(name, values[at]) for name, values in entries.items()]) for at in range(width)]
    text = _ENTRY.join(
        _PART.join([name, *(_NONE if value is None else value for value in values)]) for name, values in entries.items()
    )
    listed: Any = _split(ibis.literal(text), _ENTRY).unnest().name(_ALL).as_table()
    parts = {_VALUES: _split(listed[_ALL], _PART)}
    listed = listed.select(**parts)
    listed = listed.select(**{_KEY: listed[_VALUES][0], _VALUES: listed[_VALUES]})
    held = table.mutate(**{_ALL: key})
    joined: Any = held.left_join(listed, held[_ALL] == listed[_KEY])
    joined = joined.select(*[joined[name] for name in table.columns], joined[_KEY], joined[_VALUES])
    found = [joined[_VALUES][at + 1].nullif(_NONE) for at in range(width)]
    return joined, joined[_KEY].notnull(), found


def _split(text: Any, sign: str) -> Any:
    return text.split(sign)


def _cases(key: Any, arms: Sequence[tuple[str, str | None]]) -> Any:
    import ibis

    nothing = ibis.null("string")
    return ibis.cases(*((key == name, nothing if value is None else ibis.literal(value)) for name, value in arms), else_=nothing)


def joint_key(texts: Sequence[Any]) -> Any:
    """One text of several, missing ones told from empty ones."""
    import ibis

    parts = [ibis.ifelse(text.isnull(), "-", ibis.literal("=") + text.fill_null("")) for text in texts]
    found = parts[0]
    for part in parts[1:]:
        found = found + "\x1f" + part
    return found


def joint_text(texts: Sequence[str | None]) -> str:
    """What `joint_key` makes of these texts."""
    return "\x1f".join("-" if text is None else f"={text}" for text in texts)
