"""What every node of a program is, and the nodes that put others together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.byexample.tree.conditions import Condition

Row = Sequence[str | None]
"""The texts of the input columns of one row; None is a missing value."""

NUMBER_LIMIT = Decimal(10) ** 18
"""Numbers of more than 18 digits before the point are none: they are identifiers, and no database could compute with them."""


@dataclass(frozen=True)
class Node:
    """A part of a program. `run` gives a text, a Decimal or a Moment; None where it does not apply to the row."""

    def run(self, row: Row) -> Any:
        """The value for one row."""
        raise NotImplementedError


@dataclass(frozen=True)
class Unary(Node):
    """A node that turns the value of another one into something; missing stays missing."""

    of: Node

    def run(self, row: Row) -> Any:
        value = self.of.run(row)
        return None if value is None else self.apply(value)

    def apply(self, value: Any) -> Any:
        """The result for a value of `of` that is not missing."""
        raise NotImplementedError


@dataclass(frozen=True)
class Column(Node):
    """The text of an input column (counted from 0)."""

    index: int

    def run(self, row: Row) -> str | None:
        return row[self.index] if self.index < len(row) else None


@dataclass(frozen=True)
class Constant(Node):
    """The same text for every row; None is a missing value."""

    text: str | None

    def run(self, row: Row) -> str | None:  # noqa: ARG002 (the nodes' common form)
        return self.text


@dataclass(frozen=True)
class Concat(Node):
    """Texts one after the other; missing when one of them is."""

    parts: tuple[Node, ...]

    def run(self, row: Row) -> str | None:
        texts = []
        for node in self.parts:
            if (text := node.run(row)) is None:
                return None
            texts.append(text)
        return "".join(texts)


@dataclass(frozen=True)
class FirstOf(Node):
    """The first of several readings that applies to the row."""

    options: tuple[Node, ...]

    def run(self, row: Row) -> Any:
        for option in self.options:
            if (value := option.run(row)) is not None:
                return value
        return None


@dataclass(frozen=True)
class Arm(Node):
    """One case of `Choose`: what comes out when a condition holds."""

    condition: Condition
    then: Node


@dataclass(frozen=True)
class Choose(Node):
    """The first case whose condition holds; else `otherwise`."""

    arms: tuple[Arm, ...]
    otherwise: Node

    def run(self, row: Row) -> Any:
        for arm in self.arms:
            if arm.condition.holds(row):
                return arm.then.run(row)
        return self.otherwise.run(row)
