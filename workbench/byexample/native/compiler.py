"""Compiles a program: each family of operators registers how it looks in SQL, and the compiler asks them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ibis

from workbench.byexample.native.binding import missing, numbered
from workbench.byexample.native.engines import engine
from workbench.byexample.native.values import NUMBER, Moment, NotNative, Number, Text, first_moment, merged_moments
from workbench.byexample.tree.conditions import Condition
from workbench.byexample.tree.nodes import Choose, Column, Concat, Constant, FirstOf, Node

Value = Text | Number | Moment

NODES: dict[type[Node], Callable[[Any, Any], Value]] = {}
"""How each operator is compiled: (compiler, node) to its value."""
CONDITIONS: dict[type[Condition], Callable[[Any, Any], Any]] = {}
"""How each condition is compiled: (compiler, condition) to a boolean that is never NULL."""


class Compiler:
    """Compiles nodes over the given Ibis columns for a dialect. NotNative says what has no faithful form."""

    def __init__(self, columns: Sequence[Any], dialect: str) -> None:
        # They register themselves.
        from workbench.byexample.native import conditions, numbers, reading, shifting, showing, texts  # noqa: F401

        self.columns = list(columns)
        self.dialect = dialect
        self.engine = engine(dialect)

    def program(self, root: Node) -> Any:
        """The whole program as a text expression."""
        with numbered():
            return self.text(root)

    def over(self, column: Any) -> Compiler:
        """A compiler for the nodes of a list, which see each item as their only column."""
        return Compiler([column], self.dialect)

    def value(self, node: Node) -> Value:
        """A node's value, of whatever kind."""
        compiled = NODES.get(type(node))
        if compiled is None:
            raise NotNative(f"{type(node).__name__} has no native form.")
        return compiled(self, node)

    def text(self, node: Node) -> Any:
        """A node that is a text."""
        value = self.value(node)
        if not isinstance(value, Text):
            raise NotNative(f"{type(node).__name__} gives no text where one is needed.")
        return value.value

    def number(self, node: Node) -> Number:
        """A node that is a number."""
        value = self.value(node)
        if isinstance(value, Text) and isinstance(node, Constant) and node.text is None:
            return Number(missing(NUMBER), missing("int64"))
        if not isinstance(value, Number):
            raise NotNative(f"{type(node).__name__} gives no number where one is needed.")
        return value

    def moment(self, node: Node) -> Moment:
        """A node that is a date or time."""
        value = self.value(node)
        if not isinstance(value, Moment):
            raise NotNative(f"{type(node).__name__} gives no date where one is needed.")
        return value

    def holds(self, condition: Condition) -> Any:
        """Whether a condition holds: true or false, never NULL."""
        compiled = CONDITIONS.get(type(condition))
        if compiled is None:
            raise NotNative(f"The condition {type(condition).__name__} has no native form.")
        return compiled(self, condition)


def _column(compiler: Compiler, node: Column) -> Text:
    inside = node.index < len(compiler.columns)
    return Text(compiler.columns[node.index] if inside else missing("string"))


def _constant(compiler: Compiler, node: Constant) -> Text:  # noqa: ARG001 (the operators' common form)
    return Text(missing("string") if node.text is None else ibis.literal(node.text))


def _concat(compiler: Compiler, node: Concat) -> Text:
    texts = [compiler.text(part) for part in node.parts]
    if not texts:
        return Text(ibis.literal(""))
    whole = texts[0]
    for text in texts[1:]:
        whole = whole + text
    return Text(whole)


def _first_of(compiler: Compiler, node: FirstOf) -> Value:
    options = [compiler.value(option) for option in node.options]
    if not options:
        raise NotNative("A choice between no readings has no native form.")
    if all(isinstance(option, Text) for option in options):
        return Text(ibis.coalesce(*(option.value for option in options)))
    if all(isinstance(option, Moment) for option in options):
        return first_moment([option for option in options if isinstance(option, Moment)])
    return _merged([(option.value.notnull(), option) for option in options])


def _choose(compiler: Compiler, node: Choose) -> Value:
    arms = [(compiler.holds(arm.condition), compiler.value(arm.then)) for arm in node.arms]
    return _merged([*arms, (ibis.literal(True), compiler.value(node.otherwise))])


def _merged(arms: Sequence[tuple[Any, Value]]) -> Value:
    """The value of the first arm whose condition holds."""
    kind = next((value for _, value in arms if not isinstance(value, Text)), arms[0][1])
    values = [(condition, _as_kind(value, kind)) for condition, value in arms]
    if moments := [(condition, value) for condition, value in values if isinstance(value, Moment)]:
        if len(moments) == len(values):
            return merged_moments(moments)
    elif numbers := [(condition, value) for condition, value in values if isinstance(value, Number)]:
        if len(numbers) == len(values):
            exponent = ibis.cases(*((condition, value.exponent) for condition, value in numbers))
            return Number(ibis.cases(*((condition, value.value) for condition, value in numbers)), exponent)
    else:
        return Text(ibis.cases(*((condition, value.value) for condition, value in values)))
    raise NotNative("A choice between values of different kinds has no native form.")


def _as_kind(value: Value, kind: Value) -> Value:
    """A value that is missing for sure takes the kind of the others."""
    if isinstance(kind, Text) or not isinstance(value, Text) or not value.value.equals(missing("string")):
        return value
    if isinstance(kind, Number):
        return Number(missing(NUMBER), missing("int64"))
    return Moment(missing(kind.value.type()), kind.fields)


NODES.update({Column: _column, Constant: _constant, Concat: _concat, FirstOf: _first_of, Choose: _choose})
