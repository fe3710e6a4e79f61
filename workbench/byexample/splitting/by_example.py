"""Splits that examples ask for: the separators are read off the examples, and described so that most rows have them.

Going from left to right, a separator is described in the plainest way that finds it at the right place in every example (the
text itself, with loose blanks, only before or after something, not the first one, or where two kinds of characters meet) and in the
most rows.
"""

import itertools
from collections.abc import Iterator
from collections.abc import Sequence as Rows
from dataclasses import dataclass, replace

from workbench.byexample.splitting.aligning import columns_of
from workbench.byexample.splitting.dividing import settled
from workbench.byexample.splitting.items import ITEMS, tokens_of
from workbench.byexample.splitting.pieces import BOUNDARIES, FOLLOWED, PRECEDED, Field, Piece, Separator
from workbench.byexample.splitting.plans import Columns, Plan, Sequence, compiled

Spans = tuple[tuple[int, int], ...]
_CLASSES = tuple(sorted(BOUNDARIES, key=lambda name: "other" in name))


@dataclass(frozen=True, slots=True)
class Shown:
    """An example: a text and where its fields stand."""

    text: str
    fields: Spans


def tiled(text: str, parts: Rows[str]) -> bool:
    """Whether the parts, joined, give the text."""
    return "".join(parts) == text


def padded(parts: Rows[str]) -> bool:
    """Whether a part has blanks at an end, as it has in aligned text."""
    return any(part != part.strip() and not _plain(part) for part in parts)


def located(text: str, parts: Rows[str]) -> Spans | str:
    """Where the fields stand, from left to right; or the first part that is not found after the ones before it."""
    spans: list[tuple[int, int]] = []
    position = 0
    for i, part in enumerate(parts):
        wanted = part.strip() if part not in text[position:] else part
        start = text.find(wanted, position)
        if start < 0:
            return part
        if i == len(parts) - 1 and text.endswith(wanted) and wanted and _plain(text[position : len(text) - len(wanted)]):
            start = len(text) - len(wanted)
        spans.append((start, start + len(wanted)))
        position = start + len(wanted)
    return tuple(spans)


def _plain(text: str) -> bool:
    return not any(map(str.isalnum, text))


def readings(text: str, parts: Rows[str]) -> list[Spans]:
    """What the parts of an example may be: fields with delimiters between them, or nothing but fields."""
    if not tiled(text, parts):
        spans = located(text, parts)
        return [] if isinstance(spans, str) else [spans]
    edges = [0]
    for part in parts:
        edges.append(edges[-1] + len(part))
    everything = tuple(itertools.pairwise(edges))
    found = []
    for delimiters in (_alternating(parts), {i for i, part in enumerate(parts) if part and _plain(part)}):
        fields = tuple(span for i, span in enumerate(everything) if i not in delimiters)
        if fields and fields not in found:
            found.append(fields)
    return found if everything in found else [*found, everything]


def _alternating(parts: Rows[str]) -> set[int]:
    """Delimiters, where no two of them and no two fields that could be parted otherwise stand side by side."""
    chosen: set[int] = set()
    for i, part in enumerate(parts):
        if part and _plain(part) and i - 1 not in chosen:
            following = parts[i + 1] if i + 1 < len(parts) else "x"
            if not (0 < i < len(parts) - 1 and _plain(following) and following and i - 1 in chosen):
                chosen.add(i)
    return chosen


def columns_from(shown: Rows[Shown], rows: Rows[str], *, tiles: bool) -> Columns | None:
    """The cuts of the examples, where they are the same in all of them."""
    guessed = columns_of(rows)
    known = guessed.cuts if guessed else ()
    chosen: list[int] = []
    for number in range(1, len(shown[0].fields)):
        low = max(one.fields[number - 1][1] for one in shown)
        high = min(one.fields[number][0] for one in shown)
        if low > high:
            return None
        inside = [cut for cut in known if low <= cut <= high]
        chosen.append(high if tiles or not inside else inside[-1])
    if any(cut < 1 for cut in chosen) or chosen != sorted(set(chosen)):
        return None
    return Columns(tuple(chosen)) if chosen else None


def sequence_from(shown: Rows[Shown], rows: Rows[str]) -> Sequence | None:
    """Fields and separators that give the examples, and something on as many rows as can be."""
    count = len(shown[0].fields)
    pieces: list[Piece] = []
    starts = [0] * len(shown)
    alive = [(row, 0) for row in rows]
    filled = False
    for number in range(-1, count):
        gaps = [_gap(one, number) for one in shown]
        if all(start == end for start, end in gaps) and number in (-1, count - 1):
            continue
        best = None
        ending = number == count - 1 and not any(one.text[start:end].strip() for one, (start, end) in zip(shown, gaps, strict=True))
        for separator in (*_descriptions(shown, gaps), *([Separator(" ", loose=True, optional=True)] if ending else [])):
            field = _field(shown, starts, gaps, separator, filled=filled) if number >= 0 else None
            if number >= 0 and field is None:
                continue
            last = number == count - 1
            survivors = _advance(alive, field, separator, last=last)
            if best is None or len(survivors) > len(best[0]):
                best = (survivors, field, separator)
        if best is None:
            return None
        alive, field, separator = best
        pieces += [field, separator] if field else [separator]
        starts = [end for _, end in gaps]
        filled = bool(separator.boundary)
    if not pieces or all(end == len(one.text) for one, end in zip(shown, [one.fields[-1][1] for one in shown], strict=True)):
        pieces.append(Field(filled=filled))
    return Sequence(tuple(pieces)) if len(pieces) > 1 else None


