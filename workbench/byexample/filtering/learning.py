"""Learns a filter: the likeliest readable combination of tests that agrees with the marked rows."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.base.errors import UserError
from workbench.byexample.filtering.candidates import candidates
from workbench.byexample.filtering.pricing import Priced
from workbench.byexample.filtering.rowfilter import Filter
from workbench.byexample.synthesis.learner import Budget, LearningCancelled
from workbench.byexample.tree.conditions import Condition
from workbench.byexample.tree.nodes import Column, Row
from workbench.byexample.tree.program import walk

SEEN = 200
"""So many unmarked rows are looked at while learning, taken from all over."""
MOST_TESTS = 3
PAIRED = 250
BROAD = 50
"""Of so many tests, the cheapest ones, pairs and triples are tried."""
ANOTHER_TEST = 1.5
EITHER = 1.0
"""What a further test costs, and what alternatives cost more than conditions that all must hold."""
TRUST = 0.7
"""How far marked rows are taken as drawn at random from those that are kept or dropped."""
ALTERNATIVES = 5
NEAR = 4.0
"""A reading this much dearer than the best one is no good reading any more."""


@dataclass(frozen=True)
class FilterAlternative:
    """Another reading of the marks. `differs`: the indices of rows that it treats otherwise than the best filter."""

    program: Filter
    differs: tuple[int, ...]


@dataclass(frozen=True)
class FilterConflict:
    """Two equal rows that were marked differently; indices into the rows."""

    first: int
    second: int
    message: str


@dataclass(frozen=True)
class LearnedFilter:
    """What came of the marks. Without a program `explanation` says why."""

    program: Filter | None
    alternatives: tuple[FilterAlternative, ...] = ()
    doubtful: tuple[int, ...] = ()
    """Indices of unmarked rows on which good readings disagree, the most doubtful first."""
    conflicts: tuple[FilterConflict, ...] = ()
    explanation: str = ""


_Combination = tuple[float, int, tuple[Condition, ...]]
"""The price, the rows as bits, and the tests."""


@dataclass(frozen=True)
class _Found:
    price: float
    filter: Filter
    mask: int


class _Clock:
    """Tells when the budget's time is over; raises LearningCancelled when learning is cancelled."""

    def __init__(self, budget: Budget) -> None:
        self._end = time.monotonic() + budget.seconds
        self._cancelled = budget.cancelled

    def over(self) -> bool:
        if self._cancelled and self._cancelled():
            raise LearningCancelled
        return time.monotonic() > self._end


