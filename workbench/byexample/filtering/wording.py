"""Filters in English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.byexample.printing.english import phrase as node_phrase
from workbench.byexample.printing.english_conditions import condition_words
from workbench.byexample.printing.phrases import Phrase, Wording
from workbench.byexample.printing.words import listed, quoted
from workbench.byexample.tree.conditions import Applies, Compares, Condition, Contains, Not
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.nodes import Node
from workbench.byexample.tree.numbers import Arithmetic, Number
from workbench.byexample.tree.texts import Case, Lookup

if TYPE_CHECKING:
    from workbench.byexample.filtering.rowfilter import Filter

_DATE_SIGNS = {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}
_PARTS = {"yyyy": "the year of ", "MMMM": "the month of ", "EEEE": "the weekday of ", "yyyyMMdd": ""}


def explain(row_filter: Filter, columns: Sequence[str] = ()) -> str:
    """One English sentence: which rows are kept. Columns without a name are called by their number."""
    wording = Wording(tuple(columns), many=True, words=_subject)
    tests = [test_words(test, wording) for test in row_filter.tests]
    return f"Keep the rows where {listed(tests, 'and' if row_filter.every else 'or')}."


def test_words(test: Condition, wording: Wording) -> str:
    """One test as a clause: Price is at least 100."""
    asked = test.condition if isinstance(test, Not) else test
    denied = asked is not test
    subject = wording.phrase(asked.of)
    match asked:
        case Applies(Lookup(of=of, table=table)):
            values = listed([quoted(value) for value, _ in table], "or")
            return f"{wording.phrase(of)} is {'not ' if denied else ''}one of {values}"
        case Contains(Case(), text):
            return f"{subject} {'does not contain' if denied else 'contains'} {quoted(text)} in any case"
        case Compares(Arithmetic(left, "-", right), ">", "0"):
            return f"{wording.phrase(left)} is {'not ' if denied else ''}more than {wording.phrase(right)}"
        case Compares(FormatMoment(), sign, number):
            day = f"{number[:-4]}-{number[-4:-2]}-{number[-2:]}"
            return f"{subject} is {'not ' if denied else ''}{_DATE_SIGNS[sign]} {day}"
    return condition_words(test, wording)


def _subject(node: Node, wording: Wording) -> Phrase:
    match node:
        case FormatMoment(ReadMoment(of), pattern) if pattern in _PARTS:
            return Phrase(f"{_PARTS[pattern]}{wording.phrase(of)}")
        case Number(of) | Case(of):
            return wording.phrase(of)
    return node_phrase(node, wording)
