"""A Python module in the making: its imports, constants, helpers and functions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from workbench.byexample.printing.literals import WIDTH, fresh


@dataclass
class Module:
    """`names`: what is taken; `made`: what was already written, by what it is."""

    names: set[str]
    imports: set[str] = field(default_factory=set)
    constants: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, str] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    made: dict[Hashable, Any] = field(default_factory=dict)

    def name(self, hint: str) -> str:
        """A name for something of the module, which nothing else has."""
        found = fresh(hint, self.names)
        self.names.add(found)
        return found

    def constant(self, hint: str, source: Callable[[str], str]) -> str:
        """The name of a constant, which is written when it is new; `source` gets the name."""
        key = ("constant", source("X"))
        if key not in self.made:
            name = self.made[key] = self.name(hint)
            self.constants[name] = source(name)
        return str(self.made[key])

    def helper(self, source: str, *imports: str) -> None:
        """Puts a helper function into the module, once."""
        self.imports.update(imports)
        name = source.split("(", maxsplit=1)[0].removeprefix("def ")
        self.helpers.setdefault(name, source)

    def text(self) -> str:
        """The whole module."""
        plain = sorted(line for line in self.imports if line.startswith("import "))
        named: dict[str, set[str]] = {}
        for line in self.imports:
            if line.startswith("from "):
                package, _, thing = line.removeprefix("from ").partition(" import ")
                named.setdefault(package, set()).add(thing)
        lines = plain + [_from(package, sorted(named[package], key=_import_order)) for package in sorted(named)]
        head = "\n\n".join(part for part in ("\n".join(lines), "\n".join(self.constants.values())) if part)
        return "\n\n\n".join(part for part in (head, *self.helpers.values(), *self.functions) if part) + "\n"


def _import_order(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _from(package: str, names: list[str]) -> str:
    line = f"from {package} import {', '.join(names)}"
    return line if len(line) <= WIDTH else f"from {package} import (\n" + "".join(f"    {name},\n" for name in names) + ")"
