"""English for the operators that turn a text into a text."""

from __future__ import annotations

from workbench.byexample.printing.phrases import Phrase, Wording
from workbench.byexample.printing.words import count_of, listed, mark, marks, number_word, ordinal_word, quoted, token, tokens
from workbench.byexample.tree.nodes import Column, Node
from workbench.byexample.tree.texts import (
    BLANKS,
    After,
    AfterToken,
    Before,
    Between,
    Case,
    FromToken,
    Items,
    KeepTokens,
    Lookup,
    Match,
    Pad,
    Part,
    Replace,
    ReplaceTokens,
    Slice,
    Squeeze,
    Trim,
    UpToToken,
    WithoutAccents,
)

_CASES = {
    "upper": "in capitals", "lower": "in small letters", "title": "with a capital at each word",
    "sentence": "with one capital at the start",
    "camel": "in camelCase", "pascal": "in PascalCase", "snake": "in snake_case", "kebab": "in kebab-case",
}  # fmt: skip
_SIDES = {"both": "at its ends", "left": "at its start", "right": "at its end"}
_ORDERS = {
    "sorted": "sorted", "descending": "sorted from last to first", "numeric": "sorted as numbers", "reversed": "in reverse order",
}  # fmt: skip


def _stretch(of: object, where: str) -> Phrase:
    """The part of a text before or after something; of a part of another text, what stands there."""
    inner = str(of)
    return Phrase(
        f"what stands {where} in {inner}" if inner.startswith(("the part of", "what stands")) else f"the part of {inner} {where}"
    )


def text_phrase(node: Node, wording: Wording) -> Phrase | None:
    """The phrase of an operator over texts; None for other nodes."""
    match node:
        case Case(of, style):
            return wording.phrase(of).and_then(_CASES[style])
        case Trim(of, side, characters):
            taken = (
                "blanks"
                if set(characters) == set(BLANKS)
                else listed([marks(c) for c in dict.fromkeys(characters)] or ["anything"])
            )
            return wording.phrase(of).and_then(f"without {taken} {_SIDES[side]}")
        case Squeeze(of):
            return wording.phrase(of).and_then("with single blanks between the words")
        case Pad(of, width, fill, side):
            where = {"left": "on the left", "right": "on the right", "both": "on both sides"}[side]
            return wording.phrase(of).and_then(f"filled up to {count_of(width, 'character')} with {marks(fill)} {where}")
        case WithoutAccents(of):
            return wording.phrase(of).and_then("without accents")
        case Replace(of, old, new):
            each = marks(old) if mark(old) != quoted(old) else f"each {quoted(old)}"
            return wording.phrase(of).and_then(f"without {each}" if new == "" else f"with {each} replaced by {quoted(new)}")
        case ReplaceTokens(of, kind, new):
            removed = f"without its {tokens(kind)}" if new == "" else f"with its {tokens(kind)} replaced by {quoted(new)}"
            return wording.phrase(of).and_then(removed)
        case Lookup(of, table, otherwise):
            return _lookup(str(wording.phrase(of)), table, otherwise, wording)
        case Items():
            return _items(node, wording)
    return _piece(node, wording)


