"""What the rows without an answer say for and against atoms and programs."""

import itertools
import math
import re

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.datepatterns import date_patterns
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.dates import ReadMoment
from workbench.byexample.tree.nodes import Column, Concat, Constant, Node, Unary
from workbench.byexample.tree.numbers import Number, parse_number
from workbench.byexample.tree.texts import Match, Part, Slice, Trim

_WORD = re.compile(r"[^\W_]+")
_PLAIN_RUNS = {"digits", "letters", "upper", "lower", "capitalized"}
_TYPED_RUNS = {"time", "date", "ip", "dotted", "number"}


def suspicion(shop: Workshop, node: Node) -> float:
    """What it costs that a program leaves other rows without an answer, or gives them odd ones."""
    return shop.gaps * ranking.UNANSWERED * math.sqrt(_unanswered(shop, node)) + _odd_answers(shop, node)


def _unanswered(shop: Workshop, node: Node) -> float:
    """The share of the rows without an answer, blank ones aside, that a program does not apply to."""
    filled = [row for row in shop.others if any(cell and cell.strip() for cell in row)]
    return sum(node.run(row) is None for row in filled) / max(len(filled), 1)


def _odd_answers(shop: Workshop, node: Node) -> float:
    """What it costs that answers on the other rows start or end unlike those of the examples, or say something twice."""
    answers = [answer for row in shop.others if (answer := node.run(row))]
    if not answers:
        return 0.0
    starts, ends = {_start(output) for output in shop.outputs}, {_kind_of(output[-1]) for output in shop.outputs}
    cost = ranking.ODD_START * sum(_start(answer) not in starts for answer in answers) / len(answers)
    cost += ranking.ODD_END * sum(_kind_of(answer[-1]) not in ends for answer in answers) / len(answers)
    if isinstance(node, Concat):
        parts = [part for part in node.parts if not isinstance(part, Constant)]
        for left, right in itertools.pairwise(parts):
            if any(left.run(row) == right.run(row) for row in shop.rows):
                continue
            cost += ranking.TWICE * sum(left.run(row) == right.run(row) is not None for row in shop.others) / len(shop.others)
    if not any(character.isalpha() for output in shop.outputs for character in output):
        return cost
    marks = set.intersection(*({c for c in output if not c.isalnum() and not c.isspace()} for output in shop.outputs))
    cost += ranking.ODD_MARKS * sum(not marks <= set(answer) for answer in answers) / len(answers)
    return cost


def _start(text: str) -> str:
    """What a text starts with; the sign of a number is passed over."""
    return "0" if text[0] in "+-(" and text[1:2].isdigit() else _kind_of(text[0])


def _kind_of(character: str) -> str:
    return "a" if character.isalpha() else "0" if character.isdigit() else character


def heed_others(shop: Workshop) -> None:
    """Makes atoms dearer that do not apply to rows without an answer, and pieces of text out of typed columns."""
    if not shop.others:
        return
    typed = {column.column: _type(shop, column) for column in shop.columns}
    blank = {
        column.column: sum(1 for value in column.others(shop.others) if value is None or not value.strip())
        for column in shop.columns
    }
    count = len(shop.others)
    _trim_ends(shop)
    for view in shop.atoms:
        missing = sum(1 for value in view.others(shop.others) if value is None)
        empty = blank.get(view.column, 0)
        view.cost += shop.gaps * ranking.MISSING * math.sqrt(max(missing - empty, 0) / max(count - empty, 1))
        view.cost += ranking.BROKEN_TOKEN * _broken(shop, view)
        view.cost += ranking.FRAGILE * _fragile(shop, view) + ranking.LAYOUT * _other_layout(shop, view)
        kind = typed.get(view.column)
        if kind and not isinstance(view.node, Column) and not _is_typed(view.node):
            view.cost += ranking.PRECEDENCE[kind]


def _broken(shop: Workshop, view: View) -> float:
    """The share of rows in which a token is cut out of a longer word, while the examples have it alone."""
    node = view.node
    if not isinstance(node, Match):
        return 0.0
    if node.kind in _TYPED_RUNS:
        pairs = [
            (value, text) for value, text in zip(view.others(shop.others), view.parent_others(shop.others), strict=True) if value
        ]
        before = "[0-9:./-]" if node.kind in {"time", "date"} else "[0-9.]"
        broken = sum(re.search(rf"(?<!{before}){re.escape(value)}(?![0-9:/])", text) is None for value, text in pairs)
        if node.kind == "number":
            broken += sum(re.search(rf"(?:^|[ \t(:;,=])-{re.escape(value)}", text) is not None for value, text in pairs)
        return min(broken / max(len(pairs), 1), 1.0)
    if node.kind not in _PLAIN_RUNS:
        return 0.0
    if any(value not in _WORD.findall(text) for value, text in zip(view.values, view.parent_values, strict=True)):
        return 0.0
    pairs = [(value, text) for value, text in zip(view.others(shop.others), view.parent_others(shop.others), strict=True) if value]
    return sum(value not in _WORD.findall(text) for value, text in pairs) / max(len(pairs), 1)


def _fragile(shop: Workshop, view: View) -> float:
    """The share of rows with more or fewer delimiters than the examples, for a piece that is neither the first nor the last."""
    node = view.node
    if not isinstance(node, Part) or node.index in {0, -1}:
        return 0.0
    counts = {text.count(node.delimiter) for text in view.parent_values}
    texts = [text for text in view.parent_others(shop.others) if text]
    return sum(text.count(node.delimiter) not in counts for text in texts) / max(len(texts), 1)


def _other_layout(shop: Workshop, view: View) -> float:
    """The share of rows in which characters cut out by their positions are of other kinds than in the examples."""
    if not isinstance(view.node, Slice):
        return 0.0
    layouts = {_layout(value) for value in view.values}
    texts = [value for value in view.others(shop.others) if value]
    return sum(_layout(text) not in layouts for text in texts) / max(len(texts), 1)


def _layout(text: str) -> str:
    """The text with letters as `a` and digits as `0`."""
    return "".join("a" if c.isalpha() else "0" if c.isdigit() else c for c in text)


def _trim_ends(shop: Workshop) -> None:
    """Offers pieces without blanks at their ends where the examples have none, but other rows would."""
    for view in shop.atoms:
        if isinstance(view.node, Trim) or any(value != value.strip() for value in view.values):
            continue
        others = [value for value in view.others(shop.others) if value]
        ragged = sum(value != value.strip() for value in others)
        if ragged:
            view.cost += ranking.RAGGED * math.sqrt(ragged / len(others))
            shop.offer(view.of(Trim(view.node), view.cost - ranking.RAGGED * math.sqrt(ragged / len(others)) + ranking.TRIM))


def _type(shop: Workshop, column: View) -> str | None:
    values = [value for value in (*column.values, *column.others(shop.others)) if value and value.strip()]
    enough = 0.9 * len(values)
    if sum(1 for value in values if date_patterns(value)) >= enough and not all(value.isdecimal() for value in values):
        return "moment"
    return "number" if sum(1 for value in values if parse_number(value) is not None) >= enough else None


def _is_typed(node: Node) -> bool:
    while isinstance(node, Unary):
        if isinstance(node, (ReadMoment, Number)):
            return True
        node = node.of
    return False
