"""Columns chosen by their names or types, anew on each table."""

from __future__ import annotations

import re

from workbench.dataprep.columns import TYPE_WORDS, ColumnType, Problem, Schema, listed
from workbench.dataprep.steps.base import Record


class Selector(Record):
    """Which columns to take of whatever table comes: by a part of the name, by the type, or both.

    `pattern` is a text that the name holds, or with `regex` a regular expression that is found in it; empty: every name. With
    `whole` it has to be the whole name. `types`: only columns of these; empty: of all. `invert` takes the other columns.
    """

    pattern: str = ""
    regex: bool = False
    ignore_case: bool = True
    whole: bool = False
    types: tuple[ColumnType, ...] = ()
    invert: bool = False

    def describe(self) -> str:
        """Which columns, in words."""
        parts = []
        if self.pattern:
            verb = "match" if self.regex else "are" if self.whole else "contain"
            parts.append(f"whose names {verb} '{self.pattern}'")
        if self.types:
            parts.append(f"that hold {listed(TYPE_WORDS[kind] for kind in self.types)} values")
        words = " and ".join(parts)
        if not self.invert:
            return f"columns {words}" if words else "all columns"
        return f"columns but those {words}" if words else "no columns"

    def problem(self) -> Problem | None:
        """What is wrong with the pattern."""
        try:
            re.compile(self.pattern if self.regex else "")
        except re.error as error:
            return Problem(f"'{self.pattern}' is not a regular expression: {error}.")
        return None

    def chosen(self, schema: Schema) -> list[str]:
        """The columns of the table that it takes, in order."""
        flags = re.IGNORECASE if self.ignore_case else 0
        wanted = re.compile(self.pattern if self.regex else re.escape(self.pattern), flags)
        test = wanted.fullmatch if self.whole and self.pattern else wanted.search
        found = {one.name for one in schema if test(one.name) and (not self.types or one.type in self.types)}
        return [one.name for one in schema if (one.name in found) != self.invert]
