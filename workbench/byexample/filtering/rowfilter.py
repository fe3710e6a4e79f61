"""A learned filter: up to a few tests on the columns of a row, all or any of which must hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.base.errors import UserError
from workbench.byexample.tree.conditions import Condition
from workbench.byexample.tree.nodes import Arm, Choose, Constant, Node, Row
from workbench.byexample.tree.program import Program

VERSION = 1
KEPT = "keep"


@dataclass(frozen=True)
class Filter:
    """Keeps the rows that fulfil all (`every`) or any of its tests."""

    tests: tuple[Condition, ...]
    every: bool = True

    def run(self, row: Row) -> bool:
        """Whether the row, given as the texts of its columns, is kept."""
        return (all if self.every else any)(test.holds(row) for test in self.tests)

    def explain(self, columns: Sequence[str] = ()) -> str:
        """One English sentence; `columns` are the names of the columns."""
        from workbench.byexample.filtering.wording import explain

        return explain(self, columns)

    def to_python(self, columns: Sequence[str] = ()) -> str:
        """A Python module with one function `keep(...)` that takes the texts of the columns, and depends on nothing of ours."""
        from workbench.byexample.filtering.python import to_python

        return to_python(self, columns)

    def to_program(self) -> Program:
        """A program that gives "keep" for a row that is kept and nothing for another one, to run where programs run."""
        if not self.every:
            return Program(Choose(tuple(Arm(test, Constant(KEPT)) for test in self.tests), Constant(None)))
        root: Node = Constant(KEPT)
        for test in reversed(self.tests):
            root = Choose((Arm(test, root),), Constant(None))
        return Program(root)

    def to_json(self) -> dict[str, Any]:
        """The filter as JSON, with a version; the tests are written as in programs."""
        written = Program(Choose(tuple(Arm(test, Constant(KEPT)) for test in self.tests), Constant(None))).to_json()
        tests = [arm["condition"] for arm in written["program"]["arms"]]
        return {"version": VERSION, "language": written["version"], "keep_if": "all" if self.every else "any", "tests": tests}

    @staticmethod
    def from_json(value: dict[str, Any]) -> Filter:
        """Reads `to_json`'s result. Raises UserError for anything else."""
        damaged = UserError("The learned filter is damaged.", hint="Mark its rows again.")
        tests = value.get("tests")
        if value.get("version") != VERSION or value.get("keep_if") not in {"all", "any"} or not isinstance(tests, list):
            raise damaged
        arms = [{"op": "arm", "condition": test, "then": {"op": "constant", "text": KEPT}} for test in tests]
        choose = {"op": "choose", "arms": arms, "otherwise": {"op": "constant", "text": None}}
        root = Program.from_json({"version": value.get("language"), "program": choose}).root
        found = tuple(arm.condition for arm in root.arms) if isinstance(root, Choose) else ()
        if not found or not all(isinstance(test, Condition) for test in found):
            raise damaged
        return Filter(found, value["keep_if"] == "all")
