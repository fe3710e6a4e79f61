"""How a column is looked at while it is divided, and the cutting of rows at places that they share."""

from collections import Counter
from collections.abc import Sequence as Rows
from dataclasses import dataclass

from workbench.byexample.splitting.dividing import Division, Part
from workbench.byexample.splitting.items import Token
from workbench.byexample.splitting.pieces import Separator

Line = Rows[Token]


_MOST = 300  # separators of a level: a line with more is no record


@dataclass(frozen=True, slots=True)
class Level:
    """How a column is looked at: the share of rows that has to agree, what is opened, whether it is the whole column, how
    deep in brackets it is, whether it is at the start of the line, how deep in fields, and when to stop."""

    share: float
    opened: frozenset[str] = frozenset()
    top: bool = True
    enclosed: int = 0
    first: bool = True
    depth: int = 0
    deadline: float = float("inf")

    def agreed(self, count: int, total: int) -> bool:
        """Whether so many of the rows are enough."""
        return count >= total * self.share and count > 0

    def inner(self, *, enclosed: bool, first: bool) -> "Level":
        """The level of a field."""
        at_start = first and self.first and not enclosed
        return Level(max(self.share, 0.97), self.opened, False, self.enclosed + enclosed, at_start, self.depth + 1, self.deadline)


@dataclass(frozen=True, slots=True)
class Cut:
    """A separator in one row: its kind (equal over rows), and the text it takes from start to end."""

    kind: str
    start: int
    end: int


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