def _gap(one: Shown, number: int) -> tuple[int, int]:
    start = one.fields[number][1] if number >= 0 else 0
    return start, one.fields[number + 1][0] if number + 1 < len(one.fields) else len(one.text)


def _descriptions(shown: Rows[Shown], gaps: Rows[tuple[int, int]]) -> Iterator[Separator]:
    """Ways to say the separator at these places, the plainest first."""
    texts = [one.text[start:end] for one, (start, end) in zip(shown, gaps, strict=True)]
    if not any(texts):
        for name in _CLASSES:
            pattern = compiled(BOUNDARIES[name][0])
            if all(pattern.match(one.text, start) for one, (start, _) in zip(shown, gaps, strict=True)):
                yield Separator(boundary=name)
        return
    if not all(texts):
        return
    exact = settled(Separator(texts[0]), texts)
    if exact is None:
        return
    ways = [exact]
    if not exact.loose:
        core = exact.text.strip(" ")
        ways.append(
            replace(exact, text=f" {core} " if core and core != exact.text else core or " ", loose=bool(" " in exact.text or core))
        )
        ways.append(replace(exact, text=f" {core} " if core else "  ", loose=True))
    for way in dict.fromkeys(ways):
        if not way.text:
            continue
        yield way
        for name in list(FOLLOWED)[1:]:
            pattern = compiled(FOLLOWED[name][0])
            if all(pattern.match(one.text, end) for one, (_, end) in zip(shown, gaps, strict=True)):
                yield replace(way, followed=name)
        for name in list(PRECEDED)[1:]:
            pattern = compiled(PRECEDED[name][0])
            if all(pattern.match(one.text, start) for one, (start, _) in zip(shown, gaps, strict=True)):
                yield replace(way, preceded=name)


def _field(
    shown: Rows[Shown], starts: Rows[int], gaps: Rows[tuple[int, int]], separator: Separator, *, filled: bool
) -> Field | None:
    """The field that ends at the separator in every example: plain, around items, or past some separators."""
    kinds: dict[str, None] = {}
    for one, start, (end, _) in zip(shown, starts, gaps, strict=True):
        kinds |= {token.kind: None for token in tokens_of(one.text[start:end]) if token.kind in ITEMS}
    around = tuple(kind for kind in ITEMS if kind in kinds)
    for field in (Field(filled=filled), Field((), around, filled)) if around else (Field(filled=filled),):
        if all(_reach(one.text, start, field, separator) == gap for one, start, gap in zip(shown, starts, gaps, strict=True)):
            return field
    pattern = compiled(separator.pattern)
    jumps = {
        sum(1 for _ in pattern.finditer(one.text, start, end)) for one, start, (end, _) in zip(shown, starts, gaps, strict=True)
    }
    if len(jumps) == 1 and 0 < max(jumps) <= 50 and not separator.boundary:
        field = Field((), (), filled, max(jumps))
        if all(_reach(one.text, start, field, separator) == gap for one, start, gap in zip(shown, starts, gaps, strict=True)):
            return field
    return None


def _reach(text: str, start: int, field: Field | None, separator: Separator) -> tuple[int, int] | None:
    """Where the separator after the field stands."""
    match = compiled(f"{field.pattern(separator) if field else ''}({separator.pattern})").match(text, start)
    return match.span(1) if match else None


def _advance(alive: Rows[tuple[str, int]], field: Field | None, separator: Separator, *, last: bool) -> list[tuple[str, int]]:
    found = [(text, _reach(text, start, field, separator)) for text, start in alive]
    return [(text, reach[1]) for text, reach in found if reach and (not last or reach[1] == len(text))]


def plans_from(shown: Rows[Shown], rows: Rows[str], *, tiles: bool) -> list[Plan]:
    """Plans for one reading of the examples; for aligned rows by position first."""
    columns = columns_from(shown, rows, tiles=tiles)
    sequence = sequence_from(shown, rows)
    edged = tiles and any(padded([one.text[start:end] for start, end in one.fields]) for one in shown)
    first: list[Plan | None] = [columns, sequence] if columns_of(rows) or edged else [sequence, columns]
    return [plan for plan in first if plan]
