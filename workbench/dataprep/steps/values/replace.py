"""Replacing values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import is_missing
from workbench.dataprep.columns import TEXT, ColumnInfo, Problem, Schema, listed
from workbench.dataprep.patterns import for_engine, pattern_problem, replacement_for
from workbench.dataprep.scratch import scratch
from workbench.dataprep.steps.base import Context, SchemaContext
from workbench.dataprep.steps.rows.conditions import typed, value_of
from workbench.dataprep.steps.values.base import ColumnsStep

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SPECIAL = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SIGNS = {"t": "\t", "n": "\n", "r": "\r", "0": "\0", "s": " "}


class Replace(ColumnsStep):
    """Replaces a text, or a whole value, in columns.

    `find`: None finds missing values. `replacement`: None makes missing. `whole`: whether the whole value must be what is looked
    for; else each occurrence inside a text is replaced. `regex`: `find` is a regular expression (RE2's), and `\\1` in the
    replacement what its first group holds. `special`: `\\t`, `\\n`, `\\r`, `\\x41`, `\\u00e9` and `\\\\` are read as these signs.
    """

    op: Literal["replace"] = "replace"
    find: str | None
    replacement: str | None = ""
    whole: bool = True
    ignore_case: bool = False
    regex: bool = False
    special: bool = False

    def describe(self) -> str:
        new = "missing" if self.replacement is None else f"'{self.replacement}'"
        old = "missing values" if self.find is None else f"{'matches of ' if self.regex else ''}'{self.find}'"
        case = " in any case" if self.ignore_case and self.find is not None else ""
        return f"Replace {old}{case} by {new} in {listed(self.columns)}"

    @property
    def wanted_text(self) -> str:
        """What is looked for, special characters read."""
        return _read(self.find or "") if self.special and not self.regex else self.find or ""

    @property
    def new_text(self) -> str | None:
        """What is put there, special characters read."""
        return self.replacement if self.replacement is None or not self.special or self.regex else _read(self.replacement)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if self.find is None:
            return problems
        if not self.find and not self.whole:
            problems.append(Problem("The text to find is empty."))
        if self.replacement is None and not self.whole:
            problems.append(Problem("A part of a text cannot become missing: replace the whole value."))
        if self.regex:
            if reason := pattern_problem(self.find):
                problems.append(Problem(reason))
            elif not self.whole and self.find and _finds_nothing(self.find):
                problems.append(
                    Problem(f"'{self.find}' also matches where there is no text: write it so that it matches something.")
                )
        return problems

    def problem_with(self, column: ColumnInfo) -> str:
        if reason := super().problem_with(column):
            return reason
        text_only = self.find is not None and (not self.whole or self.regex or self.ignore_case)
        if text_only and column.type not in TEXT:
            return f"{column.name} holds no text: replace its whole value instead of a part."
        for text in (None if self.find is None else self.wanted_text, self.new_text):
            try:
                typed(text, column.type) if text is not None else None
            except ValueError:
                return f"'{text}' is not a value that {column.name} can have ({column.type})."
        return ""

    def changed(self, table: ir.Table, column: ColumnInfo, context: Context) -> Any:
        import ibis

        from workbench.byexample.native.engines import engine
        from workbench.byexample.native.functions import literal
        from workbench.byexample.tree.texts import lower

        known = engine(context.dialect)
        value: Any = table[column.name]
        find, new = self.wanted_text, self.new_text
        if not self.whole and self.find is not None:
            if not self.regex and not self.ignore_case:
                return value.replace(find, new or "")
            pattern = self._pattern(find if self.regex else literal(find), context.dialect)
            shown = replacement_for(new or "", context.dialect) if self.regex else known.plain(new or "")
            return known.replaced(value, pattern, shown)
        if self.find is None:
            found = is_missing(table, column.name)
        elif self.regex:
            found = known.matches(value, self._pattern(rf"\A(?:{find})\z", context.dialect))
        elif self.ignore_case:
            found = known.lower(value) == lower(find)
        else:
            found = value == value_of(find, column.type)
        if new is None:
            made: Any = ibis.null(value.type())
        elif self.regex and self.find is not None:
            pattern = self._pattern(rf"\A(?:{find})\z", context.dialect)
            made = known.replaced(value, pattern, replacement_for(new, context.dialect))
        else:
            made = value_of(new, column.type)
        return ibis.ifelse(found.fill_null(False), made, value)

    def _pattern(self, pattern: str, dialect: str) -> str:
        return for_engine(f"(?i){pattern}" if self.ignore_case else pattern, dialect)


def _read(text: str) -> str:
    """The text with its special characters."""

    def sign(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _SIGNS.get(match[3], match[3])

    return _SPECIAL.sub(sign, text)


def _finds_nothing(pattern: str) -> bool:

    with scratch() as connection:
        return bool(connection.execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()[0][0])