def learn_filter(
    rows: Sequence[Row], keep: Mapping[int, bool], *, columns: Sequence[str] = (), budget: Budget | None = None
) -> LearnedFilter:
    """Learns which rows to keep from some that are marked: True to keep the row with this index, False to drop it.

    The unmarked rows guide what is likely: a filter that keeps all of them, or none, is hardly meant. `columns`: names for the
    explanation. When the time of the `budget` is over, the best that was found is taken. Raises UserError for a mark of a row
    that is not there, and LearningCancelled.
    """
    for index in keep:
        if not 0 <= index < len(rows):
            raise UserError(f"Row {index + 1} is marked, but there are {len(rows)} rows.", place=f"row {index + 1}")
    if not keep:
        return LearnedFilter(None, explanation="Mark at least one row to keep or to drop.")
    if conflicts := _conflicts(rows, keep):
        return LearnedFilter(None, conflicts=conflicts, explanation=conflicts[0].message)
    clock = _Clock(budget or Budget())
    unmarked = [index for index in range(len(rows)) if index not in keep]
    seen = unmarked[:: max(len(unmarked) // SEEN, 1)][:SEEN]
    found = _search(rows, keep, seen, clock)
    if not found:
        return LearnedFilter(
            None, explanation="No filter of up to three readable tests keeps and drops the rows as they are marked."
        )
    best = found[0]
    looked_at = [*sorted(keep), *seen]
    alternatives = [
        FilterAlternative(other.filter, tuple(row for bit, row in enumerate(looked_at) if (other.mask ^ best.mask) >> bit & 1))
        for other in found[1 : 1 + ALTERNATIVES]
    ]
    return LearnedFilter(
        best.filter, tuple(alternatives), _doubtful(found, rows, unmarked, clock), explanation=best.filter.explain(columns)
    )


def _conflicts(rows: Sequence[Row], keep: Mapping[int, bool]) -> tuple[FilterConflict, ...]:
    first: dict[Row, int] = {}
    found = []
    for index in sorted(keep):
        other = first.setdefault(tuple(rows[index]), index)
        if keep[other] != keep[index]:
            message = f"Rows {other + 1} and {index + 1} are equal, but one is marked to be kept and the other to be dropped."
            found.append(FilterConflict(other, index, message))
    return tuple(found)


def _search(rows: Sequence[Row], keep: Mapping[int, bool], seen: Sequence[int], clock: _Clock) -> list[_Found]:
    """All filters that agree with the marks, likeliest first, one for each set of rows."""
    marked = sorted(keep)
    looked_at = [rows[index] for index in (*marked, *seen)]
    kept, dropped = ([tuple(rows[index]) for index in marked if keep[index] is wanted] for wanted in (True, False))
    wanted_kept = sum(1 << bit for bit, index in enumerate(marked) if keep[index])
    wanted_dropped = ((1 << len(marked)) - 1) & ~wanted_kept
    tests = _masks(candidates(kept, dropped, [rows[index] for index in seen]), looked_at, clock)
    judge = _Judge(wanted_kept, wanted_dropped, len(marked), len(looked_at))
    found: dict[int, _Found] = {}
    for every in (True, False):
        fitting = [(mask, priced) for mask, priced in tests if judge.useful(mask, every)]
        for price, mask, chosen in _combinations(fitting, judge, every, clock):
            total = judge.total(price + EITHER * (not every and len(chosen) > 1), mask)
            if mask not in found or total < found[mask].price:
                found[mask] = _Found(total, Filter(tuple(sorted(chosen, key=_first_column)), every or len(chosen) == 1), mask)
    return sorted(found.values(), key=lambda one: (one.price, len(one.filter.tests)))


def _first_column(test: Condition) -> int:
    return min((node.index for node in walk(test) if isinstance(node, Column)), default=0)


def _masks(priced: Sequence[Priced], rows: Sequence[Row], clock: _Clock) -> list[tuple[int, Priced]]:
    """The tests with the rows that they hold for, as bits; the cheapest one of those that hold for the same rows."""
    best: dict[int, Priced] = {}
    for one in sorted(priced, key=lambda one: one.price):
        if clock.over():
            break
        mask = sum(1 << bit for bit, row in enumerate(rows) if one.test.holds(row))
        best.setdefault(mask, one)
    return list(best.items())


@dataclass(frozen=True)
class _Judge:
    """What the marks and the unmarked rows say of a set of rows (bits; the marked rows are the lowest ones)."""

    kept: int
    dropped: int
    marked: int
    rows: int

    def fits(self, mask: int) -> bool:
        return mask & self.kept == self.kept and not mask & self.dropped

    def useful(self, mask: int, every: bool) -> bool:
        """Whether a test may be one of several: all conditions hold for what is kept, no alternative for what is dropped."""
        return mask & self.kept == self.kept if every else not mask & self.dropped and bool(mask & self.kept or not self.kept)

    def total(self, price: float, mask: int) -> float:
        """The price less what the marks say for it: marks of a small set are no coincidence (the "size principle").

        Keeping no unmarked row, or dropping none, is hardly meant unless marks of the other kind show it.
        """
        unmarked = self.rows - self.marked
        share = ((mask >> self.marked).bit_count() + 0.5) / (unmarked + 1)
        count_kept, count_dropped = self.kept.bit_count(), self.dropped.bit_count()
        total = price + TRUST * (min(count_kept, 6) * math.log(share) + min(count_dropped, 6) * math.log(1 - share))
        if unmarked and not mask >> self.marked:
            total += 4.0
        if unmarked and (mask >> self.marked).bit_count() == unmarked:
            total += 4.0
        return total


def _combinations(tests: Sequence[tuple[int, Priced]], judge: _Judge, every: bool, clock: _Clock) -> list[_Combination]:
    """Single tests, pairs and triples that fit the marks; a pair must be better than its tests alone: neither fits already."""
    ordered = sorted(tests, key=lambda pair: pair[1].price)
    found: list[_Combination] = [(priced.price, mask, (priced.test,)) for mask, priced in ordered if judge.fits(mask)]
    partial = [(mask, priced) for mask, priced in ordered if not judge.fits(mask)][:PAIRED]
    for first, (mask, priced) in enumerate(partial):
        if clock.over():
            break
        for second in range(first + 1, len(partial)):
            other_mask, other = partial[second]
            both = mask & other_mask if every else mask | other_mask
            price = priced.price + other.price + ANOTHER_TEST
            if judge.fits(both):
                found.append((price, both, (priced.test, other.test)))
            elif first < BROAD and second < BROAD:
                found += _thirds(partial[second + 1 : BROAD], both, price, (priced.test, other.test), judge, every)
    return found


def _thirds(
    tests: Sequence[tuple[int, Priced]], mask: int, price: float, chosen: tuple[Condition, ...], judge: _Judge, every: bool
) -> list[_Combination]:
    found = []
    for third_mask, third in tests:
        together = mask & third_mask if every else mask | third_mask
        if judge.fits(together):
            found.append((price + third.price + ANOTHER_TEST, together, (*chosen, third.test)))
    return found


def _doubtful(found: Sequence[_Found], rows: Sequence[Row], unmarked: Sequence[int], clock: _Clock) -> tuple[int, ...]:
    """The unmarked rows on which the best and the other good readings disagree most, weighed by how good those are."""
    best = found[0]
    others = [(math.exp(best.price - one.price), one.filter) for one in found[1:30] if one.price - best.price < NEAR]
    doubts: list[tuple[float, int]] = []
    for index in unmarked[:: max(len(unmarked) // 5000, 1)]:
        if not others or clock.over():
            break
        kept = best.filter.run(rows[index])
        doubt = sum(weight for weight, other in others if other.run(rows[index]) is not kept)
        if doubt > 0:
            doubts.append((-doubt, index))
    return tuple(index for _, index in sorted(doubts))
