"""Identifiers for printed programs."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

RESERVED = frozenset([*keyword.kwlist, *dir(builtins), "df", "pd", "pl", "dt", "np", "pa", "ibis", "con", "spark", "f", "FOLDER"])


def identifier(text: str, otherwise: str = "table") -> str:
    """A Python identifier in small letters that reads like the text."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    made = re.sub(r"\W+", "_", plain).strip("_").lower()
    if not made:
        return otherwise
    return f"{otherwise}_{made}" if made[0].isdigit() else made


class Names:
    """Names that are taken, so that each is given once."""

    def __init__(self, taken: frozenset[str] = RESERVED) -> None:
        self._taken = set(taken)

    def identifier(self, text: str, otherwise: str = "table") -> str:
        """An identifier that reads like the text, and is new."""
        return self.new(identifier(text, otherwise))

    def new(self, wanted: str) -> str:
        """`wanted`, or with a number."""
        made, number = wanted, 2
        while made.lower() in self._taken or made in self._taken:
            made, number = f"{wanted}_{number}", number + 1
        self._taken |= {made, made.lower()}
        return made

    def take(self, name: str) -> None:
        """Marks a name as taken."""
        self._taken |= {name, name.lower()}

    def copy(self) -> Names:
        """The same names taken, for another program."""
        return Names(frozenset(self._taken))
