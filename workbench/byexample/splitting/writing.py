"""Prints a splitter as a short Python function that stands alone."""

import itertools
import re
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from workbench.byexample.splitting.items import ITEMS
from workbench.byexample.splitting.pieces import Field, Piece, Separator
from workbench.byexample.splitting.plans import Columns, Listing, Sequence

if TYPE_CHECKING:
    from workbench.byexample.splitting.splitter import Splitter


def python_of(splitter: "Splitter") -> str:
    """The text of a module with a function `split_text(text)`."""
    match splitter.plan:
        case Sequence():
            return _sequence(splitter, splitter.plan)
        case Columns():
            return _columns(splitter, splitter.plan)
        case Listing():
            return _listing(splitter, splitter.plan)


def _head(splitter: "Splitter") -> list[str]:
    words = splitter.explain().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    said = textwrap.wrap(f'    """{words}"""', 110, break_long_words=False, break_on_hyphens=False, subsequent_indent="    ")
    return [
        "def split_text(text: str | None) -> tuple[str | None, ...]:",
        *said,
        "    if text is None or not text.strip():",
        f"        return (None,) * {splitter.width}",
    ]


def _raw(pattern: str) -> str:
    if any(not character.isprintable() for character in pattern) or ('"' in pattern and "'" in pattern) or pattern.endswith("\\"):
        return repr(pattern)
    return f"r'{pattern}'" if '"' in pattern else f'r"{pattern}"'


def _named(pattern: str, kinds: Iterable[str]) -> str:
    """A regular expression as Python, with the patterns of items under their names."""
    names = {ITEMS[kind]: _constant(kind) for kind in kinds}
    if not names:
        return _raw(pattern)
    pieces = re.split("(" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + ")", pattern)
    return " + ".join(names.get(piece) or _raw(piece) for piece in pieces if piece)


def _constant(kind: str) -> str:
    return re.sub(r"\W", "_", kind).upper()


def _items_of(piece: Piece) -> tuple[str, ...]:
    """The items that the pattern of a piece mentions."""
    if isinstance(piece, Separator):
        return (piece.followed,) if piece.followed in ITEMS else ()
    return piece.around


def _sequence(splitter: "Splitter", plan: Sequence) -> str:
    patterns = plan.patterns()
    kinds = [_items_of(piece) for _, piece in patterns]
    kinds = [(*own, *(kinds[i + 1] if i + 1 < len(kinds) else ())) for i, own in enumerate(kinds)]
    rows: list[tuple[str, str]] = []
    for (pattern, piece), mentioned in zip(patterns, kinds, strict=True):
        if isinstance(piece, Field):
            rows.append((_named(pattern, mentioned), f"part {1 + sum(note.startswith('part') for _, note in rows)}"))
        elif piece.boundary:
            rows.append((_raw(pattern), piece.words()))
        else:
            rows.append((_named(pattern if splitter.keep_delimiters else pattern[1:-1], mentioned), "delimiter"))
    lines = ["import re", ""]
    used = [kind for kind in ITEMS if any(kind in mentioned for mentioned in kinds)]
    lines += [f"{_constant(kind)} = {_raw(ITEMS[kind])}" for kind in used] + ([""] if used else [])
    return "\n".join([*lines, *_compiled(rows), "", "", *_head(splitter), *_matched(splitter)]) + "\n"


def _compiled(rows: list[tuple[str, str]]) -> list[str]:
    """The lines that compile the regular expression; texts join by themselves, a name needs a plus."""
    codes = [code for code, _ in rows]
    joined = codes[:1]
    for before, code in itertools.pairwise(codes):
        joined.append(f"+ {code}" if before[-1] not in "\"'" or code[0].isupper() else code)
    joined[-1] += ","
    wide = min(60, max(map(len, joined)))
    lines = [f"    {code:<{wide}}  # {note}" for code, (_, note) in zip(joined, rows, strict=True)]
    return ["LINE = re.compile(", *lines, "    re.DOTALL,", ")"]


def _matched(splitter: "Splitter") -> list[str]:
    return ["    match = LINE.fullmatch(text)", f"    return match.groups() if match else (None,) * {splitter.width}"]


def _columns(splitter: "Splitter", plan: Columns) -> str:
    edges = [None, *plan.cuts, None]
    slices = [f"text[{'' if start is None else start}:{'' if end is None else end}]" for start, end in itertools.pairwise(edges)]
    lines = [*_head(splitter), "    return ("]
    lines += [f"        {one}{'' if splitter.keep_delimiters else '.strip()'}," for one in slices]
    return "\n".join([*lines, "    )"]) + "\n"


def _listing(splitter: "Splitter", plan: Listing) -> str:
    pattern = f"({plan.pattern})" if splitter.keep_delimiters else plan.pattern
    split = f"re.split({_raw(pattern)}, text, maxsplit={plan.fields - 1})" if plan.fields > 1 else "[text]"
    filled = f"[None] * ({splitter.width} - len(parts))"
    lines = ["import re", "", "", *_head(splitter), f"    parts = {split}"]
    lines.append(f"    return tuple(parts + {filled})" if plan.fill == "right" else f"    return tuple({filled} + parts)")
    return "\n".join(lines) + "\n"
