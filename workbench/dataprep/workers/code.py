"""The user's Python code: what it must define, what is wrong with it, and which columns it looks at. Nothing is run here.

Code has one of two forms. `module`: it defines a function of a fixed name, such as `newvalue(row)`. `expression`: it is the body of
that function: imports in its first lines, then statements, the last of which is the value (or, for whole tables, changes `df`).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["column", "filter", "frame", "partition", "write", "read"]
Form = Literal["expression", "module"]
Frames = Literal["pandas", "polars"]

FUNCTIONS: dict[Kind, tuple[str, tuple[str, ...]]] = {
    "column": ("newvalue", ("row",)),
    "filter": ("includerow", ("row",)),
    "frame": ("transform", ("df",)),
    "partition": ("transform", ("df", "index")),
    "write": ("write", ("df",)),
    "read": ("read", ("paths",)),
}
"""The function that a module defines, with its parameters, by the kind of script."""

FILE = "<script>"
"""What Python calls the user's code in tracebacks."""

PICK = "_frame_of_"
"""The function that chooses between the value of the last line and `df`; the worker gives it to the code."""

_ROW_METHODS = {"get", "keys", "values", "items"}


@dataclass(frozen=True)
class Script:
    """Code of the user. `frames`: which library's data frames it works on, where it works on any."""

    kind: Kind
    code: str
    form: Form = "expression"
    frames: Frames = "pandas"

    @property
    def function(self) -> str:
        """The name of the function that is called."""
        return FUNCTIONS[self.kind][0]

    @property
    def by_row(self) -> bool:
        """Whether the function is called once a row."""
        return self.kind in {"column", "filter"}

    def problem(self) -> str:
        """Why the code cannot be run, in one sentence; empty when it can."""
        if not self.code.strip():
            return "The script is empty."
        try:
            compile(self.tree(), FILE, "exec")
        except SyntaxError as error:
            where = f" in line {error.lineno}" if error.lineno else ""
            return f"The script is not valid Python{where}: {(error.msg or '').rstrip('.')}."
        except (ValueError, RecursionError, MemoryError) as error:
            return f"The script is not valid Python: {str(error).rstrip('.') or type(error).__name__}."
        return ""

    def tree(self) -> ast.Module:
        """The code as a module that defines the function. Raises SyntaxError saying what it lacks."""
        module = ast.parse(self.code, FILE)
        name, parameters = FUNCTIONS[self.kind]
        shown = f"{name}({', '.join(parameters)})"
        defined = any(isinstance(part, ast.FunctionDef) and part.name == name for part in module.body)
        if self.form == "module":
            if not defined:
                raise SyntaxError(f"it defines no function {shown}")
            return module
        if defined:
            raise SyntaxError(f"it defines the function {name}, so its form is a module, not an expression")
        return ast.fix_missing_locations(self._wrapped(module, name, parameters))

    def _wrapped(self, module: ast.Module, name: str, parameters: tuple[str, ...]) -> ast.Module:
        """The statements as the body of the function, after the imports of the first lines."""
        first = 0
        while first < len(module.body) and isinstance(module.body[first], ast.Import | ast.ImportFrom):
            first += 1
        imports, body = module.body[:first], list(module.body[first:])
        if not body:
            raise SyntaxError("it holds nothing but imports")
        last = body[-1]
        if self.by_row:
            if isinstance(last, ast.Expr):
                body[-1] = ast.copy_location(ast.Return(last.value), last)
            elif not _returns(body):
                raise SyntaxError("its last line must be the value, such as row.price * 2")
        elif self.kind == "read":
            if not _sets(body, "df") and isinstance(last, ast.Expr):
                body[-1] = ast.copy_location(ast.Return(last.value), last)
            elif not _sets(body, "df") and not _returns(body):
                raise SyntaxError("it must set df")
            else:
                body.append(ast.copy_location(ast.Return(_name("df")), last))
        elif self.kind != "write":
            if isinstance(last, ast.Expr):
                chosen = ast.Call(_name(PICK), [last.value, _name("df")], [])
                body[-1] = ast.copy_location(ast.Return(chosen), last)
            else:
                body.append(ast.copy_location(ast.Return(_name("df")), last))
        arguments = ast.arguments([], [ast.arg(parameter) for parameter in parameters], None, [], [], None, [])
        function = ast.FunctionDef(name, arguments, body, [], None, lineno=1, col_offset=0)
        return ast.Module([*imports, function], [])

    def columns(self) -> tuple[str, ...] | None:
        """The columns that a script of rows looks at, in the order of the code; None: it may look at any."""
        try:
            tree = self.tree()
        except SyntaxError:
            return ()
        function = next((part for part in tree.body if isinstance(part, ast.FunctionDef) and part.name == self.function), None)
        if function is None or not function.args.args:
            return None
        row = function.args.args[0].arg
        inner = [part for part in ast.walk(function) if isinstance(part, ast.arg)][1:]
        if any(argument.arg == row for argument in inner):
            return None
        found: dict[str, None] = {}
        known: set[int] = set()
        for part in ast.walk(function):
            if isinstance(part, ast.Attribute) and _is(part.value, row) and isinstance(part.ctx, ast.Load):
                if part.attr in _ROW_METHODS:
                    return None
                found[part.attr] = None
                known.add(id(part.value))
            elif isinstance(part, ast.Subscript) and _is(part.value, row) and isinstance(part.ctx, ast.Load):
                if not isinstance(part.slice, ast.Constant) or not isinstance(part.slice.value, str):
                    return None
                found[part.slice.value] = None
                known.add(id(part.value))
        bare = any(_is(part, row) and id(part) not in known for part in ast.walk(function))
        return None if bare else tuple(found)

    def mentions(self, word: str) -> bool:
        """Whether a word stands anywhere in the code."""
        return re.search(rf"\b{re.escape(word)}\b", self.code) is not None


def form_of(kind: Kind, code: str) -> Form:
    """The form that code has: a module when it defines the function of its kind."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return "expression"
    name = FUNCTIONS[kind][0]
    return "module" if any(isinstance(part, ast.FunctionDef) and part.name == name for part in body) else "expression"


def _is(part: ast.AST, name: str) -> bool:
    return isinstance(part, ast.Name) and part.id == name


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _returns(body: list[ast.stmt]) -> bool:
    return any(isinstance(part, ast.Return) for statement in body for part in ast.walk(statement))


def _sets(body: list[ast.stmt], name: str) -> bool:
    parts = (part for statement in body for part in ast.walk(statement))
    return any(isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store) for part in parts)
