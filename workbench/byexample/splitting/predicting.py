"""Where to split when nobody says: separators that all rows share, found level by level.

After "Automated Data Extraction using Predictive Program Synthesis" (Raza and Gulwani, AAAI 2017): candidate delimiters are kept
where they align over all rows. Here a level takes the marks that occur equally often and in the same order in (nearly) all rows,
outside of items such as dates; every field between them is a level of its own, where blanks and changes of character type may
separate more.
"""

import itertools
from collections import Counter
from collections.abc import Sequence as Rows
from dataclasses import dataclass, replace

from workbench.byexample.splitting.dividing import Division, Part
from workbench.byexample.splitting.items import ENCLOSING, ITEMS, Token, tokens_of
from workbench.byexample.splitting.pieces import Separator

ALL = frozenset(ITEMS)
_WEAK = "_.'’&#+*!?-/"  # the first to give up where marks disagree in their order
_MOST = 300  # separators of a level: a line with more is no record
_DEEPEST = 6  # fields within fields
_GLUE = "_-'./"  # marks that join words
_CLOSING = dict(ENCLOSING.values())
_CONTENT = "&'’*#+@_"  # marks that inside of phrases belong to the words


@dataclass(frozen=True, slots=True)
class Level:
    """How a column is looked at: the share of rows that has to agree, what is opened, whether it is the whole column, how
    deep in brackets it is, whether it is at the start of the line, and how deep in fields."""

    share: float
    opened: frozenset[str] = frozenset()
    top: bool = True
    enclosed: int = 0
    first: bool = True
    depth: int = 0

    def agreed(self, count: int, total: int) -> bool:
        """Whether so many of the rows are enough."""
        return count >= total * self.share and count > 0

    def inner(self, *, enclosed: bool, first: bool) -> "Level":
        """The level of a field."""
        at_start = first and self.first and not enclosed
        return Level(max(self.share, 0.97), self.opened, False, self.enclosed + enclosed, at_start, self.depth + 1)


Line = Rows[Token]


@dataclass(frozen=True, slots=True)
class Cut:
    """A separator in one row: its kind (equal over rows), and the text it takes from start to end."""

    kind: str
    start: int
    end: int


def divide(texts: Rows[str], level: Level) -> Division | None:
    """The best division of a column, with every field divided further; None where nothing separates."""
    if level.enclosed > 1 or level.depth > _DEEPEST or not any(texts):
        return None
    lines = [tokens_of(text, level.opened) for text in texts]
    ways = [_by_marks, _by_blanks, _by_items, _by_leading_blanks, _by_shape]
    if level.top and all(kind.strip() == "." for kind in _stable_kinds(lines, level)):
        ways.insert(0, _by_blanks)  # "A. B. Lee": the dots belong to the words
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


def cut_up(texts: Rows[str], cuts: Rows[Rows[Cut]], level: Level, *, exact: bool = True) -> Division | None:
    """The rows whose cuts are those of most rows, divided there; None where too few agree.

    `exact`: no field may hold any of the separators. A kind is the text of the separator, or "text»what" with what must follow it.
    """
    orders = Counter(tuple(cut.kind for cut in row) for row in cuts)
    order, count = max(orders.items(), key=lambda item: (item[1], len(item[0])))
    if not 0 < len(order) <= _MOST or not level.agreed(count, len(texts)):
        return None
    rows = [i for i, row in enumerate(cuts) if tuple(cut.kind for cut in row) == order]
    parts: list[Part] = []
    rules = [_rule(kind) for kind in order]
    without = tuple(dict.fromkeys(_excluded(rule) for rule in rules if not rule.followed)) if exact else ()
    for number in range(len(order) + 1):
        edges = [
            (cuts[i][number - 1].end if number else 0, cuts[i][number].start if number < len(order) else len(texts[i]))
            for i in rows
        ]
        parts.append(Part(tuple(texts[i][start:end] for i, (start, end) in zip(rows, edges, strict=True)), without=without))
        if number < len(order):
            parts.append(Part(tuple(texts[i][cuts[i][number].start : cuts[i][number].end] for i in rows), rules[number]))
    return Division(tuple(rows), tuple(parts))


