"""Atoms out of dates and times: shown in the outputs' patterns, rounded, and the bins that hold them."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.datepatterns import ORDERS, date_patterns
from workbench.byexample.synthesis.numberatoms import offer_ranges
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.dates import FormatMoment, MomentNumber, MomentRange, ReadMoment, RoundMoment, seconds_of_day
from workbench.byexample.tree.moments import Moment, pattern_expression, quote, read_moment, show_field
from workbench.byexample.tree.nodes import Column

_DATE_FIELDS = ("yyyy", "yy", "MMMM", "MMM", "MM", "M", "dd", "d", "do", "EEEE", "EEE", "Q", "ww", "w", "DDD", "D")
_TIME_FIELDS = ("HH", "H", "hh", "h", "mm", "m", "ss", "s", "S", "a", "aaa")
_KIND = {"yyyy": "y", "yy": "y", "MMMM": "M", "MMM": "M", "MM": "M", "M": "M", "dd": "d", "d": "d", "do": "d", "EEEE": "E", "EEE": "E",
         "Q": "Q", "ww": "w", "w": "w", "DDD": "D", "D": "D", "HH": "H", "H": "H", "hh": "H", "h": "H", "mm": "m", "m": "m", "ss": "s",
         "s": "s", "S": "S", "a": "a", "aaa": "a"}  # fmt: skip
_OPEN = {"M", "d", "H", "h", "m", "s", "D", "w"}
_GLUE = re.compile(
    r"[^\w]{1,3}|_|T(?=[0-9])|[Qh](?=[0-9 ])|[hms](?: |$)|W(?=[0-9])| (?:of|at|de|the|on|um) |(?:st|nd|rd|th)\b[^\w]{0,2}"
)
_MOST_PATTERNS = 60
_CLOCKS = (
    "ha", "h a", "haaa", "h aaa", "hha", "hh a", "h:mma", "h:mm a", "h:mmaaa", "h:mm aaa", "hh:mma", "hh:mm a", "H:mm", "HH:mm", "H:mm:ss",
    "HH:mm:ss", "h:mm:ssa", "h:mm:ss a", "hh:mm:ss a", "hh:mm:ssa", "h:mm:ssaaa", "HH'h'", "H'h'", "HH'h'mm", "HHmm", "HH", "H",
)  # fmt: skip
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
    for order in ORDERS:
        for rank in (0, 1):
            chosen = [_choose(readings, order, rank) for readings in shown]
            if not all(chosen):
                continue
            language = next((found[1] for found in chosen if found and found[1] != "en"), "en")
            counts = Counter(found[2] for found in chosen if found)
            unread = 0
            for readings in others:
                found = _choose(readings, order, rank)
                if found is None and rank:
                    found = _choose(readings, order, 0)
                if found:
                    counts[found[2]] += 1
                    language = found[1] if language == "en" else language
                else:
                    unread += 1
            patterns = tuple(pattern for pattern, _ in sorted(counts.items(), key=lambda item: -item[1])[:_MOST_PATTERNS_READ])
            doubted = any(found and found[0] for found in chosen)
            cost = view.cost + (ranking.ORDER[order] if doubted else 0.0) + 0.3 * rank + _oddity(patterns)
            if others:
                cost += _UNREAD * max(unread - blank, 0) / len(others)
            moment = view.of(ReadMoment(view.node, patterns, language), cost)
            if moment is None:
                continue
            key = tuple(moment.values) + (tuple(moment.others(shop.others)) if doubted else ())
            if key not in seen:
                seen.add(key)
                yield moment


def _choose(readings: tuple[tuple[str, str, str], ...], order: str, rank: int) -> tuple[str, str, str] | None:
    fitting = [reading for reading in readings if reading[0] == order] if order != "mdy" else []
    if order == "mdy":
        fitting = [
            reading
            for reading in readings
            if reading[0] in {"", "mdy"} and not (reading[0] == "" and any(r[0] == "mdy" for r in readings))
        ]
        fitting += [reading for reading in readings if reading[0] == "" and reading not in fitting]
    else:
        fitting += [reading for reading in readings if reading[0] == ""]
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


def offer_moments(shop: Workshop, moment: View) -> None:
    """Offers what can be made of a view of dates and times."""
    for fields, cost in _patterns(shop, moment.values, (*_DATE_FIELDS, *_TIME_FIELDS), _language(moment)):
        shop.offer(moment.of(FormatMoment(moment.node, fields, _language(moment)), moment.cost + cost))
    if _language(moment) != "en":
        for fields, cost in _patterns(shop, moment.values, (*_DATE_FIELDS, *_TIME_FIELDS), "en"):
            shop.offer(moment.of(FormatMoment(moment.node, fields), moment.cost + cost + 0.02))
    for field in ("H", "m", "s", "yyyy", "d", "M"):
        number = moment.of(MomentNumber(moment.node, field), moment.cost + ranking.MOMENT_FIELD)
        if number:
            offer_ranges(shop, number, {"H": 24, "m": 60, "s": 60}.get(field, 0))
    if all(value.hour is not None for value in moment.values):
        _rounded(shop, moment)
        _ranges(shop, moment)


def _language(moment: View) -> str:
    return moment.node.language if isinstance(moment.node, ReadMoment) else "en"


def _rounded(shop: Workshop, moment: View) -> None:
    several = len(shop.rows) > 1
    for step in _STEPS:
        for mode, more in (("floor", 0.0), ("nearest", 0.12), ("ceiling", 0.2)):
            rounded = moment.of(RoundMoment(moment.node, step, mode), 0.0)
            if rounded is None or (rounded.values[0][3:6] == moment.values[0][3:6] and not several):
                continue
            if all(a[3:6] == b[3:6] for a, b in zip(rounded.values, moment.values, strict=True)):
                continue
            cost = moment.cost + ranking.MOMENT_ROUND + more + 0.02 * _STEPS.index(step)
            for fields, dear in _patterns(shop, rounded.values, _TIME_FIELDS, "en"):
                if step < 3600 and "m" not in fields:
                    continue
                shop.offer(rounded.of(FormatMoment(rounded.node, fields), cost + dear))


@lru_cache(maxsize=2000)
def _clock_ranges(output: str) -> tuple[tuple[str, str, str, str], ...]:
    """Pairs of times in an output: (pattern, low, separator, high)."""
    found = []
    for pattern in _CLOCKS:
        shown, _ = pattern_expression(pattern)
        bare = shown.replace("(", "(?:").replace("(?:?:", "(?:")
        expression = rf"(?<![0-9:.])({bare})((?:[ \t]*[-–—~/|,][ \t]*)|(?:[ \t]+(?:to|till|until|bis|and)[ \t]+)|\.\.|[ \t]+)({bare})(?![0-9:])"
        for match in re.finditer(expression, output, re.IGNORECASE):
            found.append((pattern, match[1], match[2], match[3]))
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
            if gap == 1 and "s" not in pattern or gap in {60, 600, 300} and "m" not in pattern:
                continue
            if not 0 <= (seconds - start) % 86400 < step:
                continue
            origin = start % step
            cost = moment.cost + ranking.MOMENT_RANGE + 0.1 * bool(gap) + 0.25 * bool(origin) + 0.3 * (step not in _STEPS)
            cost += 0.35 * (gap in {600, 300}) + 0.6 * (gap == 3600)
            cost += 0.8 * (pattern in {"H", "HH"}) + 0.5 * (separator in "/|,") + 1.0 * separator.isspace()
            shop.offer(moment.of(MomentRange(moment.node, step, origin, gap, separator, pattern), cost))


def _patterns(shop: Workshop, values: list[Moment], fields: tuple[str, ...], language: str) -> list[tuple[str, float]]:
    """Patterns that show the moments somewhere in the outputs, with their costs."""
    shown = {field: tuple(show_field(value, field, language) for value in values) for field in fields}
    usable = {
        field: texts for field, texts in shown.items()
        if all(text and text in output for text, output in zip(texts, shop.outputs, strict=True))
    }  # fmt: skip
    if language != "en":
        usable = {field: texts for field, texts in usable.items() if field not in {"a", "aaa"}} | {}
    if not usable:
        return []
    output = shop.outputs[0]
    found: dict[str, float] = {}
    firsts = {field: texts[0] or "" for field, texts in usable.items()}
    reached: list[tuple[int, tuple[tuple[str, str], ...]]] = [
        (at + len(text), ((field, text),)) for field, text in firsts.items() for at in _places(output, text)
    ]
    looked = 0
    while reached and looked < 1500 and len(found) < _MOST_PATTERNS * 4:
        looked += 1
        end, parts = reached.pop()
        pattern = "".join(part for part, _ in parts)
        if pattern not in found and _holds(shop.outputs, parts, usable, len(values)):
            found[pattern] = _pattern_cost(parts, values)
        elif pattern not in found:
            continue
        kinds = {_KIND[part] for part, _ in parts if part in _KIND}
        if len(kinds) > 7:
            continue
        glues = [""]
        if match := _GLUE.match(output, end):
            glues.append(match.group())
        for glue in glues:
            for field, text in firsts.items():
                if _KIND[field] not in kinds and output.startswith(text, end + len(glue)):
                    more = ((quote(glue), glue), (field, text)) if glue else ((field, text),)
                    reached.append((end + len(glue) + len(text), (*parts, *more)))
    ranked = sorted(found.items(), key=lambda item: item[1])
    return ranked[:_MOST_PATTERNS]


def _places(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _holds(
    outputs: list[str] | tuple[str, ...], parts: tuple[tuple[str, str], ...], usable: dict[str, tuple[str | None, ...]], count: int
) -> bool:
    return all(
        "".join((usable[part][row] or "") if part in usable else text for part, text in parts) in outputs[row]
        for row in range(1, count)
    )


def _pattern_cost(parts: tuple[tuple[str, str], ...], values: list[Moment]) -> float:
    """Few odd fields, times beside times, one way of padding, clocks with AM and PM of twelve hours."""
    fields = [part for part, _ in parts if part in _KIND]
    cost = ranking.MOMENT + ranking.MOMENT_FIELD * (len(fields) - 1)
    cost += sum(ranking.ODD_FIELD.get(field, 0.0) for field in fields)
    halves = any(field in {"a", "aaa"} for field in fields)
    twelve = any(field in {"h", "hh"} for field in fields)
    if twelve and not halves:
        cost += 0.25
    if halves and not twelve:
        cost += 0.3 if any(field in {"H", "HH"} for field in fields) else 0.1
    cost += _padding_cost(fields, parts, values)
    cost += _neighbour_cost(parts)
    return cost


def _padding_cost(fields: list[str], parts: tuple[tuple[str, str], ...], values: list[Moment]) -> float:
    padded = [field for field in fields if field in {"MM", "dd", "HH", "hh", "DDD", "ww"}]
    plain = [field for field in fields if field in {"M", "d", "H", "h"}]
    texts = {part: text for part, text in parts}
    sure_padded = any(texts[field].startswith("0") for field in padded)
    sure_plain = any(len(texts[field]) == 1 for field in plain)
    compact = len(fields) > 1 and all(part in _KIND for part, _ in parts)
    iso = fields[0] == "yyyy" and len(fields) > 1
    cost = 0.0
    if sure_plain:
        cost += ranking.ODD_PADDING * len(padded)
    elif sure_padded or compact or iso:
        cost += ranking.ODD_PADDING * len(plain)
    else:
        cost += 0.12 * len(padded)
    cost += 0.15 * sum(1 for field in fields if field in {"m", "s"} and len(texts[field]) == 2)
    touching = [(left, right) for (left, _), (right, _) in zip(parts, parts[1:], strict=False) if left in _KIND and right in _KIND]
    cost += 0.5 * sum(1 for left, right in touching if right not in {"a", "aaa", "do"} and (left in _OPEN or right in _OPEN))
    return cost


def _neighbour_cost(parts: tuple[tuple[str, str], ...]) -> float:
    cost = 0.0
    for (left, _), (glue, _), (right, _) in zip(parts, parts[1:], parts[2:], strict=False):
        if left in _KIND and right in _KIND and glue not in _KIND:
            both = _KIND[left] in "Hms" and _KIND[right] in "Hms"
            dates = _KIND[left] in "yMdE" and _KIND[right] in "yMdE"
            if (glue == ":" and not both) or (glue in {"/", "-", "."} and not dates):
                cost += ranking.ODD_NEIGHBOURS
    kinds = "".join(_KIND[part] for part, _ in parts if part in _KIND)
    for wrong in ("mH", "sm", "sH", "my", "Md:", "dm", "Mm", "ym"):
        cost += ranking.ODD_NEIGHBOURS * (wrong in kinds)
    cost += 0.03 * ("dM" in kinds and not any(part in {"MMM", "MMMM"} for part, _ in parts))
    return cost


__all__ = ["Column", "moment_views", "offer_moments"]
