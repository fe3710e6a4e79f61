"""What a delimited line is made of: fields and separators, each of which says its own regular expression and its own words."""

import re
from dataclasses import dataclass
from typing import Any

from workbench.byexample.splitting.items import ITEMS

_UPPER, _LOWER = "[A-ZÀ-ÖØ-ÞΑ-ΩА-Я]", "[a-zß-öø-ÿα-ωа-я]"
BOUNDARIES: dict[str, tuple[str, str]] = {
    "letter, digit": (r"(?<=[^\W\d_])(?=\d)", "where a letter meets a digit"),
    "digit, letter": (r"(?<=\d)(?=[^\W\d_])", "where a digit meets a letter"),
    "other, digit": (r"(?<=\D)(?=\d)", "before the first digit"),
    "digit, other": (r"(?<=\d)(?=\D)", "after the first digits"),
    "digit, symbol": (r"(?<=\d)(?=[$£€¥₹%°])", "where a digit meets a symbol"),
    "other, number": (r"(?<=[^\d.+-])(?=[-+]?\d)", "before the first number"),
    "small, capital": (rf"(?<={_LOWER})(?={_UPPER})", "where a small letter meets a capital"),
    "capital, small": (rf"(?<={_UPPER})(?={_LOWER})", "after a capital that small letters follow"),
}
FOLLOWED: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "digit": (r"(?=\d)", " before a digit"),
    "number": (r"(?=[-+]?\d)", " before a number"),
    "capital": (rf"(?={_UPPER})", " before a capital"),
    "small": (rf"(?={_LOWER})", " before a small letter"),
    "letter": (r"(?=[^\W\d_])", " before a letter"),
    "mark": (r"(?=[^\w\s])", " before a punctuation mark"),
    "key": (r"(?=[^\W\d]\w{0,99}=)", " before a name and an equals sign"),
    **{
        kind: (f"(?={ITEMS[kind]})", f" before {'an' if kind[0] in 'aei' else 'a'} {kind}")
        for kind in ("date", "time", "e-mail address")
    },
}
PRECEDED: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "digit": (r"(?<=\d)", " after a digit"),
    "letter": (r"(?<=[^\W\d_])", " after a letter"),
    "mark": (r"(?<=[^\w\s])", " after a punctuation mark"),
}
NAMES = {" ": "a blank", "\t": "a tab", "\n": "a new line"}


def quoted(text: str) -> str:
    """A delimiter as it stands in a sentence."""
    if text in NAMES:
        return NAMES[text]
    if text and not text.strip(" "):
        return f"{len(text)} blanks"
    shown = "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
    return f"'{shown}'" if '"' in shown else f'"{shown}"'


def _escaped(text: str) -> str:
    return re.escape(text).replace(r"\ ", " ").replace(r"\-", "-")


@dataclass(frozen=True, slots=True)
class Separator:
    """What stands between two fields: a text, or (`boundary`) the place where two kinds of characters meet.

    `loose`: each blank of the text stands for any number of blanks, or none (at least one where the text is but a
    blank, at least two where it is two).
    `preceded` and `followed`: only where this is next to it (names in `PRECEDED` and `FOLLOWED`).
    `optional`: of a boundary, that a line may end instead; of a text, that it is the blanks, if any, that end a line.
    """

    text: str = ""
    boundary: str = ""
    loose: bool = False
    preceded: str = ""
    followed: str = ""
    optional: bool = False

    @property
    def pattern(self) -> str:
        """Its regular expression, without groups of its own."""
        if self.boundary:
            return BOUNDARIES[self.boundary][0]
        if self.optional:
            return r"\s*+\Z"
        if not self.loose:
            core = _escaped(self.text)
        elif not self.text.strip(" "):
            core = r"\s++" if len(self.text) == 1 else r"\s{2,}+"
        else:
            core = _escaped(re.sub(" +", " ", self.text)).replace(" ", r"\s*+")
        return PRECEDED[self.preceded][0] + core + FOLLOWED[self.followed][0]

    def named(self) -> str:
        """Its text, as it stands in a sentence."""
        if self.loose and not self.text.strip(" "):
            return "blanks" if len(self.text) == 1 else "two or more blanks"
        return quoted(self.text.strip(" ") if self.loose else self.text)

    def words(self) -> str:
        """How a sentence calls it."""
        if self.boundary:
            return BOUNDARIES[self.boundary][1]
        return "at " + self.named() + PRECEDED[self.preceded][1] + FOLLOWED[self.followed][1]

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the plain case."""
        told: dict[str, Any] = {"piece": "separator"}
        told |= {"boundary": self.boundary} if self.boundary else {"text": self.text}
        told |= {"loose": True} if self.loose else {}
        told |= {name: getattr(self, name) for name in ("preceded", "followed", "optional") if getattr(self, name)}
        return told


@dataclass(frozen=True, slots=True)
class Field:
    """Text up to the separator that follows; `without` are separators that it must not hold either, else the line does not conform.

    `around`: the items (names in `items.ITEMS`) inside which a separator does not count.
    `filled`: at least one character, because the field begins at a boundary.
    `jumps`: how many times the separator that follows belongs to the field.
    """

    without: tuple[Separator, ...] = ()
    around: tuple[str, ...] = ()
    filled: bool = False
    jumps: int = 0

    def pattern(self, following: Separator | None) -> str:
        """Its regular expression; atomic, so that no line takes more than linear time."""
        stops = list(dict.fromkeys(one.pattern for one in ((following,) if following else ()) + self.without))
        plain = [stop for stop in stops if len(stop.replace("\\", "")) == 1]
        stops = [stop for stop in stops if stop in plain or not stop.startswith(tuple(plain))]
        if r"\s++" in stops:
            stops = [stop for stop in stops if not stop.startswith(" ")]
        body = self._body(stops)
        if self.jumps and following:
            body = f"(?>{body}{following.pattern}){{{self.jumps}}}{body}"
        return f".{body}" if self.filled and not self.jumps else body

    def _body(self, stops: list[str]) -> str:
        if not stops:
            return ".*+"
        if stops == [r"\s++"] and not self.around:
            return r"\S*+"
        if not self.around and all(len(stop.replace("\\", "")) == 1 and stop not in (r"\s", r"\d", r"\w") for stop in stops):
            return "[^" + "".join(stop if stop not in "-^]" else "\\" + stop for stop in stops) + "]*+"
        items = "".join(f"{ITEMS[kind]}|" for kind in self.around)
        return f"(?>{items}(?!{'|'.join(stops)}).)*+"

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the plain case."""
        told: dict[str, Any] = {"piece": "field"}
        told |= {"without": [one.to_json() for one in self.without]} if self.without else {}
        told |= {"around": list(self.around)} if self.around else {}
        told |= {"filled": True} if self.filled else {}
        return told | ({"jumps": self.jumps} if self.jumps else {})


Piece = Field | Separator
