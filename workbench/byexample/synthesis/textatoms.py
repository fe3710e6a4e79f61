"""Atoms out of texts: pieces as they are, in another case, cut, padded, cleaned."""

import re

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.texts import (
    Case,
    KeepTokens,
    Pad,
    Replace,
    ReplaceTokens,
    Slice,
    Squeeze,
    Trim,
    WithoutAccents,
    to_case,
)

_DROPPED = ("blanks", "punctuation", "digits", "letters", "vowels", "lower", "upper")
_KEPT = ("digits", "letters", "upper", "alphanumeric", "lower")
_CHARACTERS = re.compile(r"[^\w]|_")


def offer_texts(shop: Workshop, view: View, whole: bool) -> None:
    """Offers what can be made of a text view; `whole`: the full set, for columns."""
    shop.offer(view)
    _cases(shop, view, whole)
    _slices(shop, view, whole)
    _replaced(shop, view)
    if whole:
        _cleaned(shop, view)
        _padded(shop, view)


def _cases(shop: Workshop, view: View, whole: bool) -> None:
    node, cost = view.node, view.cost
    if not whole and view.values[0].lower() not in shop.outputs[0].lower():
        return
    for style, more in ranking.CASE.items():
        if to_case(view.values[0], style) in shop.outputs[0]:
            cased = view.of(Case(node, style), cost + more)
            if cased is not None and cased.values != view.values:
                shop.offer(cased)
    if whole and any(character.isalpha() for character in shop.outputs[0]):
        for style, more in ranking.WHOLE_CASE.items():
            shop.through(view, Case(node, style), cost + more)


def _slices(shop: Workshop, view: View, whole: bool) -> None:
    node, cost = view.node, view.cost
    shortest = min(map(len, view.values))
    fixed = (
        len({len(value) for value in view.values}) == 1
        and whole
        and len({len(v) for v in view.others(shop.others) if v} | {len(view.values[0])}) == 1
    )
    base = cost + (ranking.SLICE_FIXED if fixed else ranking.SLICE)
    for size in range(1, min(9, shortest)):
        for piece, more in ((Slice(node, 0, size), 0.0), (Slice(node, -size, None), 0.1)):
            _cased(shop, view, piece, base + more + ranking.SLICE_LENGTH * size, ("upper", "lower", "title") if size <= 3 else ())
    for size in range(1, min(5, shortest)):
        for piece in (Slice(node, size, None), Slice(node, 0, -size)):
            cost_ = cost + ranking.SLICE + 0.3 + ranking.SLICE_LENGTH * size
            _cased(shop, view, piece, cost_, ("upper", "lower") if size == 1 else ())
    if whole and shortest <= 40:
        far = 0.15 if fixed else ranking.SLICE_INSIDE
        for start, end in _shared(view.values[0], shop.outputs[0]):
            if start and end < len(view.values[0]):
                shop.through(view, Slice(node, start, end), base + far + ranking.SLICE_LENGTH * start)
                shop.offer(
                    view.of(
                        Slice(node, start - len(view.values[0]), end - len(view.values[0])),
                        base + 0.15 + far + ranking.SLICE_LENGTH * start,
                    )
                )


def _cased(shop: Workshop, view: View, piece: Slice, cost: float, styles: tuple[str, ...]) -> None:
    """Offers a slice as it is and in other cases."""
    text = piece.apply(view.values[0])
    if not text or text.lower() not in shop.outputs[0].lower():
        return
    sliced = view.of(piece, cost)
    shop.offer(sliced)
    if sliced is not None:
        for style in styles if text.lower() != text.upper() else ():
            shop.through(sliced, Case(piece, style), cost + ranking.CASE[style])


def _shared(text: str, output: str) -> list[tuple[int, int]]:
    """Where tokens of the output stand in the text."""
    found: dict[tuple[int, int], None] = {}
    for token in dict.fromkeys(re.findall(r"[0-9]+|[^\W\d_]+|[^\W_]+", output)):
        at = text.find(token)
        while at >= 0 and len(found) < 60:
            found[at, at + len(token)] = None
            at = text.find(token, at + 1)
    return list(found)


def _cleaned(shop: Workshop, view: View) -> None:
    node, cost = view.node, view.cost
    values = view.values
    if any(value != value.strip() for value in values):
        trimmed = view.of(Trim(node), cost + ranking.TRIM)
        if trimmed:
            shop.offer(trimmed)
            _cases(shop, trimmed, whole=False)
    if any(re.search(r"\s\s|^\s|\s$", value) for value in values):
        squeezed = view.of(Squeeze(node), cost + ranking.SQUEEZE)
        if squeezed:
            shop.offer(squeezed)
            _cases(shop, squeezed, whole=False)
    if any(not value.isascii() for value in values):
        plain = view.of(WithoutAccents(node), cost + ranking.ACCENTS)
        if plain:
            shop.offer(plain)
            _cases(shop, plain, whole=True)
    for kind in _DROPPED:
        for new in ("", " ", "-", "_") if kind in {"blanks", "punctuation"} else ("",):
            cleaned = view.of(ReplaceTokens(node, kind, new), cost + ranking.DROP + 0.1 * bool(new))
            shop.offer(cleaned)
            if cleaned:
                for style in ("upper", "lower"):
                    shop.through(cleaned, Case(cleaned.node, style), cleaned.cost + ranking.CASE[style])
    for kind in _KEPT:
        kept = view.of(KeepTokens(node, kind), cost + ranking.KEEP)
        shop.offer(kept)
    for left, right in (("''", '"'), ("'", '"'), ('"', "'")):
        if left in values[0] and right in shop.outputs[0]:
            shop.through(view, Replace(node, left, right), cost + ranking.REPLACE)


def _replaced(shop: Workshop, view: View) -> None:
    """One kind of mark replaced by another, or dropped."""
    first, output = view.values[0], shop.outputs[0]
    lowered = output.lower()
    marks = dict.fromkeys(_CHARACTERS.findall(first))
    fresh = [mark for mark in dict.fromkeys(_CHARACTERS.findall(output)) if mark not in marks]
    for old in marks:
        for new in ("", *fresh):
            if first.replace(old, new).lower() not in lowered:
                continue
            replaced = view.of(Replace(view.node, old, new), view.cost + ranking.REPLACE)
            shop.offer(replaced)
            if replaced:
                for style in ("upper", "lower", "title", "sentence"):
                    shop.through(replaced, Case(replaced.node, style), replaced.cost + ranking.CASE[style])


def _padded(shop: Workshop, view: View) -> None:
    for value, output in zip(view.values[:1], shop.outputs[:1], strict=True):
        at = output.find(value)
        if at < 0 or not value:
            continue
        left = output[:at]
        if left and len(set(left)) == 1 and not left.isalpha():
            shop.through(view, Pad(view.node, len(left) + len(value), left[0], "left"), view.cost + ranking.PAD)
        right = output[at + len(value) :]
        if right and len(set(right)) == 1 and not right.isalnum():
            shop.through(view, Pad(view.node, len(right) + len(value), right[0], "right"), view.cost + ranking.PAD)
