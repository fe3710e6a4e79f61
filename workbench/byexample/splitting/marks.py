"""Separators that are punctuation marks or brackets: those that occur equally often, in the same order, in most rows."""

from collections import Counter
from collections.abc import Sequence as Rows

from workbench.byexample.splitting.blanks import in_phrase, inner_blanks
from workbench.byexample.splitting.dividing import Division
from workbench.byexample.splitting.items import ENCLOSING
from workbench.byexample.splitting.levels import Cut, Level, Line, cut_up

_WEAK = "_.'’&#+*!?-/"  # the first to give up where marks disagree in their order
_GLUE = "_-'./"  # marks that join words


def by_marks(texts: Rows[str], lines: Rows[Line], level: Level) -> Division | None:
    kinds = stable_kinds(lines, level)
    while kinds:
        division = cut_up(texts, [_marks_of(line, kinds) for line in lines], level)
        if division:
            return division
        kinds.remove(max(kinds, key=lambda kind: (_WEAK.find(kind.strip(" ")[:1]) if kind.strip(" ") else -1, kind)))
    return None


def stable_kinds(lines: Rows[Line], level: Level) -> list[str]:
    """Marks (as they are, or only with blanks beside them), runs of marks and brackets that occur equally often in most rows."""
    rows = [Counter(kind for i in range(len(line)) for kind in _kinds_at(line, i)) for line in lines]
    words = sum(any(in_phrase(line, i) for i in inner_blanks(line)) for line in lines) * 2 > len(lines)
    lacking: dict[str, set[int]] = {}
    for kind in {kind for row in rows for kind in row}:
        usual, agreeing = Counter(row[kind] for row in rows if row[kind]).most_common(1)[0]
        if level.agreed(agreeing, len(lines)) and not (words and kind in _GLUE and _glues(lines, kind)):
            lacking[kind] = {i for i, row in enumerate(rows) if row[kind] != usual}
    chosen: list[str] = []
    for kind in sorted(lacking, key=lambda kind: (len(kind), kind)):
        plain = kind.strip(" ")
        known = any(one.strip(" ") == plain for one in chosen) or (len(plain) > 1 and set(plain) <= set(chosen))
        if not known:
            chosen.append(kind)
    return [kind for kind in chosen if not _optional(kind, chosen, lacking, len(lines))]


def _optional(kind: str, chosen: Rows[str], lacking: dict[str, set[int]], count: int) -> bool:
    """Whether a kind lacks in rows that have all the others: such a row is not odd, the mark is."""
    others = [one for one in chosen if one != kind]
    alone = lacking[kind].difference(*(lacking[one] for one in others))
    return bool(others) and len(alone) > max(1, 0.02 * count)


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
    if token.text == "&" and before and after:
        return []  # an "and" between words
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
