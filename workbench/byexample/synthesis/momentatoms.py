"""Atoms out of dates and times: shown in the outputs' patterns, rounded, and the bins that hold them."""

import itertools
import math
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.datepatterns import ORDERS, date_patterns
from workbench.byexample.synthesis.numberatoms import offer_ranges
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.calendars import LANGUAGES, month_numbers, weekday_numbers
from workbench.byexample.tree.dates import FormatMoment, MomentNumber, MomentRange, ReadMoment, RoundMoment, seconds_of_day
from workbench.byexample.tree.moments import Moment, elements, pattern_expression, quote, read_moment, show_field
from workbench.byexample.tree.nodes import Node

_DATE_FIELDS = ("yyyy", "yy", "MMMM", "MMM", "MM", "M", "dd", "d", "do", "EEEE", "EEE", "Q", "ww", "w", "DDD", "D")
_TIME_FIELDS = ("HH", "H", "hh", "h", "mm", "m", "ss", "s", "S", "a", "aaa")
_KIND = {field: {"h": "H", "E": "E"}.get(field[0], field[0]) for field in (*_DATE_FIELDS, *_TIME_FIELDS)}
"""What each field tells; both clocks tell the hour."""
_OPEN = {"M", "d", "H", "h", "m", "s", "D", "w"}
_GLUE = re.compile(
    r"[^\w]?[QW](?=[0-9])|[^\w]{1,3}|_|T(?=[0-9])|[Qh](?=[0-9 ])|[hms](?: |$)| (?:of|at|de|the|on|um) |(?:st|nd|rd|th)\b[^\w]{0,2}"
)
_MOST_PATTERNS = 60
_CLOCKS = (
    "ha", "h a", "haaa", "h aaa", "hha", "hh a", "h:mma", "h:mm a", "h:mmaaa", "h:mm aaa", "hh:mma", "hh:mm a", "H:mm", "HH:mm",
    "H:mm:ss",
    "HH:mm:ss", "h:mm:ssa", "h:mm:ss a", "hh:mm:ss a", "hh:mm:ssa", "h:mm:ssaaa", "HH'h'", "H'h'", "HH'h'mm", "HHmm", "HH", "H",
)  # fmt: skip
_TO = r"((?:[ \t]*[-–—~/|,][ \t]*)|(?:[ \t]+(?:to|till|until|bis|and)[ \t]+)|\.\.|[ \t]+)"
_STEPS = (3600, 7200, 1800, 900, 10800, 14400, 21600, 600, 1200, 300, 43200, 28800, 60, 5400, 120)
_GAPS = (0, 60, 1, 600, 300, 3600)
_UNREAD = 2.5
_MOST_PATTERNS_READ = 16


def moment_views(shop: Workshop, view: View) -> Iterator[View]:
    """Views of the texts as dates and times: one for each order in which numbers may be read."""
    if not any(character.isdigit() for character in view.values[0]) or max(map(len, view.values)) > 60:
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
                cost += _UNREAD * math.sqrt(max(unread - blank, 0) / len(others))
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


def offer_moments(shop: Workshop, moment: View, *, plain: bool = False) -> None:
    """Offers what can be made of a view of dates and times; `plain`: shown in patterns only."""
    for place, language in enumerate(_languages(_language(moment), shop.outputs[0])):
        for fields, cost in _patterns(shop, moment.values, (*_DATE_FIELDS, *_TIME_FIELDS), language):
            turned = ranking.TURNED * _turns(moment.node, fields)
            shop.through(moment, FormatMoment(moment.node, fields, language), moment.cost + cost + turned + 0.02 * place)
    if plain:
        return
    for field in ("H", "m", "s", "yyyy", "d", "M"):
        number = moment.of(MomentNumber(moment.node, field), moment.cost + ranking.MOMENT_FIELD)
        if number:
            offer_ranges(shop, number, {"H": 24, "m": 60, "s": 60}.get(field, 0))
    if all(value.hour is not None for value in moment.values):
        _rounded(shop, moment)
        _ranges(shop, moment)


