"""Long lines broken at their brackets, as the usual formatters do."""

from __future__ import annotations

import io
import tokenize
from itertools import pairwise

WIDTH = 100
_OPEN, _CLOSE = "([{", ")]}"


def laid_out(line: str, indent: int = 0) -> str:
    """A statement on one line, on several when it is longer than WIDTH; `indent` is what will stand before it."""
    if len(line) + indent <= WIDTH or "\n" in line:
        return line
    parts = _outermost(line)
    if parts is None:
        return line
    head, items, tail, trailing = parts
    deeper = indent + 4
    shown = [f"    {_indented(laid_out(item, deeper))}" for item in items]
    comma = "," if trailing else ""
    body = ",\n".join(shown) + comma
    return f"{head}\n{body}\n{laid_out(tail, indent) if len(tail) + indent > WIDTH else tail}"


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def _tokens(line: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(line).readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return []


def _outermost(line: str) -> tuple[str, list[str], str, bool] | None:
    """What stands before and in the longest outermost bracket, split at its commas, and what stands after it."""
    depth, start = 0, 0
    best: tuple[int, int, list[int]] | None = None
    commas: list[int] = []
    for token in _tokens(line):
        if token.type != tokenize.OP:
            continue
        column = token.start[1]
        if token.string in _OPEN:
            depth += 1
            if depth == 1:
                start, commas = column, []
        elif token.string in _CLOSE:
            depth -= 1
            if depth == 0 and (best is None or column - start > best[1] - best[0]):
                best = (start, column, commas)
        elif token.string == "," and depth == 1:
            commas.append(column)
    if best is None or best[1] - best[0] < 3:
        return None
    opened, closed, commas = best
    cuts = [opened, *commas, closed]
    items = [line[left + 1 : right].strip() for left, right in pairwise(cuts)]
    items = [item for item in items if item]
    alone = len(items) == 1 and (" for " in items[0] or items[0].startswith("*"))
    subscript = line[opened] == "[" and opened > 0 and (line[opened - 1].isalnum() or line[opened - 1] in "_)]\"'")
    group = line[opened] == "(" and (opened == 0 or not (line[opened - 1].isalnum() or line[opened - 1] in "_)]\"'")) and not commas
    return line[: opened + 1], items, line[closed:], not (alone or (subscript and not commas) or group)


def query_text(sql: str) -> str:
    """A query as a Python text over several lines."""
    raw = "r" if "\\" in sql else ""
    if '"""' in sql or sql.endswith('"'):
        return f"{raw}'''\n{sql}\n'''" if "'''" not in sql else repr(sql)
    return f'{raw}"""\n{sql}\n"""'
