"""Columns combined into one: with a separator between the values, or as examples show."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.base.errors import UserError
from workbench.byexample.synthesis.learner import Alternative, Budget, Learned, learn
from workbench.byexample.tree.conditions import IsBlank
from workbench.byexample.tree.nodes import Arm, Choose, Column, Concat, Constant, FirstOf, Node, Row
from workbench.byexample.tree.program import Program
from workbench.byexample.tree.texts import Slice

SEPARATOR = " "
MISSING = ("empty", "skip", "nothing")
"""What becomes of a missing value: it counts as an empty text; it is left out with its separator, as a blank one is; or the
result is missing.
"""


def learn_combine(
    rows: Sequence[Row],
    examples: Sequence[tuple[Row, str | None]] = (),
    *,
    separator: str | None = None,
    missing: str = "empty",
    budget: Budget | None = None,
) -> Learned:
    """Combines the columns of `rows`: as the examples (pairs of a row and what comes out) show, else joined by a separator.

    Without examples all columns are joined by `separator` (a blank unless given), `missing` values as MISSING says; where rows lack
    values, another treatment of them is offered as an alternative, and such rows are doubtful. Raises UserError when both
    examples and a separator are given, or for an unknown `missing`.
    """
    if examples and separator is not None:
        raise UserError("Columns are combined by a separator or by examples, not by both.", hint="Leave out one of them.")
    if examples:
        return learn([(tuple(row), output) for row, output in examples], rows, budget=budget)
    width = max(map(len, rows), default=0)
    if not width:
        return Learned(None, reason="There are no columns to combine.")
    joiner = SEPARATOR if separator is None else separator
    program = join_columns(range(width), joiner, missing)
    other = join_columns(range(width), joiner, "skip" if missing != "skip" else "empty")
    differs = tuple(index for index, row in enumerate(rows) if program.run(row) != other.run(row))
    return Learned(program, (Alternative(other, differs),) if differs else (), differs)


def join_columns(columns: Sequence[int], separator: str, missing: str = "empty") -> Program:
    """The program that joins some columns, given by their numbers, with a separator; `missing` as in MISSING."""
    if missing not in MISSING:
        raise UserError(f"Missing values cannot be treated as {missing!r}.", hint=f"They can be: {', '.join(MISSING)}.")
    if not columns:
        raise UserError("There are no columns to combine.")
    if len(columns) == 1:
        return Program(Column(columns[0]))
    if missing == "skip":
        pieces = tuple(_unless_blank(index, separator) for index in columns)
        return Program(Slice(Concat(pieces), len(separator), None) if separator else Concat(pieces))
    parts: list[Node] = []
    for index in columns:
        if parts and separator:
            parts.append(Constant(separator))
        parts.append(Column(index) if missing == "nothing" else FirstOf((Column(index), Constant(""))))
    return Program(Concat(tuple(parts)))


def _unless_blank(index: int, separator: str) -> Node:
    """The separator and the value, or nothing where there is no value."""
    shown: Node = Concat((Constant(separator), Column(index))) if separator else Column(index)
    return Choose((Arm(IsBlank(Column(index)), Constant("")),), shown)
