"""Regular expressions of the user: written as RE2 (DuckDB) reads them, checked, and turned into what Java (Spark) reads the same.

The two differ in named groups, in what ends a line, in what the short classes hold, and in which signs need a backslash.
"""

from __future__ import annotations

import re
from functools import lru_cache

from workbench.base.errors import UserError
from workbench.dataprep.scratch import scratch

_TOKENS = re.compile(
    r"""
      (?P<quoted>  \\Q (?:.*?\\E | .*) )
    | (?P<property> \\[pP] (?: \{\^?\w+\} | \w ) )
    | (?P<code>    \\x (?: \{[0-9A-Fa-f]+\} | [0-9A-Fa-f]{2} ) )
    | (?P<octal>   \\[0-7]{1,3} )
    | (?P<escape>  \\. )
    | (?P<class>   \[ \^? \]? (?: \[:\^?\w+:\] | \\[pP]\{\^?\w+\} | \\x\{[0-9A-Fa-f]+\} | \\. | [^\]\\] )* \] )
    | (?P<named>   \(\?P?< (?P<name>\w+) > )
    | (?P<flags>   \(\? [imsU]* (?:-[imsU]+)? [:)] )
    | (?P<repeat>  \{\d+(?:,\d*)?\} )
    | (?P<group>   \( )
    | (?P<sign>    . )
    """,
    re.VERBOSE | re.DOTALL,
)
_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7F", "blank": r"\t\x20", "cntrl": r"\x00-\x1F\x7F", "digit": "0-9",
    "graph": r"\x21-\x7E", "lower": "a-z", "print": r"\x20-\x7E", "punct": r"\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E",
    "space": r"\t\n\x0B\f\r\x20", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_SPACE = r"\t\n\f\r\x20"
_WORD = "[0-9A-Za-z_]"
_EDGE = rf"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
_NO_EDGE = rf"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))"
_IN_CLASS = re.compile(r"\[:(\^?)(\w+):\]|(\\[pP](?:\{\^?\w+\}|\w))|(\\x\{[0-9A-Fa-f]+\})|(\\.)|(.)", re.DOTALL)


@lru_cache(maxsize=256)
def pattern_problem(pattern: str) -> str:
    """Why a text is no regular expression that every engine reads the same; empty when it is one."""
    import duckdb

    from workbench.dataprep.engine.store import first_line

    with scratch() as connection:
        try:
            connection.execute("SELECT regexp_matches('', ?)", [pattern])
        except duckdb.Error as error:
            return f"'{pattern}' is not a regular expression: {first_line(str(error))}."
    for token in _TOKENS.finditer(pattern):
        if token["flags"] and ("U" in token["flags"] or re.search("-.*m", token["flags"])):
            return f"The flags {token['flags']} of '{pattern}' are not read the same everywhere: write it without them."
        if token["octal"] or token["escape"] == "\\C":
            return f"The sign {token[0]} of '{pattern}' is not read the same everywhere: write it without it."
    return ""


def group_names(pattern: str) -> tuple[str, ...]:
    """The names of a pattern's groups, in order; an empty text for each group without a name."""
    return tuple(token["name"] or "" for token in _TOKENS.finditer(pattern) if token["group"] or token["named"])


def for_engine(pattern: str, dialect: str) -> str:
    """The pattern as the engine reads it. Raises UserError for one that `pattern_problem` refuses."""
    if problem := pattern_problem(pattern):
        raise UserError(problem)
    return pattern if dialect == "duckdb" else for_java(pattern)


def replacement_for(text: str, dialect: str) -> str:
    """What replaces a match, as the engine reads it: `\\1` stands for the first group, `\\\\` for a backslash."""
    if dialect == "duckdb":
        return text
    parts = re.split(r"(\\[0-9]|\\\\)", text.replace("$", "\\$"))
    return "".join(f"${part[1]}" if re.fullmatch(r"\\[0-9]", part) else part for part in parts)


def for_java(pattern: str) -> str:
    """An RE2 pattern as `java.util.regex` reads it the same."""
    lines = any(token["flags"] and "m" in token["flags"] for token in _TOKENS.finditer(pattern))
    return "(?d)" + "".join(_java(token, lines=lines) for token in _TOKENS.finditer(pattern))


def _java(token: re.Match[str], *, lines: bool) -> str:
    """One part of a pattern; `lines`: whether `$` also stands for the end of a line."""
    text = token[0]
    match token.lastgroup if token.lastgroup != "name" else "named":
        case "property":
            return _property(text)
        case "named":
            return "("
        case "flags":
            return text.replace("i", "iu")
        case "class":
            return _class(text)
        case "escape":
            replaced = {"b": _EDGE, "B": _NO_EDGE, "s": f"[{_SPACE}]", "S": f"[^{_SPACE}]", "v": r"\x0B"}
            return replaced.get(text[1], text)
        case "sign":
            return r"\{" if text == "{" else r"\z" if text == "$" and not lines else text
    return text


def _property(text: str) -> str:
    name = text[2:].strip("{}")
    negative = (text[1] == "P") != name.startswith("^")
    name = name.lstrip("^")
    if name == "Any":
        return r"[^\x{0}-\x{10FFFF}]" if negative else r"[\x{0}-\x{10FFFF}]"
    return rf"\{'P' if negative else 'p'}{{{'Is' if len(name) > 2 else ''}{name}}}"


def _class(text: str) -> str:
    negative = text.startswith("[^")
    inner = text[2 if negative else 1 : -1]
    parts = []
    for place, found in enumerate(_IN_CLASS.finditer(inner)):
        if found[2]:
            parts.append(f"[^{_POSIX[found[2]]}]" if found[1] else _POSIX[found[2]])
        elif found[3]:
            parts.append(_property(found[3]))
        elif found[5]:
            parts.append({r"\s": _SPACE, r"\S": f"[^{_SPACE}]", r"\v": r"\x0B"}.get(found[5], found[5]))
        elif found[6]:
            awkward = found[6] in "[&" or (found[6] in "]^" and place == 0)
            parts.append("\\" + found[6] if awkward else found[6])
        else:
            parts.append(found[4])
    return f"[{'^' if negative else ''}{''.join(parts)}]"
