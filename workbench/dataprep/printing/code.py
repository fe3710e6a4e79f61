"""What a step's printer writes into: lines over the frame `df`, imports and helpers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar

from workbench.base.errors import UserError
from workbench.dataprep.columns import ColumnInfo, ColumnType, Schema, find, names
from workbench.dataprep.printing.layout import laid_out
from workbench.dataprep.printing.literals import pandas_value, polars_value, text, value
from workbench.dataprep.printing.naming import Names
from workbench.dataprep.printing.snippets import Snippet, taken_apart
from workbench.dataprep.printing.sources_of_helpers import source_of
from workbench.dataprep.printing.walking import WalkedFlow, WalkedSource, WalkedStep, schema_of_walked
from workbench.dataprep.steps import Other, StepBase

FrameLanguage = Literal["pandas", "polars"]
S = TypeVar("S", bound=StepBase)

PRINTERS: dict[tuple[type[StepBase], str], Callable[[Any, Code], None]] = {}
"""The printer of each step in each language."""


def prints(step: type[S], language: FrameLanguage) -> Callable[[Callable[[S, Code], None]], Callable[[S, Code], None]]:
    """Says that a function prints a step in a language."""

    def register(printer: Callable[[S, Code], None]) -> Callable[[S, Code], None]:
        PRINTERS[step, language] = printer
        return printer

    return register


class Module:
    """A program as it grows: its imports, and its definitions by their names."""

    def __init__(self, names: Names, base: Path) -> None:
        self.names = names
        self.base = base
        self.imports: dict[str, None] = {}
        self.definitions: dict[str, str] = {}
        self._helpers: dict[str, str] = {}

    def helper(self, function: Callable[..., Any]) -> str:
        """Takes a helper in with all it needs; its name in the program."""
        source = source_of(function)
        self.imports |= dict.fromkeys(source.imports)
        for name, shown in source.definitions:
            if name not in self._helpers:
                self._helpers[name] = shown
                self.names.take(name)
                self.definitions[name] = shown
            elif self._helpers[name] != shown:
                raise AssertionError(f"two helpers are called {name}")
        return function.__name__

    def take(self, snippet: Snippet) -> list[str]:
        """Takes over the imports and definitions of a snippet; its other lines, with the names that these have got."""
        self.imports |= dict.fromkeys(snippet.imports)
        changed: dict[str, str] = {}
        for name, source in snippet.definitions:
            shown = snippet.renamed(source, changed)
            if self.definitions.get(name) == shown:
                continue
            new = self.names.new(name)
            if new != name:
                changed[name] = new
                shown = snippet.renamed(shown, {name: new})
            self.definitions[new] = shown
        return [snippet.renamed(line, changed) for line in snippet.lines]


class Code:
    """The lines of one step (or of a source: then nothing stands before)."""

    def __init__(
        self, language: FrameLanguage, module: Module, *, before: Schema = (), after: Schema = (),
        errors: frozenset[str] = frozenset(), others: dict[Other, WalkedFlow | WalkedSource] | None = None, what: str = "",
    ) -> None:  # fmt: skip
        self.language = language
        self.before = before
        self.after = after
        self.errors = errors
        self.lines: list[str] = []
        self._module = module
        self._others = others or {}
        self._what = what

    @classmethod
    def of_step(
        cls, language: FrameLanguage, module: Module, walked: WalkedStep, others: dict[Other, WalkedFlow | WalkedSource]
    ) -> Code:
        """Where the printer of a step writes."""
        return cls(
            language, module, before=walked.before, after=walked.after, errors=walked.errors, others=others,
            what=walked.step.describe(),
        )  # fmt: skip

    # -- what the printer may ask

    @property
    def names(self) -> list[str]:
        """The names of the columns before the step."""
        return names(self.before)

    def column(self, name: str) -> ColumnInfo:
        """A column before the step."""
        found = find(self.before, name)
        if found is None:
            self.cannot(f"There is no column {name}.")
        return found

    def type(self, name: str) -> ColumnType:
        """The type of a column before the step."""
        return self.column(name).type

    def other_schema(self, other: Other) -> Schema:
        """The columns of another flow or source."""
        return schema_of_walked(self._others[other])

    @property
    def base(self) -> Path:
        """The folder that the program's `FOLDER` is."""
        return self._module.base

    # -- what it writes

    def line(self, statement: str) -> None:
        """A statement on one line; broken at its brackets when it is long."""
        self.lines.append(laid_out(statement, 4))

    def comment(self, sentence: str) -> None:
        """A remark for the reader."""
        self.lines.append(f"# {sentence}")

    def imports(self, *statements: str) -> None:
        """Imports at the top of the program."""
        self._module.imports |= dict.fromkeys(statements)

    def helper(self, function: Callable[..., Any]) -> str:
        """Takes a function of `printing/helpers/` into the program; its name there."""
        return self._module.helper(function)

    def other(self, other: Other) -> str:
        """An expression that gives the frame of another flow or source."""
        return f"{self._others[other].name}()"

    def value(self, given: Any, type_: ColumnType | None = None) -> str:
        """A Python value as code, as it is compared with or put into a column of the type."""
        if isinstance(given, dt.date | dt.time) and not (self.language == "pandas" and isinstance(given, dt.date)):
            self.imports("import datetime as dt")
        if self.language == "pandas":
            return pandas_value(given)
        return "None" if given is None else value(given) if type_ is None else polars_value(given, type_)

    def fresh(self, hint: str) -> str:
        """A name that nothing else in the program has."""
        return self._module.names.identifier(hint, "value")

    def snippet(self, source: str) -> None:
        """A piece of a program over `df`: its imports and functions go where they belong, its other lines stand here."""
        self.lines += self._module.take(taken_apart(source))

    def define(self, source: str, name: str) -> str:
        """A piece of a program that defines `name`; what it is called in this program."""
        (line,) = self._module.take(taken_apart(f"{source.rstrip()}\n\n\n{name}\n"))
        return line

    def order(self, now: Sequence[str] | None = None) -> None:
        """Puts the columns in their order; `now`: how they stand (without: those that stayed, then the new ones)."""
        wanted = names(self.after)
        if now is None:
            now = [name for name in self.names if name in wanted] + [name for name in wanted if name not in self.names]
        if list(now) == wanted:
            return
        listed = "[" + ", ".join(map(text, wanted)) + "]"
        self.line(f"df = df[{listed}]" if self.language == "pandas" else f"df = df.select({listed})")

    def cannot(self, sentence: str) -> NoReturn:
        """Raises UserError: the language cannot say this step."""
        word = {"pandas": "pandas", "polars": "Polars"}[self.language]
        raise UserError(f"{self._what} cannot be printed for {word}: {sentence}" if self._what else sentence)
