"""Conditions on the inputs of a row, for programs that treat some rows in another way."""

import re
from dataclasses import dataclass
from typing import Any

from workbench.byexample.tree.nodes import Node, Row
from workbench.byexample.tree.numbers import parse_number
from workbench.byexample.tree.tokens import TOKENS, expression


@dataclass(frozen=True)
class Condition:
    """A condition on the text of a node, mostly a column. A missing value fulfils only `missing` and `blank`."""

    of: Node

    def holds(self, row: Row) -> bool:
        """Whether the row fulfils it."""
        value = self.of.run(row)
        return value is not None and self.test(value)

    def test(self, value: Any) -> bool:
        """Whether a value that is not missing fulfils it."""
        raise NotImplementedError


@dataclass(frozen=True)
class IsMissing(Condition):
    """There is no value at all."""

    def holds(self, row: Row) -> bool:
        return self.of.run(row) is None


@dataclass(frozen=True)
class IsBlank(Condition):
    """Missing, empty, or nothing but blanks."""

    def holds(self, row: Row) -> bool:
        value = self.of.run(row)
        return value is None or not value.strip(" \t\r\n")


@dataclass(frozen=True)
class IsNumber(Condition):
    """The text is a number (point as decimal mark)."""

    def test(self, value: str) -> bool:
        return parse_number(value, ".") is not None


@dataclass(frozen=True)
class Applies(Condition):
    """The node gives a value for the row, e.g. the text is a date of the expected formats."""

    def test(self, value: Any) -> bool:  # noqa: ARG002 (the conditions' common form)
        return True


@dataclass(frozen=True)
class Contains(Condition):
    """The text contains another one, at least `times` times."""

    text: str
    times: int = 1

    def test(self, value: str) -> bool:
        return value.count(self.text) >= self.times


@dataclass(frozen=True)
class StartsWith(Condition):
    """The text starts with another one."""

    text: str

    def test(self, value: str) -> bool:
        return value.startswith(self.text)


@dataclass(frozen=True)
class EndsWith(Condition):
    """The text ends with another one."""

    text: str

    def test(self, value: str) -> bool:
        return value.endswith(self.text)


@dataclass(frozen=True)
class Equals(Condition):
    """The text is exactly another one."""

    text: str

    def test(self, value: str) -> bool:
        return value == self.text


@dataclass(frozen=True)
class HasToken(Condition):
    """The text contains a token of a kind: anywhere, at its start, at its end, or as a whole (`at`: any, start, end, whole)."""

    kind: str
    at: str = "any"

    def test(self, value: str) -> bool:
        if self.at == "any":
            return expression(self.kind).search(value) is not None
        pattern = TOKENS[self.kind].pattern
        shown = {"start": f"^(?:{pattern})", "end": f"(?:{pattern})$", "whole": f"^(?:{pattern})$"}[self.at]
        return re.search(shown.replace("$", r"\Z"), value) is not None


@dataclass(frozen=True)
class LengthIs(Condition):
    """The text has exactly so many characters."""

    length: int

    def test(self, value: str) -> bool:
        return len(value) == self.length


@dataclass(frozen=True)
class LongerThan(Condition):
    """The text has more characters than that."""

    length: int

    def test(self, value: str) -> bool:
        return len(value) > self.length


@dataclass(frozen=True)
class WordCount(Condition):
    """The text has exactly so many words between blanks."""

    words: int

    def test(self, value: str) -> bool:
        return len(expression("nonblank").findall(value)) == self.words


@dataclass(frozen=True)
class Compares(Condition):
    """The number in the node compares with another one (`sign`: <, <=, >, >=)."""

    sign: str
    number: str

    def test(self, value: Any) -> bool:
        from decimal import Decimal

        found = value if isinstance(value, Decimal) else parse_number(value, ".")
        if found is None:
            return False
        limit = Decimal(self.number)
        return {"<": found < limit, "<=": found <= limit, ">": found > limit, ">=": found >= limit}[self.sign]


@dataclass(frozen=True)
class Not(Condition):
    """The other condition does not hold; `of` is that condition's node."""

    condition: Condition

    def holds(self, row: Row) -> bool:
        return not self.condition.holds(row)
