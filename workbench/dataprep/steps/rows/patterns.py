"""Regular expressions of the user: what RE2 (DuckDB) and Python both read, and as Java (Spark) and Python must be told it.

RE2's meaning holds everywhere: `.` is any character but a line feed, `$` the end of the text, and the classes of digits, letters
and blanks and the edges of words know ASCII's characters only.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from workbench.dataprep.scratch import scratch

_SETS = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_WORD = "[0-9A-Za-z_]"
_EDGE = f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
_INSIDE = f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))"


@lru_cache(maxsize=256)
def pattern_problem(pattern: str) -> str:
    """Why a text is no regular expression for us, as the end of a sentence; empty when it is one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is not a regular expression: {error}."
    import duckdb

    with scratch() as connection:
        try:
            connection.execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()
        except duckdb.Error as error:
            reason = str(error).split("\n")[0].split(": ", 1)[-1].rstrip(".")
            return f"is not a regular expression that a database can run: {reason}."
    return ""


def as_run(pattern: str, dialect: str, *, ignore_case: bool = False) -> str:
    """The expression as a database's own: RE2's as it is, Java's with RE2's meaning."""
    if dialect == "duckdb":
        return f"(?i){pattern}" if ignore_case else pattern
    return f"(?{'diu' if ignore_case else 'd'}){_retold(pattern, 'java')}"


def as_python(pattern: str, *, ignore_case: bool = False) -> str:
    """The expression for Python's `re`, with RE2's meaning."""
    return f"(?i){_retold(pattern, 'python')}" if ignore_case else _retold(pattern, "python")


def as_rust(pattern: str, *, ignore_case: bool = False) -> str:
    """The expression for Rust's crate `regex` (Polars), with RE2's meaning."""
    return f"(?i){_retold(pattern, 'rust')}" if ignore_case else _retold(pattern, "rust")


def _retold(pattern: str, language: Literal["java", "python", "rust"]) -> str:
    end = r"\Z" if language == "python" else r"\z"
    lines = re.search(r"\(\?[a-zA-Z]*m", pattern) is not None
    told: list[str] = []
    for piece, inside in _pieces(pattern):
        escaped = piece[1:] if piece[0] == "\\" else ""
        if inside:
            if escaped in _SETS:
                told.append(_SETS[escaped])
            elif piece in {"[", "&", "~", "|"}:
                told.append(f"\\{piece}")
            else:
                told.append(piece)
        elif escaped in _SETS:
            told.append(f"[{_SETS[escaped]}]")
        elif escaped and escaped.lower() in _SETS:
            told.append(f"[^{_SETS[escaped.lower()]}]")
        elif escaped in {"b", "B"}:
            edges = (r"(?-u:\b)", r"\B") if language == "rust" else (_EDGE, _INSIDE)
            told.append(edges[escaped == "B"])
        elif escaped in {"z", "Z"} or (piece == "$" and not lines):
            told.append(end)
        elif piece == "(?P<" and language == "java":
            told.append("(?<")
        else:
            told.append(piece)
    return "".join(told)


def _pieces(pattern: str) -> Iterator[tuple[str, bool]]:
    """The signs of an expression, escapes as one, with whether they stand inside a class."""
    at, inside, start = 0, False, False
    while at < len(pattern):
        if pattern[at] == "\\" and at + 1 < len(pattern):
            yield pattern[at : at + 2], inside
            at, start = at + 2, False
        elif not inside and pattern.startswith("(?P<", at):
            yield "(?P<", False
            at += 4
        elif not inside and pattern[at] == "[":
            yield "[", False
            inside, start, at = True, True, at + 1
            if pattern.startswith("^", at):
                yield "^", True
                at += 1
        elif inside and pattern[at] == "]" and not start:
            yield "]", False
            inside, at = False, at + 1
        else:
            yield ("\\]" if inside and pattern[at] == "]" else pattern[at]), inside
            at, start = at + 1, False
