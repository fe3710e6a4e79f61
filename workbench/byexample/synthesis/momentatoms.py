"""Atoms out of dates and times: shown in the outputs' patterns, rounded, and the bins that hold them."""

import re
from functools import lru_cache

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.momentpatterns import DATE_FIELDS, TIME_FIELDS, shown_patterns
from workbench.byexample.synthesis.numberatoms import offer_ranges
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.calendars import LANGUAGES, month_numbers, weekday_numbers
from workbench.byexample.tree.dates import FormatMoment, MomentNumber, MomentRange, ReadMoment, RoundMoment, seconds_of_day
from workbench.byexample.tree.moments import Moment, elements, pattern_expression, read_moment
from workbench.byexample.tree.nodes import Node

_CLOCKS = (
    "ha", "h a", "haaa", "h aaa", "hha", "hh a", "h:mma", "h:mm a", "h:mmaaa", "h:mm aaa", "hh:mma", "hh:mm a", "H:mm", "HH:mm",
    "H:mm:ss",
    "HH:mm:ss", "h:mm:ssa", "h:mm:ss a", "hh:mm:ss a", "hh:mm:ssa", "h:mm:ssaaa", "HH'h'", "H'h'", "HH'h'mm", "HHmm", "HH", "H",
)  # fmt: skip
_TO = r"((?:[ \t]*[-–—~/|,][ \t]*)|(?:[ \t]+(?:to|till|until|bis|and)[ \t]+)|\.\.|[ \t]+)"
_STEPS = (3600, 7200, 1800, 900, 10800, 14400, 21600, 600, 1200, 300, 43200, 28800, 60, 5400, 120)
_GAPS = (0, 60, 1, 600, 300, 3600)


def offer_moments(shop: Workshop, moment: View, *, plain: bool = False) -> None:
    """Offers what can be made of a view of dates and times; `plain`: shown in patterns only."""
    for place, language in enumerate(_languages(_language(moment), shop.outputs[0])):
        for fields, cost in shown_patterns(shop, moment.values, (*DATE_FIELDS, *TIME_FIELDS), language):
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
            for fields, dear in shown_patterns(shop, times, TIME_FIELDS, "en"):
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
