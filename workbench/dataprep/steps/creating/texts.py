"""What the steps here share: columns as texts, and names for new columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.dataprep.columns import TYPE_WORDS, Problem, Schema, find, missing_columns, type_of, unique_name
from workbench.dataprep.conversion import convert

if TYPE_CHECKING:
    import ibis.expr.types as ir

BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
)
"""The signs that count as blank: those that Python's `str.strip` takes away."""
BLANK_CLASS = "".join(rf"\x{{{ord(sign):x}}}" for sign in BLANKS)
"""They, for a class of a regular expression of any engine."""


def text_of(table: ir.Table, name: str, dialect: str) -> Any:
    """A column as texts, the same on every engine."""
    value: Any = table[name]
    return value if value.type().is_string() else convert(value, type_of(value.type()), "string", dialect=dialect)


def text_problems(schema: Schema, columns: Iterable[str]) -> list[Problem]:
    """What keeps columns from being taken as texts: they are not there, or hold records or lists."""
    wanted = list(columns)
    problems = missing_columns(schema, wanted)
    for name in wanted:
        column = find(schema, name)
        if column and column.type in {"struct", "list"}:
            problems.append(Problem(f"{name} holds {TYPE_WORDS[column.type]} values: expand it first.", column=name))
    return problems


def new_names(taken: Sequence[str], wanted: Iterable[str]) -> list[str]:
    """The wanted names, each with a number where it is taken."""
    made: list[str] = []
    for name in wanted:
        made.append(unique_name(name, [*taken, *made]))
    return made


def name_problems(schema: Schema, column: str) -> list[Problem]:
    """What is wrong with the name of a new column."""
    if not column.strip():
        return [Problem("Give the new column a name.")]
    if any(column.lower() == other.name.lower() for other in schema):
        return [Problem(f"There is a column {column} already.", column=column)]
    return []
