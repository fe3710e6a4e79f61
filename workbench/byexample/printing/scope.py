"""Where the lines of a Python function are gathered: guards against missing values, names, values that were computed before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from workbench.byexample.printing.fstrings import Pieces, joined
from workbench.byexample.printing.literals import WIDTH, fitted, fresh
from workbench.byexample.printing.modules import Module
from workbench.byexample.tree.nodes import Column, Constant, Node


@dataclass(frozen=True)
class Value:
    """An expression. `kind`: text, integer, decimal or moment; `pieces`: what a text is put together from."""

    text: str
    nullable: bool = False
    kind: str = "text"
    filled: bool = False
    """Never an empty text."""
    pieces: Pieces = ()
    loose: bool = False
    """Needs brackets before a method can be called on it."""

    @property
    def code(self) -> str:
        """The expression as code."""
        return joined(self.pieces) if self.pieces else self.text

    @property
    def parts(self) -> Pieces:
        """The text as pieces of a longer one."""
        return self.pieces or ((self.text, "d" if self.kind == "integer" else ""),)

    @property
    def atom(self) -> str:
        """The expression so that a method call may follow."""
        code = self.code
        return f"({code})" if self.loose or " + " in code or " if " in code else code


_PIECES = {"'AM'": "half", "MONTHS": "month", "WEEKDAYS": "weekday"}
"""Names for parts of a long text, by what stands in them."""

NEVER = Value("None", nullable=True)


class Writer(Protocol):
    """What writes the nodes of a program into a scope."""

    def value(self, node: Node, scope: Scope) -> Value:
        """The expression of a node; lines that it needs are written before."""
        ...

    def tail(self, node: Node, scope: Scope) -> None:
        """The lines that return the node's value."""
        ...

    def strict(self, node: Node) -> list[Node]:
        """The nodes without whose value the node has none."""
        ...

    def uses(self, node: Node) -> Counter[Node]:
        """How often each node occurs."""
        ...

    def shown_type(self, node: Node, scope: Scope) -> tuple[str, str]:
        """The kind of a node's value, and its Python type."""
        ...

    def hint(self, node: Node, scope: Scope) -> str:
        """A good name for a node's value."""
        ...


