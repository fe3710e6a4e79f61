"""Fixed width: the positions at which the columns of an aligned text begin.

A column begins after positions that are blank in (nearly) all rows; inside of what remains, where many rows begin a word after
blanks (columns aligned left, one of them full), where many rows end one (aligned right), or at a position that holds but signs and
blanks between digits.
"""

import re
from collections import Counter
from collections.abc import Sequence as Rows

from workbench.byexample.splitting.items import tokens_of
from workbench.byexample.splitting.plans import Columns

_WIDEST = 1000  # a line longer than this is no line of columns
_DELIMITERS = ",;:|="


def columns_of(texts: Rows[str]) -> Columns | None:
    """The cuts of aligned rows; None where the rows show no padding, or share a delimiter."""
    rows = [text for text in texts if text.strip()]
    if len(rows) < 2 or max(map(len, rows)) > _WIDEST or not _padded(rows) or _delimited(rows):
        return None
    grid = _Grid(rows)
    gaps = grid.gaps()
    if not grid.varied(gaps) and not (len(rows) >= 3 and any(end - start > 1 for start, end in gaps)):
        return None
    gaps = [gap for gap in gaps if not grid.inside_items(gap[1])]
    cuts = grid.supported({end for _, end in gaps})
    blocks = zip([0, *sorted(cuts)], [*sorted(cuts), grid.length], strict=True)
    for start, end in list(blocks):
        signs = {p for p in range(start + 1, end) if grid.sign(p)}
        others = {p for p in range(start + 1, end) if p - 1 not in signs and grid.parted(start, p, end)}
        cuts |= signs | {p for p in others if not grid.inside_items(p)}
    return Columns(tuple(sorted(cuts))) if cuts else None


def _padded(rows: Rows[str]) -> bool:
    """Whether at least half of the rows have two blanks in a row somewhere inside, or blanks at an end."""
    return sum("  " in row for row in rows) * 2 >= len(rows)


def _delimited(rows: Rows[str]) -> bool:
    """Whether some delimiter occurs equally often, and at different positions or beside padding, in all rows."""
    for mark in _DELIMITERS:
        if mark not in rows[0]:
            continue
        counts = {sum(token.text == mark for token in tokens_of(row)) for row in rows[:50]}
        if len(counts) == 1 and 0 not in counts:
            return True
    return False


class _Grid:
    """Which positions of which rows hold something."""

    def __init__(self, rows: Rows[str]) -> None:
        self.rows = rows
        self.length = max(map(len, rows))
        self.filled = [[not character.isspace() for character in row.ljust(self.length)] for row in rows]
        self.count = [sum(row[p] for row in self.filled) for p in range(self.length)]

    def gaps(self) -> list[tuple[int, int]]:
        """Runs of positions that are blank in nearly all rows, with something on both sides."""
        allowed = len(self.rows) // 50
        blank = [count <= allowed for count in self.count]
        found: list[tuple[int, int]] = []
        first = next(p for p, is_blank in enumerate(blank) if not is_blank)
        start = None
        for p in range(first, self.length):
            if blank[p] and start is None:
                start = p
            elif not blank[p] and start is not None:
                if self._enough(start, p):
                    found.append((start, p))
                start = None
        return found

    def _enough(self, start: int, end: int) -> bool:
        """Whether the blanks are no accident of a text: lines that reach so far share two of them, or pad, or are many."""
        reaching = [row for row, text in zip(self.filled, self.rows, strict=True) if len(text) > start]
        if len(reaching) * 2 < len(self.rows) or len(reaching) < 2:
            return False
        padded = sum(not any(row[max(0, start - 1) : end]) or not any(row[start : end + 1]) for row in reaching)
        return end - start > 1 or padded * 5 >= len(reaching) or len(reaching) > 5 or self._typed(start, end)

    def _typed(self, start: int, end: int) -> bool:
        """Whether the words on one side of the gap are no plain words in any row."""
        rows = self.rows[1:] if len(self.rows) > 3 else self.rows  # the first may be a header
        before = [text[:start].split()[-1] for text in rows if text[:start].strip()]
        after = [text[end:].split()[0] for text in rows if text[end:].strip()]
        return len(self.rows) > 2 and (not any(map(str.isalpha, before)) or not any(map(str.isalpha, after)))

    def varied(self, gaps: Rows[tuple[int, int]]) -> bool:
        """Whether some row has more blanks than the gap: a value shorter than its column."""
        for start, end in gaps:
            if sum((start > 0 and not row[start - 1]) or not row[end] for row in self.filled) * 5 >= len(self.rows):
                return True
        return any(self.parted(0, p, self.length) for p in range(1, self.length))

    def parted(self, start: int, p: int, end: int) -> bool:
        """Whether a column begins or ends here, with something on both sides (from start, up to end) in many rows."""
        if not (self.begins(p) or self.ends(p)):
            return False
        return all(sum(any(row[a:b]) for row in self.filled) * 2 >= len(self.rows) for a, b in ((start, p), (p, end)))

    def begins(self, p: int) -> bool:
        """Words begin here after blanks in many rows (in half of these after two), and nearly no row has nothing here."""
        n = len(self.rows)
        if self.count[p] < 0.9 * n:
            return False
        started = [row for row in self.filled if row[p] and not row[p - 1]]
        wide = sum(not any(row[max(0, p - 2) : p]) for row in started)
        through = any(re.fullmatch(r"[-+.,\d]\d", text[p - 1 : p + 1]) for text in self.rows)
        return len(started) * 2 >= n and wide * 2 >= len(started) and not through

    def ends(self, p: int) -> bool:
        """Words of different lengths end just before this in many rows, half of them before two blanks."""
        n = len(self.rows)
        if n < 5 or self.count[p - 1] < 0.6 * n or self.count[p] == 0:
            return False
        ended = [row for row in self.filled if row[p - 1] and not row[p]]
        wide = sum(not any(row[p : p + 2]) and any(row[p:]) for row in ended)
        starts = Counter(max((k for k in range(p) if not row[k]), default=-1) for row in ended)
        many = len(ended) * 2 >= n and len(ended) * 5 >= 3 * self.count[p - 1]
        return many and wide * 2 >= len(ended) and max(starts.values()) * 5 <= 3 * len(ended)

    def sign(self, p: int) -> bool:
        """A position of signs and blanks between digits in all rows: the sign of the next number."""
        if len(self.rows) < 3 or not 0 < p < self.length - 1:
            return False
        here = {row[p : p + 1] for row in self.rows}
        if not here <= {" ", "-", "+"} or len(here) < 2:
            return False
        return all(row[p - 1 : p].isdigit() and row[p + 1 : p + 2].isdigit() for row in self.rows)

    def supported(self, cuts: set[int]) -> set[int]:
        """The cuts without those that only few rows have something behind, one blank after a word: these are phrases."""
        kept = set(cuts)
        for cut in sorted(cuts):
            end = min((other for other in kept if other > cut), default=self.length)
            behind = [row for row in self.filled if any(row[cut:end])]
            if len(behind) < max(3, 0.3 * len(self.rows)) and all(row[cut] and not row[cut - 1] and row[cut - 2] for row in behind):
                kept.discard(cut)
        return kept

    def inside_items(self, p: int) -> bool:
        """Whether a cut here would go through a date, a time or the like in most rows."""
        hit = 0
        for row in self.rows[:50]:
            hit += any(token.start < p < token.end and token.kind in ("date", "time", "quoted text") for token in tokens_of(row))
        return hit * 2 > min(len(self.rows), 50)
