"""Python for the operators that look for tokens of a kind in a text."""

from __future__ import annotations

from dataclasses import replace

from workbench.byexample.printing.literals import literal, long_constant, raw
from workbench.byexample.printing.scope import Scope, Value
from workbench.byexample.tree.nodes import Node
from workbench.byexample.tree.texts import AfterToken, FromToken, KeepTokens, Match, UpToToken
from workbench.byexample.tree.tokens import TOKENS

_SPANS = (FromToken, UpToToken, AfterToken)


def pattern(kind: str, scope: Scope) -> str:
    """The regular expression of a kind of token: short ones in place, long ones as a constant."""
    scope.module.imports.add("import re")
    found = TOKENS[kind].pattern
    if len(found) <= 36:
        return raw(found)
    return scope.module.constant(kind.upper(), lambda name: long_constant(name, found))


def named(value: Value, scope: Scope, of: Node, hint: str = "text") -> Value:
    """The value under a name, so that it can be asked twice."""
    return replace(value, text=value.code, pieces=()) if value.code.isidentifier() else scope.assign(hint, value, of)


def token_value(node: Node, scope: Scope) -> Value:
    """Operators that look for tokens."""
    match node:
        case KeepTokens(of, kind, joiner):
            known = scope.recall(("found", of, kind))
            found = known.text if known else f"re.findall({pattern(kind, scope)}, {scope.need(of).code})"
            joined = f"{literal(joiner)}.join({found})"
            sure = scope.recall(("has", of, kind)) is not None
            return Value(joined, filled=True) if sure else Value(f"{joined} or None", nullable=True, filled=True)
        case Match(of, kind, index):
            alike = [
                other for other in scope.wanted() if isinstance(other, (Match, *_SPANS)) and (other.of, other.kind) == (of, kind)
            ]
            if all(other.index == 0 for other in alike) and index == 0:
                return Value(f"{_first(of, kind, scope)}.group()", filled=True)
            found = _found(of, kind, scope)
            indices = [other.index for other in alike if isinstance(other, Match)] + [index]
            least = max(index + 1 if index >= 0 else -index for index in indices)
            sure = least == 1 and scope.recall(("has", of, kind)) is not None
            if not sure and scope.recall(("long enough", found, least)) is None:
                bad, good = (f"not {found}", found) if least == 1 else (f"len({found}) < {least}", f"len({found}) >= {least}")
                scope.guard(bad, good)
                scope.remember(("long enough", found, least), Value(""))
            return Value(f"{found}[{index}]", filled=True)
        case FromToken(of, kind, index):
            value, found = _span(of, kind, index, scope)
            return Value(f"{value}[{found}.start() :]", filled=True)
        case UpToToken(of, kind, index, True):
            value, found = _span(of, kind, index, scope)
            return Value(f"{value}[: {found}.end()]", filled=True)
        case UpToToken(of, kind, index, _):
            value, found = _span(of, kind, index, scope)
            return Value(f"{value}[: {found}.start()] or None", nullable=True, filled=True)
        case AfterToken(of, kind, index):
            value, found = _span(of, kind, index, scope)
            return Value(f"{value}[{found}.end() :] or None", nullable=True, filled=True)
    raise TypeError(type(node).__name__)


def _found(of: Node, kind: str, scope: Scope) -> str:
    """The name of the list of all tokens of a kind."""
    key = ("found", of, kind)
    if (known := scope.recall(key)) is not None:
        return known.text
    name = {"letters": "words", "nonblank": "words", "word": "words", "digits": "numbers", "number": "numbers"}.get(kind, "found")
    value = scope.need(of)
    return scope.assign(name, Value(f"re.findall({pattern(kind, scope)}, {value.code})"), key).text


def _first(of: Node, kind: str, scope: Scope) -> str:
    """The name of the first match, which is there."""
    key = ("first", of, kind)
    if (known := scope.recall(key)) is not None:
        return known.text
    value = scope.need(of)
    name = scope.assign("found", Value(f"re.search({pattern(kind, scope)}, {value.code})"))
    if scope.recall(("has", of, kind)) is None:
        scope.guard(f"{name.text} is None", name.text)
    scope.remember(key, name)
    return name.text


def _span(of: Node, kind: str, index: int, scope: Scope) -> tuple[str, str]:
    """The name of a text, and of the match of a token in it."""
    value = named(scope.need(of), scope, of)
    if index == 0:
        return value.text, _first(of, kind, scope)
    key = ("matches", of, kind)
    if (known := scope.recall(key)) is None:
        known = scope.assign("matches", Value(f"list(re.finditer({pattern(kind, scope)}, {value.text}))"), key)
    least = index + 1 if index >= 0 else -index
    bad, good = (
        (f"not {known.text}", known.text) if least == 1 else (f"len({known.text}) < {least}", f"len({known.text}) >= {least}")
    )
    scope.guard(bad, good)
    return value.text, f"{known.text}[{index}]"
