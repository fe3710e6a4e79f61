"""When each condition holds."""

import pytest

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
from workbench.byexample.tree.nodes import Arm, Choose, Column, Constant
from workbench.byexample.tree.numbers import Number
from workbench.byexample.tree.texts import Part

A = Column(0)


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        (IsBlank(A), " \t", "\u00a0"),
        (IsNumber(A), "(1,200)", "12 apples"),
        (Applies(ReadMoment(A, ("d/M/yyyy",))), "7/1/2031", "31/4/2031"),
        (Applies(Part(A, ",", 1)), "a,b", "ab"),
        (Contains(A, ","), "a,b", "ab"),
        (Contains(A, ",", 2), "a,b,c", "a,b"),
        (StartsWith(A, "a"), "ab", "ba"),
        (EndsWith(A, "a"), "ba", "ab"),
        (Equals(A, ""), "", " "),
        (HasToken(A, "digits"), "a1b", "ab"),
        (HasToken(A, "digits", "start"), "1b", "a1"),
        (HasToken(A, "digits", "end"), "a1", "a1\n"),
        (HasToken(A, "digits", "whole"), "12", "12\n"),
        (HasToken(A, "date", "whole"), "2031-01-07", "2031-01-07T"),
        (LengthIs(A, 2), "é1", "a"),
        (LongerThan(A, 2), "abc", "ab"),
        (WordCount(A, 2), " a  b ", "a\u00a0b"),
        (Compares(A, ">=", "10"), "10.0", "9.99"),
        (Compares(A, "<", "10"), "-5", "ten"),
        (Compares(Number(A, ","), ">", "1.5"), "1,6", "1,5"),
        (Not(A, Equals(A, "a")), "b", "a"),
    ],
)
def test_that_a_condition_holds_where_it_says(condition: Condition, holds: str, fails: str) -> None:
    assert condition.holds((holds,))
    assert not condition.holds((fails,))
    assert condition.holds((None,)) is isinstance(condition, IsBlank | Not)


def test_that_only_a_missing_value_is_missing() -> None:
    assert IsMissing(A).holds((None,))
    assert IsMissing(A).holds(())
    assert not IsMissing(A).holds(("",))


def test_that_the_first_case_that_holds_is_taken() -> None:
    root = Choose((Arm(Contains(A, "a"), Constant("1")), Arm(Contains(A, "b"), Constant(None))), Constant("3"))
    assert [root.run((text,)) for text in ("ab", "b", "c", None)] == ["1", None, "3", "3"]
