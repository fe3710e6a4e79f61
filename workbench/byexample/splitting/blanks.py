"""Separators that are blanks: all of them, unless they stand in phrases such as names, or those beside dates and numbers."""

from collections.abc import Sequence as Rows

from workbench.byexample.splitting.dividing import Division
from workbench.byexample.splitting.levels import Cut, Level, Line, cut_up

_CONTENT = "&'’*#+@_"  # marks that inside of phrases belong to the words


def by_blanks(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
    """Wide blanks where there are narrow ones too; else every blank, unless they stand in phrases; else every single character."""
    blanks = [[line[i] for i in inner_blanks(line)] for line in lines]
    if any(len(token.text) == 1 for found in blanks for token in found):
        wide = [[Cut("  ", token.start, token.end) for token in found if len(token.text) > 1] for found in blanks]
        division = cut_up(texts, wide, level)
        if division:
            return division
    phrases = [is_phrase for row in phrases_of(lines) for is_phrase in row]
    if not level.top and sum(phrases) * 3 > len(phrases):
        return None
    every = [[Cut(" ", token.start, token.end) for token in found] for found in blanks]
    single = [[Cut(" ", at, at + 1) for token in found for at in range(token.start, token.end)] for found in blanks]
    return cut_up(texts, every, level) or (cut_up(texts, single, level) if level.top else None)


def by_leading_blanks(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
    """The blanks before any blank of a phrase; of the first field of the line, the first blank where all rows have one."""
    firsts: list[list[Cut]] = []
    for line, phrases in zip(lines, phrases_of(lines), strict=True):
        cuts: list[Cut] = []
        for i, is_phrase in zip(inner_blanks(line), phrases, strict=True):
            if is_phrase:
                break
            cuts.append(Cut(" ", line[i].start, line[i].end))
        firsts.append(cuts)
    division = cut_up(texts, firsts, level, exact=False)
    named = level.first and not level.top and not level.enclosed and len(texts) >= 5
    if division is None and named and all(token.kind in ("word", "blank") or token.text == "." for line in lines for token in line):
        blanks = [inner_blanks(line)[:1] for line in lines]
        cuts_of = [[Cut(" ", line[i].start, line[i].end) for i in found] for line, found in zip(lines, blanks, strict=True)]
        division = cut_up(texts, cuts_of, level, exact=False)
    return division


def by_items(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
    """Before and after a date, a time or an address that every row has, wherever it stands in other text."""
    for item in ("date", "time", "e-mail address"):
        cuts: list[list[Cut]] = []
        for line in lines:
            found = [i for i, token in enumerate(line) if token.kind == item]
            cuts.append(_around(line, found[0], item) if len(found) == 1 else [])
        for side in (cuts, [row[:1] for row in cuts]):
            division = cut_up(texts, side, level, exact=False)
            if division and len({cut.kind for row in side for cut in row}) <= 2:
                return division
    return _by_number(texts, lines, level)


def _around(line: Line, i: int, item: str) -> list[Cut]:
    start, end = i, i
    while start > 0 and line[start - 1].kind in ("blank", "mark"):
        start -= 1
    while end + 1 < len(line) and line[end + 1].kind in ("blank", "mark"):
        end += 1
    cuts = []
    if 0 < start < i:
        text = "".join(token.text for token in line[start:i])
        cuts.append(Cut(f"{text}»{item}", line[start].start, line[i].start))
    if i < end < len(line) - 1:
        cuts.append(Cut("".join(token.text for token in line[i + 1 : end + 1]), line[i].end, line[end].end))
    return cuts


def _by_number(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
    """Before the number that ends a field, as in "Red Sox 3", unless the same word stands before it everywhere."""
    if level.top:
        return None
    numeric = ("digits", "number")
    ends = [line if len(line) > 2 and line[-1].kind in numeric and line[-2].kind == "blank" else None for line in lines]
    kept = [line for line in ends if line]
    numbers = [sum(token.kind in numeric for token in line) for line in kept]
    if len({line[-3].text for line in kept}) < 2 or max(numbers) > 1:
        return None
    return cut_up(texts, [[Cut(" »number", line[-2].start, line[-2].end)] if line else [] for line in ends], level, exact=False)


def inner_blanks(line: Line) -> list[int]:
    return [i for i, token in enumerate(line) if token.kind == "blank" and 0 < i < len(line) - 1]


def in_phrase(line: Line, i: int) -> bool:
    """A blank between two words, or between a word and a number, belongs to a phrase such as a name or a street."""
    before, after = line[i - 1], line[i + 1]
    if before.kind == "mark" and before.text in ".," and i > 1:
        before = line[i - 2]
    if before.text in _CONTENT or after.text in _CONTENT:
        return True
    glued = i > 1 and line[i - 2].kind not in ("blank", "mark") and before is line[i - 1]
    return before.kind == "word" and after.kind in ("word", "digits") and not glued


def phrases_of(lines: Rows[Line]) -> list[list[bool]]:
    """Of every inner blank of every row, whether it belongs to a phrase.

    Blanks before a number do not where different words stand before them in all rows; but "Station 7", "Station 12" are phrases.
    """
    found = [[in_phrase(line, i) for i in inner_blanks(line)] for line in lines]
    for number in range(min(map(len, found), default=0)):
        places = [(line, inner_blanks(line)[number]) for line in lines]
        numbered = all(line[i - 1].kind == "word" and line[i + 1].kind == "digits" for line, i in places)
        if numbered and len({line[i - 1].text for line, i in places}) > 1:
            for row in found:
                row[number] = False
    return found
