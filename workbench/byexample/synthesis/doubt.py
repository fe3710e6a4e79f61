"""Which rows deserve the user's look."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from workbench.byexample.tree.nodes import Node, Row

_SAMPLE = 40
_LIMIT, _SPREAD = 2000, 10_000
_SHOWN = 20


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

    Rows without an answer count most, then those on which good programs disagree, then those of a shape that no example has.
    """
    limited = [(index, tuple(row)) for index, row in enumerate(itertools.islice(inputs, _LIMIT))]
    best = found[0][1]
    answers = [best.run(row) for _, row in limited]
    differing: list[tuple[int, ...]] = []
    scores = [0.0] * len(limited)
    for cost, node in found[1:]:
        weight = 1.0 / (1.0 + max(cost - found[0][0], 0.0))
        differs = [place for place, (_, row) in enumerate(limited) if (node.run(row) or "") != (answers[place] or "")]
        differing.append(tuple(limited[place][0] for place in differs))
        share = len(differs) / max(len(limited), 1)
        for place in differs:
            scores[place] += weight * (1.0 - 0.3 * share)
    shapes = Counter(shape(row) for _, row in limited)
    usual = {shape(row) for row in taken}
    ranked: list[tuple[float, int]] = []
    seen = set(taken)
    for place, (index, row) in enumerate(limited):
        if row in seen or not any(cell and cell.strip() for cell in row):
            continue
        seen.add(row)
        score = scores[place] + (2.5 if answers[place] is None else 0.0)
        own = shape(row)
        if own not in usual:
            score += 0.5 + 0.4 / shapes[own]
        if score >= 0.3:
            ranked.append((-score, index))
    return tuple(index for _, index in sorted(ranked)[:_SHOWN]), differing


def shape(row: Row) -> str:
    """The row with letters and digits made alike: rows of one shape are mostly treated alike."""
    return "\x1f".join("\0" if cell is None else _shape(cell) for cell in row)


def _shape(text: str) -> str:
    letters = re.sub(r"[^\W\d_]+", "a", text)
    return re.sub(r"\s+", " ", re.sub(r"\d+", "0", letters))
