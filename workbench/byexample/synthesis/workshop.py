"""The workshop of one learning: the examples, rows without answers, and the atoms that were found for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.byexample.synthesis.ranking import BLANK_ENDS
from workbench.byexample.tree.nodes import Column, Node, Row, Unary

_PER_VALUE = 4
"""How many readings of the same piece of the outputs are kept."""


class View:
    """A node with its values on the examples and, when they are asked for, on the rows without answers."""

    __slots__ = ("_others", "_parent", "column", "cost", "node", "values")

    def __init__(self, node: Node, values: list[Any], cost: float, column: int | None, parent: View | None = None) -> None:
        self.node = node
        self.values = values
        self.cost = cost
        self.column = column
        self._parent = parent
        self._others: list[Any] | None = None

    def of(self, node: Unary, cost: float) -> View | None:
        """The view through a node over this one; None when it does not apply to every example. `cost` is the whole cost."""
        values = []
        for value in self.values:
            found = node.apply(value)
            if found is None:
                return None
            values.append(found)
        return View(node, values, cost, self.column, self)

    @property
    def parent_values(self) -> list[Any]:
        """The values of the view that this one looks through, on the examples."""
        return self._parent.values if self._parent is not None else self.values

    def parent_others(self, rows: Sequence[Row]) -> list[Any]:
        """The values of the view that this one looks through, on the rows without answers."""
        return self._parent.others(rows) if self._parent is not None else self.others(rows)

    def others(self, rows: Sequence[Row]) -> list[Any]:
        """The values on the rows without answers."""
        if self._others is None:
            if self._parent is not None and isinstance(self.node, Unary):
                apply = self.node.apply
                self._others = [None if value is None else apply(value) for value in self._parent.others(rows)]
            else:
                self._others = [self.node.run(row) for row in rows]
        return self._others


@dataclass
class Workshop:
    """Gathers atoms: views whose value stands in every output, the cheapest of those with equal values."""

    rows: Sequence[Row]
    outputs: Sequence[str]
    others: Sequence[Row]
    """Rows without an answer, a sample."""
    deadline: float = float("inf")
    most: int = 20_000
    """How many views may be looked at."""
    gaps: float = 1.0
    """How suspicious rows without an answer are: less so where an example has none either."""
    cancelled: Callable[[], bool] = lambda: False
    known: dict[Hashable, Any] = field(default_factory=dict)
    """What was worked out already, by what it depends on."""
    dated: set[int | None] = field(default_factory=set)
    """The columns that are dates as a whole: numbers in them are parts of dates."""
    columns: list[View] = field(default_factory=list)
    looked: int = 0
    kept: dict[tuple[int | None, tuple[str, ...]], list[View]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index in range(len(self.rows[0])):
            values = [row[index] for row in self.rows]
            if None not in values:
                self.columns.append(View(Column(index), values, 0.0, index))

    @property
    def late(self) -> bool:
        """Whether the time or the room is used up."""
        return self.looked > self.most or time.monotonic() > self.deadline or self.cancelled()

    def fits(self, values: Iterable[str]) -> bool:
        """Whether these texts, one an example, stand in the outputs."""
        return all(value and value in output for value, output in zip(values, self.outputs, strict=True))

    def through(self, view: View, node: Unary, cost: float) -> View | None:
        """Offers the view through a node over this one, and gives it when it fits; quicker than to make it first."""
        self.looked += 1
        value = node.apply(view.values[0])
        if not value or value not in self.outputs[0]:
            return None
        found = view.of(node, cost)
        if found is None or not self.fits(found.values):
            return None
        self._keep(found)
        return found

    def offer(self, view: View | None) -> None:
        """Takes a view of texts as an atom when it may be of use."""
        self.looked += 1
        if view is None or not self.fits(view.values):
            return
        self._keep(view)

    def _keep(self, view: View) -> None:
        # Another column with the same values is kept beside it: a row mostly uses each column once.
        if view.values[0][0].isspace() or view.values[0][-1].isspace():
            view.cost += BLANK_ENDS
        alike = self.kept.setdefault((view.column, tuple(view.values)), [])
        if len(alike) == _PER_VALUE and alike[-1].cost <= view.cost:
            return
        if any(other.node == view.node for other in alike):
            return
        alike.append(view)
        alike.sort(key=lambda other: other.cost)
        del alike[_PER_VALUE:]

    @property
    def atoms(self) -> list[View]:
        """What was kept, cheapest first."""
        return sorted((view for alike in self.kept.values() for view in alike), key=lambda view: view.cost)
