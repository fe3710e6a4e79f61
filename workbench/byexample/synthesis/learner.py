"""Learning from examples: one program for all rows, or one for each kind of row, or a table of values."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.byexample.synthesis.branches import Example, learn_branches, learn_lookup
from workbench.byexample.synthesis.doubt import doubtful_rows, sample_rows
from workbench.byexample.synthesis.straight import learn_straight
from workbench.byexample.synthesis.styles import style_conflict
from workbench.byexample.synthesis.workshop import Workshop
from workbench.byexample.tree.conditions import IsBlank
from workbench.byexample.tree.nodes import Arm, Choose, Column, Concat, Constant, Node, Row
from workbench.byexample.tree.program import Program

_ALTERNATIVES = 5
_GAPS = 0.25
"""How much rows without an answer still count where an example has none either."""


class LearningCancelled(Exception):
    """Learning was cancelled by its budget's `cancelled`."""


@dataclass(frozen=True)
class Budget:
    """What learning may use. When the time (seconds) or the room (MiB) is used up, the best program so far is taken.

    `cancelled` is asked now and then; learning raises LearningCancelled once it says yes.
    """

    seconds: float = 2.0
    mebibytes: float = 64.0
    cancelled: Callable[[], bool] | None = None

    @property
    def views(self) -> int:
        """How many views fit into the room: about 2 KiB each."""
        return int(self.mebibytes * 512)


@dataclass(frozen=True)
class Conflict:
    """Two examples that cannot both be right: the same input with different outputs. Numbers count from 0."""

    first: int
    second: int
    message: str


@dataclass(frozen=True)
class Alternative:
    """Another reading of the examples, and the inputs (by index) on which it differs from the best."""

    program: Program
    differs: tuple[int, ...]


@dataclass(frozen=True)
class Learned:
    """What came of the examples."""

    program: Program | None
    alternatives: tuple[Alternative, ...] = ()
    """Really different readings, best first."""
    doubtful: tuple[int, ...] = ()
    """Indices into the inputs of rows worth a look, the most doubtful first."""
    conflicts: tuple[Conflict, ...] = ()
    reason: str = ""
    """Without a program: why there is none."""
    width: int = 1
    """How many input columns there are."""

    @property
    def explanation(self) -> str:
        """What the program does, in a sentence; without one, why there is none."""
        if self.program is None:
            return self.reason
        return self.program.explain([f"column {number + 1}" for number in range(self.width)] if self.width > 1 else ())


def learn(examples: Sequence[Example], inputs: Sequence[Row] = (), *, budget: Budget | None = None) -> Learned:
    """Learns a program that gives every example its output, and does well on the rows of `inputs`.

    `examples`: pairs of the texts of the input columns and the output text (None: missing). `inputs`: rows of the same columns,
    whose outputs are not known; they guide the ranking. Contradicting examples give `conflicts`, and no program.
    """
    return Learner(inputs, budget=budget).learn(examples)


class Learner:
    """Learns again and again over the same inputs, while examples are added, changed or taken away.

    What the inputs show (their sample) is worked out once. `learn(all)` of a new Learner gives the same as adding one by one.
    """

    def __init__(self, inputs: Sequence[Row] = (), *, budget: Budget | None = None) -> None:
        self._inputs = inputs
        self._budget = budget or Budget()
        self._sample = sample_rows(self._inputs)
        self._examples: list[Example] = []

    def add(self, row: Row, output: str | None) -> Learned:
        """Takes one more example and learns."""
        return self.learn([*self._examples, (tuple(row), output)])

    def learn(self, examples: Sequence[Example]) -> Learned:
        """Learns from these examples in place of earlier ones."""
        self._examples = [(tuple(row), output) for row, output in examples]
        if not self._examples:
            return Learned(None, reason="Give at least one example.")
        if conflicts := _conflicts(self._examples):
            return Learned(None, conflicts=conflicts, reason=conflicts[0].message)
        distinct = list(dict.fromkeys(self._examples))
        taken = {row for row, _ in distinct}
        others = [row for row in self._sample if row not in taken]
        found = _Search(distinct, others, self._budget).run()
        if found and (conflict := style_conflict(found[0][1], self._examples)):
            first, second, shown = conflict
            message = f"Examples {first + 1} and {second + 1} are of one kind, but are written in two ways ({shown})."
            return Learned(None, conflicts=(Conflict(first, second, message),), reason=message)
        if not found:
            return Learned(None, reason="No program gives all these examples their outputs.")
        programs = [Program(node) for _, node in found]
        doubtful, differing = doubtful_rows(found, self._inputs, taken)
        alternatives = [
            Alternative(program, differs)
            for program, differs in zip(programs[1:], differing, strict=True)
            if differs or not self._inputs
        ]
        return Learned(programs[0], tuple(alternatives[:_ALTERNATIVES]), doubtful, width=len(distinct[0][0]))


