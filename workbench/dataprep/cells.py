"""Error cells: a column's hidden companion says where its values are errors, why, and what stood there.

The companion of `price` is the text column `__error__price`. It is missing where the value is sound, and else holds
`<code>` or `<code>\\x1f<original text>`; the value itself is missing there. A column without companion has no errors and costs
nothing. Steps change tables with the functions below, which keep each companion beside its column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.dataprep.columns import ERROR, ROW, is_hidden

if TYPE_CHECKING:
    import ibis.expr.types as ir

MARK = "\x1f"
"""Stands between the code and the original text in a companion."""


def companion(name: str) -> str:
    """The name of a column's companion."""
    return f"{ERROR}{name}"


def visible(table: ir.Table) -> list[str]:
    """The names of the user's columns, in order."""
    return [name for name in table.columns if not is_hidden(name)]


def with_errors(table: ir.Table) -> list[str]:
    """The columns that have a companion."""
    return [name for name in visible(table) if companion(name) in table.columns]


def error_of(table: ir.Table, name: str) -> Any | None:
    """The companion of a column; None when it cannot hold errors."""
    return table[companion(name)] if companion(name) in table.columns else None


def is_error(table: ir.Table, name: str) -> Any:
    """Whether the cell is an error; never missing."""
    import ibis

    found = error_of(table, name)
    return ibis.literal(False) if found is None else found.notnull()


def is_missing(table: ir.Table, name: str) -> Any:
    """Whether the cell is missing (or not a number) and no error; never missing itself."""
    value: Any = table[name]
    missing = value.isnull()
    if value.type().is_floating():
        missing = missing | value.isnan().fill_null(True)
    found = error_of(table, name)
    return missing if found is None else missing & found.isnull()


def is_blank(table: ir.Table, name: str) -> Any:
    """Whether the cell is a text without any sign; never missing."""
    import ibis

    value: Any = table[name]
    return (~value.re_search(r"[^ \t\n\r\x0B\f]")).fill_null(False) if value.type().is_string() else ibis.literal(False)


def error(code: str, original: Any | None = None) -> Any:
    """The text of an error cell: `code` says in few words what is wrong, `original` is the value that stood there."""
    import ibis

    plain = ibis.literal(code.replace(MARK, " "), type="string")
    if original is None:
        return plain
    text = original if original.type().is_string() else original.cast("string")
    return ibis.ifelse(text.isnull(), plain, ibis.literal(code.replace(MARK, " ") + MARK) + text.fill_null(""))


def split_error(text: str) -> tuple[str, str | None]:
    """The code and the original text of an error cell; None: the original was missing."""
    code, mark, original = text.partition(MARK)
    return code, original if mark else None


def assign(
    table: ir.Table,
    values: Mapping[str, Any],
    *,
    reads: Mapping[str, Sequence[str]],
    errors: Mapping[str, Any] | None = None,
    after: Sequence[str] = (),
) -> ir.Table:
    """The table with columns set or added, as Ibis values over it.

    `reads`: for each, the columns it is computed from: where one of them is an error, so is the result. `errors`: for some, a text
    that says where the value itself is an error (missing: it is none), see `error`. New columns stand right of the right-most of
    `after`, else last.
    """
    import ibis

    errors = errors or {}
    changed: dict[str, Any] = {}
    dropped: list[str] = []
    for name, value in values.items():
        sources = [error_of(table, read) for read in dict.fromkeys(reads[name])]
        known = [found for found in [*sources, errors.get(name)] if found is not None]
        if not known:
            changed[name] = value
            dropped += [companion(name)] if companion(name) in table.columns else []
            continue
        found = known[0] if len(known) == 1 else ibis.coalesce(*known)
        changed[companion(name)] = found
        changed[name] = ibis.ifelse(found.isnull(), value, ibis.null(value.type()))
    result = table.mutate(**changed)
    if dropped:
        result = result.drop(*dropped)
    return arranged(result, placed(visible(table), [name for name in values if name not in table.columns], after))


def placed(names: Sequence[str], new: Sequence[str], after: Iterable[str]) -> list[str]:
    """The names with the new ones right of the right-most of `after`, else at the end."""
    at = max((list(names).index(name) for name in after if name in names), default=len(names) - 1) + 1
    return [*names[:at], *new, *names[at:]]


def arranged(table: ir.Table, names: Sequence[str]) -> ir.Table:
    """Only these columns, in this order, with their companions and the hidden row column."""
    return picked(table, {name: name for name in names})


def picked(table: ir.Table, names: Mapping[str, str]) -> ir.Table:
    """Columns under new names (new name: old name), in this order, with their companions and the hidden row column."""
    held = [name for name in (ROW,) if name in table.columns]
    beside = {companion(new): companion(old) for new, old in names.items() if companion(old) in table.columns}
    return table.select(
        **{name: table[name] for name in held},
        **{new: table[old] for new, old in names.items()},
        **{new: table[old] for new, old in beside.items()},
    )


def renamed(table: ir.Table, names: Mapping[str, str]) -> ir.Table:
    """Columns renamed (old name: new name); the others stay, and so does the order."""
    return picked(table, {names.get(name, name): name for name in visible(table)})


def without(table: ir.Table, names: Iterable[str]) -> ir.Table:
    """The table without these columns."""
    gone = set(names)
    return arranged(table, [name for name in visible(table) if name not in gone])
