"""The printed Python gives what the program gives."""

from typing import Any

from hypothesis import given, settings

from tests.byexample.trees import Cells, programs
from workbench.byexample.printing.python import function
from workbench.byexample.tree.nodes import Node


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
