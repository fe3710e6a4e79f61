"""Columns of fixed width: places that are blank in all rows, underlines, or places where the kind of characters changes."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.byexample.fileformat.celltypes import column_worth, dominant, kind_of
from workbench.byexample.fileformat.headers import header_rows
from workbench.byexample.fileformat.scanning import is_rule

_ROWS = 200
_WIDEST = 2000
_GOOD = 0.7
_DASHES = re.compile(r"[-=_]+")


@dataclass(frozen=True)
class Fixed:
    """Columns with how well they fit (0 to 1), and the places of the first and last line of the table."""

    starts: tuple[int, ...]
    score: float
    first: int
    last: int
    header: int
    rules: bool
    rows: tuple[tuple[str, ...], ...]


def cut(line: str, starts: Sequence[int]) -> tuple[str, ...]:
    """The cells of a line, without the blanks that fill them up."""
    ends = [*starts[1:], len(line)]
    return tuple(line[start:end].strip() for start, end in zip(starts, ends, strict=True))


def find_columns(lines: Sequence[str]) -> Fixed | None:
    """The fixed-width table in the lines, if they look like one."""
    texts = [line.rstrip() for line in lines]
    if any("\t" in text for text in texts[:_ROWS]) or max(map(len, texts), default=0) > _WIDEST:
        return None
    return _underlined(texts) or _aligned(texts) or _unseparated(texts)


def _underlined(texts: Sequence[str]) -> Fixed | None:
    for place, text in enumerate(texts[:30]):
        dashes = list(_DASHES.finditer(text))
        if len(dashes) < 2 or place == 0 or text.strip("-=_ ") or place + 1 >= len(texts):
            continue
        starts = (0, *(run.start() for run in dashes[1:]))
        header = 1
        while header < min(3, place) and _names_above(texts[place - header - 1], starts):
            header += 1
        last = place + 1
        while last < len(texts) and (not texts[last] or _respects(texts[last], starts) or is_rule(texts[last])):
            last += 1
        while last > place + 2 and (not texts[last - 1] or is_rule(texts[last - 1]) or not _row_like(texts[last - 1], starts)):
            last -= 1
        rows = tuple(cut(text, starts) for text in texts[place + 1 : last] if text and not is_rule(text))
        if rows:
            return Fixed(starts, 1.0, place - header, last - 1, header, rules=True, rows=rows)
    return None


def _names_above(text: str, starts: Sequence[int]) -> bool:
    """Whether the line has a name for every column."""
    return all(cut(text, starts)) and all(text[start - 1] == " " for start in starts[1:])


def _respects(text: str, starts: Sequence[int]) -> bool:
    return all(start >= len(text) or text[start - 1] == " " for start in starts[1:])


def _row_like(text: str, starts: Sequence[int]) -> bool:
    return _respects(text, starts) and sum(bool(cell) for cell in cut(text, starts)) * 2 >= min(len(starts), 4)


def _aligned(texts: Sequence[str]) -> Fixed | None:
    """Tries to leave out some lines at both ends, which may be titles and notes."""
    places = [place for place, text in enumerate(texts) if text and not is_rule(text)][:_ROWS]
    masks = [_mask(texts[place]) for place in places]
    best: Fixed | None = None
    after_gaps = [number for number in range(8, len(places) - 2) if places[number] > places[number - 1] + 1][:12]
    for bottom, top in itertools.product(range(4), [*range(8), *after_gaps]):
        used = places[top : len(places) - bottom]
        if bottom and best and best.score > _GOOD:
            break
        found = _columns([texts[place] for place in used], masks[top : len(places) - bottom])
        if found is None:
            continue
        starts, rows, score = found
        score *= (len(used) / len(places)) ** 0.7
        if best is None or score > best.score + 1e-9:
            header = header_rows(rows)
            rules = any(is_rule(text) for text in texts[used[0] : used[-1] + 1])
            best = Fixed(starts, score, used[0], used[-1], header, rules=rules, rows=tuple(rows[header:]))
    return best


def _mask(text: str) -> int:
    return int("".join("0" if char == " " else "1" for char in reversed(text)) or "0", 2)


def _columns(texts: Sequence[str], masks: Sequence[int]) -> tuple[tuple[int, ...], list[tuple[str, ...]], float] | None:
    if len(texts) < 3 or sum("  " in text.strip() for text in texts) * 4 < len(texts):
        return None
    occupied = 0
    for mask in masks:
        occupied |= mask
    consistency = 1.0
    runs = _runs(occupied)
    if len(runs) < 2 and len(texts) >= 20:
        tolerant = _mostly(texts)
        runs = _runs(tolerant)
        consistency = sum(mask & ~tolerant == 0 for mask in masks) / len(masks)
    runs = _merged(runs, texts)
    if len(runs) < 2:
        return None
    starts = tuple(_start(place, runs, texts) for place in range(len(runs)))
    rows = [cut(text, starts) for text in texts]
    if sum(sum(bool(cell) for cell in row) >= 2 for row in rows) < 0.7 * len(rows):
        return None
    typed = sum(column_worth([row[index] for row in rows[1:60]]) for index in range(len(starts))) / len(starts)
    return starts, rows, consistency**1.5 * typed**1.5 * (1 - 1 / len(starts)) ** 0.4 * 0.95


def _mostly(texts: Sequence[str]) -> int:
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(place for place, char in enumerate(text) if char != " ")
    return sum(1 << place for place, count in counts.items() if count > 0.04 * len(texts))


def _runs(mask: int) -> list[tuple[int, int]]:
    bits = bin(mask)[2:][::-1]
    return [run.span() for run in re.finditer("1+", bits)]


def _merged(runs: list[tuple[int, int]], texts: Sequence[str]) -> list[tuple[int, int]]:
    """Puts together what one blank in every row divides by chance: date and time, two words."""
    out: list[tuple[int, int]] = []
    for start, end in runs:
        if out and start - out[-1][1] == 1 and _one_value(out[-1], (start, end), texts):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _one_value(left: tuple[int, int], right: tuple[int, int], texts: Sequence[str]) -> bool:
    rows = texts[1:60]
    cells = [(text[slice(*left)], text[slice(*right)]) for text in rows]
    together = [(one, other) for one, other in cells if other.strip()]
    if any(one[-1:].strip() == "" or other[0] == " " for one, other in together) or not together:
        return False
    if len(together) < len(rows) and texts[0][slice(*right)].strip():
        return False
    whole = dominant([text[left[0] : right[1]].strip() for text in rows])
    parts = {dominant([text[slice(*part)].strip() for text in rows]) for part in (left, right)}
    return whole in {"date", "time"} or (whole == "text" and parts == {"text"})


def _start(place: int, runs: Sequence[tuple[int, int]], texts: Sequence[str]) -> int:
    """Where the column begins: at its cells when they stand at the left, else right after the column before."""
    if place == 0:
        return 0
    start, end = runs[place]
    at_left = sum(text[start : start + 1].strip() != "" for text in texts)
    at_right = sum(text[end - 1 : end].strip() != "" for text in texts)
    return start if at_left >= at_right else runs[place - 1][1]


def _unseparated(texts: Sequence[str]) -> Fixed | None:
    """Lines of one length without blanks between the columns: digits and letters change at the same places everywhere."""
    filled = [text for text in texts if text][:_ROWS]
    if len(filled) < 4 or len(set(map(len, filled))) > 1 or not 6 <= len(filled[0]) <= 400:
        return None
    if any(not char.isalnum() and char not in " .-+" for text in filled for char in text):
        return None
    starts = [0]
    for place in range(1, len(filled[0])):
        before, here = ({_class(text[at]) for text in filled} for at in (place - 1, place))
        padded = " " in before and " " not in here and before != {" "}
        to_letters = before == {"9"} and "A" in here <= {"A", " "}
        to_digits = "A" in before <= {"A", " "} and here == {"9"}
        if padded or to_letters or to_digits:
            starts.append(place)
    if len(starts) < 3:
        return None
    rows = [cut(text, starts) for text in filled]
    short = sum(len({len(row[index]) for row in rows}) == 1 and len(rows[0][index]) == 1 for index in range(len(starts)))
    if short * 2 > len(starts) or any(kind_of(text) != "word" and " " not in text for text in filled):
        return None
    places = [place for place, text in enumerate(texts) if text]
    return Fixed(tuple(starts), 0.6, places[0], places[-1], 0, rules=False, rows=tuple(rows))


def _class(char: str) -> str:
    return "9" if char.isdigit() or char in "+-." else "A" if char.isalpha() else char
