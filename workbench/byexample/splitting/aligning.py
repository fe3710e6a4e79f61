"""Fixed width: the positions at which the columns of an aligned text begin.

A column begins after positions that are blank in (nearly) all rows; inside of what remains, where many rows begin a word after
blanks (columns aligned left, one of them full), where many rows end one (aligned right), or at a position that holds but signs and
blanks between digits.
"""

import re
from collections import Counter
from collections.abc import Sequence as Rows
from functools import cached_property

from workbench.byexample.splitting.items import tokens_of
from workbench.byexample.splitting.plans import Columns

_WIDEST = 1000  # a line longer than this is no line of columns
_DELIMITERS = ",;:|="
_INSIDE = re.compile(r"[-+.,\d]\d")  # a place inside of a number


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
    """Which positions of which rows hold something: for every position a number with a bit for each row."""

    def __init__(self, rows: Rows[str]) -> None:
        self.rows = rows
        self.length = max(map(len, rows))
        self.marks = ["".join(" " if character.isspace() else "x" for character in row).ljust(self.length) for row in rows]
        self.filled = [sum(1 << r for r, row in enumerate(self.marks) if row[p] == "x") for p in range(self.length)]
        self.count = [bits.bit_count() for bits in self.filled]

    def within(self, start: int, end: int) -> int:
        """The rows that hold something from start up to end."""
        found = 0
        for bits in self.filled[max(0, start) : end]:
            found |= bits
        return found

    def gaps(self) -> list[tuple[int, int]]:
        """Runs of positions that are blank in nearly all rows, with something on both sides."""
        allowed = len(self.rows) // 50
        found: list[tuple[int, int]] = []
        first = next(p for p, count in enumerate(self.count) if count > allowed or p == self.length - 1)
        start = None
        for p in range(first, self.length):
            if self.count[p] <= allowed and start is None:
                start = p
            elif self.count[p] > allowed and start is not None:
                if self._enough(start, p):
                    found.append((start, p))
                start = None
        return found

    def _enough(self, start: int, end: int) -> bool:
        """Whether the blanks are no accident of a text: lines that reach so far share two of them, or pad, or are many."""
        reaching = sum(1 << r for r, text in enumerate(self.rows) if len(text) > start)
        number = reaching.bit_count()
        if number * 2 < len(self.rows) or number < 2:
            return False
        padded = (reaching & ~(self.within(start - 1, end) & self.within(start, end + 1))).bit_count()
        return end - start > 1 or padded * 5 >= number or number > 5 or self._typed(start, end)

    def _typed(self, start: int, end: int) -> bool:
        """Whether the words on one side of the gap are no plain words in any row."""
        rows = self.rows[1:] if len(self.rows) > 3 else self.rows  # the first may be a header
        before = [text[:start].split()[-1] for text in rows if text[:start].strip()]
        after = [text[end:].split()[0] for text in rows if text[end:].strip()]
        return len(self.rows) > 2 and (not any(map(str.isalpha, before)) or not any(map(str.isalpha, after)))

    def varied(self, gaps: Rows[tuple[int, int]]) -> bool:
        """Whether some rows have more blanks than the gap: values shorter than their column."""
        everyone = (1 << len(self.rows)) - 1
        for start, end in gaps:
            if (everyone & ~(self.filled[start - 1] & self.filled[end])).bit_count() * 5 >= len(self.rows):
                return True
        return any(self.parted(0, p, self.length) for p in range(1, self.length))

    def parted(self, start: int, p: int, end: int) -> bool:
        """Whether a column begins or ends here, with something on both sides (from start, up to end) in many rows."""
        if not (self.begins(p) or self.ends(p)):
            return False
        return all(self.within(a, b).bit_count() * 2 >= len(self.rows) for a, b in ((start, p), (p, end)))

    def begins(self, p: int) -> bool:
        """Words begin here after blanks in many rows (in half of these after two), and nearly no row has nothing here."""
        n = len(self.rows)
        started = self.filled[p] & ~self.filled[p - 1]
        if self.count[p] < 0.9 * n or started.bit_count() * 2 < n:
            return False
        wide = (started & ~self.within(p - 2, p)).bit_count()
        return wide * 2 >= started.bit_count() and not any(_INSIDE.fullmatch(text[p - 1 : p + 1]) for text in self.rows)

    def ends(self, p: int) -> bool:
        """Words of different lengths end just before this in many rows, half of them before two blanks."""
        n = len(self.rows)
        ended = self.filled[p - 1] & ~self.filled[p]
        number = ended.bit_count()
        if n < 5 or not self.count[p] or number * 2 < n or number * 5 < 3 * self.count[p - 1] or self.count[p - 1] < 0.6 * n:
            return False
        wide = (ended & ~self.within(p, p + 2) & self.within(p, self.length)).bit_count()
        starts = Counter(row.rfind(" ", 0, p) for r, row in enumerate(self.marks) if ended >> r & 1)
        return wide * 2 >= number and max(starts.values()) * 5 <= 3 * number

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
            behind = self.within(cut, min((other for other in kept if other > cut), default=self.length))
            phrases = self.filled[cut] & ~self.filled[cut - 1] & self.filled[max(0, cut - 2)]
            if behind.bit_count() < max(3, 0.3 * len(self.rows)) and not behind & ~phrases:
                kept.discard(cut)
        return kept

    def inside_items(self, p: int) -> bool:
        """Whether a cut here would go through a date, a time or quoted text in most rows."""
        return self._inner[p] * 2 > min(len(self.rows), 50)

    @cached_property
    def _inner(self) -> Counter[int]:
        inner: Counter[int] = Counter()
        for row in self.rows[:50]:
            for token in tokens_of(row):
                if token.kind in ("date", "time", "quoted text"):
                    inner.update(range(token.start + 1, token.end))
        return inner