def _conflicts(examples: Sequence[Example]) -> tuple[Conflict, ...]:
    first: dict[tuple[str | None, ...], int] = {}
    found = []
    for number, (row, output) in enumerate(examples):
        other = first.setdefault(row, number)
        if (examples[other][1] or "") != (output or ""):
            shown = ", ".join("(missing)" if cell is None else cell for cell in row)
            found.append(
                Conflict(
                    other,
                    number,
                    f"Examples {other + 1} and {number + 1} contradict each other: for {shown} one says "
                    f"'{examples[other][1] or ''}', the other '{output or ''}'.",
                )
            )
    return tuple(found)


class _Search:
    """One search for programs that fulfil all examples."""

    def __init__(self, examples: Sequence[Example], others: Sequence[Row], budget: Budget) -> None:
        self._examples = examples
        self._others = others
        self._budget = budget
        self._deadline = time.monotonic() + budget.seconds
        self._known: dict[tuple[tuple[int, ...], tuple[Row, ...]], list[tuple[float, Node]]] = {}

    def run(self) -> list[tuple[float, Node]]:
        """Programs with their costs, cheapest first."""
        examples = self._examples
        empty = [example for example in examples if not example[1]]
        filled = tuple(number for number, example in enumerate(examples) if example[1])
        if not filled:
            return [(0.0, Constant(examples[0][1]))]
        plain = [(cost, self._blank_aside(node)) for cost, node in self.straight(filled, self._others)]
        found = [(cost, node) for cost, node in plain if all(not node.run(row) for row, _ in empty)]
        if len(examples) > 1 and (not found or found[0][0] > _strain(found[0][1])):
            found += learn_branches(examples, self._others, self.straight, self._late)
            found += learn_lookup(examples, self._others)
        right = [(cost, node) for cost, node in found if self._fulfils(node)]
        return sorted(_distinct(right), key=lambda item: item[0])[:8]

    def straight(self, numbers: tuple[int, ...], others: Sequence[Row]) -> list[tuple[float, Node]]:
        """One program for some of the examples."""
        key = (numbers, tuple(others))
        if key not in self._known:
            shop = Workshop(
                [self._examples[number][0] for number in numbers],
                [self._examples[number][1] or "" for number in numbers],
                others,
                self._deadline,
                self._budget.views,
                _GAPS if any(not output and any(row) for row, output in self._examples) else 1.0,
                self._cancelled,
            )
            self._known[key] = learn_straight(shop)
        return self._known[key]

    def _cancelled(self) -> bool:
        if self._budget.cancelled is not None and self._budget.cancelled():
            raise LearningCancelled
        return False

    def _late(self) -> bool:
        return self._cancelled() or time.monotonic() > self._deadline

    def _fulfils(self, node: Node) -> bool:
        return all((node.run(row) or "") == (output or "") for row, output in self._examples)

    def _blank_aside(self, node: Node) -> Node:
        """A program that is the same text for all rows leaves blank rows blank."""
        if not isinstance(node, Constant) or any(
            not (cell or "").strip() for row, output in self._examples if output for cell in row
        ):
            return node
        return Choose((Arm(IsBlank(Column(0)), Constant(None)),), node)


def _strain(node: Node) -> float:
    """The cost from which on a program for all rows looks contrived, and several cases are tried."""
    return 3.5 + 1.5 * (len(node.parts) if isinstance(node, Concat) else 1)


def _distinct(found: list[tuple[float, Node]]) -> list[tuple[float, Node]]:
    best: dict[Node, float] = {}
    for cost, node in found:
        best[node] = min(cost, best.get(node, cost))
    return [(cost, node) for node, cost in best.items()]
