"""Pieces of Python programs taken apart: imports, definitions, and the lines that work on the frame."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    """Imports, definitions by their names, and other statements."""

    imports: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]

    def renamed(self, source: str, names: Mapping[str, str]) -> str:
        """A part of it with other names for what it defines."""
        return renamed(source, names) if names else source


def taken_apart(source: str) -> Snippet:
    """The parts of a snippet. What stands before its last function or class belongs to the definitions, as far as it is named."""
    tree = ast.parse(source)
    rows = source.splitlines()
    last = max((number for number, node in enumerate(tree.body) if isinstance(node, ast.FunctionDef | ast.ClassDef)), default=-1)
    imports: list[str] = []
    definitions: list[tuple[str, str]] = []
    lines: list[str] = []
    end = 0
    for number, node in enumerate(tree.body):
        start = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        above = [row for row in rows[end : start - 1] if row.startswith("#")]
        shown = "\n".join([*above, *rows[start - 1 : node.end_lineno]])
        end = node.end_lineno or end
        match node:
            case ast.Import(names=found):
                imports += [f"import {one.name}" + (f" as {one.asname}" if one.asname else "") for one in found]
            case ast.ImportFrom(module=str(origin), names=found):
                imports += [f"from {origin} import {one.name}" + (f" as {one.asname}" if one.asname else "") for one in found]
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                definitions.append((name, shown))
            case ast.Assign(targets=[ast.Name(id=name)]) if number < last and name != "df":
                definitions.append((name, shown))
            case _:
                lines.append(shown)
    return Snippet(tuple(imports), tuple(definitions), tuple(lines))


def renamed(source: str, names: Mapping[str, str]) -> str:
    """A program with names replaced, not those of attributes and keyword arguments."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    rows = source.splitlines(keepends=True)
    for number in range(len(tokens) - 1, -1, -1):
        token = tokens[number]
        before = tokens[number - 1].string if number else ""
        if token.type == tokenize.NAME and token.string in names and before != ".":
            row, start = token.start
            line = rows[row - 1]
            rows[row - 1] = line[:start] + names[token.string] + line[start + len(token.string) :]
    return "".join(rows)
