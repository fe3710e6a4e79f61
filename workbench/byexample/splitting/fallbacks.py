"""Ways to split a whole column where no separator is shared by the rows: first places, capitals, lists of any length."""

import re
from collections import Counter
from collections.abc import Sequence as Rows

from workbench.byexample.splitting.dividing import Division, Part
from workbench.byexample.splitting.items import tokens_of
from workbench.byexample.splitting.levels import Level
from workbench.byexample.splitting.pieces import BOUNDARIES, Separator
from workbench.byexample.splitting.plans import MOST_FIELDS, Fill, Listing

LIST_MARKS = ("\t", "|", ";", ",", "/", "\\", ">", ":", "-", "_", ".", "+", "&", "\n")


def first_place(texts: Rows[str], level: Level) -> Division | None:
    """Text before the first digit, or after the first digits, or up to the first blank: what all rows have."""
    for boundary, shape in (("other, digit", r"\D*[^\W\d]\D*\d.*|[^\w\s]\s*\d.*"), ("digit, other", r"\d+\D.*")):
        rows = [i for i, text in enumerate(texts) if re.fullmatch(shape, text, re.DOTALL)]
        if level.agreed(len(rows), len(texts)):
            return _at_first(texts, rows, boundary)
    return first_capital(texts, level) or first_blank(texts, level)


def first_blank(texts: Rows[str], level: Level) -> Division | None:
    """Up to the first blank, and the rest."""
    rows = [i for i, text in enumerate(texts) if " " in text.strip()]
    if not level.agreed(len(rows), len(texts)):
        return None
    found = [re.match(r"(\s*[^ ]*)( +)(.*)", texts[i], re.DOTALL) for i in rows]
    columns = list(zip(*(match.groups() for match in found if match), strict=True))
    return Division(tuple(rows), (Part(columns[0]), Part(columns[1], Separator(" ")), Part(columns[2])))


def first_capital(texts: Rows[str], level: Level) -> Division | None:
    """Words written together with capitals, split where a small letter meets a capital."""
    rows = [i for i, text in enumerate(texts) if text.isalpha()]
    if not level.agreed(len(rows), len(texts)):
        return None
    pattern = re.compile(BOUNDARIES["small, capital"][0])
    humps = Counter(len(pattern.findall(texts[i])) for i in rows)
    count, having = humps.most_common(1)[0]
    if count and level.agreed(having, len(texts)):
        rows = [i for i in rows if len(pattern.findall(texts[i])) == count]
        columns = list(zip(*(pattern.split(texts[i]) for i in rows), strict=True))
        parts = [Part(columns[0])]
        for column in columns[1:]:
            parts += [Part(("",) * len(rows), Separator(boundary="small, capital")), Part(column)]
        return Division(tuple(rows), tuple(parts))
    if humps[0] <= len(rows) / 2:
        return _at_first(texts, rows, "small, capital", optional=True)
    return None


def initial(texts: Rows[str], level: Level) -> Division | None:
    """A capital, and the small letters that follow."""
    rows = [i for i, text in enumerate(texts) if re.search(BOUNDARIES["capital, small"][0], text)]
    return _at_first(texts, rows, "capital, small") if level.agreed(len(rows), len(texts)) else None


def _at_first(texts: Rows[str], rows: Rows[int], boundary: str, *, optional: bool = False) -> Division:
    pattern = re.compile(BOUNDARIES[boundary][0])
    halves = [([*pattern.split(texts[i], maxsplit=1), ""])[:2] for i in rows]
    rule = Separator(boundary=boundary, optional=optional)
    parts = (Part(tuple(a for a, _ in halves)), Part(("",) * len(rows), rule), Part(tuple(b for _, b in halves)))
    return Division(tuple(rows), parts)


def listing(texts: Rows[str], fill: Fill) -> Listing | None:
    """A list of any length, at the mark that most rows have."""
    found: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for text in texts:
        for mark, count in Counter(token.text for token in tokens_of(text) if token.kind == "mark").items():
            found[mark] += 1
            most[mark] = max(most[mark], count)
    usual = [mark for mark in LIST_MARKS if found[mark] * 2 >= len(texts)]
    if not usual:
        return None
    mark = max(usual, key=lambda one: (found[one], -LIST_MARKS.index(one)))
    spaced = mark != "\n" and all(f"{mark} " in text or mark not in text for text in texts)
    delimiter = f"{mark} " if spaced and all(text.count(mark) == text.count(f"{mark} ") for text in texts) else mark
    return Listing((delimiter,), min(most[mark] + 1, MOST_FIELDS), fill)
