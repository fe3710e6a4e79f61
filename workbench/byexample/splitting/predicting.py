"""Where to split when nobody says: separators that all rows share, found level by level.

After "Automated Data Extraction using Predictive Program Synthesis" (Raza and Gulwani, AAAI 2017): candidate delimiters are kept
where they align over all rows. Here a level takes the marks that occur equally often and in the same order in (nearly) all rows,
outside of items such as dates; every field between them is a level of its own, where blanks and changes of character type may
separate more.
"""

import time
from collections.abc import Sequence as Rows
from dataclasses import replace

from workbench.byexample.splitting.blanks import by_blanks, by_items, by_leading_blanks
from workbench.byexample.splitting.dividing import Division
from workbench.byexample.splitting.items import ENCLOSING, tokens_of
from workbench.byexample.splitting.levels import Level
from workbench.byexample.splitting.marks import by_marks, stable_kinds
from workbench.byexample.splitting.pieces import Separator
from workbench.byexample.splitting.shapes import by_shape

_DEEPEST = 6  # fields within fields
_CLOSING = dict(ENCLOSING.values())


def divide(texts: Rows[str], level: Level) -> Division | None:
    """The best division of a column, with every field divided further; None where nothing separates."""
    if level.enclosed > 1 or level.depth > _DEEPEST or not any(texts) or time.monotonic() > level.deadline:
        return None
    lines = [tokens_of(text, level.opened) for text in texts]
    ways = [by_marks, by_blanks, by_items, by_leading_blanks, by_shape]
    if level.top and all(kind.strip() == "." for kind in stable_kinds(lines, level)):
        ways.insert(0, by_blanks)  # "A. B. Lee": the dots belong to the words
    for way in ways:
        division = way(texts, lines, level)
        if division:
            return _deeper(division, level)
    return None


def _deeper(division: Division, level: Level) -> Division:
    """Every field of the division divided in its turn."""
    position = 0
    while position < len(division.parts):
        part = division.parts[position]
        if not part.rule:
            opening = division.parts[position - 1].rule if position else None
            enclosed = opening is not None and opening.text in _CLOSING
            without = (Separator(_CLOSING[opening.text]),) if enclosed and opening else part.without
            inner = None if part.jumps else divide(part.texts, level.inner(enclosed=enclosed, first=position == 0))
            found = inner.parts if inner else (replace(part, without=()),)
            parts = tuple(
                one if one.rule else replace(one, without=tuple(dict.fromkeys((*one.without, *without)))) for one in found
            )
            division = division.of_rows(inner.rows) if inner else division
            division = Division(division.rows, (*division.parts[:position], *parts, *division.parts[position + 1 :]))
            position += len(parts) - 1
        position += 1
    return division
