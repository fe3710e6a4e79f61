"""Steps that name columns: one, several, by example, or all in one style."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from workbench.dataprep.cells import renamed, visible
from workbench.dataprep.columns import Problem, Schema, listed, missing_columns, names, unique_name
from workbench.dataprep.steps.base import Context, Record, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Rename(StepBase):
    """Gives one column another name."""

    op: Literal["rename"] = "rename"
    column: str
    to: str

    def describe(self) -> str:
        return f"Rename {self.column} to {self.to}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.to,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, [self.column])
        if not self.to.strip():
            problems.append(Problem("The new name is empty.", column=self.column))
        elif any(other.lower() == self.to.lower() for other in names(schema) if other != self.column):
            problems.append(Problem(f"There is a column {self.to} already.", column=self.to))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return renamed(table, {self.column: self.to})


class NewName(Record):
    """A column and its new name."""

    column: str
    to: str


class RenameMany(StepBase):
    """Gives several columns other names at once, so that names can also be exchanged.

    `explanation` says the rule by which the names were made from examples; empty when they were typed.
    """

    op: Literal["rename_many"] = "rename_many"
    names: tuple[NewName, ...] = ()
    explanation: str = ""

    @classmethod
    def learn(cls, columns: Sequence[str], examples: Mapping[str, str]) -> RenameMany:
        """New names for all columns as the examples (old name: new name) show. Raises UserError for wrong examples."""
        from workbench.byexample.renaming import rename

        found = rename(columns, examples)
        return cls(names=tuple(NewName(column=old, to=new) for old, new in found.mapping.items()), explanation=found.explain())

    @property
    def mapping(self) -> dict[str, str]:
        """The new name of each column by its old one."""
        return {pair.column: pair.to for pair in self.names}

    def describe(self) -> str:
        return f"Rename {listed((f'{pair.column} to {pair.to}' for pair in self.names), 3)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.mapping)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.mapping.values())

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.names:
            return [Problem("Give at least one column a new name.")]
        problems = missing_columns(schema, self.mapping)
        problems += [Problem("The new name is empty.", column=pair.column) for pair in self.names if not pair.to.strip()]
        if len(self.mapping) < len(self.names):
            problems.append(Problem("A column gets two names at once."))
        taken: set[str] = set()
        for name in (self.mapping.get(name, name) for name in names(schema)):
            if name.lower() in taken:
                problems.append(Problem(f"There would be two columns {name}.", column=name))
            taken.add(name.lower())
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return renamed(table, self.mapping)


Style = Literal["keep", "snake", "kebab", "camel", "pascal", "title", "lower", "upper"]
_STYLE_WORDS: dict[Style, str] = {
    "keep": "as they are", "snake": "in snake_case", "kebab": "in kebab-case", "camel": "in camelCase", "pascal": "in PascalCase",
    "title": "in Title Case", "lower": "in lower case", "upper": "in UPPER_CASE",
}  # fmt: skip
_AWKWARD = re.compile(r"[,;{}()\n\r\t=]")
"""Signs that not every file format and program takes in a name."""


class CleanNames(StepBase):
    """Writes the names of all columns in one style, in whatever table comes.

    Signs that not every program takes in a name (any of `, ; { } ( ) =`, tabs and new lines) become `_`, and blanks at the ends
    go; `accents`: whether letters keep theirs. A name that is taken by then gets a number.
    """

    op: Literal["clean_names"] = "clean_names"
    style: Style = "snake"
    accents: bool = False

    def describe(self) -> str:
        return f"Write the names of columns {_STYLE_WORDS[self.style]}{'' if self.accents else ', without accents'}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return ()

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(new for old, new in self.new_names(names(schema)).items() if old != new)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        numbered = [old for old, new in self.new_names(names(schema)).items() if new != self._cleaned(old)]
        return [
            Problem(f"{name} gets a number, as another column has its new name.", column=name, severity="info") for name in numbered
        ]

    def new_names(self, columns: Sequence[str]) -> dict[str, str]:
        """The new name of each column; columns whose name stays are served first."""
        cleaned = {name: self._cleaned(name) for name in columns}
        result: dict[str, str] = {}
        for name in sorted(columns, key=lambda one: cleaned[one] != one):
            result[name] = unique_name(cleaned[name], result.values())
        return {name: result[name] for name in columns}

    def _cleaned(self, name: str) -> str:
        from workbench.byexample.renaming.rules import Rule

        plain = _AWKWARD.sub("_" if self.style == "keep" else " ", name.strip()).strip()
        rules = {
            "keep": Rule(),
            "snake": Rule(case="lower", joiner="_"),
            "kebab": Rule(case="lower", joiner="-"),
            "camel": Rule(case="camel", joiner=""),
            "pascal": Rule(case="title", joiner=""),
            "title": Rule(case="title", joiner=" "),
            "lower": Rule(case="lower"),
            "upper": Rule(case="upper", joiner="_"),
        }
        rule = rules[self.style]
        if not self.accents:
            from dataclasses import replace

            rule = replace(rule, fold="plain")
        return rule.core(plain).strip() or name.strip() or "column"

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return renamed(table, self.new_names(visible(table)))
