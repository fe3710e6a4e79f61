"""Prints a splitter as a short Python function that stands alone."""

import itertools
from typing import TYPE_CHECKING

from workbench.byexample.splitting.pieces import Field, Separator
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
    words = splitter.explain().replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("\n", "\\n").replace("\t", "\\t")
    return [
        "def split_text(text: str | None) -> tuple[str | None, ...]:",
        f'    """{words}"""',
        "    if text is None or not text.strip():",
        f"        return (None,) * {splitter.width}",
    ]


def _raw(pattern: str) -> str:
    if any(not character.isprintable() for character in pattern) or ('"' in pattern and "'" in pattern) or pattern.endswith("\\"):
        return repr(pattern)
    return f"r'{pattern}'" if '"' in pattern else f'r"{pattern}"'


def _sequence(splitter: "Splitter", plan: Sequence) -> str:
    rows: list[tuple[str, str]] = []
    number = 0
    for pattern, piece in plan.patterns():
        if isinstance(piece, Field):
            number += 1
            rows.append((_raw(pattern), f"part {number}"))
        elif isinstance(piece, Separator) and piece.boundary:
            rows.append((_raw(pattern), piece.words()))
        else:
            rows.append((_raw(pattern if splitter.keep_delimiters else pattern[1:-1]), "delimiter"))
    codes = [code for code, _ in rows]
    codes[-1] += ","
    wide = min(60, max(map(len, codes)))
    lines = ["import re", "", "LINE = re.compile("]
    lines += [f"    {code:<{wide}}  # {note}" for code, (_, note) in zip(codes, rows, strict=True)]
    lines += ["    re.DOTALL,", ")", "", "", *_head(splitter)]
    lines += ["    match = LINE.fullmatch(text)", f"    return match.groups() if match else (None,) * {splitter.width}"]
    return "\n".join(lines) + "\n"


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
