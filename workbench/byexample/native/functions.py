"""Functions of the databases as Ibis functions, and regular expressions as RE2 and Java read them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import ibis

from workbench.byexample.tree.tokens import TOKENS


@cache
def function(name: str, arguments: tuple[str, ...], result: str) -> Callable[..., Any]:
    """A function of the database as an Ibis function."""
    parameters = ", ".join(f"a{number}" for number in range(len(arguments)))
    scope: dict[str, Any] = {}
    # Ibis wants a function with as many named parameters as the signature has types.
    exec(f"def {name}({parameters}): ...", scope)  # noqa: S102 (the text is ours)
    declared: Callable[..., Any] = ibis.udf.scalar.builtin(scope[name], name=name, signature=(arguments, result))
    return declared


@cache
def token(kind: str) -> str:
    """The regular expression of a kind of token as RE2 and Java read it: their classes know letters by their Unicode properties."""
    shown = TOKENS[kind].pattern
    for ours, theirs in (
        (r"[^\W\d_]", r"[\p{L}\p{Nl}\p{No}]"),
        (r"[^\W_]", r"[\p{L}\p{N}]"),
        (r"[^\w", r"[^\p{L}\p{N}_"),
        (r"[\w", r"[\p{L}\p{N}_"),
    ):
        shown = shown.replace(ours, theirs)
    return shown


LETTERS = r"[\p{L}\p{Nl}\p{No}]"


def literal(text: str) -> str:
    """A text as a regular expression that matches it, in RE2 and in Java."""
    return "".join(character if character.isalnum() or ord(character) > 127 else rf"\x{{{ord(character):x}}}" for character in text)
