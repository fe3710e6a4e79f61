"""Programs as blocks of Python: guards against missing values, cases, readings that are tried one after the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from workbench.byexample.printing.python_conditions import condition_test, holds_without
from workbench.byexample.printing.python_dates import date_value
from workbench.byexample.printing.python_numbers import number_value
from workbench.byexample.printing.python_texts import hint_of_text, text_value
from workbench.byexample.printing.scope import NEVER, Scope, Value
from workbench.byexample.printing.told import told
from workbench.byexample.printing.walking import parts_of, strict_nodes, uses_of
from workbench.byexample.tree.conditions import Applies, Condition, Contains, HasToken, IsBlank, IsMissing, Not
from workbench.byexample.tree.dates import Duration, EdgeMoment, MomentNumber, ReadMoment, RoundMoment, ShiftMoment
from workbench.byexample.tree.nodes import Arm, Choose, Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.numbers import Arithmetic, CountOf, Length, Number, Round, Scale


def strict_columns(node: Node, every: frozenset[int]) -> frozenset[int]:
    """The columns without which the node has no value."""
    match node:
        case Column(index):
            return frozenset({index})
        case Constant(text):
            return every if text is None else frozenset()
        case FirstOf(options):
            return every.intersection(*(strict_columns(option, every) for option in options))
        case Choose(arms, otherwise):
            return frozenset(column for column in every if _missing_without(arms, otherwise, column, every))
    return frozenset().union(*(strict_columns(part, every) for part in parts_of(node)))


def _missing_without(arms: tuple[Arm, ...], otherwise: Node, column: int, every: frozenset[int]) -> bool:
    """Whether a choice has no value where the column is missing."""
    for arm in arms:
        holds = holds_without(arm.condition, column)
        if holds is not False and column not in strict_columns(arm.then, every):
            return False
        if holds:
            return True
    return column in strict_columns(otherwise, every)


def value_of(node: Node, scope: Scope) -> Value:
    """The expression of a node; lines that it needs are written before."""
    match node:
        case Column(index):
            name = scope.columns[index]
            if index not in scope.known:
                scope.guard(f"{name} is None", f"{name} is not None")
                scope.know(index)
            return Value(name)
        case Constant(text):
            return NEVER if text is None else Value("", filled=bool(text), pieces=((text, None),))
        case Concat(parts):
            values = [scope.need(part) for part in parts]
            return Value(
                "", filled=any(value.filled for value in values), pieces=tuple(piece for value in values for piece in value.parts)
            )
        case FirstOf() | Choose():
            return scope.call(node, "by_case" if isinstance(node, Choose) else "first_reading")
    for words in (text_value, number_value, date_value):
        if (found := words(node, scope)) is not None:
            return found
    raise TypeError(type(node).__name__)


def guard_columns(node: Node, scope: Scope) -> None:
    """One guard for all the columns without which the block has no value."""
    every = frozenset(scope.columns)
    wanted = strict_columns(node, every) - set(scope.known)
    if isinstance(node, Choose):
        first = node.arms[0].condition if node.arms else None
        if isinstance(first, IsBlank) and isinstance(first.of, Column) and not scope.falls and node.arms[0].then == Constant(None):
            wanted -= {first.of.index}
    if node == Constant(None) or not wanted:
        return
    names = [scope.columns[index] for index in sorted(wanted)]
    scope.guard(" or ".join(f"{name} is None" for name in names), " and ".join(f"{name} is not None" for name in names))
    for index in wanted:
        scope.know(index)


def tail(node: Node, scope: Scope) -> None:
    """The lines that return the node's value."""
    scope.block = node
    if node == Constant(None):
        scope.give(NEVER)
        return
    guard_columns(node, scope)
    match node:
        case Choose(arms, otherwise):
            for arm in arms:
                if _arm(arm, scope):
                    return
            tail(otherwise, scope)
        case FirstOf(options):
            for option in options[:-1]:
                if option == Constant(None):
                    continue
                before = scope.level
                with scope.nested(falls=True):
                    scope.block = option
                    guard_columns(option, scope)
                    scope.give(scope.need(option))
                    always = scope.level == before
                if always:
                    return
            if options:
                tail(options[-1], scope)
            else:
                scope.give(NEVER)
        case _:
            scope.give(value_of(node, scope))


