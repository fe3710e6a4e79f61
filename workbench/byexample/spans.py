"""Where in its input a program finds what it gives: programs that take one piece out of one text."""

from __future__ import annotations

from workbench.byexample.tree.nodes import Choose, Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.texts import (
    After,
    AfterToken,
    Before,
    Between,
    FromToken,
    Lookup,
    Match,
    Part,
    Slice,
    Trim,
    UpToToken,
    find,
    token_span,
)

Span = tuple[int, int]
"""The first character of a piece, and the one after its last."""


def span_of(root: Node, text: str) -> Span | None:
    """The piece of the text that the program gives for it; None when it gives nothing, or no piece of the text.

    Where the operators do not tell the place (a text in another case that is the same, a number shown as it stands), the piece is
    taken when it occurs once.
    """
    wanted = root.run((text,))
    if not wanted:
        return None
    span = _trace(root, text)
    if span is not None and text[span[0] : span[1]] == wanted:
        return span
    at = text.find(wanted)
    return (at, at + len(wanted)) if at >= 0 and text.find(wanted, at + 1) < 0 else None


def _trace(node: Node, text: str) -> Span | None:
    match node:
        case Column(0):
            return 0, len(text)
        case FirstOf(options):
            return next((_trace(option, text) for option in options if option.run((text,)) is not None), None)
        case Choose(arms, otherwise):
            return _trace(next((arm.then for arm in arms if arm.condition.holds((text,))), otherwise), text)
        case Concat(parts):
            return _joined(parts, text)
        case Slice() | Part() | Match() | Before() | After() | Between() | FromToken() | UpToToken() | AfterToken() | Trim():
            outer = _trace(node.of, text)
            inner = None if outer is None else _inside(node, text[outer[0] : outer[1]])
            return None if outer is None or inner is None else (outer[0] + inner[0], outer[0] + inner[1])
        case Lookup() | Constant():
            return None
    return None


def _inside(node: Node, value: str) -> Span | None:
    """The piece of a value that one operator takes."""
    match node:
        case Slice(start=start, stop=stop):
            first, last, _ = slice(start, stop).indices(len(value))
            return first, last
        case Part(delimiter=delimiter, index=index):
            pieces = value.split(delimiter)
            if len(pieces) < 2 or not -len(pieces) <= index < len(pieces):
                return None
            at = sum(len(piece) + len(delimiter) for piece in pieces[: index % len(pieces)])
            return at, at + len(pieces[index])
        case Match(kind=kind, index=index):
            return token_span(value, kind, index)
        case Before(mark=mark, index=index):
            found = find(value, mark, index)
            return None if found is None else (0, found)
        case After(mark=mark, index=index):
            found = find(value, mark, index)
            return None if found is None else (found + len(mark), len(value))
        case Between(left=left, right=right):
            start = value.find(left)
            stop = value.find(right, start + len(left)) if start >= 0 else -1
            return None if stop < 0 else (start + len(left), stop)
        case FromToken(kind=kind, index=index):
            token = token_span(value, kind, index)
            return None if token is None else (token[0], len(value))
        case UpToToken(kind=kind, index=index, included=included):
            token = token_span(value, kind, index)
            return None if token is None else (0, token[1] if included else token[0])
        case AfterToken(kind=kind, index=index):
            token = token_span(value, kind, index)
            return None if token is None else (token[1], len(value))
        case Trim():
            trimmed = node.apply(value)
            if not trimmed:
                return None
            start = 0 if node.side == "right" else len(value) - len(value.lstrip(node.characters))
            return start, start + len(trimmed)
    return None


def _joined(parts: tuple[Node, ...], text: str) -> Span | None:
    """Pieces that stand one after the other in the text, with constants between them that stand there too."""
    start = stop = None
    before = 0
    for part in parts:
        if isinstance(part, Constant):
            size = len(part.text or "")
            if stop is None:
                before += size
            else:
                stop += size
            continue
        span = _trace(part, text)
        if span is None or (stop is not None and span[0] != stop):
            return None
        start, stop = (span[0] - before if start is None else start), span[1]
    return None if start is None or stop is None or start < 0 else (start, stop)