def _language(moment: View) -> str:
    return moment.node.language if isinstance(moment.node, ReadMoment) else "en"


def _turns(source: Node, shown: str) -> bool:
    """Whether day and month are read in one order and shown in the other, both as numbers."""
    orders = {_day_first(pattern) for pattern in source.patterns} if isinstance(source, ReadMoment) else set()
    return len(orders - {None}) == 1 and _day_first(shown) is not None and _day_first(shown) not in orders


@lru_cache(maxsize=2000)
def _day_first(pattern: str) -> bool | None:
    """Whether the day stands before the month, where both are numbers."""
    fields = [text[0] for text, is_field in elements(pattern) if is_field and text in {"M", "MM", "d", "dd"}]
    return fields[0] == "d" if set(fields) == {"M", "d"} else None


@lru_cache(maxsize=2000)
def _languages(source: str, output: str) -> tuple[str, ...]:
    """The languages that an output may be shown in: English, or those whose names of months or weekdays it has."""
    words = set(re.findall(r"[^\W\d_]{3,}", output.lower()))
    named = [name for name in LANGUAGES if words & (month_numbers(name).keys() | weekday_numbers(name).keys())]
    if not named or ("en" in named and source == "en"):
        return ("en",)
    return tuple(dict.fromkeys([source, *named] if source in named else named))


def _rounded(shop: Workshop, moment: View) -> None:
    several = len(shop.rows) > 1
    for step in _STEPS:
        for mode, more in (("floor", 0.0), ("nearest", 0.12), ("ceiling", 0.2)):
            rounded = moment.of(RoundMoment(moment.node, step, mode), 0.0)
            if rounded is None or (rounded.values[0][3:6] == moment.values[0][3:6] and not several):
                continue
            if all(a[3:6] == b[3:6] for a, b in zip(rounded.values, moment.values, strict=True)):
                continue
            if not any(str(rounded.values[0].hour % size) in shop.outputs[0] for size in (12, 24)) and rounded.values[0].hour % 12:
                continue
            cost = moment.cost + ranking.MOMENT_ROUND + more + ranking.CLOCK_STEP.get(step, 0.3)
            times = [Moment(None, None, None, *value[3:6]) for value in rounded.values]
            for fields, dear in _patterns(shop, times, _TIME_FIELDS, "en"):
                minutes = "m" in fields
                if (step < 3600 and not minutes) or (step % 60 == 0 and "s" in fields and not minutes):
                    continue
                full_hours = 0.15 if minutes and step >= 3600 else 0.0
                shop.through(rounded, FormatMoment(rounded.node, fields), cost + dear + full_hours)


@lru_cache(maxsize=2000)
def _clock_ranges(output: str) -> tuple[tuple[str, str, str, str], ...]:
    """Pairs of times in an output: (pattern, low, separator, high)."""
    found: list[tuple[str, str, str, str]] = []
    for pattern in _CLOCKS:
        shown, _ = pattern_expression(pattern)
        bare = shown.replace("(", "(?:").replace("(?:?:", "(?:")
        expression = rf"(?<![0-9:.])({bare}){_TO}({bare})(?![0-9:])"
        found += [(pattern, match[1], match[2], match[3]) for match in re.finditer(expression, output, re.IGNORECASE)]
    return tuple(found)


def _ranges(shop: Workshop, moment: View) -> None:
    seconds = seconds_of_day(moment.values[0])
    for pattern, low_text, separator, high_text in _clock_ranges(shop.outputs[0]):
        low, high = read_moment(low_text, pattern), read_moment(high_text, pattern)
        if low is None or high is None:
            continue
        start = seconds_of_day(low)
        width = (seconds_of_day(high) - start) % 86400
        if not width:
            continue
        for gap in _GAPS:
            step = width + gap
            if 86400 % step and step not in {5400, 18000}:
                continue
            if (gap == 1 and "s" not in pattern) or (gap in {60, 600, 300} and "m" not in pattern):
                continue
            if not 0 <= (seconds - start) % 86400 < step:
                continue
            origin = start % step
            cost = moment.cost + ranking.MOMENT_RANGE + 0.1 * bool(gap) + 0.25 * bool(origin) + 0.3 * (step not in _STEPS)
            cost += 0.35 * (gap in {600, 300}) + 0.6 * (gap == 3600)
            cost += 0.8 * (pattern in {"H", "HH"}) + 0.5 * (separator in "/|,") + 1.0 * separator.isspace()
            shop.through(moment, MomentRange(moment.node, step, origin, gap, separator, pattern), cost)


