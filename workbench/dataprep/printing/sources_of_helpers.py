"""The source text of helper functions, with all that they need of their module."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class HelperSource:
    """What a printed program needs of one helper: imports, and definitions by their names, in the order of the module."""

    imports: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]


def source_of(function: Callable[..., Any]) -> HelperSource:
    """The helper's text with the functions, constants and imports of its module that it uses."""
    module = inspect.getmodule(function)
    if module is None:
        raise ValueError(f"{function.__name__} is of no module")
    content = _content(module)
    return content.needed(function.__name__)


@lru_cache(maxsize=64)
def _content(module: ModuleType) -> _Module:
    return _Module(inspect.getsource(module))


class _Module:
    def __init__(self, text: str) -> None:
        tree = ast.parse(text)
        lines = text.splitlines()
        self.imports: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.uses: dict[str, set[str]] = {}
        last = ""
        for node in tree.body:
            match node:
                case ast.Import(names=names):
                    for name in names:
                        shown = f"import {name.name}" + (f" as {name.asname}" if name.asname else "")
                        self.imports[name.asname or name.name.split(".")[0]] = shown
                case ast.ImportFrom(module=str(origin), names=names) if origin != "__future__":
                    for name in names:
                        shown = f"from {origin} import {name.name}" + (f" as {name.asname}" if name.asname else "")
                        self.imports[name.asname or name.name] = shown
                case ast.FunctionDef(name=defined) | ast.ClassDef(name=defined):
                    self._add(defined, node, lines)
                case ast.Assign(targets=[ast.Name(id=defined)]) | ast.AnnAssign(target=ast.Name(id=defined)):
                    self._add(defined, node, lines)
                case ast.Expr(value=ast.Constant(value=str())) if last:  # the docstring of a constant
                    pass
            last = "" if isinstance(node, ast.Import | ast.ImportFrom) else "definition"

    def _add(self, name: str, node: ast.stmt, lines: list[str]) -> None:
        decorators = getattr(node, "decorator_list", [])
        start = min([node.lineno, *(each.lineno for each in decorators)])
        shown = [_without_notes(line) for line in lines[start - 1 : node.end_lineno]]
        self.texts[name] = "\n".join(shown)
        self.uses[name] = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}

    def needed(self, name: str) -> HelperSource:
        wanted: set[str] = set()
        stack = [name]
        while stack:
            one = stack.pop()
            if one in self.texts and one not in wanted:
                wanted.add(one)
                stack += self.uses[one]
        used = {use for one in wanted for use in self.uses[one]}
        imports = tuple(shown for bound, shown in self.imports.items() if bound in used)
        return HelperSource(imports, tuple((one, text) for one, text in self.texts.items() if one in wanted))


def _without_notes(line: str) -> str:
    """A line without remarks for our own tools."""
    for mark in ("  # noqa", "  # type: ignore"):
        line = line.split(mark, maxsplit=1)[0]
    return line
