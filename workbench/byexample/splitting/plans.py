"""The three ways to split a line: by a sequence of fields and separators, at fixed positions, or at each of some delimiters."""

import itertools
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from workbench.byexample.splitting.items import ITEMS
from workbench.byexample.splitting.pieces import Field, Piece, Separator, quoted

MOST_FIELDS = 1000
Fill = Literal["left", "right"]
Parts = list[tuple[str | None, bool]]  # each part with whether it is a delimiter


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


@dataclass(frozen=True)
class Sequence:
    """Fields and separators in the order in which they stand in every line that conforms."""

    pieces: tuple[Piece, ...]

    def patterns(self) -> list[tuple[str, Piece]]:
        """The regular expression of each piece; those of boundaries are empty groups' worth and capture nothing."""
        found: list[tuple[str, Piece]] = []
        for i, piece in enumerate(self.pieces):
            following = self.pieces[i + 1] if i + 1 < len(self.pieces) else None
            if isinstance(piece, Field):
                found.append((f"({piece.pattern(following if isinstance(following, Separator) else None)})", piece))
            elif piece.boundary:
                found.append((f"(?:{piece.pattern}|$)" if piece.optional else piece.pattern, piece))
            else:
                found.append((f"({piece.pattern})", piece))
        return found

    def parts(self, text: str) -> Parts | None:
        match = self._line.fullmatch(text)
        return list(zip(match.groups(), self._kinds, strict=True)) if match else None

    @cached_property
    def _line(self) -> re.Pattern[str]:
        return re.compile("".join(pattern for pattern, _ in self.patterns()), re.DOTALL)

    @cached_property
    def _kinds(self) -> list[bool]:
        return self.layout()

    def layout(self) -> list[bool]:
        """Of every part, whether it is a delimiter."""
        return [isinstance(piece, Separator) for piece in self.pieces if isinstance(piece, Field) or not piece.boundary]

    def words(self) -> str:
        inner = [piece.words() for piece in self.pieces[1:-1] if isinstance(piece, Separator)]
        told = [(words, len(list(same))) for words, same in itertools.groupby(inner)]
        text = ", then ".join(
            words if count == 1 else f"{words} ({'twice' if count == 2 else f'{count} times'})" for words, count in told
        )
        ends = [piece.named() for piece in (self.pieces[0], self.pieces[-1]) if isinstance(piece, Separator)]
        kept = [kind for kind in ITEMS if any(kind in piece.around for piece in self.pieces if isinstance(piece, Field))]
        where = "ends" if len(ends) == 2 else "start" if isinstance(self.pieces[0], Separator) else "end"
        left = f"leave out {' and '.join(ends)} at the {where}" if ends else ""
        sentence = "; ".join(part for part in (f"split {text}" if text else "", left) if part)
        sentence = sentence[0].upper() + sentence[1:]
        if kept:
            sentence += f"; what stands inside {_listed([_plural(kind) for kind in kept])} does not count"
        return sentence + "."

    def to_json(self) -> dict[str, Any]:
        return {"way": "sequence", "pieces": [piece.to_json() for piece in self.pieces]}


@dataclass(frozen=True, slots=True)
class Columns:
    """Lines whose fields stand at the same positions: a cut is the number of characters before it."""

    cuts: tuple[int, ...]

    def parts(self, text: str) -> Parts | None:
        edges = [0, *self.cuts, None]
        return [(text[start:end], False) for start, end in itertools.pairwise(edges)]

    def layout(self) -> list[bool]:
        return [False] * (len(self.cuts) + 1)

    def words(self) -> str:
        where = _listed([str(cut) for cut in self.cuts])
        return f"Cut after character{'' if len(self.cuts) == 1 else 's'} {where}, and trim each part."

    def to_json(self) -> dict[str, Any]:
        return {"way": "columns", "cuts": list(self.cuts)}


@dataclass(frozen=True)
class Listing:
    """Lines with as many parts as they like, up to `fields`.

    Missing parts are null on the side `fill`; surplus stays in the last part.
    """

    delimiters: tuple[str, ...]
    fields: int
    fill: Fill = "right"

    @property
    def pattern(self) -> str:
        """Any of the delimiters, the longest first."""
        return "|".join(re.escape(one) for one in sorted(self.delimiters, key=lambda one: (-len(one), one)))

    @cached_property
    def _marks(self) -> re.Pattern[str]:
        return re.compile(f"({self.pattern})")

    def parts(self, text: str) -> Parts | None:
        pieces = self._marks.split(text, maxsplit=self.fields - 1) if self.fields > 1 else [text]
        parts: Parts = [(piece, i % 2 == 1) for i, piece in enumerate(pieces)]
        lacking = 2 * self.fields - 1 - len(parts)
        if self.fill == "left":
            return [(None, i % 2 == 1) for i in range(lacking)] + parts
        return parts + [(None, i % 2 == 1) for i in range(len(parts), len(parts) + lacking)]

    def count(self, text: str) -> int:
        """How many parts a text has."""
        return sum(1 for _ in self._marks.finditer(text)) + 1

    def layout(self) -> list[bool]:
        return [i % 2 == 1 for i in range(2 * self.fields - 1)]

    def words(self) -> str:
        named = " or ".join(quoted(one) for one in self.delimiters)
        where = f"where there are fewer, those on the {self.fill} are empty"
        return f"Split at every {named.removeprefix('a ')} into {self.fields} parts; {where}."

    def to_json(self) -> dict[str, Any]:
        return {"way": "list", "delimiters": list(self.delimiters), "fields": self.fields, "fill": self.fill}


Plan = Sequence | Columns | Listing


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _plural(kind: str) -> str:
    special = {"address on the web": "web addresses", "quoted text": "quotes"}
    return special.get(kind) or (kind if kind.endswith("s") else f"{kind}es" if kind.endswith("address") else f"{kind}s")