def _patterns(shop: Workshop, values: list[Moment], fields: tuple[str, ...], language: str) -> list[tuple[str, float]]:
    """Patterns that show the moments somewhere in the outputs, with their costs; worked out once."""
    key = (tuple(values), fields, language)
    if key not in shop.known:
        shop.known[key] = _find_patterns(shop, values, fields, language)
    found: list[tuple[str, float]] = shop.known[key]
    return found


def _find_patterns(shop: Workshop, values: list[Moment], fields: tuple[str, ...], language: str) -> list[tuple[str, float]]:
    """Patterns that show the moments somewhere in the outputs, with their costs.

    Fields of one kind that look alike in all examples (12 with and without padding) are one choice while patterns are put together;
    which of them is meant is settled for the whole pattern.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for field in fields:
        texts = tuple(show_field(value, field, language) or "" for value in values)
        if all(text and text in output for text, output in zip(texts, shop.outputs, strict=True)):
            groups.setdefault((_KIND[field], texts), []).append(field)
    if not groups:
        return []
    outputs = shop.outputs
    found: dict[str, float] = {}
    reached: deque[tuple[tuple[int, ...], tuple[_Group | str, ...]]] = deque()
    for (kind, texts), names in groups.items():
        for at in _places(outputs[0], texts[0]):
            reached.append(((at + len(texts[0]),), (_Group(kind, texts, tuple(names)),)))
    looked = 0
    while reached and looked < 1200:
        looked += 1
        (end,), parts = reached.popleft()
        if len(outputs) > 1 and not _holds(outputs, parts):
            continue
        for pattern, cost in _settled(parts):
            if cost < found.get(pattern, 99.0):
                found[pattern] = cost
        kinds = {part.kind for part in parts if isinstance(part, _Group)}
        glues = [""]
        if match := _GLUE.match(outputs[0], end):
            glues.append(match.group())
        for glue in glues:
            for (kind, texts), names in groups.items():
                if kind not in kinds and outputs[0].startswith(texts[0], end + len(glue)):
                    group = _Group(kind, texts, tuple(names))
                    reached.append(((end + len(glue) + len(texts[0]),), (*parts, glue, group) if glue else (*parts, group)))
    return sorted(found.items(), key=lambda item: item[1])[:_MOST_PATTERNS]


@dataclass(frozen=True)
class _Group:
    """Fields of one kind that look alike on the examples."""

    kind: str
    texts: tuple[str, ...]
    names: tuple[str, ...]


def _places(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _holds(outputs: Sequence[str], parts: tuple["_Group | str", ...]) -> bool:
    return all(
        "".join(part if isinstance(part, str) else part.texts[row] for part in parts) in outputs[row]
        for row in range(1, len(outputs))
    )


def _settled(parts: tuple["_Group | str", ...]) -> list[tuple[str, float]]:
    """The patterns that the groups may stand for, with their costs: padded as the others are, and the other way."""
    groups = [part for part in parts if isinstance(part, _Group)]
    halves = any(group.kind == "a" for group in groups)
    wide = {"date": _wide(groups, "MdDw"), "time": _wide(groups, "H")}
    iso = groups[0].kind == "y" and len(groups) > 1
    if wide["date"] is None:
        wide["date"] = bool(wide["time"]) or iso
    if wide["time"] is None:
        wide["time"] = bool(wide["date"]) and (iso or _wide(groups, "MdDw") is True)
    base = ranking.MOMENT + ranking.MOMENT_FIELD * (len(groups) - 1) + _order_cost(parts)
    found = []
    for flipped, more in ((False, 0.0), (True, ranking.ODD_PADDING)):
        pattern, cost, free = "", base, False
        for place, part in enumerate(parts):
            if isinstance(part, str):
                pattern += quote(part)
                continue
            before = parts[place - 1] if place else ""
            after = parts[place + 1] if place + 1 < len(parts) else ""
            touching = any(isinstance(other, _Group) and other.kind not in "aE" for other in (before, after))
            wished = bool(wide["time" if part.kind == "H" else "date"]) != flipped
            name, choice = _named(part, halves, (not flipped) if touching else wished, before if isinstance(before, str) else "")
            free = free or choice
            pattern += name
            cost += ranking.ODD_FIELD.get(name, 0.0)
            if isinstance(before, str) and before.endswith("W"):
                cost += -0.2 if part.kind == "w" else 0.3
            if isinstance(before, str) and before.endswith("Q"):
                cost += -0.7 if part.kind == "Q" else 0.3
        if not flipped:
            found.append((pattern, cost))
        elif free:
            found.append((pattern, cost + more))
    if "a" in kinds_of(groups) and "H" not in kinds_of(groups):
        return [(pattern, cost + 0.4) for pattern, cost in found]
    twelve = any(group.kind == "H" and set(group.names) <= {"h", "hh"} for group in groups)
    if twelve and not halves:
        return [(pattern, cost + 0.25) for pattern, cost in found]
    if halves and any(group.kind == "H" and set(group.names) <= {"H", "HH"} for group in groups):
        return [(pattern, cost + 0.3) for pattern, cost in found]
    return found


def kinds_of(groups: Sequence[_Group]) -> set[str]:
    """What the groups tell."""
    return {group.kind for group in groups}


def _wide(groups: list[_Group], kinds: str) -> bool | None:
    """Whether numbers of these kinds are seen to be padded with zeros, or not to be; None when nothing tells."""
    texts = [text for group in groups if group.kind in kinds for text in group.texts if text.isdecimal()]
    if any(len(text) == 1 for text in texts):
        return False
    return True if any(text.startswith("0") for text in texts) else None


def _named(group: _Group, halves: bool, wide: bool, before: str) -> tuple[str, bool]:
    """The field that a group stands for, and whether the padding was a free choice."""
    names = list(group.names)
    if group.kind == "H":
        clock = [name for name in names if name.startswith("h" if halves else "H")]
        names = clock or names
    if group.kind in "ms":
        return names[0], False
    if group.kind == "w" and before.endswith("W"):
        return names[0], len(names) > 1
    if group.kind in "MdHDw" and len(names) > 1:
        long = [name for name in names if len(name) > 1 and name not in {"do", "MMM", "MMMM"}]
        short = [name for name in names if len(name) == 1]
        if long and short:
            return (long[0] if wide else short[0]), True
    return names[0], False


def _order_cost(parts: tuple["_Group | str", ...]) -> float:
    """Times stand beside times, dates beside dates, each in its order."""
    cost = 0.0
    groups = [part for part in parts if isinstance(part, _Group)]
    for left, glue, right in zip(parts, parts[1:], parts[2:], strict=False):
        if isinstance(left, _Group) and isinstance(glue, str) and isinstance(right, _Group):
            both = left.kind in "Hms" and right.kind in "Hms"
            dates = left.kind in "yMdE" and right.kind in "yMdE"
            if (glue == ":" and not both) or (glue in {"/", "-", "."} and not dates):
                cost += ranking.ODD_NEIGHBOURS
    kinds = "".join(group.kind for group in groups)
    for wrong in ("mH", "sm", "sH", "my", "Md:", "dm", "Mm", "ym", "Hs"):
        cost += ranking.ODD_NEIGHBOURS * (wrong in kinds)
    changes = sum(1 for left, right in itertools.pairwise(kinds) if (left in "Hmsa") != (right in "Hmsa"))
    cost += ranking.ODD_NEIGHBOURS * max(changes - 1, 0)
    words = any(group.names[0] in {"MMM", "MMMM"} for group in groups)
    return cost + 0.03 * ("dM" in kinds and not words)
