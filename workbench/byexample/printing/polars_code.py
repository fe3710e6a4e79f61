"""A program as code that adds a column to a Polars DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from keyword import iskeyword

from workbench.byexample.printing.frames import NoIdiom, column_name, needs_all, piece_pattern, portable, text_of, with_import
from workbench.byexample.printing.literals import WIDTH, literal, raw
from workbench.byexample.printing.python import function
from workbench.byexample.tree.conditions import (
    Condition,
    Contains,
    EndsWith,
    Equals,
    HasToken,
    IsBlank,
    IsMissing,
    LengthIs,
    LongerThan,
    Not,
    StartsWith,
)
from workbench.byexample.tree.nodes import Choose, Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.numbers import FormatNumber, Length
from workbench.byexample.tree.texts import (
    After,
    Before,
    Between,
    Case,
    FromToken,
    KeepTokens,
    Lookup,
    Match,
    Pad,
    Part,
    Replace,
    ReplaceTokens,
    Slice,
    Squeeze,
    Trim,
    UpToToken,
)


def to_polars(root: Node, columns: Sequence[str] = (), output: str = "derived") -> str:
    """Lines that add the column `output` to a DataFrame `df`: Polars' expressions where they are faithful, else a function."""
    writer = _Writer(columns)
    try:
        expression = f"pl.lit({literal(root.text)}, pl.String)" if isinstance(root, Constant) else writer.expression(root)
        source = ""
    except NoIdiom:
        printed = function(root, columns)
        source = printed.source
        expression = _mapped(root, [column_name(index, columns) for index in printed.columns])
    selectors = "\nimport polars.selectors as cs" if "cs.by_name" in expression else ""
    imports = f"import polars as pl{selectors}"
    if source:
        return f"{with_import(source, imports)}\n\n{_added(expression, output)}\n"
    if isinstance(root, Choose) and len(expression) + len(output) > WIDTH - 32:
        return f"{imports}\n\n{_added(f'{chr(10)}    .'.join(writer.cases(root)), output)}\n"
    return f"{imports}\n\n{_added(expression, output, loose=isinstance(root, Concat))}\n"


def _added(expression: str, output: str, loose: bool = False) -> str:
    """The line that adds a column; an expression on several lines, or a `loose` one, cannot have a method called on it."""
    if output.isidentifier() and not iskeyword(output) and output not in {"self", "exprs"} and not output.startswith("__"):
        line = f"df = df.with_columns({output}={expression})"
        return line if len(line) <= WIDTH and "\n" not in line else f"df = df.with_columns(\n    {output}={expression},\n)"
    if expression.endswith("\n    )"):
        return f"df = df.with_columns(\n    {expression}.alias({literal(output)}),\n)"
    if "\n" in expression:
        indented = expression.replace("\n", "\n    ")
        return f"df = df.with_columns(\n    (\n        {indented}\n    ).alias({literal(output)}),\n)"
    named = f"{f'({expression})' if loose else expression}.alias({literal(output)})"
    line = f"df = df.with_columns({named})"
    return line if len(line) <= WIDTH else f"df = df.with_columns(\n    {named},\n)"


def _mapped(root: Node, names: Sequence[str]) -> str:
    if len(names) == 1:
        skip = "" if needs_all(root) else ", skip_nulls=False"
        return f"{_column(names[0])}.map_elements(derive, return_dtype=pl.String{skip})"
    listed = ", ".join(_column(name) if _special(name) else literal(name) for name in names)
    if not names:
        return "pl.lit(derive(), pl.String)"
    call = "lambda row: derive(*row.values()), return_dtype=pl.String"
    return f"pl.struct({listed}).map_elements(\n        {call}\n    )"


