"""Python for conditions, each with its contrary."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from workbench.byexample.printing.literals import literal
from workbench.byexample.printing.python_numbers import decimal, reader
from workbench.byexample.printing.python_tokens import pattern
from workbench.byexample.printing.scope import Scope, Value
from workbench.byexample.tree.conditions import (
    Applies,
    Compares,
    Condition,
    Contains,
    EndsWith,
    Equals,
    HasToken,
    IsBlank,
    IsMissing,
    IsNumber,
    LengthIs,
    LongerThan,
    Not,
    StartsWith,
    WordCount,
)
from workbench.byexample.tree.nodes import Column
from workbench.byexample.tree.numbers import Number

_CONTRARY = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
Test = tuple[str, str]
"""Code that is true where the condition holds, and code that is true where it does not."""


def contrary(test: Test) -> Test:
    """The other way round."""
    return test[1], test[0]


def condition_test(condition: Condition, scope: Scope) -> Test | bool:
    """The condition as code, or whether it always holds."""
    if isinstance(condition, Not):
        test = condition_test(condition.condition, scope)
        return not test if isinstance(test, bool) else contrary(test)
    if isinstance(condition, Compares) and scope.writer.shown_type(condition.of, scope)[0] == "text":
        condition = replace(condition, of=Number(condition.of))
    value = scope.perhaps(condition.of)
    if isinstance(condition, IsMissing | Applies) and not value.nullable:
        return isinstance(condition, Applies)
    name = value.code
    match condition:
        case IsMissing():
            return f"{name} is None", f"{name} is not None"
        case Applies():
            return f"{name} is not None", f"{name} is None"
        case IsBlank():
            blank = f'{value.atom}.strip(" \\t\\r\\n")'
            if not value.nullable:
                return f"not {blank}", blank
            return f"{name} is None or not {blank}", f"{name} is not None and {blank}"
        case Equals(text=text):
            return f"{name} == {literal(text)}", f"{name} != {literal(text)}"
    good, bad = _test(condition, value, scope)
    if not value.nullable:
        return good, bad
    loose = " and " in good or " or " in good
    return f"{name} is not None and {f'({good})' if loose else good}", f"{name} is None or {bad}"


def _test(condition: Condition, value: Value, scope: Scope) -> Test:
    """For a value that is not missing."""
    text = value.atom
    match condition:
        case IsNumber():
            read = f"{reader('.', scope.module)}({value.code})"
            return f"{read} is not None", f"{read} is None"
        case Contains(text=part, times=1):
            return f"{literal(part)} in {text}", f"{literal(part)} not in {text}"
        case Contains(text=part, times=times):
            count = f"{text}.count({literal(part)})"
            return f"{count} >= {times}", f"{count} < {times}"
        case StartsWith(text=part) | EndsWith(text=part):
            test = f"{text}.{'startswith' if isinstance(condition, StartsWith) else 'endswith'}({literal(part)})"
            return test, f"not {test}"
        case HasToken(kind=kind, at=at):
            found = pattern(kind, scope)
            if at == "end":
                ending = (
                    f'r"(?:" + {found} + r")\\Z"'
                    if not found.startswith(('"', "r"))
                    else f'r"(?:{found.removeprefix("r")[1:-1]})\\Z"'
                )
                test = f"re.search({ending}, {value.code})"
            else:
                test = f"re.{ {'any': 'search', 'start': 'match', 'whole': 'fullmatch'}[at] }({found}, {value.code})".replace(
                    "re. ", "re."
                )
            return test, f"not {test}"
        case LengthIs(length=length):
            return f"len({value.code}) == {length}", f"len({value.code}) != {length}"
        case LongerThan(length=length):
            return f"len({value.code}) > {length}", f"len({value.code}) <= {length}"
        case WordCount(words=words):
            count = f"len(re.findall({pattern('nonblank', scope)}, {value.code}))"
            return f"{count} == {words}", f"{count} != {words}"
        case Compares(sign=sign, number=number):
            limit = number if number.removeprefix("-").isdecimal() else decimal(Decimal(number), scope.module)
            limit = str(int(limit)) if limit == number else limit
            return f"{value.code} {sign} {limit}", f"{value.code} {_CONTRARY[sign]} {limit}"
    raise TypeError(type(condition).__name__)


def holds_without(condition: Condition, column: int) -> bool | None:
    """Whether the condition holds where a column is missing; None when that is not known."""
    match condition:
        case Not(condition=inner):
            found = holds_without(inner, column)
            return None if found is None else not found
        case IsMissing(Column(index)) | IsBlank(Column(index)):
            return True if index == column else None
        case IsMissing() | IsBlank():
            return None
        case Condition(of=Column(index)):
            return False if index == column else None
    return None
