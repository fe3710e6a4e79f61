"""Atoms out of lists inside a text: each item turned, the items put into another order, joined anew."""

from collections.abc import Iterator

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.nodes import Column, Concat, Constant, Node
from workbench.byexample.tree.texts import Case, Items, Match, Part, Slice, Trim

SEPARATORS = (", ", "; ", " | ", ",", ";", "|", "/", " - ", "-", " ", "_", "\n", "+", "&")
_ITEM = Column(0)
_FIRST = Slice(_ITEM, 0, 1)
_EACH: tuple[tuple[Node | None, float], ...] = (
    (None, 0.0), (Trim(_ITEM), 0.1), (Case(_ITEM, "title"), 0.2), (Case(_ITEM, "upper"), 0.2), (Case(_ITEM, "lower"), 0.2),
    (Case(_ITEM, "sentence"), 0.3), (_FIRST, 0.25), (Case(_FIRST, "upper"), 0.3), (Match(_ITEM, "digits", 0), 0.4),
    (Match(_ITEM, "letters", 0), 0.4), (Match(_ITEM, "nonblank", 0), 0.4), (Match(_ITEM, "nonblank", -1), 0.4),
    (Match(_ITEM, "upper", 0), 0.5),
    (Part(_ITEM, ":", -1), 0.5), (Part(_ITEM, "=", -1), 0.5), (Part(_ITEM, "=", 0), 0.5), (Part(_ITEM, "@", 0), 0.5),
)  # fmt: skip
_ORDERS = (("", 0.0), ("reversed", 0.3), ("sorted", 0.25), ("numeric", 0.3), ("descending", 0.35))
_MOST_ITEMS = 3000


def offer_lists(shop: Workshop, view: View) -> None:
    """Offers what can be made of the list that a text is, where the whole outputs are the lists."""
    if min(map(len, view.values)) < 2:
        return
    for separator in SEPARATORS:
        counts = [value.count(separator) for value in view.values]
        if not 0 < max(counts) < _MOST_ITEMS:
            continue
        longest = counts.index(max(counts))
        items = view.values[longest].split(separator)
        for each, price in _each(separator):
            turned = [text for item in items if (text := item if each is None else each.run((item,))) is not None]
            output = shop.outputs[longest]
            if len(turned) < 2 or not all(text in output for text in turned):
                continue
            for order, dear in _ORDERS:
                for unique in (False, True) if len(set(turned)) < len(turned) else (False,):
                    for joiner in _joiners(separator, turned, output):
                        if (each, order, unique, joiner) != (None, "", False, separator):
                            cost = view.cost + ranking.ITEMS + price + dear + 0.1 * unique + 0.1 * (joiner != separator)
                            cost += ranking.FEW_ITEMS * _few(order, len(turned), len(shop.rows))
                            shop.through(view, Items(view.node, separator, each, order, unique, joiner), cost)


def _few(order: str, items: int, examples: int) -> float:
    """How little the examples tell of an order: two items come sorted by chance every second time."""
    if not order:
        return 0.0
    return 4.0 if items < 3 and examples < 4 else float(items + examples < 5)


def _each(separator: str) -> Iterator[tuple[Node | None, float]]:
    yield from _EACH
    if separator in " -_":
        for first, price in ((_FIRST, 0.3), (Case(_FIRST, "upper"), 0.4)):
            yield Concat((first, Constant("."))), price


def _joiners(separator: str, items: list[str], output: str) -> list[str]:
    """What may stand between the items in the output."""
    found = {separator: None, "": None}
    for text in items[:2]:
        at = output.find(text)
        if at >= 0:
            rest = output[at + len(text) :]
            end = min((rest.find(other) for other in items if other in rest), default=-1)
            if 0 < end <= 5 and not any(character.isalnum() for character in rest[:end]):
                found[rest[:end]] = None
    return list(found)
