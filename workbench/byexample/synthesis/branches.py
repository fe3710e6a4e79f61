"""Learning programs of several cases: rows that fulfil a condition are treated in another way."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.datepatterns import date_patterns
from workbench.byexample.tree.conditions import (
    Applies,
    Compares,
    Condition,
    Contains,
    EndsWith,
    Equals,
    HasToken,
    IsBlank,
    IsMissing,
    IsNumber,
    LengthIs,
    StartsWith,
    WordCount,
)
from workbench.byexample.tree.dates import ReadMoment
from workbench.byexample.tree.nodes import Arm, Choose, Column, Constant, Node, Row
from workbench.byexample.tree.numbers import parse_number
from workbench.byexample.tree.texts import Lookup

Example = tuple[tuple[str | None, ...], str | None]
Straight = Callable[[tuple[int, ...], Sequence[Row]], list[tuple[float, Node]]]
"""Learns programs for some of the examples, given by number, and the rows that go with them."""

_MOST_PARTITIONS = 24


def conditions(examples: Sequence[Example], others: Sequence[Row]) -> Iterator[tuple[float, Condition]]:
    """Conditions that may tell the examples apart, with their costs, the plain ones first."""
    for index in range(len(examples[0][0])):
        node = Column(index)
        dear = 0.05 * index
        texts = [row[index] for row, _ in examples]
        known = [text for text in texts if text is not None]
        yield 0.2 + dear, IsBlank(node)
        yield 0.3 + dear, IsMissing(node)
        yield 0.45 + dear, IsNumber(node)
        if patterns := _date_patterns([*known, *(row[index] or "" for row in others)]):
            yield 0.5 + dear, Applies(ReadMoment(node, patterns))
        for kind in ("digits", "letters", "upper", "lower"):
            yield 0.6 + dear, HasToken(node, kind)
        characters = sorted({c for text in known for c in text if not c.isalnum()})
        for character in characters:
            yield 0.62 + dear + 0.2 * character.isspace(), Contains(node, character)
        for character in characters:
            yield 0.66 + dear, EndsWith(node, character)
            yield 0.66 + dear, StartsWith(node, character)
        for kind in ("digits", "letters", "upper", "lower", "capitalized"):
            yield 0.75 + dear, HasToken(node, kind, "start")
            yield 0.75 + dear, HasToken(node, kind, "end")
        for character in characters:
            for times in (2, 3):
                yield 0.8 + 0.1 * times + dear, Contains(node, character, times)
        yield from ((0.8 + dear, condition) for condition in _thresholds(index, examples))
        yield from ((0.9 + dear, WordCount(node, count)) for count in sorted({len(text.split()) for text in known}))
        yield from ((1.15 + dear, LengthIs(node, length)) for length in sorted({len(text) for text in known})[:6])
        words = sorted({word for text in known for word in re.findall(r"[^\W\d_]{2,}", text)})
        for word in words[:30]:
            often = sum(word in (row[index] or "") for row in others) / max(len(others), 1)
            yield 1.2 - 0.4 * (0.1 < often < 0.9) + dear, Contains(node, word)
        for text in dict.fromkeys(known):
            yield _equality(text, index, others) + dear, Equals(node, text)


def _thresholds(index: int, examples: Sequence[Example]) -> Iterator[Condition]:
    """Round limits between the numbers of examples with different outputs."""
    numbers = [(number, output) for row, output in examples if (number := parse_number(row[index] or "")) is not None]
    if len(numbers) < len(examples):
        return
    ordered = sorted(numbers, key=lambda item: item[0])
    for (low, first), (high, second) in itertools.pairwise(ordered):
        if low < high and first != second:
            yield Compares(Column(index), ">=", _round_between(low, high))


def _round_between(low: Decimal, high: Decimal) -> str:
    """The roundest number above `low` and up to `high`."""
    for exponent in range(high.adjusted() + 1, -7, -1):
        for factor in (1, 5):
            step = Decimal(factor).scaleb(exponent)
            found = (high / step).to_integral_value(ROUND_FLOOR) * step
            if low < found <= high:
                return format(found, "f")
    return format(high, "f")


def _equality(text: str, index: int, others: Sequence[Row]) -> float:
    """What a condition on a whole value costs: little in a column of few values that come again and again."""
    values = [row[index] for row in others]
    if text not in values:
        return 2.5
    return 0.55 if len(set(values)) <= max(len(values) // 3, 2) else 1.3


def _date_patterns(texts: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in texts[:80]:
        if readings := date_patterns(text):
            pattern = readings[0][2]
            if "MMM" in pattern or ("y" in pattern and "d" in pattern) or ":" in pattern:
                found[pattern] = None
    return tuple(found)[:12]


def partitions(
    examples: Sequence[Example], others: Sequence[Row]
) -> list[tuple[float, Condition, tuple[int, ...], tuple[int, ...]]]:
    """Ways to tell the examples into those that fulfil a condition and the rest; of equal ones those that cut the other rows alike
    once."""
    found: list[tuple[float, Condition, tuple[int, ...], tuple[int, ...]]] = []
    seen = set()
    for cost, condition in conditions(examples, others):
        holds = tuple(condition.holds(row) for row, _ in examples)
        if not any(holds) or all(holds):
            continue
        key = (holds, tuple(condition.holds(row) for row in others))
        if key in seen:
            continue
        seen.add(key)
        yes = tuple(i for i, held in enumerate(holds) if held)
        no = tuple(i for i, held in enumerate(holds) if not held)
        found.append((cost, condition, yes, no))
    return sorted(found, key=lambda item: item[0])


def learn_branches(
    examples: Sequence[Example], others: Sequence[Row], straight: Straight, late: Callable[[], bool], depth: int = 2
) -> list[tuple[float, Node]]:
    """Decision lists: programs of a case and the rest, where the rest may again have cases. Cheapest first."""
    numbers = tuple(range(len(examples)))
    return _branches(examples, numbers, others, straight, late, depth)


def _branches(
    examples: Sequence[Example],
    numbers: tuple[int, ...],
    others: Sequence[Row],
    straight: Straight,
    late: Callable[[], bool],
    depth: int,
) -> list[tuple[float, Node]]:
    own = [examples[number] for number in numbers]
    found: list[tuple[float, Node]] = []
    tried: dict[tuple[int, ...], int] = {}
    for cost, condition, yes, no in partitions(own, others):
        if late() or len(tried) > _MOST_PARTITIONS:
            break
        if tried.setdefault(yes, 0) >= 4:
            continue
        tried[yes] += 1
        inside = [row for row in others if condition.holds(row)]
        outside = [row for row in others if not condition.holds(row)]
        here = tuple(numbers[i] for i in yes)
        there = tuple(numbers[i] for i in no)
        for first, second, flipped in ((here, there, False), (there, here, True)):
            rows, rest_rows = (outside, inside) if flipped else (inside, outside)
            ones = _side(examples, first, rows, straight)
            if not ones:
                continue
            rest = _side(examples, second, rest_rows, straight)
            if depth > 1 and len(second) > 1 and (not rest or rest[0][0] > 6.0):
                rest = sorted(rest + _branches(examples, second, rest_rows, straight, late, depth - 1), key=lambda item: item[0])[
                    :2
                ]
            for one_cost, one in ones[:2]:
                for other_cost, other in rest[:2]:
                    lonely = ranking.LONELY * ((len(first) == 1) + (len(second) == 1))
                    total = ranking.BRANCH + cost + lonely + one_cost + other_cost
                    found.append((total, _choose(condition, one, other, flipped)))
            if not (depth > 1):
                break
    return sorted(found, key=lambda item: item[0])[:6]


def _choose(condition: Condition, one: Node, other: Node, flipped: bool) -> Node:
    if not flipped:
        arms = (Arm(condition, one),)
        return Choose((*arms, *other.arms), other.otherwise) if isinstance(other, Choose) else Choose(arms, other)
    # the rest has cases of its own: its first condition is asked after this one is not fulfilled
    return Choose((Arm(condition, other),), one)


def _side(
    examples: Sequence[Example], numbers: tuple[int, ...], rows: Sequence[Row], straight: Straight
) -> list[tuple[float, Node]]:
    outputs = {examples[number][1] for number in numbers}
    if len(outputs) == 1:
        output = next(iter(outputs))
        if not output:
            return [(0.1, Constant(output))]
    if not all(outputs):
        return []
    found = straight(numbers, rows)
    if len(outputs) == 1 and len(numbers) > 1:
        text = next(iter(outputs)) or ""
        copied = all(any(text in (cell or "") for cell in examples[number][0]) for number in numbers)
        constant = (1.0 / len(numbers) + 1.5 * copied, Constant(text))
        return sorted([constant, *found], key=lambda item: item[0])
    return found


def learn_lookup(examples: Sequence[Example], others: Sequence[Row]) -> list[tuple[float, Node]]:
    """Tables of values, where one column tells the outputs apart; dear, unless values repeat."""
    found: list[tuple[float, Node]] = []
    for column in range(len(examples[0][0])):
        table: dict[str, str | None] = {}
        for row, output in examples:
            key = row[column]
            if key is None or table.setdefault(key, output) != output:
                break
        else:
            rows = [row[column] for row in others if row[column]]
            listed = sum(value in table for value in rows) / max(len(rows), 1)
            cost = ranking.LOOKUP + ranking.LOOKUP_ENTRY * len(table) + ranking.UNLISTED * (1 - listed)
            found.append((cost, Lookup(Column(column), tuple(table.items()))))
    return found
