"""Pieces of texts: what stands between delimiters, tokens, and what lies before and after marks."""

import re
from collections.abc import Iterator

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.nodes import Column
from workbench.byexample.tree.texts import After, AfterToken, Before, Between, FromToken, Match, Part, Trim, UpToToken
from workbench.byexample.tree.tokens import expression

DELIMITERS = re.compile(r"[^\w\s]+[ ]|[ ][^\w\s]+[ ]|[^\w\s]|[ ]{2,}|\s|_|\r\n")
_BRACKETS = ("()", "[]", "<>", "{}", '""', "''")
_TYPED = ("email", "url", "ip", "phone", "guid", "time", "date", "dotted")
_PLAIN = ("digits", "number", "signed", "letters", "alphanumeric", "nonblank", "word", "upper", "lower", "capitalized", "code")
_MOST_PIECES = 12
_LOOKED_AT = 2000
"""How many characters of a text are looked through for what it may be cut at."""


def pieces(shop: Workshop, view: View, level: int) -> Iterator[View]:
    """Parts of a text view, each with its cost; only those that apply to every example."""
    base = view.cost + (ranking.SECOND_LEVEL if level else 0.0)
    ways = [_parts(view, base), _tokens(view, base, _TYPED), _tokens(view, base, _PLAIN)]
    if not level:
        ways += [_around_tokens(view, base), _marks(shop, view, base)]
    for way in ways:
        for piece in way:
            yield piece
            if shop.late:
                return


def delimiters(texts: list[str]) -> list[str]:
    """The delimiters that stand in every text, as they come; of a very long text those near its start."""
    found: dict[str, None] = {}
    for match in DELIMITERS.finditer(texts[0][:_LOOKED_AT]):
        shown = match.group()
        for form in (shown, shown.strip(" "), shown if shown.strip() else shown[:1]):
            if form and all(form in text for text in texts):
                found[form] = None
    return list(found)


def _trimmed(view: View | None) -> Iterator[View]:
    if view is None:
        return
    yield view
    if any(value != value.strip() for value in view.values) and (trimmed := view.of(Trim(view.node), view.cost + ranking.TRIM)):
        yield trimmed


def _parts(view: View, base: float) -> Iterator[View]:
    for delimiter in delimiters(view.values):
        counts = [text.count(delimiter) for text in view.values]
        most = min(*counts, _MOST_PIECES) if len(counts) > 1 else min(counts[0], _MOST_PIECES)
        cost = base + (ranking.PART_AT_BLANK if not delimiter.strip() else ranking.PART)
        for index in (*range(most + 1), *range(-1, -min(most, 5) - 2, -1)):
            yield from _trimmed(view.of(Part(view.node, delimiter, index), cost + ranking.place(index)))
        several = max(counts) > 1
        for index in (0, 1, -1, -2) if several else ():
            yield from _trimmed(view.of(Before(view.node, delimiter, index), base + ranking.MARK + ranking.place(index)))
            yield from _trimmed(view.of(After(view.node, delimiter, index), base + ranking.MARK + ranking.place(index)))
    for brackets in _BRACKETS:
        left, right = brackets[0], brackets[1]
        if left in view.values[0]:
            yield from _trimmed(view.of(Between(view.node, left, right), base + ranking.BETWEEN))


def _tokens(view: View, base: float, kinds: tuple[str, ...]) -> Iterator[View]:
    for kind in kinds:
        if kind == "word" and not any("-" in value or "'" in value or "_" in value for value in view.values):
            continue
        most = min(sum(1 for _ in expression(kind).finditer(value[:_LOOKED_AT])) for value in view.values)
        if kind == "number" and not any("." in value or "," in value for value in view.values):
            continue
        if kind == "signed" and not any("-" in value or "+" in value for value in view.values):
            continue
        indices = (*range(min(most, 8)), *range(-1, -min(most, 5) - 1, -1)) if most > 1 else range(most)
        for index in indices:
            found = view.of(Match(view.node, kind, index), base + ranking.TOKEN[kind] + ranking.place(index))
            if found is not None:
                yield found


def _around_tokens(view: View, base: float) -> Iterator[View]:
    for kind in ("digits", "letters", "upper", "punctuation", "capitalized", "blanks"):
        if max(map(len, view.values)) > _LOOKED_AT or not all(expression(kind).search(value) for value in view.values):
            continue
        for index in (0, -1):
            cost = base + ranking.TO_TOKEN + ranking.place(index)
            yield from _trimmed(view.of(FromToken(view.node, kind, index), cost))
            yield from _trimmed(view.of(UpToToken(view.node, kind, index, True), cost))
            if kind != "blanks":
                yield from _trimmed(view.of(UpToToken(view.node, kind, index, False), cost))
                yield from _trimmed(view.of(AfterToken(view.node, kind, index), cost))


def _marks(shop: Workshop, view: View, base: float) -> Iterator[View]:
    """What stands between words that all rows have."""
    if not isinstance(view.node, Column):
        return
    texts = [*view.values, *(value for value in view.others(shop.others) if value)]
    if len(texts) < 2:
        return
    found: dict[str, None] = {}
    for word in re.finditer(r"[^\W\d_]{2,}", view.values[0][:_LOOKED_AT]):
        for mark in _widened(view.values[0], word.start(), word.end()):
            if len(found) < 40 and sum(mark in text for text in texts) >= 0.9 * len(texts):
                found[mark] = None
    marks = list(found)
    for mark in marks:
        yield from _trimmed(view.of(After(view.node, mark, 0), base + ranking.MARK + 0.1))
        yield from _trimmed(view.of(Before(view.node, mark, 0), base + ranking.MARK + 0.1))
    ends = [*marks, *delimiters(view.values)]
    for left in ends:
        for right in ends:
            if (left in found or right in found) and left != right:
                at = view.values[0].find(left)
                if at >= 0 and view.values[0].find(right, at + len(left)) > at + len(left):
                    yield from _trimmed(view.of(Between(view.node, left, right), base + ranking.BETWEEN + 0.1))


def _widened(text: str, start: int, end: int) -> Iterator[str]:
    """A word as a mark: with the punctuation and blanks that touch it, and without."""
    left, right = start, end
    while left and not text[left - 1].isalnum():
        left -= 1
    while right < len(text) and not text[right].isalnum():
        right += 1
    yield text[left:right]
    yield text[start:right]
    yield text[left:end]
    yield text[start:end]
