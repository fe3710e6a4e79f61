"""The printed Python gives what the program gives."""

import re
from typing import Any

from hypothesis import given, settings

from tests.byexample.trees import Cells, programs
from workbench.byexample.printing.python import function
from workbench.byexample.tree.nodes import Column, Node
from workbench.byexample.tree.texts import SEVERAL_CAPITALS, Case


def executed(source: str) -> dict[str, Any]:
    """What a module defines."""
    scope: dict[str, Any] = {}
    exec(compile(source, "derive.py", "exec"), scope)
    return scope


@settings(max_examples=300, deadline=None, derandomize=True)
@given(case=programs())
def test_that_the_printed_function_gives_what_the_program_gives(case: tuple[Node, list[Cells]]) -> None:
    root, rows = case
    printed = function(root, ("Name", "Start Date", "class"))
    derive = executed(printed.source)["derive"]
    for row in rows:
        assert derive(*[row[column] for column in printed.columns]) == root.run(row), (printed.source, row)


def test_that_letters_change_their_case_alike_but_for_the_few_that_python_makes_several_of() -> None:
    letters = [chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000]
    for style, different in (("upper", re.compile(f"[{SEVERAL_CAPITALS}]")), ("lower", re.compile("İ"))):
        root = Case(Column(0), style)
        derive = executed(function(root).source)["derive"]
        assert [letter for letter in letters if derive(letter) != root.run((letter,)) and not different.match(letter)] == []


def test_that_words_keep_letter_for_letter_with_capitals_at_their_start() -> None:
    root = Case(Column(0), "title")
    derive = executed(function(root).source)["derive"]
    for text in ("ΒΟΛΟΣ ΧΑΝΙΑ", "İSTANBUL'DA", "o'neil-SMITH 3RD", "ßtraße", ""):
        assert derive(text) == root.run((text,))
