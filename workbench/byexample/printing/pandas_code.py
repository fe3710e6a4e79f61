"""A program as code that adds a column to a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.byexample.printing.frames import NoIdiom, column_name, needs_all, piece_pattern, text_of, variables
from workbench.byexample.printing.literals import WIDTH, literal, raw
from workbench.byexample.printing.python import function
from workbench.byexample.tree.conditions import Condition, Contains, EndsWith, Equals, IsBlank, IsMissing, Not, StartsWith
from workbench.byexample.tree.nodes import Choose, Column, Concat, Constant, FirstOf, Node
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
from workbench.byexample.tree.tokens import TOKENS


def to_pandas(root: Node, columns: Sequence[str] = (), output: str = "derived") -> str:
    """Lines that add the column `output` to a DataFrame `df`: idioms of `Series.str` where they are faithful, else a function."""
    target = f"df[{literal(output)}]"
    if isinstance(root, Constant):
        return f"{target} = {literal(root.text)}\n"
    try:
        return _idioms(root, columns, target)
    except NoIdiom:
        return _mapped(root, columns, target)


def _idioms(root: Node, columns: Sequence[str], target: str) -> str:
    names = variables(root, columns)
    writer = _Writer(columns, names)
    expression = writer.series(root)
    lines = [f"{name} = df[{literal(column_name(index, columns))}]" for index, name in names.items()]
    line = f"{target} = {expression}"
    if len(line) > WIDTH:
        line = f"{target} = (\n    {_broken(expression)}\n)"
    imports = [f"import {name}" for name in sorted(writer.imports)]
    return "\n".join([*imports, *([""] if imports else []), *lines, line]) + "\n"


def _broken(expression: str) -> str:
    """A long sum or chain of methods on several lines."""
    depth, text, quote = 0, "", ""
    for number, c in enumerate(expression):
        if quote:
            quote = "" if c == quote and expression[number - 1] != "\\" else quote
        elif c in "\"'":
            quote = c
        else:
            depth += (c in "([{") - (c in ")]}")
            if depth == 0 and expression.startswith(" + ", number):
                text += "\n   "
            elif depth == 0 and "(" in text and expression.startswith((".mask(", ".fillna(", ".where("), number):
                text += "\n    "
        text += c
    return text


def _mapped(root: Node, columns: Sequence[str], target: str) -> str:
    printed = function(root, columns)
    names = [column_name(index, columns) for index in printed.columns]
    if not names:
        line = f"{target} = derive()"
    elif len(names) == 1 and needs_all(root):
        line = f'{target} = df[{literal(names[0])}].map(derive, na_action="ignore")'
    else:
        listed = ", ".join(map(literal, names))
        line = (
            f"inputs = df[[{listed}]]\n"
            "rows = inputs.astype(object).where(inputs.notna(), None)  # None for missing values\n"
            f"{target} = [derive(*row) for row in rows.itertuples(index=False, name=None)]"
        )
    return f"{printed.source}\n\n{line}\n"


class _Writer:
    """Expressions of Series. Raises NoIdiom where pandas has no faithful one."""

    def __init__(self, columns: Sequence[str], names: dict[int, str]) -> None:
        self.columns = columns
        self.names = names
        self.imports: set[str] = set()

    def series(self, node: Node) -> str:
        """A node as a Series."""
        match node:
            case Column(index):
                return self.names.get(index) or f"df[{literal(column_name(index, self.columns))}]"
            case Concat(parts):
                return self.concat(parts)
            case FirstOf(options):
                first, *others = options
                return self.atom(first) + "".join(f".fillna({self.filling(other)})" for other in others)
            case Choose(arms, otherwise):
                found = self.atom(otherwise)
                for arm in reversed(arms):
                    then = "" if arm.then == Constant(None) else f", {self.filling(arm.then)}"
                    found += f".mask({self.condition(arm.condition)}{then})"
                return found
            case Slice(of, 0, int(stop)) if stop > 0:
                return f"{self.atom(of)}.str[:{stop}]"
            case Slice(of, start, None) if start < 0:
                return f"{self.atom(of)}.str[{start}:]"
        return self.changed(node) or self.piece(node)

    def atom(self, node: Node) -> str:
        """A node as a Series that a method can be called on."""
        text = self.series(node)
        return f"({text})" if isinstance(node, Concat) and len(node.parts) > 1 else text

    def filling(self, node: Node) -> str:
        """What stands in for missing values: a text or a Series."""
        return literal(text_of(node)) if isinstance(node, Constant) else self.series(node)

    def concat(self, parts: Sequence[Node]) -> str:
        """A sum of texts."""
        if all(isinstance(part, Constant) for part in parts):
            raise NoIdiom
        terms = [literal(text_of(part)) if isinstance(part, Constant) else self.atom(part) for part in parts]
        if len(parts) > 1 and isinstance(parts[0], Constant) and isinstance(parts[1], Constant):
            raise NoIdiom
        return " + ".join(terms)

    def changed(self, node: Node) -> str:
        """A text turned into another one; "" for other nodes."""
        match node:
            case Case(of, "upper"):
                return f'{self.atom(of)}.str.replace("ß", "SS", regex=False).str.upper()'
            case Case(of, "lower"):
                return f"{self.atom(of)}.str.lower()"
            case Trim(of, side, characters):
                method = {"both": "strip", "left": "lstrip", "right": "rstrip"}[side]
                return f"{self.atom(of)}.str.{method}({literal(characters)})"
            case Squeeze(of):
                return f'{self.atom(of)}.str.replace(r"[ \\t\\r\\n]+", " ", regex=True).str.strip(" ")'
            case Pad(of, width, fill, "left" | "right" as side) if len(fill) == 1:
                return f"{self.atom(of)}.str.{'rjust' if side == 'left' else 'ljust'}({width}, {literal(fill)})"
            case Replace(of, old, new, must) if old:
                where = f".where({self.atom(of)}.str.contains({literal(old)}, regex=False, na=False))" if must else ""
                return f"{self.atom(of)}.str.replace({literal(old)}, {literal(new)}, regex=False){where}"
            case ReplaceTokens(of, kind, new) if "\\" not in new:
                return f"{self.atom(of)}.str.replace({self.pattern(TOKENS[kind].pattern)}, {literal(new)}, regex=True)"
            case Lookup(of, table, None) if table and all(to is not None for _, to in table):
                pairs: dict[str, str | None] = {}
                for given, to in table:
                    pairs.setdefault(given, to)
                listed = ", ".join(f"{literal(given)}: {literal(to)}" for given, to in pairs.items())
                return f"{self.atom(of)}.map({{{listed}}})"
        return ""

    def pattern(self, pattern: str) -> str:
        """A regular expression for `str.replace`; compiled where another engine than Python's would not know all letters."""
        if "\\w" not in pattern and "\\W" not in pattern:
            return raw(pattern)
        self.imports.add("re")
        return f"re.compile({raw(pattern)})"

    def piece(self, node: Node) -> str:
        """A piece of a text."""
        match node:
            case Match(of, kind, 0):
                return f"{self.atom(of)}.str.extract({raw(f'({TOKENS[kind].pattern})')}, expand=False)"
            case Match(of, kind, -1) if TOKENS[kind].run:
                return f"{self.atom(of)}.str.extract({raw(f'({TOKENS[kind].pattern}){_contrary(kind)}*$')}, expand=False)"
            case KeepTokens(of, kind, "") if TOKENS[kind].run:
                kept = f'{self.atom(of)}.str.replace({self.pattern(f"{_contrary(kind)}+")}, "", regex=True)'
                return f'{kept}.mask(lambda kept: kept == "")'
            case Before(of) | Part(of) | After(of) | Between(of) if (pattern := piece_pattern(node)) is not None:
                return f"{self.atom(of)}.str.extract({raw(pattern)}, expand=False)"
            case FromToken(of, kind, 0):
                return f"{self.atom(of)}.str.extract({raw(f'(?s)((?:{TOKENS[kind].pattern}).*)')}, expand=False)"
            case UpToToken(of, kind, 0, True):
                return f"{self.atom(of)}.str.extract({raw(f'(?s)^(.*?(?:{TOKENS[kind].pattern}))')}, expand=False)"
        raise NoIdiom

    def condition(self, condition: Condition) -> str:
        """A condition as a Series of truth values, without missing ones."""
        match condition:
            case Not(condition=inner):
                text = self.condition(inner)
                return text.replace(" == ", " != ") if isinstance(inner, Equals | IsBlank) else f"~{text}"
            case IsMissing(of):
                return f"{self.atom(of)}.isna()"
            case IsBlank(of):
                return f'{self.atom(of)}.fillna("").str.strip(" \\t\\r\\n") == ""'
            case Contains(of, text, 1):
                return f"{self.atom(of)}.str.contains({literal(text)}, regex=False, na=False)"
            case StartsWith(of, text) | EndsWith(of, text):
                method = "startswith" if isinstance(condition, StartsWith) else "endswith"
                return f"{self.atom(of)}.str.{method}({literal(text)}, na=False)"
            case Equals(of, text):
                return f"{self.atom(of)} == {literal(text)}"
        raise NoIdiom


def _contrary(kind: str) -> str:
    """The characters that are not those of an unbroken run of a kind."""
    run = TOKENS[kind].run
    return f"[{run.removeprefix('[^')}" if run.startswith("[^") else f"[^{run.removeprefix('[')}"
