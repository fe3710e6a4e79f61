"""What the snippets for data frames have in common."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.byexample.printing.literals import RESERVED, fresh, identifier
from workbench.byexample.printing.python_blocks import strict_columns
from workbench.byexample.printing.walking import columns_read, uses_of
from workbench.byexample.tree.nodes import Column, Constant, Node
from workbench.byexample.tree.texts import After, Before, Between, Part, overlaps_itself
from workbench.byexample.tree.tokens import TOKENS


class NoIdiom(Exception):
    """The library has no faithful idiom for a node."""


def column_name(index: int, columns: Sequence[str]) -> str:
    """The column's name; `column_1` without one."""
    return columns[index] if index < len(columns) and columns[index] else f"column_{index + 1}"


def shared(root: Node) -> list[int]:
    """The columns that a program reads several times."""
    uses = uses_of(root)
    return [index for index in columns_read(root) if uses[Column(index)] > 1]


def variables(root: Node, columns: Sequence[str]) -> dict[int, str]:
    """Names for the columns that a program reads several times."""
    names: dict[int, str] = {}
    for index in shared(root):
        hint = identifier(column_name(index, columns)) or f"column_{index + 1}"
        names[index] = fresh(hint, [*names.values(), *RESERVED, "np"])
    return names


def needs_all(root: Node) -> bool:
    """Whether nothing comes out where one of the columns is missing."""
    read = frozenset(columns_read(root))
    return bool(read) and strict_columns(root, read) == read


def text_of(node: Node) -> str:
    """The text of a constant. Raises NoIdiom for another node."""
    if isinstance(node, Constant) and node.text is not None:
        return node.text
    raise NoIdiom


def piece_pattern(node: Node) -> str | None:
    """A regular expression, read alike by Python and Rust, whose only group is what the operator takes; None when there is none.

    It is searched for; a point of it stands for any character.
    """
    match node:
        case Part(_, mark, 0) | Before(_, mark, 0) if len(mark) == 1:
            return f"^({_other_than(mark)}*){escaped(mark)}"
        case Part(_, mark, -1) | After(_, mark, -1) if len(mark) == 1:
            return f"{escaped(mark)}({_other_than(mark)}*)$"
        case Part(_, mark, 0) | Before(_, mark, 0) if mark:
            return f"(?s)^(.*?){escaped(mark)}"
        case Part(_, mark, -1) | After(_, mark, -1) if mark and not overlaps_itself(mark):
            return f"(?s)^.*{escaped(mark)}(.*)$"
        case Before(_, mark, -1) if mark and not overlaps_itself(mark):
            return f"(?s)^(.*){escaped(mark)}"
        case After(_, mark, 0) if mark:
            return f"(?s){escaped(mark)}(.*)"
        case After(_, mark, index) if index > 0 and len(mark) == 1:
            return f"(?s)^{_pieces(mark, index + 1)}(.*)"
        case Part(_, mark, index) if index > 0 and len(mark) == 1:
            return f"^{_pieces(mark, index)}({_other_than(mark)}*)"
        case Part(_, mark, -2) if len(mark) == 1:
            return f"(?:^|{escaped(mark)})({_other_than(mark)}*){escaped(mark)}{_other_than(mark)}*$"
        case Between(_, left, right) if left and right:
            if len(right) == 1:
                return f"{escaped(left)}({_other_than(right)}*){escaped(right)}"
            return f"(?s){escaped(left)}(.*?){escaped(right)}"
    return None


def _pieces(mark: str, count: int) -> str:
    piece = f"{_other_than(mark)}*{escaped(mark)}"
    return piece if count == 1 else f"(?:{piece}){{{count}}}"


def escaped(text: str) -> str:
    """A text as a regular expression that stands for itself in Python and in Rust."""
    return "".join(f"\\{c}" if c in r".^$*+?{}[]\|()" else c for c in text)


def _other_than(mark: str) -> str:
    return f"[^\\{mark}]" if mark in r"\]^[&~-" else f"[^{mark}]"


def portable(kind: str) -> str:
    """A kind of token as a regular expression for Rust, which takes other characters for letters than Python."""
    pattern = TOKENS[kind].pattern
    for ours, theirs in _CLASSES:
        pattern = pattern.replace(ours, theirs)
    return pattern


_CLASSES = (
    (r"[^\W\d_]", r"[\p{L}\p{Nl}\p{No}]"), (r"[^\W_]", r"[\p{L}\p{N}]"), (r"[^\w", r"[^\p{L}\p{N}_"), (r"[\w", r"[\p{L}\p{N}_"),
)  # fmt: skip


def with_import(source: str, imports: str) -> str:
    """A module with another package's imports after its own ones."""
    lines = source.split("\n")
    last = max((number for number, line in enumerate(lines) if line.startswith(("import ", "from "))), default=-1)
    if last < 0:
        return f"{imports}\n\n\n{source}" if source.startswith("def ") else f"{imports}\n\n{source}"
    if lines[last].endswith("("):
        last = lines.index(")", last)
    return "\n".join([*lines[: last + 1], "", imports, *lines[last + 1 :]])
