"""The search for the cheapest sequences of atoms and constants that spell every output."""

import heapq
import math
import re
from collections.abc import Sequence

from workbench.byexample.atoms import Atom, Workshop, column_of
from workbench.byexample.program import Concat, Constant, Node

_PER_PART = 0.35
_MOST_STATES = 4000
_MOST_PARTS = 40
_CALENDAR = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|\b[ap]m\b|\d[ap]m\b|\bq[1-4]\b",
    re.IGNORECASE,
)


def spell(shop: Workshop, atoms: Sequence[Atom], wanted: int) -> list[tuple[float, Node]]:
    """Up to `wanted` programs with their costs, cheapest first: a best-first search over the tuple of positions in all outputs."""
    outputs = shop.outputs
    end = tuple(len(output) for output in outputs)
    by_start: dict[str, list[Atom]] = {}
    for atom in atoms:
        if atom.values[0]:
            by_start.setdefault(atom.values[0][0], []).append(atom)
    start = tuple(0 for _ in outputs)
    if start == end:
        return [(0.0, Constant(""))]
    heap: list[tuple[float, int, tuple[int, ...], tuple[Node, ...]]] = [(0.0, 0, start, ())]
    visits: dict[tuple[int, ...], int] = {}
    found: list[tuple[float, Node]] = []
    counter = 0
    while heap and len(found) < wanted and counter < _MOST_STATES * 10 and not (shop.late and found):
        cost, _, position, nodes = heapq.heappop(heap)
        if position == end:
            found.append((cost, nodes[0] if len(nodes) == 1 else Concat(nodes)))
            continue
        visits[position] = visits.get(position, 0) + 1
        if visits[position] > wanted or len(visits) > _MOST_STATES or len(nodes) >= _MOST_PARTS:
            continue
        for atom in by_start.get(outputs[0][position[0] :][:1], ()):
            if all(output.startswith(value, at) for output, value, at in zip(outputs, atom.values, position, strict=True)):
                counter += 1
                following = tuple(at + len(value) for at, value in zip(position, atom.values, strict=True))
                dear = _out_of_order(nodes, atom)
                heapq.heappush(heap, (cost + atom.cost + dear + _PER_PART, counter, following, (*nodes, atom.node)))
        if nodes and isinstance(nodes[-1], Constant):
            continue
        for text in _constants(outputs, position):
            counter += 1
            following = tuple(at + len(text) for at in position)
            heapq.heappush(heap, (cost + _constant_cost(shop, text) + _PER_PART, counter, following, (*nodes, Constant(text))))
    return found


def _out_of_order(nodes: tuple[Node, ...], atom: Atom) -> float:
    """Columns are mostly used in their order, and whole ones only once."""
    used = [column for node in nodes if (column := column_of(node)) is not None]
    own = column_of(atom.node)
    if own is None or not used:
        return 0.0
    return 0.1 * (own < used[-1]) + 0.15 * (own in used)


def _constants(outputs: Sequence[str], position: tuple[int, ...]) -> list[str]:
    """The texts that all outputs go on with, of every length."""
    first = outputs[0][position[0] :]
    length = len(first)
    for output, at in zip(outputs[1:], position[1:], strict=True):
        length = next(
            (i for i in range(min(length, len(output) - at)) if output[at + i] != first[i]), min(length, len(output) - at)
        )
    return [first[:size] for size in range(1, length + 1)]


def _constant_cost(shop: Workshop, text: str) -> float:
    plain = sum(character.isalnum() for character in text)
    others = 0.03 * (len(text) - plain)
    if not plain:
        return 0.25 + others
    # a text that the input holds too, a digit or a calendar name was hardly typed as a constant, unless different rows say so
    inputs = {cell.lower() for row in shop.rows for cell in row if cell}
    digits = sum(character.isdigit() for character in text)
    copied = [word for word in re.findall(r"\w+", text.lower()) if any(word in cell for cell in inputs)]
    price = 0.5 + 0.1 * plain + 1.2 * digits + sum(1.5 + 0.6 * len(word) for word in copied)
    price += 3.0 * len(_CALENDAR.findall(text))
    if all(len(output) == len(text) for output in shop.outputs):
        price += 3.0
    distinct = max(len(set(map(tuple, shop.rows))), 1)
    return 0.6 + others + price / math.sqrt(distinct)
