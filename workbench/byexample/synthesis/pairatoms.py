"""Atoms out of two inputs, or out of one by computing: sums, counts, durations, moved dates."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.datepatterns import date_patterns
from workbench.byexample.synthesis.momentatoms import offer_moments
from workbench.byexample.synthesis.numberatoms import offer_numbers
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.dates import Duration, EdgeMoment, ShiftMoment
from workbench.byexample.tree.moments import Moment, read_moment
from workbench.byexample.tree.nodes import FirstOf, Node
from workbench.byexample.tree.numbers import Arithmetic, CountOf, Length, Scale, places

_DATES = re.compile(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ,]+[0-9]{2,4}|[A-Z][a-z]{2,8}\.? [0-9]{1,2},? [0-9]{4}|[0-9]{8}")
_NICE_DIGITS = 5


def offer_computed(shop: Workshop, numbers: Sequence[View], moments: Sequence[View]) -> None:
    """Offers what is computed from the numbers and dates that whole columns hold."""
    _first_filled(shop)
    if not any(character.isdigit() for character in shop.outputs[0]):
        return
    _arithmetic(shop, numbers)
    if len(shop.rows) > 1:
        _linear(shop, numbers)
    _counts(shop)
    _durations(shop, moments)
    for moment in moments:
        _moved(shop, moment, {other.values[0][:3] for other in moments if other.column == moment.column})


def _made(shop: Workshop, node: Node, cost: float) -> View | None:
    """A view of a node over several columns; None when it does not apply to every example."""
    values = [node.run(row) for row in shop.rows]
    return None if None in values else View(node, values, cost, None)


def _first_filled(shop: Workshop) -> None:
    """The first of the columns that has a value, where some example lacks one."""
    width = len(shop.rows[0])
    if width < 2 or all(cell is not None for row in shop.rows for cell in row):
        return
    from workbench.byexample.tree.nodes import Column

    for order in (range(width), range(width - 1, -1, -1)):
        shop.offer(_made(shop, FirstOf(tuple(Column(index) for index in order)), 0.8))
    for left, right in permutations(range(width), 2):
        shop.offer(_made(shop, FirstOf((Column(left), Column(right))), 0.7 + 0.1 * (left > right)))


def _arithmetic(shop: Workshop, numbers: Sequence[View]) -> None:
    outputs = [_number_in(output) for output in shop.outputs]
    if not all(outputs):
        return
    for left, right in permutations(numbers[:6], 2):
        for sign in "+-*/" if left.column is not None and right.column is not None else "":
            if sign in "+*" and (left.column or 0) > (right.column or 0):
                continue
            made = _made(shop, Arithmetic(left.node, sign, right.node), ranking.ARITHMETIC + 0.1 * "+-*/".index(sign))
            if made is not None and all(_near(value, found) for value, found in zip(made.values, outputs, strict=True)):
                offer_numbers(shop, made)


def _number_in(output: str) -> list[Decimal]:
    return [Decimal(text.replace(",", "")) for text in re.findall(r"-?[0-9][0-9,]*(?:\.[0-9]+)?", output)]


def _near(value: Decimal, shown: list[Decimal]) -> bool:
    """Whether the outputs show the number, to the digits that they show."""
    return any(abs(value - number) < Decimal(1).scaleb(-places(number)) for number in shown)


def _linear(shop: Workshop, numbers: Sequence[View]) -> None:
    """A factor and an offset that two examples give, where they are short numbers and hold for all."""
    targets = [_number_in(output) for output in shop.outputs]
    if any(len(found) != 1 for found in targets):
        return
    shown = [found[0] for found in targets]
    for number in numbers[:4]:
        values = number.values
        other = next((i for i in range(1, len(values)) if values[i] != values[0]), None)
        if other is None or shown[other] == shown[0]:
            continue
        exact = (shown[other] - shown[0]) / (values[other] - values[0])
        for digits in range(1, _NICE_DIGITS + 1):
            factor = Decimal(f"{exact:.{digits}g}")
            offset = round(shown[0] - factor * values[0], max(places(shown[0]), 0))
            sure = len(values) > 2 or (digits <= 3 and places(offset) < 2 and values[0] * factor + offset == shown[0])
            fits = sure and all(_near(value * factor + offset, [number_]) for value, number_ in zip(values, shown, strict=True))
            if fits and (factor != 1 or offset != 0):
                cost = ranking.ARITHMETIC + 0.3 + 0.2 * digits + (0.6 if offset else 0.0) + (0.8 if len(values) < 3 else 0.0)
                scaled = number.of(
                    Scale(number.node, format(factor, "f"), format(offset.normalize() if offset else offset, "f")), cost
                )
                if scaled is not None:
                    offer_numbers(shop, scaled)
                break


def _counts(shop: Workshop) -> None:
    if len(shop.rows) < 2 and len(shop.outputs[0]) > 3:
        return
    for column in shop.columns:
        for node, cost in (
            (Length(column.node), 1.6), (CountOf(column.node, "nonblank"), 1.4), (CountOf(column.node, "letters"), 1.5),
            (CountOf(column.node, "digits"), 1.7), (CountOf(column.node, "punctuation"), 1.8),
        ):  # fmt: skip
            made = column.of(node, column.cost + cost)
            if made is not None and all(str(value) in output for value, output in zip(made.values, shop.outputs, strict=True)):
                offer_numbers(shop, made, plain=True)


def _durations(shop: Workshop, moments: Sequence[View]) -> None:
    outputs = [_number_in(output) for output in shop.outputs]
    if not all(outputs):
        return
    for start, end in permutations(moments[:6], 2):
        if start.column == end.column:
            continue
        for place, unit in enumerate(("days", "hours", "minutes", "seconds")):
            made = _made(shop, Duration(start.node, end.node, unit), ranking.ARITHMETIC + start.cost + end.cost + 0.1 * place)
            if made is not None and all(value in found for value, found in zip(made.values, outputs, strict=True)):
                offer_numbers(shop, made)


def _moved(shop: Workshop, moment: View, own: set[tuple[int | None, ...]]) -> None:
    """Dates that are some days, months or years away from those of the outputs, or the first or last of a period."""
    first = moment.values[0]
    if None in first[:3]:
        return
    targets = list(dict.fromkeys(found for text in [shop.outputs[0], *_DATES.findall(shop.outputs[0])] for found in _dates(text)))
    for target in targets[:6]:
        if target[:3] in own:
            continue
        for node, cost in _moves(moment.node, first, target):
            moved = moment.of(node, moment.cost + cost)
            if moved is not None and moved.values[0][:3] == target[:3]:
                offer_moments(shop, moved, plain=True)


def _dates(text: str) -> list[Moment]:
    found = [read_moment(text, pattern, language) for _, language, pattern in date_patterns(text)]
    return [moment for moment in found if moment is not None and None not in moment[:3]]


def _moves(of: Node, first: Moment, target: Moment) -> list[tuple[ShiftMoment | EdgeMoment, float]]:
    if first[:3] == target[:3]:
        return []
    years, months, days = target[0] or 1, target[1] or 1, target[2] or 1
    distance = (dt.date(years, months, days) - dt.date(first[0] or 1, first[1] or 1, first[2] or 1)).days
    found: list[tuple[ShiftMoment | EdgeMoment, float]] = []
    if abs(distance) > 800:
        span = years - (first[0] or 1)
        return [(ShiftMoment(of, "years", span), 0.8)] if target[1:3] == first[1:3] else []
    for place, unit in enumerate(("month", "quarter", "year", "week")):
        found += [(EdgeMoment(of, unit, side), 0.5 + 0.15 * place) for side in ("end", "start")]
    found.append((ShiftMoment(of, "days", distance), 0.8 + (0.0 if abs(distance) in {1, 7, 14, 30, 90} else 0.3)))
    span = (years - (first[0] or 1)) * 12 + months - (first[1] or 1)
    if span:
        found.append((ShiftMoment(of, "months", span), 0.75))
        if span % 12 == 0:
            found.append((ShiftMoment(of, "years", span // 12), 0.7))
    return found
