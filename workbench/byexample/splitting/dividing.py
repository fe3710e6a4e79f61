"""What learning works on: the same part of every row, and how parts are put together to a plan."""

import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence as Rows
from dataclasses import dataclass, replace

from workbench.byexample.splitting.items import ITEMS, tokens_of
from workbench.byexample.splitting.pieces import Field, Piece, Separator
from workbench.byexample.splitting.plans import Sequence

_NUMBER = re.compile(r"[-+]?\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of every row. `rule` makes it a separator (`texts` settle its text); `without` is what a field must not hold."""

    texts: tuple[str, ...]
    rule: Separator | None = None
    without: tuple[Separator, ...] = ()
    jumps: int = 0

    def of_rows(self, rows: Iterable[int]) -> "Part":
        """The same part of some of the rows."""
        return replace(self, texts=tuple(self.texts[row] for row in rows))


@dataclass(frozen=True, slots=True)
class Division:
    """Rows (by index) that conform, and their parts, fields and separators by turns."""

    rows: tuple[int, ...]
    parts: tuple[Part, ...]

    def of_rows(self, kept: Iterable[int]) -> "Division":
        """Only the rows with these positions in `rows`."""
        kept = tuple(kept)
        return Division(tuple(self.rows[i] for i in kept), tuple(part.of_rows(kept) for part in self.parts))


def _number_at_end(parts: Rows[Part]) -> list[Part]:
    """A number at the end of the line ends before the blanks that some rows have after it."""
    last = parts[-1]
    bare = [text.rstrip() for text in last.texts]
    if last.rule or list(last.texts) == bare or not all(_NUMBER.fullmatch(text) for text in bare):
        return list(parts)
    blanks = tuple(text[len(number) :] for text, number in zip(last.texts, bare, strict=True))
    return [*parts[:-1], replace(last, texts=tuple(bare)), Part(blanks, Separator(" ", loose=True, optional=True))]


def settled(rule: Separator, texts: Rows[str]) -> Separator | None:
    """The separator that matches all these texts: as it stands, or with loose blanks; None where they differ in more."""
    if rule.boundary or rule.optional:
        return rule
    different = Counter(texts)
    if len(different) == 1:
        return replace(rule, text=texts[0], loose=False)
    cores = {text.replace(" ", "") for text in different}
    if len(cores) > 1:
        return None
    if cores == {""}:
        return replace(rule, text="  " if rule.text == "  " else " ", loose=True)
    longest = max(different, key=lambda text: (text.count(" "), text))
    slots = _blank_slots(different, next(iter(cores)))
    return replace(rule, text=slots, loose=True) if slots else replace(rule, text=longest, loose=True)


def _blank_slots(texts: Iterable[str], core: str) -> str:
    """The core with one blank wherever any of the texts has blanks."""
    blanks: set[int] = set()
    for text in texts:
        seen = 0
        for character in text:
            if character == " ":
                blanks.add(seen)
            else:
                seen += 1
    return "".join((" " if i in blanks else "") + character for i, character in enumerate(core)) + (
        " " if len(core) in blanks else ""
    )


def merged(parts: Rows[Part]) -> list[Part]:
    """Separators with nothing between them become one; empty fields at the ends go."""
    result: list[Part] = []
    for part in parts:
        result.append(part)
        while len(result) >= 3 and result[-1].rule and result[-3].rule and not result[-2].rule and not any(result[-2].texts):
            last, _, first = result.pop(), result.pop(), result.pop()
            result.append(_joined(first, last))
        if len(result) >= 2 and result[-1].rule and result[-2].rule:
            last, first = result.pop(), result.pop()
            result.append(_joined(first, last))
    while result and not result[0].rule and not any(result[0].texts) and len(result) > 1:
        result.pop(0)
    while result and not result[-1].rule and not any(result[-1].texts) and len(result) > 1 and not _optional(result[-2]):
        result.pop()
    return result


def _optional(part: Part) -> bool:
    return part.rule is not None and part.rule.optional


def _joined(first: Part, last: Part) -> Part:
    texts = tuple(a + b for a, b in zip(first.texts, last.texts, strict=True))
    rule = last.rule if first.rule and first.rule.boundary else first.rule
    return Part(texts, replace(rule or Separator(), preceded="", followed=""))


def plan_of(division: Division, *, loose: bool = False) -> Sequence | None:
    """The plan that gives these parts; None where there is nothing to separate, or a separator differs from row to row.

    `loose`: fields may hold separators of other places where some row has them.
    """
    parts = merged(_number_at_end(division.parts))
    if not any(any(part.texts) for part in parts if not part.rule):
        return None
    pieces: list[Piece] = []
    for i, part in enumerate(parts):
        if part.rule:
            separator = settled(part.rule, part.texts)
            if separator is None:
                return None
            pieces.append(separator)
        else:
            filled = i > 0 and _boundary(parts[i - 1]) and not _optional(parts[i - 1])
            following = parts[i + 1].texts if i + 1 < len(parts) else ("",) * len(part.texts)
            without = tuple(one for one in part.without if not _met(one.text, part.texts, following)) if loose else part.without
            pieces.append(Field(without, (), filled, part.jumps))
    pieces = [_aware(piece, pieces[i + 1] if i + 1 < len(pieces) else None, parts[i].texts) for i, piece in enumerate(pieces)]
    return Sequence(tuple(pieces)) if any(isinstance(piece, Separator) for piece in pieces) else None


def _met(text: str, fields: Rows[str], following: Rows[str]) -> bool:
    """Whether a separator begins in some of the fields."""
    return any(0 <= (field + after).find(text) < len(field) for field, after in zip(fields, following, strict=True))


def holds(plan: Sequence, division: Division, texts: Rows[str]) -> bool:
    """Whether the plan gives just the parts that it was made from."""
    columns = [part.texts for part in merged(_number_at_end(division.parts)) if not (part.rule and part.rule.boundary)]
    for position, row in enumerate(division.rows):
        parts = plan.parts(texts[row])
        if parts is None or [part for part, _ in parts] != [column[position] for column in columns]:
            return False
    return True


def _boundary(part: Part) -> bool:
    return part.rule is not None and bool(part.rule.boundary)


def _aware(piece: Piece, following: Piece | None, texts: Rows[str]) -> Piece:
    """The field with the items in which its separators do not count, as far as the rows have any."""
    if isinstance(piece, Separator):
        return piece
    stops = [*piece.without, *([following] if isinstance(following, Separator) else [])]
    marks = {stop.text.strip(" ") or " " for stop in stops if stop.text}
    around = set()
    for text in set(texts):
        if any(mark in text for mark in marks):
            for token in tokens_of(text):
                if token.kind in ITEMS and any(mark in token.text for mark in marks):
                    around.add(token.kind)
    return replace(piece, around=tuple(kind for kind in ITEMS if kind in around))
