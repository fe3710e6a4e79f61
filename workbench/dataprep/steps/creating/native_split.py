"""Learned splitters in the databases' own terms, where these give exactly the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.dataprep.steps.creating.texts import BLANK_CLASS, BLANKS

if TYPE_CHECKING:
    from workbench.byexample.splitting import Splitter
    from workbench.byexample.splitting.plans import Columns, Listing, Sequence


def native_pieces(splitter: Splitter, text: Any, dialect: str) -> list[Any] | None:
    """The parts of a text as Ibis values; None where the database cannot do exactly what the splitter does."""
    import ibis

    from workbench.byexample.native.binding import numbered
    from workbench.byexample.native.engines import engine
    from workbench.byexample.splitting.plans import Columns, Listing, Sequence

    with numbered():
        match splitter.plan:
            case Columns():
                found: list[Any] | None = _columns(splitter.plan, splitter, text, dialect)
            case Listing():
                found = _listing(splitter.plan, splitter, text, dialect)
            case Sequence():
                found = _sequence(splitter.plan, splitter, text, dialect)
    if found is None:
        return None
    filled = engine(dialect).matches(text, f"[^{BLANK_CLASS}]")
    return [ibis.ifelse(filled, piece, ibis.null("string")) for piece in found]


def _columns(plan: Columns, splitter: Splitter, text: Any, dialect: str) -> list[Any]:
    from workbench.byexample.native.engines import engine

    ours = engine(dialect)
    edges = [0, *plan.cuts]
    lengths = [after - before for before, after in zip(edges, plan.cuts, strict=False)]
    cut = [ours.from_(text, start, length) for start, length in zip(edges, [*lengths, None], strict=True)]
    return cut if splitter.keep_delimiters else [ours.stripped(piece, BLANKS, "both") for piece in cut]


def _listing(plan: Listing, splitter: Splitter, text: Any, dialect: str) -> list[Any] | None:
    """A single delimiter; what is beyond the last field stays in it."""
    import ibis

    from workbench.byexample.native.engines import engine

    if len(plan.delimiters) != 1:
        return None
    ours, (delimiter,), fields = engine(dialect), plan.delimiters, plan.fields
    pieces = ours.split(text, delimiter)
    count = ibis.least(pieces.length(), fields)
    nothing = ibis.null("string")
    found: list[Any] = []
    for number in range(fields):
        place = number + 1 if plan.fill == "right" else count - (fields - number - 1)
        last = ours.joined(ours.run(pieces, fields - 1), delimiter) if number == fields - 1 else None
        if plan.fill == "right":
            piece = ours.item(pieces, number)
        else:
            piece = ibis.ifelse(place >= 1, ours.chosen(pieces, ibis.greatest(place, 1)), nothing)
        found.append(piece if last is None else ibis.ifelse(pieces.length() > fields, last, piece))
        if splitter.keep_delimiters and number < fields - 1:
            there = count > number + 1 if plan.fill == "right" else count > fields - 1 - number
            found.append(ibis.ifelse(there, ibis.literal(delimiter), nothing))
    return found


_UP_TO = re.compile(r"\[\^((?:\\.|[^\]\\])*)\]\*\+")


def _sequence(plan: Sequence, splitter: Splitter, text: Any, dialect: str) -> list[Any] | None:
    """Fields up to single signs that they do not hold, so that a line is read in one way only."""
    import ibis

    from workbench.byexample.native.engines import engine
    from workbench.byexample.splitting.pieces import Separator

    patterns: list[str] = []
    pieces = plan.pieces
    for place, (told, piece) in enumerate(plan.patterns()):
        following = pieces[place + 1] if place + 1 < len(pieces) else None
        shown = _separator(piece) if isinstance(piece, Separator) else _field(told[1:-1], following)
        if shown is None:
            return None
        patterns.append(f"({shown})")
    whole = rf"(?s)\A{''.join(patterns)}\z"
    ours = engine(dialect)
    groups = ours.with_groups(text, whole, len(patterns), lambda found: ibis.array(list(found)))
    fits = ours.matches(text, whole)
    chosen = [place for place, piece in enumerate(pieces) if splitter.keep_delimiters or not isinstance(piece, Separator)]
    return [ibis.ifelse(fits, ours.item(groups, place), ibis.null("string")) for place in chosen]


def _separator(piece: Any) -> str | None:
    """A plain text, or blanks, as RE2 and Java read it."""
    from workbench.byexample.native.functions import literal

    if piece.boundary or piece.preceded or piece.followed or piece.optional:
        return None
    if not piece.loose:
        return literal(piece.text)
    return f"[{BLANK_CLASS}]+" if piece.text == " " else None


def _field(told: str, following: Any) -> str | None:
    """A field that stops before the separator's first sign, which it cannot hold."""
    from workbench.byexample.native.functions import literal

    if told == ".*+":
        return ".*" if following is None else None
    if following is not None and following.loose and following.text != " ":
        return None
    if told == r"\S*+":
        return f"[^{BLANK_CLASS}]*" if following is None or following.text[:1] == " " else None
    found = _UP_TO.fullmatch(told)
    if not found or (following is not None and following.loose):
        return None
    signs = [sign[-1] for sign in re.findall(r"\\.|.", found[1], re.DOTALL)]
    if any(re.fullmatch(r"\\\w", sign) for sign in re.findall(r"\\.|.", found[1], re.DOTALL)):
        return None
    if following is not None and following.text[:1] not in signs:
        return None
    return "[^" + "".join(literal(sign) if ord(sign) < 128 else sign for sign in signs) + "]*"