def _special(name: str) -> bool:
    """Whether Polars would read a name as a pattern."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _column(name: str) -> str:
    return f"cs.by_name({literal(name)}).as_expr()" if _special(name) else f"pl.col({literal(name)})"


class _Writer:
    """Expressions. Raises NoIdiom where Polars has no faithful one."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns

    def expression(self, node: Node) -> str:
        """A node as an expression."""
        match node:
            case Column(index):
                return _column(column_name(index, self.columns))
            case Concat(parts):
                return self.concat(parts)
            case FirstOf(options):
                return f"pl.coalesce({', '.join(self.value(option) for option in options)})"
            case Choose():
                return ".".join(self.cases(node))
            case Slice(of, 0, int(stop)) if stop > 0:
                return f"{self.atom(of)}.str.head({stop})"
            case Slice(of, start, None) if start < 0:
                return f"{self.atom(of)}.str.tail({-start})"
            case FormatNumber(of=Length(of)) if node == FormatNumber(node.of):
                return f"{self.atom(of)}.str.len_chars().cast(pl.String)"
        return self.changed(node) or self.piece(node)

    def cases(self, node: Choose) -> list[str]:
        """The links of the chain that a choice is."""
        links = [(f"when({self.condition(arm.condition)})", f"then({self.value(arm.then)})") for arm in node.arms]
        first, *others = [link for pair in links for link in pair]
        return [f"pl.{first}", *others, f"otherwise({self.value(node.otherwise)})"]

    def atom(self, node: Node) -> str:
        """A node as an expression that a method can be called on."""
        text = self.expression(node)
        return f"({text})" if isinstance(node, Concat) and len(node.parts) > 1 else text

    def value(self, node: Node) -> str:
        """A node, which may be a constant."""
        if node == Constant(None):
            return "None"
        return f"pl.lit({literal(text_of(node))})" if isinstance(node, Constant) else self.expression(node)

    def concat(self, parts: Sequence[Node]) -> str:
        """A sum of texts."""
        if all(isinstance(part, Constant) for part in parts):
            raise NoIdiom
        terms = [f"pl.lit({literal(text_of(part))})" if isinstance(part, Constant) else self.atom(part) for part in parts]
        plain = [
            term.removeprefix("pl.lit(").removesuffix(")") if isinstance(part, Constant) else term
            for part, term in zip(parts, terms, strict=True)
        ]
        if len(parts) > 1 and isinstance(parts[0], Constant) and isinstance(parts[1], Constant):
            plain[0] = terms[0]
        return " + ".join(plain)

    def changed(self, node: Node) -> str:
        """A text turned into another one; "" for other nodes."""
        match node:
            case Case(of, "upper" | "lower" as style):
                return f"{self.atom(of)}.str.to_{style}case()"
            case Trim(of, side, characters) if characters:
                method = {"both": "strip_chars", "left": "strip_chars_start", "right": "strip_chars_end"}[side]
                return f"{self.atom(of)}.str.{method}({literal(characters)})"
            case Squeeze(of):
                return f'{self.atom(of)}.str.extract_all(r"[^ \\t\\r\\n]+").list.join(" ")'
            case Pad(of, width, fill, "left" | "right" as side) if len(fill) == 1:
                return f"{self.atom(of)}.str.{'pad_start' if side == 'left' else 'pad_end'}({width}, {literal(fill)})"
            case Replace(of, old, new, False) if old and "$" not in new:
                return f"{self.atom(of)}.str.replace_all({literal(old)}, {literal(new)}, literal=True)"
            case ReplaceTokens(of, kind, new) if "$" not in new:
                return f"{self.atom(of)}.str.replace_all({raw(portable(kind))}, {literal(new)})"
            case Lookup(of, table, None) if table:
                pairs: dict[str, str | None] = {}
                for given, to in table:
                    pairs.setdefault(given, to)
                listed = ", ".join(f"{literal(given)}: {literal(to)}" for given, to in pairs.items())
                return f"{self.atom(of)}.replace_strict({{{listed}}}, default=None, return_dtype=pl.String)"
        return ""

    def piece(self, node: Node) -> str:
        """A piece of a text."""
        match node:
            case Match(of, kind, 0):
                return f"{self.atom(of)}.str.extract({raw(f'({portable(kind)})')}, 1)"
            case Match(of, kind, index):
                return f"{self.atom(of)}.str.extract_all({raw(portable(kind))}).list.get({index}, null_on_oob=True)"
            case KeepTokens(of, kind, joiner):
                found = f"{self.atom(of)}.str.extract_all({raw(portable(kind))}).list.join({literal(joiner)})"
                return f'{found}.replace("", None)'
            case Part(of, mark, index) if index not in {0, -1} and mark:
                return f"{self.atom(of)}.str.split({literal(mark)}).list.get({index}, null_on_oob=True)"
            case After(of, mark, index) if index > 0 and mark:
                return f'{self.atom(of)}.str.splitn({literal(mark)}, {index + 2}).struct.field("field_{index + 1}")'
            case Before(of) | Part(of) | After(of) | Between(of) if (pattern := piece_pattern(node)) is not None:
                return f"{self.atom(of)}.str.extract({raw(pattern)}, 1)"
            case FromToken(of, kind, 0):
                return f"{self.atom(of)}.str.extract({raw(f'(?s)((?:{portable(kind)}).*)')}, 1)"
            case UpToToken(of, kind, 0, True):
                return f"{self.atom(of)}.str.extract({raw(f'(?s)^(.*?(?:{portable(kind)}))')}, 1)"
        raise NoIdiom

    def condition(self, condition: Condition) -> str:
        """A condition as an expression; it may be null where it does not hold."""
        match condition:
            case Not(condition=IsMissing(of)):
                return f"{self.atom(of)}.is_not_null()"
            case Not(condition=inner):
                text = self.condition(inner)
                negated = f"~({text})" if " == " in text or " > " in text else f"~{text}"
                return negated if isinstance(inner, IsMissing | IsBlank) else f"({negated}).fill_null(True)"
            case IsMissing(of):
                return f"{self.atom(of)}.is_null()"
            case IsBlank(of):
                return f'{self.atom(of)}.fill_null("").str.strip_chars(" \\t\\r\\n") == ""'
            case Contains(of, text, 1):
                return f"{self.atom(of)}.str.contains({literal(text)}, literal=True)"
            case StartsWith(of, text) | EndsWith(of, text):
                return f"{self.atom(of)}.str.{'starts_with' if isinstance(condition, StartsWith) else 'ends_with'}({literal(text)})"
            case Equals(of, text):
                return f"{self.atom(of)} == {literal(text)}"
            case HasToken(of, kind, at):
                pattern = portable(kind)
                shown = {"any": pattern, "start": f"^(?:{pattern})", "end": f"(?:{pattern})$", "whole": f"^(?:{pattern})$"}[at]
                return f"{self.atom(of)}.str.contains({raw(shown)})"
            case LengthIs(of, length):
                return f"{self.atom(of)}.str.len_chars() == {length}"
            case LongerThan(of, length):
                return f"{self.atom(of)}.str.len_chars() > {length}"
        raise NoIdiom
