"""What tests cost, and what a column shows of itself.

The price of a test is about the negative logarithm of how likely a user means it: a test of a kind with many tests (one for every
word) is dear. After the Bayesian account of concept learning by Tenenbaum (1999).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.byexample.tree.conditions import Condition, Not
from workbench.byexample.tree.numbers import parse_number

PRICES = {
    "blank": 1.0, "number": 2.0, "equals": 1.0, "further word": 0.3, "one of": 2.5, "date part": 2.0,
    "threshold": 2.5, "digit": 0.3, "exact bound": 2.0, "identifier": 0.8, "columns": 4.0,
    "contains": 2.0, "any case": 1.0, "starts": 1.8, "ends": 1.8, "part of a word": 1.2, "token": 3.5, "length": 6.0, "words": 5.5,
    "not": 0.6,
}  # fmt: skip
FEW = 12
"""A column of no more different values may be a category, whatever its length."""
LONG = 400
"""Only so many characters of a text are looked at for words that it could be told by."""


@dataclass(frozen=True)
class Priced:
    """A test and its price."""

    price: float
    test: Condition


@dataclass(frozen=True)
class Marked:
    """What one column holds: in the rows to keep, in those to drop, and in all rows that are looked at."""

    index: int
    kept: tuple[str | None, ...]
    dropped: tuple[str | None, ...]
    seen: tuple[str | None, ...]

    @property
    def filled(self) -> list[str]:
        """The values that are seen, without missing and empty ones."""
        return [value for value in self.seen if value and value.strip()]

    @property
    def share_of_numbers(self) -> float:
        """Which part of the filled cells holds numbers."""
        filled = self.filled
        return sum(parse_number(value) is not None for value in filled) / len(filled) if filled else 0.0


def both(price: float, test: Condition) -> Iterator[Priced]:
    """The test and its opposite."""
    yield Priced(price, test)
    yield Priced(price + PRICES["not"], Not(test.of, test))


def wordy(value: str) -> float:
    """A sentence is less likely a category than a word is."""
    return PRICES["further word"] * min(value.strip().count(" "), 5)