def _rule(kind: str) -> Separator:
    text, _, followed = kind.rpartition("»")
    return Separator(text, followed=followed) if text else Separator(kind)


def _excluded(rule: Separator) -> Separator:
    return Separator(rule.text, loose=len(rule.text) > 1 and not rule.text.strip(" "))


def _by_marks(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
    kinds = _stable_kinds(lines, level)
    while kinds:
        division = cut_up(texts, [_marks_of(line, kinds) for line in lines], level)
        if division:
            return division
        kinds.remove(max(kinds, key=lambda kind: (_WEAK.find(kind.strip(" ")[:1]) if kind.strip(" ") else -1, kind)))
    return None


def _stable_kinds(lines: Rows[Line], level: Level) -> list[str]:
    """Marks (as they are, or only with blanks beside them), runs of marks and brackets that occur equally often in most rows."""
    counts: dict[str, Counter[int]] = {}
    for line in lines:
        for kind, count in Counter(kind for i in range(len(line)) for kind in _kinds_at(line, i)).items():
            counts.setdefault(kind, Counter())[count] += 1
    words = sum(any(_in_phrase(line, i) for i in _inner_blanks(line)) for line in lines) * 2 > len(lines)
    stable = [
        kind
        for kind, found in counts.items()
        if level.agreed(found.most_common(1)[0][1], len(lines)) and not (words and kind in _GLUE and _glues(lines, kind))
    ]
    chosen: list[str] = []
    for kind in sorted(stable, key=lambda kind: (len(kind), kind)):
        plain = kind.strip(" ")
        if (
            plain not in chosen
            and not any(one.strip(" ") == plain for one in chosen)
            and not (len(plain) > 1 and set(plain) <= set(chosen))
        ):
            chosen.append(kind)
    return chosen


def _glues(lines: Rows[Line], kind: str) -> bool:
    """Whether a mark joins letters and digits wherever it stands, as in "well-known"."""
    for line in lines:
        for i, token in enumerate(line):
            if token.text == kind:
                beside = [line[k].kind for k in (i - 1, i + 1) if 0 <= k < len(line)]
                if len(beside) < 2 or not set(beside) <= {"word", "digits"}:
                    return False
    return True


def _kinds_at(line: Line, i: int) -> list[str]:
    token = line[i]
    if token.kind in ENCLOSING:
        return [ENCLOSING[token.kind][0]]
    if token.kind == "blank" and 0 < i < len(line) - 2 and line[i + 1].kind == "word" and line[i + 2].text == "=":
        return [" »key"]
    if token.kind != "mark":
        return []
    before = i > 0 and line[i - 1].kind == "blank"
    after = i + 1 < len(line) and line[i + 1].kind == "blank"
    kinds = [token.text]
    if before and after:
        kinds.append(f" {token.text} ")
    if after:
        kinds.append(f"{token.text} ")
    if before:
        kinds.append(f" {token.text}")
    run = _run_at(line, i)
    return [*kinds, run] if len(run) > 1 and not (i and line[i - 1].kind == "mark") else kinds


def _run_at(line: Line, i: int) -> str:
    end = i
    while end < len(line) and end < i + 8 and line[end].kind == "mark":
        end += 1
    return "".join(token.text for token in line[i:end])


def _marks_of(line: Line, kinds: Rows[str]) -> list[Cut]:
    """The cuts of a row at these kinds, blanks beside them included."""
    cuts: list[Cut] = []
    i = 0
    while i < len(line):
        token, taken = line[i], 1
        here = [kind for kind in _kinds_at(line, i) if kind in kinds]
        if here and not (cuts and cuts[-1].end > token.start):
            start = (
                line[i - 1].start
                if i and line[i - 1].kind == "blank" and not (cuts and cuts[-1].end >= token.start)
                else token.start
            )
            kind = max(here, key=len)
            if token.kind in ENCLOSING:
                opening, closing = ENCLOSING[token.kind]
                cuts.append(Cut(opening, start, token.start + 1))
                cuts.append(Cut(closing, token.end - 1, _after_blank(line, i)))
            else:
                taken = len(kind) if len(kind.strip(" ")) > 1 and token.kind == "mark" else 1
                cuts.append(Cut(kind, start, _after_blank(line, i + taken - 1)))
        i += taken
    return cuts


def _after_blank(line: Line, i: int) -> int:
    return line[i + 1].end if i + 1 < len(line) and line[i + 1].kind == "blank" else line[i].end


# Blanks


def _by_blanks(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
    """Wide blanks where there are narrow ones too; else every blank, unless they stand in phrases; else every single character."""
    blanks = [[line[i] for i in _inner_blanks(line)] for line in lines]
    if any(len(token.text) == 1 for found in blanks for token in found):
        wide = [[Cut("  ", token.start, token.end) for token in found if len(token.text) > 1] for found in blanks]
        division = cut_up(texts, wide, level)
        if division:
            return division
    phrases = [is_phrase for row in _phrases(lines) for is_phrase in row]
    if not level.top and sum(phrases) * 3 > len(phrases):
        return None
    every = [[Cut(" ", token.start, token.end) for token in found] for found in blanks]
    single = [[Cut(" ", at, at + 1) for token in found for at in range(token.start, token.end)] for found in blanks]
    return cut_up(texts, every, level) or (cut_up(texts, single, level) if level.top else None)


def _inner_blanks(line: Line) -> list[int]:
    return [i for i, token in enumerate(line) if token.kind == "blank" and 0 < i < len(line) - 1]


def _by_leading_blanks(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
    """The blanks before any blank of a phrase; of the first field of the line, the first blank where all rows have one."""
    firsts: list[list[Cut]] = []
    for line, phrases in zip(lines, _phrases(lines), strict=True):
        cuts: list[Cut] = []
        for i, is_phrase in zip(_inner_blanks(line), phrases, strict=True):
            if is_phrase:
                break
            cuts.append(Cut(" ", line[i].start, line[i].end))
        firsts.append(cuts)
    division = cut_up(texts, firsts, level, exact=False)
    named = level.first and not level.top and not level.enclosed and len(texts) >= 5
    if division is None and named and all(token.kind in ("word", "blank") or token.text == "." for line in lines for token in line):
        blanks = [_inner_blanks(line)[:1] for line in lines]
        cuts_of = [[Cut(" ", line[i].start, line[i].end) for i in found] for line, found in zip(lines, blanks, strict=True)]
        division = cut_up(texts, cuts_of, level, exact=False)
    return division


def _by_items(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
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


def _in_phrase(line: Line, i: int) -> bool:
    """A blank between two words, or between a word and a number, belongs to a phrase such as a name or a street."""
    before, after = line[i - 1], line[i + 1]
    if before.kind == "mark" and before.text in ".," and i > 1:
        before = line[i - 2]
    if before.text in _CONTENT or after.text in _CONTENT:
        return True
    glued = i > 1 and line[i - 2].kind not in ("blank", "mark") and before is line[i - 1]
    return before.kind == "word" and after.kind in ("word", "digits") and not glued


def _phrases(lines: Rows[Line]) -> list[list[bool]]:
    """Of every inner blank of every row, whether it belongs to a phrase.

    Blanks before a number do not where different words stand before them in all rows; but "Station 7", "Station 12" are phrases.
    """
    found = [[_in_phrase(line, i) for i in _inner_blanks(line)] for line in lines]
    for number in range(min(map(len, found), default=0)):
        places = [(line, _inner_blanks(line)[number]) for line in lines]
        numbered = all(line[i - 1].kind == "word" and line[i + 1].kind == "digits" for line, i in places)
        if numbered and len({line[i - 1].text for line, i in places}) > 1:
            for row in found:
                row[number] = False
    return found


# Changes of type


def _by_shape(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
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