class Scope:
    """The body of one function. A guard returns None, or (`falls`) nests what follows, so that the end falls through."""

    def __init__(self, module: Module, columns: Mapping[int, str], root: Node, writer: Writer) -> None:
        self.module = module
        self.columns = columns
        """The parameters by the columns that they are."""
        self.writer = writer
        self.lines: list[str] = []
        self.level = 1
        self.falls = False
        self.guarded = 0
        """How many lines there were after the last guard."""
        self.nullable = False
        """Whether the function may return None."""
        self.known: dict[int, int] = {}
        self.cache: dict[Hashable, tuple[Value, int]] = {}
        self.names: set[str] = set(columns.values())
        self.uses = writer.uses(root)
        self.block: Node = root
        """What the guards of this block protect: all of it is missing when one of its parts is."""

    def line(self, text: str) -> None:
        """One more line at the present depth."""
        self.lines.append(fitted("    " * self.level + text))

    def guard(self, bad: str, good: str) -> None:
        """What follows applies only where `good` holds (`bad` is its contrary)."""
        if self.falls:
            above = "    " * (self.level - 1) + "if "
            last = self.lines[-1] if self.lines else ""
            both = f"{last.removesuffix(':')} and {f'({good})' if ' or ' in good else good}:"
            if self.guarded == len(self.lines) and last.startswith(above) and " or " not in last and len(both) <= WIDTH:
                self.lines[-1] = both
                return
            self.line(f"if {good}:")
            self.level += 1
            self.guarded = len(self.lines)
        else:
            self.nullable = True
            indent = "    " * self.level
            ending = f"{indent}    return None"
            if self.guarded and self.guarded == len(self.lines) and self.lines[-2].startswith(f"{indent}if "):
                both = f"{self.lines[-2].removesuffix(':')} or {f'({bad})' if ' and ' in bad else bad}:"
                if len(both) <= WIDTH and " and " not in self.lines[-2]:
                    self.lines[-2] = both
                    return
            self.lines += [f"{indent}if {bad}:", ending]
            self.guarded = len(self.lines)

    def fresh(self, hint: str) -> str:
        """A name that nothing has."""
        found = fresh(hint, self.names | self.module.names)
        self.names.add(found)
        return found

    def assign(self, hint: str, value: Value, key: Hashable = None) -> Value:
        """The value under a name; `key` finds it again."""
        name = self.fresh(hint)
        self.line(f"{name} = {value.code}")
        named = replace(value, text=name, pieces=(), loose=False)
        if key is not None:
            self.remember(key, named)
        return named

    def remember(self, key: Hashable, value: Value) -> None:
        """Keeps a value for as long as the present depth lasts."""
        self.cache[key] = (value, self.level)

    def recall(self, key: Hashable) -> Value | None:
        """What was kept."""
        found = self.cache.get(key)
        return found[0] if found else None

    def know(self, column: int) -> None:
        """The column is not missing from here on."""
        self.known.setdefault(column, self.level)

    @contextmanager
    def nested(self, falls: bool | None = None) -> Iterator[None]:
        """What is computed inside is forgotten afterwards, unless it stands at the same depth."""
        level, falling, block = self.level, self.falls, self.block
        if falls is not None:
            self.falls = falls
        yield
        self.level, self.falls, self.block = level, falling, block
        self.known = {column: depth for column, depth in self.known.items() if depth <= level}
        self.cache = {key: found for key, found in self.cache.items() if found[1] <= level}

    def give(self, value: Value) -> None:
        """The line that returns the value."""
        self.nullable = self.nullable or value.nullable
        room = WIDTH - 4 * self.level - len("return ")
        text = value.code
        if len(text) > room and value.pieces:
            pieces: list[tuple[str, str | None]] = []
            for piece, form in value.pieces:
                if form is not None and len(piece) > 20 and len(text) > room:
                    name = self.fresh(next((name for mark, name in _PIECES.items() if mark in piece.upper()), "piece"))
                    plain = piece if '"' in piece else piece.replace("'", '"')
                    self.line(f"{name} = {plain}")
                    pieces.append((name, form))
                else:
                    pieces.append((piece, form))
            text = replace(value, pieces=tuple(pieces)).code
        self.line(f"return {text}")

    def need(self, node: Node) -> Value:
        """The value of a node where it is there: where it is not, nothing of the present block applies."""
        if (found := self.recall(node)) is not None:
            return found
        value = self.writer.value(node, self)
        if value.nullable:
            value = replace(self.assign(self.writer.hint(node, self), value), nullable=False)
            self.guard(f"{value.text} is None", f"{value.text} is not None")
            self.remember(node, value)
        elif self.uses[node] > 1 and not value.code.isidentifier() and not isinstance(node, Constant):
            value = self.assign(self.writer.hint(node, self), value, node)
        return value

    def wanted(self) -> list[Node]:
        """All that the present block cannot do without."""
        return self.wanted_by(self.block)

    def wanted_by(self, node: Node) -> list[Node]:
        """The nodes without whose value the node has none."""
        return self.writer.strict(node)

    def perhaps(self, node: Node) -> Value:
        """The value of a node, which may be missing: nothing is guarded."""
        if isinstance(node, Column):
            return Value(self.columns[node.index], nullable=node.index not in self.known)
        if (found := self.recall(node) or self.recall(("perhaps", node))) is not None:
            return found
        missing = {part.index for part in self.wanted_by(node) if isinstance(part, Column)} - set(self.known)
        if len(missing) == 1:
            column = missing.pop()
            self.know(column)
            value = self.inline(node)
            del self.known[column]
            if value is not None:
                name = self.columns[column]
                value = replace(value, text=f"{value.code} if {name} is not None else None", pieces=(), nullable=True)
        else:
            value = self.inline(node) or self.call(node)
        value = value or self.call(node)
        if value.code.isidentifier():
            return value
        return self.assign(self.writer.hint(node, self), value, ("perhaps", node))

    def inline(self, node: Node) -> Value | None:
        """The value of a node, when it needs no lines of its own."""
        lines = list(self.lines)
        before = (dict(self.cache), set(self.names), dict(self.known), self.level, self.nullable, self.guarded)
        value = self.writer.value(node, self)
        if self.lines == lines:
            return value
        self.lines = lines
        self.cache, self.names, self.known, self.level, self.nullable, self.guarded = before
        return None

    def call(self, node: Node, hint: str = "") -> Value:
        """A call of a function of its own for a node."""
        indices = sorted({found.index for found in self.writer.uses(node) if isinstance(found, Column)})
        known = [index for index in indices if index in self.known]
        columns = {index: self.columns[index] for index in indices}
        key = ("function", node, tuple(columns.values()), tuple(known))
        if key not in self.module.made:
            name = self.module.name(hint or f"read_{self.writer.hint(node, self)}")
            scope = Scope(self.module, columns, node, self.writer)
            scope.known = dict.fromkeys(known, 1)
            self.writer.tail(node, scope)
            kind, shown = self.writer.shown_type(node, self)
            arguments = ", ".join(f"{columns[i]}: str{'' if i in known else ' | None'}" for i in indices)
            head = f"def {name}({arguments}) -> {shown}{' | None' if scope.nullable else ''}:"
            self.module.functions.append("\n".join([head, *scope.lines]))
            self.module.made[key] = (name, scope.nullable, kind)
        name, nullable, kind = self.module.made[key]
        return Value(f"{name}({', '.join(columns.values())})", nullable=nullable, kind=kind)

    def of_text(self, node: Node, name: str) -> Value:
        """The value of a node over a single text that is there, under a name."""
        scope = Scope(self.module, {0: name}, node, self.writer)
        scope.known = {0: 1}
        return scope.inline(node) or scope.call(node, f"turned_{name}")
