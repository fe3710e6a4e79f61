"""Conditions: true or false, and never NULL."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from workbench.byexample.native.binding import bind
from workbench.byexample.native.compiler import CONDITIONS, Compiler
from workbench.byexample.native.functions import token
from workbench.byexample.native.numbers import constant, parsed
from workbench.byexample.native.values import NotNative, Text
from workbench.byexample.tree import conditions
from workbench.byexample.tree.nodes import NUMBER_LIMIT
from workbench.byexample.tree.numbers import places


def _test(test: Callable[[Compiler, Any, Any], Any]) -> Callable[[Compiler, Any], Any]:
    """A condition on a text that is not missing."""
    return lambda compiler, condition: test(compiler, compiler.text(condition.of), condition).fill_null(False)


def _missing(compiler: Compiler, condition: conditions.IsMissing) -> Any:
    return compiler.value(condition.of).value.isnull()


def _applies(compiler: Compiler, condition: conditions.Applies) -> Any:
    return compiler.value(condition.of).value.notnull()


def _blank(compiler: Compiler, condition: conditions.IsBlank) -> Any:
    text = compiler.text(condition.of)
    return ~compiler.engine.matches(text, r"[^ \t\r\n]").fill_null(False)


def _number(compiler: Compiler, text: Any, condition: conditions.IsNumber) -> Any:  # noqa: ARG001 (the tests' common form)
    return bind(text, lambda value: parsed(compiler, value, ".").notnull())


def _contains(compiler: Compiler, text: Any, condition: conditions.Contains) -> Any:
    if not condition.text:
        raise NotNative("Looking for an empty text has no native form.")
    if condition.times == 1:
        return compiler.engine.contains(text, condition.text)
    return compiler.engine.split(text, condition.text).length() > condition.times


def _starts(compiler: Compiler, text: Any, condition: conditions.StartsWith) -> Any:
    return compiler.engine.starts(text, condition.text)


def _ends(compiler: Compiler, text: Any, condition: conditions.EndsWith) -> Any:
    return compiler.engine.ends(text, condition.text)


def _equals(compiler: Compiler, text: Any, condition: conditions.Equals) -> Any:  # noqa: ARG001 (the tests' common form)
    return text == condition.text


def _token(compiler: Compiler, text: Any, condition: conditions.HasToken) -> Any:
    shown = token(condition.kind)
    pattern = {"any": shown, "start": rf"\A(?:{shown})", "end": rf"(?:{shown})\z", "whole": rf"\A(?:{shown})\z"}[condition.at]
    return compiler.engine.matches(text, pattern)


def _length_is(compiler: Compiler, text: Any, condition: conditions.LengthIs) -> Any:  # noqa: ARG001 (the tests' common form)
    return text.length() == condition.length


def _longer(compiler: Compiler, text: Any, condition: conditions.LongerThan) -> Any:  # noqa: ARG001 (the tests' common form)
    return text.length() > condition.length


def _words(compiler: Compiler, text: Any, condition: conditions.WordCount) -> Any:
    return compiler.engine.all_matches(text, token("nonblank")).length() == condition.words


def _compares(compiler: Compiler, condition: conditions.Compares) -> Any:
    limit = Decimal(condition.number)
    if abs(limit) >= NUMBER_LIMIT or places(limit) > 18:
        raise NotNative("A number of that many digits has no native form.")
    value = compiler.value(condition.of)
    number = bind(value.value, lambda text: parsed(compiler, text, ".")) if isinstance(value, Text) else value.value
    other = constant(limit)
    match condition.sign:
        case "<":
            found = number < other
        case "<=":
            found = number <= other
        case ">":
            found = number > other
        case _:
            found = number >= other
    return found.fill_null(False)


def _not(compiler: Compiler, condition: conditions.Not) -> Any:
    return ~compiler.holds(condition.condition)


CONDITIONS.update(
    {
        conditions.IsMissing: _missing, conditions.Applies: _applies, conditions.IsBlank: _blank,
        conditions.IsNumber: _test(_number), conditions.Contains: _test(_contains), conditions.StartsWith: _test(_starts),
        conditions.EndsWith: _test(_ends), conditions.Equals: _test(_equals), conditions.HasToken: _test(_token),
        conditions.LengthIs: _test(_length_is), conditions.LongerThan: _test(_longer), conditions.WordCount: _test(_words),
        conditions.Compares: _compares,
        conditions.Not: _not,
    }
)  # fmt: skip
