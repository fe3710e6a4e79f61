"""Reading texts as dates and times: which patterns a column is written in, and which order its numbers have."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.datepatterns import ORDERS, date_patterns
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.dates import ReadMoment
from workbench.byexample.tree.moments import Moment

_MOST_PATTERNS_READ = 16


def moment_views(shop: Workshop, view: View) -> Iterator[View]:
    """Views of the texts as dates and times: one for each order in which numbers may be read."""
    if max(map(len, view.values)) > 60:
        return
    shown = [date_patterns(value) for value in view.values]
    if not all(shown):
        return
    others = [date_patterns(value) if isinstance(value, str) else () for value in view.others(shop.others)]
    blank = sum(1 for value in view.others(shop.others) if value is None or not value.strip())
    seen: set[tuple[Moment, ...]] = set()
    given = {_skeleton(reading[2]) for readings in shown for reading in readings}
    for order in ORDERS:
        orders = _orders(others, order, given)
        for rank in (0, 1):
            chosen = [_choose(readings, order, rank) for readings in shown]
            if not all(chosen):
                continue
            language = next((found[1] for found in chosen if found and found[1] != "en"), "en")
            counts = Counter(found[2] for found in chosen if found)
            unread = 0
            for readings in others:
                found = _choose(readings, order, rank, orders) or (_choose(readings, order, 0, orders) if rank else None)
                if found:
                    counts[found[2]] += 1
                    language = found[1] if language == "en" else language
                else:
                    unread += 1
            patterns = tuple(pattern for pattern, _ in sorted(counts.items(), key=lambda item: -item[1])[:_MOST_PATTERNS_READ])
            doubted = any(found and found[0] for found in chosen)
            cost = view.cost + (ranking.ORDER[order] if doubted else 0.0) + 0.3 * rank + _oddity(patterns)
            if others:
                cost += ranking.UNREAD * math.sqrt(max(unread - blank, 0) / len(others))
            moment = view.of(ReadMoment(view.node, patterns, language), cost)
            if moment is None:
                continue
            key = (*moment.values, *moment.others(shop.others))
            if key not in seen:
                seen.add(key)
                yield moment


def _skeleton(pattern: str) -> str:
    return re.sub("[Md]+", "#", pattern)


def _orders(others: Sequence[tuple[tuple[str, str, str], ...]], order: str, given: set[str]) -> dict[str, str]:
    """The order in which each layout of numbers is read: the wished one, unless that fails on rows which another one reads all.

    A column may hold 27.3.1990 beside 8/14/2237: each layout has its own order. Those of the examples keep the wished one.
    """
    readable: dict[str, dict[str, int]] = {}
    rows: dict[str, int] = {}
    for readings in others:
        for skeleton in {_skeleton(reading[2]) for reading in readings if reading[0]}:
            rows[skeleton] = rows.get(skeleton, 0) + 1
            counts = readable.setdefault(skeleton, {})
            for name in {reading[0] for reading in readings if _skeleton(reading[2]) == skeleton}:
                counts[name] = counts.get(name, 0) + 1
    found = {}
    for skeleton, counts in readable.items():
        if skeleton not in given and counts.get(order, 0) < rows[skeleton]:
            best = max(counts, key=lambda name: counts[name])
            if best and counts[best] > counts.get(order, 0):
                found[skeleton] = best
    return found


def _choose(
    readings: tuple[tuple[str, str, str], ...], order: str, rank: int, orders: dict[str, str] | None = None
) -> tuple[str, str, str] | None:
    """The reading in an order; where the layout leaves no doubt, or there is none in that order, the one without."""
    if orders:
        order = next((orders[skeleton] for reading in readings if (skeleton := _skeleton(reading[2])) in orders), order)
    own = [reading for reading in readings if reading[0] == order]
    plain = [reading for reading in readings if not reading[0]]
    fitting = own + plain if own else plain
    return fitting[rank] if rank < len(fitting) else None


def _oddity(patterns: tuple[str, ...]) -> float:
    """Digits alone may be a date, but mostly are not."""
    first = patterns[0]
    if first in {"HHmm", "Hmm"}:
        return 0.3
    if first in {"yyyy", "HHmmss", "yyMMdd", "MMddyy", "ddMMyy", "yyyyMM"}:
        return 0.5
    if first in {"M.d", "d.M", "M-d", "d-M", "M/d", "d/M", "yyyy.M", "M.yyyy"}:
        return 0.8
    return 0.0
