"""Learning one program that treats all rows alike."""

from collections.abc import Iterable, Iterator

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.evidence import heed_others, suspicion
from workbench.byexample.synthesis.listatoms import offer_lists
from workbench.byexample.synthesis.momentatoms import offer_moments
from workbench.byexample.synthesis.momentreading import moment_views
from workbench.byexample.synthesis.numberatoms import number_view, offer_numbers
from workbench.byexample.synthesis.pairatoms import offer_computed
from workbench.byexample.synthesis.pieces import pieces
from workbench.byexample.synthesis.spelling import spell
from workbench.byexample.synthesis.textatoms import offer_texts
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.nodes import Node
from workbench.byexample.tree.texts import Pad

_SECOND = 40
"""How many pieces are cut once more."""
_WANTED = 12


def learn_straight(shop: Workshop) -> list[tuple[float, Node]]:
    """Programs that give every example its output, cheapest first; those that leave rows without an answer rank lower."""
    gather(shop)
    heed_others(shop)
    found = [(cost + suspicion(shop, node), node) for cost, node in spell(shop, _WANTED)]
    return sorted(found, key=lambda item: item[0])


def gather(shop: Workshop) -> None:
    """Offers all atoms, the plain ones first, so that a short budget still finds them."""
    views = list(shop.columns)
    for place, column in enumerate(views):
        column.cost = ranking.COLUMN
        shop.offer(column)
        column.cost = 0.02 * place
    first = _distinct(view for column in views for view in pieces(shop, column, 0))
    numbers, moments = [], []
    for view in shop.columns:
        offer_texts(shop, view, whole=True)
        offer_lists(shop, view)
        if (number := number_view(view)) is not None:
            numbers.append(number)
            offer_numbers(shop, number)
        for read in (*moment_views(shop, view), *_clock_digits(shop, view)):
            moments.append(read)
            shop.dated.add(view.column)
            offer_moments(shop, read)
    offer_computed(shop, numbers, moments)
    for view, typed in first:
        if shop.late:
            return
        _offer(shop, view, typed=typed)
    ranked = [view for view, _ in sorted(first, key=lambda item: item[0].cost) if min(map(len, view.values)) > 2]
    known = {(view.column, tuple(view.values)) for view, _ in first}
    for view, typed in _distinct(view for piece in ranked[:_SECOND] for view in pieces(shop, piece, 1)):
        if shop.late:
            return
        if (view.column, tuple(view.values)) not in known:
            _offer(shop, view, typed=typed)
        else:
            shop.offer(view)


def _clock_digits(shop: Workshop, view: View) -> Iterator[View]:
    """Times written as digits without zeros in front: 5 is 0:05, 517 is 5:17."""
    texts = [value for value in (*view.values, *view.others(shop.others)) if value]
    if (
        texts
        and all(text.isascii() and text.isdigit() and len(text) <= 4 for text in texts)
        and min(map(len, texts)) < 3 <= max(map(len, texts))
    ):
        padded = view.of(Pad(view.node, 4, "0", "left"), view.cost + ranking.CLOCK_DIGITS)
        if padded is not None:
            yield from moment_views(shop, padded)


def _distinct(views: Iterable[View]) -> list[tuple[View, bool]]:
    """A few views, the cheapest, of those with equal values; the first two of them are worth reading as numbers and dates."""
    best: dict[tuple[int | None, tuple[str, ...]], list[View]] = {}
    for view in views:
        best.setdefault((view.column, tuple(view.values)), []).append(view)
    return [
        (view, place < 2) for alike in best.values() for place, view in enumerate(sorted(alike, key=lambda view: view.cost)[:5])
    ]


def _offer(shop: Workshop, view: View, *, typed: bool) -> None:
    if typed:
        if (number := number_view(view)) is not None:
            offer_numbers(shop, number, plain=view.column in shop.dated)
        for moment in moment_views(shop, view):
            offer_moments(shop, moment)
    offer_texts(shop, view, whole=False)