def _arm(arm: Arm, scope: Scope) -> bool:
    """The lines of one case; whether it always holds, so that nothing comes after it."""
    test = condition_test(arm.condition, scope)
    if test is False:
        return False
    if test is True:
        tail(arm.then, scope)
        return True
    with scope.nested():
        scope.line(f"if {test[0]}:")
        scope.level += 1
        _learn(arm.condition, scope, holds=True)
        _use(arm.condition, scope)
        tail(NEVER_THERE if _lost(arm, scope) else arm.then, scope)
    _learn(arm.condition, scope, holds=False)
    return False


NEVER_THERE = Constant(None)


def _lost(arm: Arm, scope: Scope) -> bool:
    """Whether the case has no value because its condition says that a column is missing."""
    condition = arm.condition
    return isinstance(condition, IsMissing) and isinstance(condition.of, Column) and (
        condition.of.index in strict_columns(arm.then, frozenset(scope.columns)))  # fmt: skip


def _use(condition: Condition, scope: Scope) -> None:
    """What need not be asked again once a condition holds."""
    value = scope.recall(("perhaps", condition.of))
    if isinstance(condition, Applies) and value is not None:
        scope.remember(condition.of, replace(value, nullable=False))
        for part in strict_nodes(condition.of):
            if isinstance(part, Column):
                scope.know(part.index)
    if isinstance(condition, Contains) and condition.text:
        scope.remember(("marks", condition.of, condition.text), Value(str(max(condition.times, 1))))
        scope.remember(("pieces there", condition.of, condition.text), Value(str(max(condition.times, 1) + 1)))
    if isinstance(condition, HasToken):
        scope.remember(("has", condition.of, condition.kind), Value("1"))


def _learn(condition: Condition, scope: Scope, holds: bool) -> None:
    """A column that cannot be missing once a condition holds, or does not."""
    inner, holds = (condition.condition, not holds) if isinstance(condition, Not) else (condition, holds)
    if not isinstance(inner.of, Column) or isinstance(inner, Not):
        return
    if holds != isinstance(inner, IsMissing | IsBlank):
        scope.know(inner.of.index)


class Blocks:
    """Writes the nodes of a program into scopes."""

    def value(self, node: Node, scope: Scope) -> Value:
        """The expression of a node; lines that it needs are written before."""
        return value_of(node, scope)

    def tail(self, node: Node, scope: Scope) -> None:
        """The lines that return the node's value."""
        tail(node, scope)

    def strict(self, node: Node) -> list[Node]:
        """The nodes without whose value the node has none."""
        return strict_nodes(node)

    def uses(self, node: Node) -> Counter[Node]:
        """How often each node occurs."""
        return uses_of(node)

    def shown_type(self, node: Node, scope: Scope) -> tuple[str, str]:
        """The kind of a node's value, and its Python type."""
        match node:
            case FirstOf((first, *_)):
                return self.shown_type(first, scope)
            case Choose((), otherwise):
                return self.shown_type(otherwise, scope)
            case Choose((arm, *_), otherwise):
                return self.shown_type(arm.then if arm.then != Constant(None) else otherwise, scope)
            case Length() | CountOf() | Duration() | MomentNumber():
                return ("decimal", "Decimal") if isinstance(node, MomentNumber) and node.field == "S" else ("integer", "int")
            case Number() | Scale() | Round() | Arithmetic():
                return "decimal", "Decimal"
            case ReadMoment() | RoundMoment() | ShiftMoment() | EdgeMoment():
                form = told(node, scope.module).form
                return "moment", form if form == "Moment" else f"dt.{form}"
        return "text", "str"

    def hint(self, node: Node, scope: Scope) -> str:
        """A good name for a node's value."""
        kind, _ = self.shown_type(node, scope)
        if kind == "text":
            return hint_of_text(node)
        columns = {found.index for found in strict_nodes(node) if isinstance(found, Column)}
        base = {"moment": "when", "decimal": "number", "integer": "count"}[kind]
        match node:
            case RoundMoment() | Round():
                return "rounded"
            case ShiftMoment() | EdgeMoment():
                return "moved"
            case Scale():
                return "scaled"
            case Arithmetic(sign=sign):
                return {"+": "total", "-": "difference", "*": "product", "/": "ratio"}[sign]
        named = scope.columns[columns.pop()] if len(columns) == 1 and len(scope.columns) > 1 else ""
        ending = {"moment": "date", "decimal": "number", "integer": "count"}[kind]
        return (
            base if not named or named.startswith(("text", "column_")) else named if named.endswith(ending) else f"{named}_{ending}"
        )
