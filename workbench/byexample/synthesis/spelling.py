"""The search for the cheapest sequences of atoms and constants that spell every output."""

import heapq
import math
import re
from collections.abc import Sequence

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.moments import quote
from workbench.byexample.tree.nodes import Concat, Constant, Node

_MOST_STEPS = 40_000
_MOST_PARTS = 40
_LONGEST = 80
"""Constants longer than that are taken whole or not at all."""
_FAR = 3000
_GRACE = 20_000
"""Steps (some 15 microseconds each) that a search without any program still has when the time is up, however busy it is here."""
_CALENDAR = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|\b[ap]m\b|\d[ap]m\b|\bq[1-4]\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W_]+")
Part = View | str


def spell(shop: Workshop, wanted: int) -> list[tuple[float, Node]]:
    """Up to `wanted` programs with their costs, cheapest first: a best-first search over the tuple of positions in all outputs."""
    outputs = shop.outputs
    end = tuple(len(output) for output in outputs)
    by_start: dict[str, list[View]] = {}
    for atom in shop.atoms:
        by_start.setdefault(atom.values[0][0], []).append(atom)
    prices = _Prices(shop)
    ahead, ahead_of_part = _ahead(shop, by_start)
    heap: list[tuple[float, float, int, tuple[int, ...], tuple[Part, ...]]] = [(ahead[0], 0.0, 0, tuple(0 for _ in outputs), ())]
    visits: dict[tuple[int, ...], int] = {}
    found: list[tuple[float, Node]] = []
    counter = 0
    while heap and len(found) < wanted and counter < _MOST_STEPS:
        if shop.late and (found or counter > _GRACE):
            break
        _, cost, _, position, parts = heapq.heappop(heap)
        if position == end:
            found.append((cost, assemble(parts)))
            continue
        visits[position] = visits.get(position, 0) + 1
        if visits[position] > wanted or len(parts) >= _MOST_PARTS:
            continue
        for atom in by_start.get(outputs[0][position[0] : position[0] + 1], ()):
            if all(output.startswith(value, at) for output, value, at in zip(outputs, atom.values, position, strict=True)):
                counter += 1
                following = tuple(at + len(value) for at, value in zip(position, atom.values, strict=True))
                dear = _out_of_order(parts, atom)
                total = cost + atom.cost + dear + ranking.PER_PART
                heapq.heappush(heap, (total + ahead[following[0]], total, counter, following, (*parts, atom)))
        if parts and isinstance(parts[-1], str):
            continue
        for text in _constants(outputs, position):
            counter += 1
            following = tuple(at + len(text) for at in position)
            inside = ranking.INSIDE_WORD * _inside_word(outputs, position, following)
            total = cost + prices.of(text) + inside + ranking.PER_PART
            heapq.heappush(heap, (total + ahead_of_part[following[0]], total, counter, following, (*parts, text)))
    return found


def _ahead(shop: Workshop, by_start: dict[str, list[View]]) -> tuple[list[float], list[float]]:
    """For every place of the first output what the rest costs at least, and the same where a constant may not go on.

    It leads the search (A*) past the many cheap ways to spell only the beginning.
    """
    output = shop.outputs[0]
    size = len(output)
    if size > _FAR:
        return [0.0] * (size + 1), [0.0] * (size + 1)
    enter = ranking.PUNCTUATION + ranking.PER_PART
    inside, free, part = [99.0] * size + [0.0], [99.0] * size + [0.0], [99.0] * size + [0.0]
    for at in range(size - 1, -1, -1):
        best = 99.0
        for atom in by_start.get(output[at], ()):
            if output.startswith(atom.values[0], at):
                best = min(best, atom.cost + ranking.PER_PART + free[at + len(atom.values[0])])
        step = ranking.TEXT_LENGTH / 2 if output[at].isalnum() else ranking.PUNCTUATION_LENGTH
        inside[at] = step + min(inside[at + 1], part[at + 1])
        part[at] = best
        free[at] = min(best, enter + inside[at])
    return free, part


def assemble(parts: Sequence[Part]) -> Node:
    """The parts as one node; fields of one date that follow each other become one pattern."""
    merged: list[Node] = []
    for position, part in enumerate(parts):
        node: Node = Constant(part) if isinstance(part, str) else part.node
        following = parts[position + 1] if position + 1 < len(parts) else None
        if merged and isinstance(merged[-1], FormatMoment):
            last = merged[-1]
            if isinstance(node, FormatMoment) and (node.of, node.language) == (last.of, last.language):
                merged[-1] = FormatMoment(last.of, last.pattern + node.pattern, last.language)
                continue
            if isinstance(node, Constant) and isinstance(following, View) and isinstance(following.node, FormatMoment):
                after = following.node
                if (after.of, after.language) == (last.of, last.language) and len(node.text or "") <= 6:
                    merged[-1] = FormatMoment(last.of, last.pattern + quote(node.text or ""), last.language)
                    continue
        merged.append(node)
    return merged[0] if len(merged) == 1 else Concat(tuple(merged))


