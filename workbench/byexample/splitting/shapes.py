"""Fields with nothing between them: where letters, digits and symbols meet in the same order in most rows."""

import itertools
from collections import Counter
from collections.abc import Sequence as Rows

from workbench.byexample.splitting.dividing import Division, Part
from workbench.byexample.splitting.levels import Level, Line
from workbench.byexample.splitting.pieces import Separator


def by_shape(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
    shapes = [_shape(line) for line in lines]
    shape, count = Counter(tuple(kind for kind, _ in found) for found in shapes).most_common(1)[0]
    boundaries = [_boundary(a, b) for a, b in itertools.pairwise(shape)]
    if not boundaries or not all(boundaries) or len(boundaries) > 7 or not level.agreed(count, len(texts)):
        return None
    if not level.top and len(texts) > 1 and len(set(texts)) == 1:
        return None
    rows = [i for i, found in enumerate(shapes) if tuple(kind for kind, _ in found) == shape]
    if any(line[-1].kind == "word" and line[-1].text in ("st", "nd", "rd", "th") for line in lines if line):
        return None
    return _at_places(texts, rows, [[start for _, start in shapes[i][1:]] for i in rows], [one or "" for one in boundaries])


def _at_places(texts: Rows[str], rows: Rows[int], places: Rows[Rows[int]], boundaries: Rows[str]) -> Division:
    parts: list[Part] = []
    for number in range(len(boundaries) + 1):
        edges = [(place[number - 1] if number else 0, place[number] if number < len(boundaries) else len(texts[i]))
                 for i, place in zip(rows, places, strict=True)]  # fmt: skip
        parts.append(Part(tuple(texts[i][start:end] for i, (start, end) in zip(rows, edges, strict=True))))
        if number < len(boundaries):
            parts.append(Part(("",) * len(rows), Separator(boundary=boundaries[number])))
    return Division(tuple(rows), tuple(parts))


def _shape(line: Line) -> list[tuple[str, int]]:
    """The kinds of characters of a text without the blanks, each with its start."""
    names = {"digits": "N", "number": "N", "amount": "N", "date": "N", "time": "N", "word": "W", "symbol": "S"}
    shape = [
        (names.get(token.kind, "?"), token.start)
        for i, token in enumerate(line)
        if token.kind != "blank" and not (token.kind == "word" and i and line[i - 1].text == "°")
    ]
    inner = [line[i - 1].kind for i in range(1, len(line) - 1) if line[i].kind == "blank"]
    return shape if all(kind == "symbol" for kind in inner) else [("?", 0)]


def _boundary(before: str, after: str) -> str | None:
    return {
        "WN": "letter, digit",
        "NW": "digit, letter",
        "SN": "other, number",
        "NS": "digit, symbol",
    }.get(before + after)
