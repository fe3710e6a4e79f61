"""Python literals and names, laid out as the usual formatters do (double quotes, lines of at most 100 characters)."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable, Sequence

WIDTH = 100
RESERVED = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | {"re", "dt", "self", "df", "pd", "pl", "F"}
"""Names that generated code must not take."""


def literal(text: str | None) -> str:
    """A Python literal in double quotes, where that needs no more escapes."""
    shown = repr(text)
    if text is None or not shown.startswith("'") or '"' in shown:
        if text is not None and shown.startswith("'") and "\\'" in shown and text.count('"') <= text.count("'"):
            return '"' + shown[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
        return shown
    return f'"{shown[1:-1]}"'


def raw(pattern: str) -> str:
    """A regular expression as a raw literal."""
    for character, escape in (
        ('\\"', r"\x22"),
        ('"', r"\x22"),
        ("\t", r"\t"),
        ("\r", r"\r"),
        ("\n", r"\n"),
        ("\u00a0", r"\u00a0"),
        ("\u202f", r"\u202f"),
    ):
        pattern = pattern.replace(character, escape)
    return f'r"{pattern}"'


def long_constant(name: str, pattern: str) -> str:
    """An assignment of a regular expression, on several lines when it is long."""
    whole = f"{name} = {raw(pattern)}"
    if len(whole) <= WIDTH:
        return whole
    rest = raw(pattern).removeprefix("r").strip('"')
    prefix = raw(pattern)[: raw(pattern).index('"') + 1]
    pieces = []
    while rest:
        piece = rest[:85]
        if len(rest) > 85:
            cut = max(piece.rfind("|"), piece.rfind(")") + 1, 40)
            while piece[cut - 1] == "\\":
                cut -= 1
            piece = piece[:cut]
        pieces.append(piece)
        rest = rest[len(piece) :]
    lines = "".join(f'    {prefix}{piece}"\n' for piece in pieces)
    return f"{name} = (\n{lines})"


def fitted(line: str) -> str:
    """A line of code; one that is too long is broken inside its last brackets, where its parts then fit."""
    if len(line) <= WIDTH:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    start, keyword_, value = (
        line.strip().partition(" = ") if " = " in line and not line.strip().startswith("return ") else ("return ", "", "")
    )
    value = value or line.strip().removeprefix("return ")
    if value.startswith(('f"', 'r"', '"')) and len(indent) + 4 + len(value) <= WIDTH:
        return f"{indent}{start}{keyword_}(\n{indent}    {value}\n{indent})"
    if value.endswith(")") and not value.startswith(('f"', 'r"', '"')):
        opening = _partner(value)
        inner = value[opening + 1 : -1]
        if len(indent) + 4 + len(inner) <= WIDTH and opening > 0:
            return f"{indent}{start}{keyword_}{value[: opening + 1]}\n{indent}    {inner}\n{indent})"
    return line


def _partner(code: str) -> int:
    """Where the bracket opens that closes at the end of the code; 0 when quotes make that hard to tell."""
    depth = 0
    for at in range(len(code) - 1, -1, -1):
        if code[at] in "\"'":
            return 0
        depth += (code[at] == ")") - (code[at] == "(")
        if depth == 0:
            return at
    return 0


def broken_sum(code: str, indent: str) -> str:
    """A sum of texts with one term a line."""
    return f"\n{indent}+ ".join(code.split(" + "))


def word_list(name: str, words: Sequence[str]) -> str:
    """An assignment of a list of words without blanks."""
    whole = f'{name} = "{" ".join(words)}".split()'
    if len(whole) <= WIDTH:
        return whole
    text = " ".join(words)
    if len(text) + 6 <= WIDTH:
        return f'{name} = (\n    "{text}"\n).split()'
    room = max(map(len, words), default=0) + len(" ".join(words)) // (len(" ".join(words)) // 85 + 1)
    lines = [""]
    for number, word in enumerate(words):
        shown = word if number == len(words) - 1 else f"{word} "
        if len(lines[-1]) + len(shown) > room:
            lines.append("")
        lines[-1] += shown
    return f"{name} = (\n" + "".join(f'    "{text}"\n' for text in lines) + ").split()"


def mapping(name: str, pairs: Iterable[tuple[str, str | None]]) -> str:
    """An assignment of a dictionary of texts."""
    items = [f"{literal(key)}: {literal(value)}" for key, value in pairs]
    whole = f"{name} = {{{', '.join(items)}}}"
    return whole if len(whole) <= WIDTH else f"{name} = {{\n" + "".join(f"    {item},\n" for item in items) + "}"


def identifier(name: str) -> str:
    """A Python name for a column, "" when nothing of it can stand in one."""
    spelled = unicodedata.normalize("NFKC", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).lower()
    words = re.findall(r"\w+", spelled)
    plain = "_".join(words).strip("_")
    plain = unicodedata.normalize("NFKC", plain)
    if plain and not plain.isidentifier():
        plain = f"column_{plain}"
    return plain if plain.isidentifier() else ""


def fresh(hint: str, taken: Iterable[str]) -> str:
    """The name, or the name with a number, that is not taken yet."""
    used = set(taken)
    if hint in used or hint in RESERVED:
        base = hint
        if hint not in used and f"{hint}_" not in used:
            return f"{hint}_"
        number = 2
        while f"{base}_{number}" in used:
            number += 1
        return f"{base}_{number}"
    return hint