def _piece(node: Node, wording: Wording) -> Phrase | None:
    """Operators that take a piece out of a text."""
    match node:
        case KeepTokens(of, kind, joiner):
            joined = f" joined by {quoted(joiner)}" if joiner else ""
            return Phrase(f"the {tokens(kind)} of {wording.phrase(of)}{joined}")
        case Slice(of, start, stop):
            return Phrase(_characters(str(wording.phrase(of)), start, stop))
        case Part(of, delimiter, index) if index in {0, -1}:
            where = "before the first" if index == 0 else "after the last"
            return _stretch(wording.phrase(of), f"{where} {mark(delimiter)}")
        case Part(of, delimiter, index):
            return Phrase(f"the {ordinal_word(index)} part of {wording.phrase(of)} between {marks(delimiter)}")
        case Match(of, kind, index):
            return Phrase(f"the {ordinal_word(index)} {token(kind, wording.brief)} of {wording.phrase(of)}")
        case Before(of, text, index):
            return _stretch(wording.phrase(of), f"before the {ordinal_word(index)} {mark(text)}")
        case After(of, text, index):
            return _stretch(wording.phrase(of), f"after the {ordinal_word(index)} {mark(text)}")
        case Between(of, left, right):
            if left == right:
                return Phrase(f"the part of {wording.phrase(of)} between the first two {marks(left)}")
            if (left, right) in {("(", ")"), ("[", "]"), ("{", "}"), ("<", ">")}:
                name = {"(": "round", "[": "square", "{": "curly", "<": "angle"}[left]
                return Phrase(f"the part of {wording.phrase(of)} in {name} brackets")
            return Phrase(f"the part of {wording.phrase(of)} between the first {mark(left)} and the next {mark(right)}")
        case FromToken(of, kind, index):
            return Phrase(f"the part of {wording.phrase(of)} from the {ordinal_word(index)} {token(kind)} on")
        case UpToToken(of, kind, index, included):
            where = "up to and with" if included else "before"
            return _stretch(wording.phrase(of), f"{where} the {ordinal_word(index)} {token(kind)}")
        case AfterToken(of, kind, index):
            return _stretch(wording.phrase(of), f"after the {ordinal_word(index)} {token(kind)}")
    return None


def _characters(of: str, start: int, stop: int | None) -> str:
    if start == 0 and stop is not None and stop > 0:
        return f"the first {'character' if stop == 1 else count_of(stop, 'character')} of {of}"
    if stop is None and start < 0:
        return f"the last {'character' if start == -1 else count_of(-start, 'character')} of {of}"
    if start == 0 and stop is None:
        return of
    if stop is None:
        return f"{of} without the first {'character' if start == 1 else count_of(start, 'character')}"
    if start == 0 and stop < 0:
        return f"{of} without the last {'character' if stop == -1 else count_of(-stop, 'character')}"
    if start >= 0 and stop == start + 1:
        return f"the {ordinal_word(start)} character of {of}"
    if start >= 0 and stop > 0:
        return f"characters {start + 1} to {stop} of {of}"
    if start > 0:
        first, last = ("" if count == 1 else f" {number_word(count)}" for count in (start, -stop))
        return f"{of} without its first{first} and its last{last} {'character' if stop == -1 else 'characters'}"
    first = f"the {ordinal_word(start)} character"
    last = f"the {ordinal_word(stop - 1)} one" if stop != 0 else "the start"
    return f"the part of {of} from {first} to {last}"


def _lookup(of: str, table: tuple[tuple[str, str | None], ...], otherwise: str | None, wording: Wording) -> Phrase:
    pairs = [f"{'nothing' if to is None else quoted(to)} for {quoted(given)}" for given, to in table]
    if wording.brief or not pairs:
        return Phrase(f"the value listed for {of}")
    shown = listed(pairs) if len(pairs) <= 3 else f"such as {pairs[0]}; {len(pairs)} are listed"
    rest = "" if otherwise is None else f"; {quoted(otherwise)} for any other"
    return Phrase(f"the value listed for {of} ({shown}{rest})")


def _items(node: Items, wording: Wording) -> Phrase:
    separator = f"between {marks(node.separator)}"
    remarks = []
    head = f"the items of {wording.phrase(node.of)} {separator}"
    if node.each is not None and not isinstance(node.each, Column):
        each = Wording(("each item",), many=False, words=wording.words, brief=wording.brief).phrase(node.each)
        if each.head == "each item":
            remarks += [f"each {remark}" for remark in each.remarks]
        elif "," in str(each) or str(each).count("each item") > 1:
            each = Wording(("the item",), many=False, words=wording.words, brief=wording.brief).phrase(node.each)
            remarks.append(f"each replaced by {str(each).replace(', followed by', ' followed by')}")
        else:
            head = f"{each} of {wording.phrase(node.of)} ({separator})"
    if node.unique:
        remarks.append("each only once")
    if node.order:
        remarks.append(_ORDERS[node.order])
    joined = {"": "put together without a gap", node.separator: ""}.get(node.joiner, f"joined by {quoted(node.joiner)}")
    return Phrase(head, (*remarks, joined) if joined else tuple(remarks))
