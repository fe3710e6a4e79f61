"""English for the conditions of programs that treat some rows in another way."""

from __future__ import annotations

from decimal import Decimal

from workbench.byexample.printing.english_dates import kinds
from workbench.byexample.printing.english_numbers import plain
from workbench.byexample.printing.phrases import Wording
from workbench.byexample.printing.words import a_mark, count_of, marks, number_word, quoted, token
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
from workbench.byexample.tree.dates import ReadMoment
from workbench.byexample.tree.numbers import Number

_SIGNS = {"<": "less than", "<=": "at most", ">": "greater than", ">=": "at least"}
_NEGATIONS = (
    (" has exactly ", " does not have exactly "), (" contains ", " does not contain "), (" starts with ", " does not start with "),
    (" ends with ", " does not end with "), (" has ", " does not have "), (" is ", " is not "), (" are ", " are not "),
)  # fmt: skip


def condition_words(condition: Condition, wording: Wording) -> str:
    """The condition as a clause: Status is empty."""
    if isinstance(condition, Not):
        return _negated(condition.condition, wording)
    if isinstance(condition, Applies):
        return _applies(condition, wording)
    return str(wording.phrase(condition.of)) + _verb(condition)


def _negated(condition: Condition, wording: Wording) -> str:
    match condition:
        case Not(condition=inner):
            return condition_words(inner, wording)
        case Applies():
            return _applies(condition, wording).replace(" is ", " is not ").replace("there is not", "there is no")
        case LongerThan(of, length):
            return f"{wording.phrase(of)} has at most {count_of(length, 'character')}"
    verb = _verb(condition)
    for there, negated in _NEGATIONS:
        if verb.startswith(there):
            return str(wording.phrase(condition.of)) + negated + verb.removeprefix(there)
    return f"it is not so that {wording.phrase(condition.of)}{verb}"


def _applies(condition: Applies, wording: Wording) -> str:
    match condition.of:
        case ReadMoment(of, patterns):
            return f"{wording.phrase(of)} is a {kinds(patterns[0])}"
        case Number(of):
            return f"{wording.phrase(of)} is a number"
    return f"there is {wording.phrase(condition.of)}"


def _verb(condition: Condition) -> str:
    match condition:
        case IsMissing():
            return " is missing"
        case IsBlank():
            return " is empty"
        case IsNumber():
            return " is a number"
        case Contains(text=text, times=times):
            if times == 1:
                return f" contains {a_mark(text)}"
            named = marks(text) != quoted(text)
            return f" contains at least {number_word(times)} {marks(text)}" if named else f" contains {quoted(text)} {times} times"
        case StartsWith(text=text):
            return f" starts with {a_mark(text)}"
        case EndsWith(text=text):
            return f" ends with {a_mark(text)}"
        case Equals(text=text):
            return f" is {quoted(text)}"
        case HasToken(kind=kind, at=at):
            name = token(kind)
            name = f"{'an' if name[0].lower() in 'aeiou' and not name.startswith('URL') else 'a'} {name}"
            return {"any": " contains ", "start": " starts with ", "end": " ends with ", "whole": " is "}[at] + name
        case LengthIs(length=length):
            return f" has exactly {count_of(length, 'character')}"
        case LongerThan(length=length):
            return f" has more than {count_of(length, 'character')}"
        case WordCount(words=words):
            return f" has exactly {count_of(words, 'word')}"
        case Compares(sign=sign, number=number):
            return f" is {_SIGNS[sign]} {plain(Decimal(number))}"
    raise TypeError(type(condition).__name__)