def _out_of_order(parts: tuple[Part, ...], atom: View) -> float:
    """Columns are mostly used in their order, and whole ones only once; a date mostly is read in one way."""
    own = atom.column
    cost = 0.0
    used = [part for part in parts if not isinstance(part, str)]
    if parts and isinstance(parts[-1], str) and isinstance(atom.node, FormatMoment):
        cost += _after_letter(parts[-1][-1:], atom.node.pattern)
    if own is not None and used:
        if not isinstance(parts[-1], str) and parts[-1].column == own and not isinstance(atom.node, FormatMoment):
            cost += ranking.TOUCHING
        columns = [part.column for part in used if part.column is not None]
        if columns:
            cost += ranking.OUT_OF_ORDER * (own < columns[-1]) + ranking.AGAIN * (own in columns)
        if isinstance(atom.node, FormatMoment) and isinstance(atom.node.of, ReadMoment):
            sources = [part.node.of for part in used if isinstance(part.node, FormatMoment)]
            if sources and atom.node.of in sources:
                cost -= ranking.AGAIN
            cost += 0.5 * any(
                isinstance(source, ReadMoment) and source.of == atom.node.of.of and source != atom.node.of for source in sources
            )
    return cost


def _after_letter(letter: str, pattern: str) -> float:
    """Q goes before a quarter, W before a week."""
    if letter not in {"Q", "W"}:
        return 0.0
    if letter == "Q":
        return -0.8 if pattern.startswith("Q") else 0.3
    return -0.45 if pattern.startswith("ww") else -0.2 if pattern.startswith("w") else 0.3


def _constants(outputs: Sequence[str], position: tuple[int, ...]) -> list[str]:
    """The texts that all outputs go on with: of every length when short, else up to the ends of words."""
    first = outputs[0][position[0] :]
    length = len(first)
    for output, at in zip(outputs[1:], position[1:], strict=True):
        length = next(
            (i for i in range(min(length, len(output) - at)) if output[at + i] != first[i]), min(length, len(output) - at)
        )
    if len(outputs[0]) <= 30:
        return [first[:size] for size in range(1, length + 1)]
    ends = [size for size in range(1, min(length, _LONGEST)) if size <= 3 or _kind(first[size - 1]) != _kind(first[size])]
    return [first[:size] for size in (*ends, length) if size]


def _inside_word(outputs: Sequence[str], start: tuple[int, ...], end: tuple[int, ...]) -> int:
    """How many ends of a constant lie inside a word of every output."""
    left = all(at and _glued(output[at - 1 : at + 1]) for output, at in zip(outputs, start, strict=True))
    right = all(at < len(output) and _glued(output[at - 1 : at + 1], small=True) for output, at in zip(outputs, end, strict=True))
    return left + right


def _glued(pair: str, small: bool = False) -> bool:
    """Whether two characters stand inside one word or number; `small`: a capital letter begins a word of its own."""
    return (pair[0].isalpha() and (pair[1].islower() if small else pair[1].isalpha())) or (pair[0].isdigit() and pair[1].isdigit())


def _kind(character: str) -> str:
    return "a" if character.isalpha() else "0" if character.isdigit() else character


class _Prices:
    """What constants cost in these examples."""

    def __init__(self, shop: Workshop) -> None:
        self._outputs = shop.outputs
        self._rows = shop.rows
        self._cells = {cell.lower() for row in shop.rows for cell in row if cell}
        self._words = {word for cell in self._cells for word in re.findall(r"[^\W_]+", cell)}
        self._distinct = max(len(set(map(tuple, shop.rows))), 1)
        self._known: dict[str, float] = {}

    def of(self, text: str) -> float:
        if text not in self._known:
            self._known[text] = self._price(text)
        return self._known[text]

    def _price(self, text: str) -> float:
        letters = sum(character.isalnum() for character in text)
        others = ranking.PUNCTUATION_LENGTH * (len(text) - letters)
        if not letters:
            return ranking.PUNCTUATION + others
        # A text that the input holds too, a digit or a calendar name was hardly typed, unless different rows say so.
        digits = sum(
            0.35 if character == "0" and not re.search("[1-9]", text) else 1.0 for character in text if character.isdigit()
        )
        price = ranking.TEXT - 0.6 + ranking.TEXT_LENGTH * letters + ranking.TEXT_DIGIT * digits
        copied = 0.0
        for word in re.findall(r"[^\W_]+", text.lower()):
            if (
                self._distinct > 1
                and len(word) > 1
                and all(any(word in cell.lower() for cell in row if cell) for row in self._rows)
            ):
                copied += 0.5 * (ranking.COPIED + ranking.COPIED_LENGTH * len(word))
            elif word in self._words or (len(word) > 2 and any(word in cell for cell in self._cells)):
                price += ranking.COPIED + ranking.COPIED_LENGTH * len(word)
            elif len(word) == 1 and word.isalpha():
                if all(
                    any(word == token[0] for cell in row if cell for token in _WORDS.findall(cell.lower())) for row in self._rows
                ):
                    copied += 1.5
                price += 0.5
        price += ranking.CALENDAR * len(_CALENDAR.findall(text))
        if all(output == text for output in self._outputs):
            if self._distinct > 1:
                copied /= 2
            else:
                price += ranking.WHOLE_CONSTANT
        return 0.6 + others + copied + price / math.sqrt(self._distinct)
