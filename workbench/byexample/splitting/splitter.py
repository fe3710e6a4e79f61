"""The learned splitter: runs on a text, says itself in a sentence, prints itself as Python and is kept as readable JSON."""

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from workbench.base.errors import UserError
from workbench.byexample.splitting.items import ITEMS
from workbench.byexample.splitting.pieces import BOUNDARIES, FOLLOWED, PRECEDED, Field, Piece, Separator
from workbench.byexample.splitting.plans import MOST_FIELDS, Columns, Listing, Plan, Sequence

VERSION = 1


@dataclass(frozen=True)
class Splitter:
    """A plan, and whether delimiters stay as parts of their own.

    With `keep_delimiters` the parts of a line that conforms, joined, give the line.
    """

    plan: Plan
    keep_delimiters: bool = False

    @cached_property
    def width(self) -> int:
        """How many parts every row gets."""
        layout = self.plan.layout()
        return len(layout) if self.keep_delimiters else layout.count(False)

    def run(self, text: str | None) -> tuple[str | None, ...]:
        """The parts of a text, `width` of them; all null where the text does not conform."""
        parts = self.plan.parts(text) if text is not None and text.strip() else None
        if parts is None:
            return (None,) * self.width
        if self.keep_delimiters:
            return tuple(part for part, _ in parts)
        if isinstance(self.plan, Columns):
            return tuple((part or "").strip() for part, _ in parts)
        return tuple(part for part, is_delimiter in parts if not is_delimiter)

    def explain(self) -> str:
        """What it does, in one sentence."""
        words = self.plan.words()
        if not self.keep_delimiters:
            return words
        return (
            words.replace(", and trim each part.", ".")
            if isinstance(self.plan, Columns)
            else f"{words[:-1]}; keep the delimiters as parts."
        )

    def to_python(self) -> str:
        """A short function that does the same, with no need of Workbench (Python 3.11 or later)."""
        from workbench.byexample.splitting.writing import python_of

        return python_of(self)

    def to_json(self) -> dict[str, Any]:
        """Plain values, as `from_json` reads them."""
        return {"splitter": VERSION, "keep_delimiters": self.keep_delimiters, **self.plan.to_json()}

    @staticmethod
    def from_json(told: dict[str, Any]) -> "Splitter":
        """Raises `UserError` for what is no splitter, or one of a later version."""
        if not isinstance(told, dict) or not isinstance(told.get("splitter"), int):
            raise UserError("This is no splitter.", hint="A splitter is an object with a number “splitter”, its version.")
        if told["splitter"] > VERSION:
            raise UserError(
                "This splitter was made by a later version of Workbench.", hint="Update Workbench, or learn the split again."
            )
        try:
            return Splitter(_plan(told), bool(told.get("keep_delimiters", False)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UserError("This splitter cannot be read.", hint=f"It lacks or misnames something: {error}.") from error


def _plan(told: dict[str, Any]) -> Plan:
    match told["way"]:
        case "sequence":
            return Sequence(_checked(tuple(_piece(one) for one in told["pieces"])))
        case "columns":
            cuts = tuple(int(cut) for cut in told["cuts"])
            if list(cuts) != sorted(set(cuts)) or any(cut < 1 for cut in cuts):
                raise ValueError("cuts have to rise from 1")
            return Columns(cuts)
        case "list":
            delimiters, fields = tuple(str(one) for one in told["delimiters"]), int(told["fields"])
            if not delimiters or not all(delimiters) or not 1 <= fields <= MOST_FIELDS or told["fill"] not in ("left", "right"):
                raise ValueError(f"a list needs delimiters, at most {MOST_FIELDS} fields, and fill left or right")
            return Listing(delimiters, fields, told["fill"])
        case way:
            raise ValueError(f"there is no way “{way}”")


def _checked(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Two fields never stand side by side, and only the last separator may be missing."""
    if any(isinstance(a, Field) and isinstance(b, Field) for a, b in itertools.pairwise(pieces)) or not pieces:
        raise ValueError("fields and separators have to alternate")
    return pieces


def _piece(told: dict[str, Any]) -> Piece:
    if told["piece"] == "field":
        around = tuple(told.get("around", ()))
        _known(around, ITEMS)
        without = tuple(_separator(one) for one in told.get("without", ()))
        jumps = int(told.get("jumps", 0))
        if not 0 <= jumps <= MOST_FIELDS:
            raise ValueError("a field jumps too often")
        return Field(without, around, bool(told.get("filled", False)), jumps)
    return _separator(told)


def _separator(told: dict[str, Any]) -> Separator:
    boundary, preceded, followed = told.get("boundary", ""), told.get("preceded", ""), told.get("followed", "")
    _known((preceded,), PRECEDED)
    _known((followed,), FOLLOWED)
    if boundary:
        _known((boundary,), BOUNDARIES)
    text = str(told.get("text", ""))
    if not text and not boundary:
        raise ValueError("a separator has a text or a boundary")
    return Separator(text, boundary, bool(told.get("loose", False)), preceded, followed, bool(told.get("optional", False)))


def _known(names: tuple[str, ...], table: dict[str, Any]) -> None:
    for name in names:
        if name not in table:
            raise ValueError(f"there is no “{name}”")
