"""Which rows deserve the user's look."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from workbench.byexample.tree.nodes import Choose, Constant, Node, Row

_SAMPLE = 40
_LIMIT, _SPREAD = 2000, 10_000
_SHOWN, _OF_A_REASON = 20, 3
_DOUBT, _BLANK, _RARE = 0.3, 0.31, 0.15
"""From which score on a row is shown; that of a blank row; the share up to which a layout is rare."""


def sample_rows(inputs: Sequence[Row], size: int = _SAMPLE) -> list[tuple[str | None, ...]]:
    """Some of the distinct rows that are not blank: of every shape one, then spread evenly."""
    spread = inputs[:: max(len(inputs) // _SPREAD, 1)]
    distinct = [row for row in dict.fromkeys(map(tuple, spread)) if any(cell and cell.strip() for cell in row)]
    if len(distinct) <= size:
        return distinct
    limited = distinct[:: max(len(distinct) // _LIMIT, 1)]
    shapes: dict[str, tuple[str | None, ...]] = {}
    for row in limited:
        shapes.setdefault(shape(row), row)
    chosen = dict.fromkeys(list(shapes.values())[: size // 3])
    step = len(limited) / (size - len(chosen))
    for number in range(size - len(chosen)):
        chosen[limited[int(number * step)]] = None
    return list(chosen)


def doubtful_rows(
    found: Sequence[tuple[float, Node]], inputs: Sequence[Row], taken: set[tuple[str | None, ...]]
) -> tuple[tuple[int, ...], list[tuple[int, ...]]]:
    """Rows worth a look, most doubtful first, and for every other program the rows on which it differs from the first.

    Rows without an answer count most, then those on which good programs disagree, then those of a shape that no example has; at
    last those of a rare layout, and one blank row.
    """
    limited = [(index, tuple(row)) for index, row in enumerate(itertools.islice(inputs, _LIMIT))]
    best = found[0][1]
    answers = [best.run(row) for _, row in limited]
    differing: list[tuple[int, ...]] = []
    scores = [0.0] * len(limited)
    reasons: list[object] = [None] * len(limited)
    for number, (cost, node) in enumerate(found[1:]):
        weight = 1.0 / (1.0 + max(cost - found[0][0], 0.0))
        differs = [place for place, (_, row) in enumerate(limited) if (node.run(row) or "") != (answers[place] or "")]
        differing.append(tuple(limited[place][0] for place in differs))
        share = len(differs) / max(len(limited), 1)
        for place in differs:
            scores[place] += weight * (1.0 - 0.3 * share)
            reasons[place] = number if reasons[place] is None else reasons[place]
    shapes = Counter(shape(row) for _, row in limited)
    layouts = Counter(_layout(row) for _, row in limited)
    usual, known = {shape(row) for row in taken}, {_layout(row) for row in taken}
    blank_known = any(_is_blank(row) for row in taken)
    ranked: list[tuple[float, int, object]] = []
    seen = set(taken)
    for place, (index, row) in enumerate(limited):
        if row in seen:
            continue
        seen.add(row)
        if _is_blank(row):
            if not blank_known:
                blank_known = True  # one of them is enough
                ranked.append((-_BLANK, index, "blank"))
            continue
        score = scores[place] + (2.5 if answers[place] is None else 0.0)
        own, layout = shape(row), _layout(row)
        if own not in usual:
            score += 0.5 + 0.4 / shapes[own]
        elif layout not in known and layouts[layout] <= _RARE * len(limited):
            score += _DOUBT
        if _is_fixed(best, row):
            score += 0.45
        if score >= _DOUBT:
            ranked.append((-score, index, own if reasons[place] is None else reasons[place]))
    return _varied(ranked), differing


def _varied(ranked: list[tuple[float, int, object]]) -> tuple[int, ...]:
    """The rows most doubtful first, but few for one reason: an answer to one of them settles the others."""
    counts: Counter[object] = Counter()
    chosen = []
    for _, index, reason in sorted(ranked, key=lambda item: item[:2]):
        counts[reason] += 1
        if counts[reason] <= _OF_A_REASON:
            chosen.append(index)
    return tuple(chosen[:_SHOWN])


def _is_blank(row: Row) -> bool:
    return not any(cell and cell.strip() for cell in row)


def _is_fixed(root: Node, row: Row) -> bool:
    """Whether the row falls into a case that gives one text to all its rows, which few examples speak for."""
    if not isinstance(root, Choose):
        return False
    case = next((arm.then for arm in root.arms if arm.condition.holds(row)), root.otherwise)
    return isinstance(case, Constant)


def shape(row: Row) -> str:
    """The row with letters and digits made alike: rows of one shape are mostly treated alike."""
    return "\x1f".join("\0" if cell is None else _shape(cell) for cell in row)


def _shape(text: str) -> str:
    letters = re.sub(r"[^\W\d_]+", "a", text)
    return re.sub(r"\s+", " ", re.sub(r"\d+", "0", letters))


def _layout(row: Row) -> str:
    """The row with every digit made 0 and words made alike: 10:7 is laid out in another way than 10:07."""
    return "\x1f".join("\0" if cell is None else re.sub(r"[^\W\d_]+", "a", re.sub(r"\d", "0", cell)) for cell in row)
