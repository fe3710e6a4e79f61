"""The atoms that a program may be put together from: typed views of the inputs, with their values on the examples."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from workbench.byexample.program import Call, Column, Node, Row
from workbench.byexample.runtime import parse_moment, parse_number, show_clock, show_part

TOKENS = (r"\d+", r"[^\W\d_]+", r"\S+", r"\w+", r"[+-]?\d[\d,]*\.?\d*", r"[A-Z]+", r"[a-z]+")
DATES = (r"\d{4}-\d{1,2}-\d{1,2}", r"\d{1,2}/\d{1,2}/\d{2,4}", r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?")
DELIMITERS = (" ", ",", ", ", ";", ":", "/", "\\", "-", "_", "|", ".", "@", "\t", "(", ")", "#", "&", "=", " - ", "'", '"', "+")
PARTS = (
    "year.plain", "month.plain", "month.two", "month.short", "month.name", "day.plain", "day.two", "hour.plain", "hour.two",
    "hour12.plain", "hour12.two", "minute.two", "minute.plain", "second.two", "second.plain", "half.upper", "half.lower",
    "weekday.short", "weekday.name", "quarter.plain", "year.short", "day.ordinal", "week.plain", "week.two", "yearday.plain",
)  # fmt: skip
ORDERS = ("mdy", "dmy", "ydm", "hhmm")
CLOCKS = (
    "{hour12.plain}{half.upper}", "{hour12.plain} {half.upper}", "{hour12.plain}{half.lower}", "{hour12.plain} {half.lower}",
    "{hour12.plain}:{minute.two}{half.upper}", "{hour12.plain}:{minute.two} {half.upper}", "{hour12.two}:{minute.two} {half.upper}",
    "{hour12.two}{half.upper}", "{hour12.two}:{minute.two}{half.upper}", "{hour12.plain}:{minute.two}{half.lower}",
    "{hour.plain}:{minute.two}", "{hour.two}:{minute.two}", "{hour.two}h", "{hour.plain}", "{hour.two}",
)  # fmt: skip
SEPARATORS = (" - ", "-", " – ", "–", " to ", "..", " ~ ", "~", "_", "/", "—")
MINUTES = (60, 120, 30, 15, 180, 240, 360, 10, 20, 5, 480, 720)


@dataclass
class Atom:
    """A node with its cost and its values on the examples."""

    node: Node
    cost: float
    values: tuple[str, ...]


@dataclass
class Workshop:
    """Gathers atoms for one set of examples: keeps those whose value stands in every output, the cheapest of equal ones."""

    rows: Sequence[Row]
    outputs: Sequence[str]
    more: Sequence[Row]
    deadline: float
    kept: dict[tuple[int | None, tuple[str, ...]], Atom] = field(default_factory=dict)

    def values(self, node: Node) -> tuple[str, ...] | None:
        """The node's texts on the examples; None when one is missing."""
        found = []
        for row in self.rows:
            if (text := node.run(row)) is None:
                return None
            found.append(text)
        return tuple(found)

    def offer(self, node: Node, cost: float, values: tuple[str, ...] | None = None) -> None:
        """Takes an atom when it may be of use."""
        values = values or self.values(node)
        if values is None or (not all(values) and any(values)):
            return
        if any(value not in output for value, output in zip(values, self.outputs, strict=True)):
            return
        key = (column_of(node), values)
        known = self.kept.get(key)
        if known is None or cost < known.cost:
            self.kept[key] = Atom(node, cost, values)

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.deadline


def column_of(node: Node) -> int | None:
    """The input column that a node reads."""
    while isinstance(node, Call):
        node = node.of
    return node.index if isinstance(node, Column) else None


def gather(shop: Workshop) -> list[Atom]:
    """All atoms for the examples; the more specific kinds first, so that a short budget still finds typed ones."""
    width = len(shop.rows[0])
    columns: list[Node] = [Column(i) for i in range(width)]
    sources: list[tuple[Node, float]] = []
    for number, column in enumerate(columns):
        if (values := shop.values(column)) is None:
            continue
        shop.offer(column, 0.5, values)
        cost = 0.02 * number
        pieces = list(_pieces(shop, column))
        sources.append((column, cost))
        sources += [(node, cost + extra) for node, extra in pieces]
    # Views of one column with equal values are one; another column is kept beside it: a row mostly uses each column once.
    seen: dict[tuple[int | None, tuple[str, ...]], float] = {}
    for node, extra in sources:
        if shop.late:
            break
        values = shop.values(node)
        if values is None or seen.get((column_of(node), values), 99.0) <= extra:
            continue
        seen[column_of(node), values] = extra
        _numbers(shop, node, values, extra)
        _moments(shop, node, values, extra)
        _texts(shop, node, values, extra)
    return sorted(shop.kept.values(), key=lambda atom: atom.cost)


def _pieces(shop: Workshop, column: Node) -> Iterator[tuple[Node, float]]:
    """Parts of a column with what they add to the cost."""
    texts = shop.values(column) or ()
    for delimiter in DELIMITERS:
        counts = [text.count(delimiter) for text in texts]
        if not all(counts):
            continue
        most = min(max(counts), 8) + 1
        for index in (*range(most), *range(-1, -min(most, 4) - 1, -1)):
            node = Call("part", column, (delimiter, index))
            extra = 0.9 + 0.08 * (index if index >= 0 else -index - 0.8)
            yield node, extra
            if delimiter.strip() and any(value != value.strip() for value in shop.values(node) or ()):
                yield Call("trim", node), extra + 0.1
        if max(counts) > 1:
            yield Call("before", column, (delimiter, True)), 1.2
            yield Call("after", column, (delimiter, False)), 1.2
    for left, right in ("()", "[]", "<>", '""', "{}"):
        yield Call("between", column, (left, right)), 1.0
    for pattern in (*TOKENS, *DATES):
        most = min((len(re.findall(pattern, text)) for text in texts), default=0)
        for index in (*range(min(most, 6)), *range(-1, -min(most, 3) - 1, -1)):
            yield Call("token", column, (pattern, index)), 1.0 + 0.1 * (index if index >= 0 else -index - 0.5)


def _texts(shop: Workshop, node: Node, values: tuple[str, ...], extra: float) -> None:
    whole = isinstance(node, Column)
    if not whole:
        shop.offer(node, 0.6 + extra, values)
    for name, more in (("title", 0.45), ("upper", 0.45), ("lower", 0.45), ("capitalize", 0.5)):
        shop.offer(Call(name, node), 0.6 + extra + more)
    if any(value != value.strip() for value in values):
        shop.offer(Call("trim", node), 0.7 + extra)
    longest = max(map(len, values))
    for size in range(1, min(7, longest)):
        start = Call("characters", node, (0, size))
        shop.offer(start, 1.1 + extra + 0.05 * size)
        shop.offer(Call("characters", node, (-size, None)), 1.3 + extra + 0.05 * size)
        if size == 1:
            shop.offer(Call("upper", start), 1.5 + extra)
            shop.offer(Call("lower", start), 1.5 + extra)
        if whole:
            shop.offer(Call("characters", node, (size, None)), 1.5 + extra + 0.05 * size)
            shop.offer(Call("characters", node, (0, -size)), 1.5 + extra + 0.05 * size)
    if whole:
        for pattern in (r"\s+", r"\D", r"[^\w\s]", r"\W", r"\d", r"[aeiouAEIOU]"):
            shop.offer(Call("remove", node, (pattern,)), 1.6)
        for old in DELIMITERS:
            if all(old in value for value in values):
                for new in (" ", "-", "_", "", ",", ".", "/", ", "):
                    if new != old:
                        shop.offer(Call("substitute", node, (old, new)), 1.5)


def _numbers(shop: Workshop, node: Node, values: tuple[str, ...], extra: float) -> None:
    first = parse_number(values[0])
    if first is None or any(parse_number(value) is None for value in values):
        return
    _ranges(shop, node, first, extra)
    for shown in dict.fromkeys(re.findall(r"-?\d[\d,]*\.?\d*|-?\.\d+", shop.outputs[0])):
        for text in {shown, shown.lstrip("-"), shown.rstrip(".,")}:
            if (target := parse_number(text)) is not None:
                _number_views(shop, node, first, text, target, extra)


def _number_views(shop: Workshop, node: Node, first: Decimal, text: str, target: Decimal, extra: float) -> None:
    whole, _, rest = text.lstrip("-").partition(".")
    exact = len(rest)
    pads = [len(whole)] if whole.startswith("0") and len(whole) > 1 else [1, len(whole)] if len(whole) > 1 else [1]
    grouping = "," in whole
    natural = "." not in text or not text.endswith("0")
    forms = [(decimals, pad) for pad in pads for decimals in ((None, exact) if natural else (exact,))]
    for scale in (0, 3, -3, 2, -2, 6, -6):
        moved = first.scaleb(scale)
        away = 0.0 if scale == 0 else 0.8
        for decimals, pad in forms:
            padded = 0.0 if pad == 1 else 0.25 if text.startswith("0") else 0.6
            cost = 0.9 + extra + away + padded + (0.15 if decimals is not None else 0.0)
            if moved == target:
                shop.offer(Call("number", node, (scale, "", "nearest", decimals, pad, grouping)), cost)
            elif scale == 0 or abs(moved - target) < Decimal(1):
                if decimals == exact and abs(moved - target) <= Decimal(1).scaleb(-exact) / 2 and decimals is not None:
                    shop.offer(Call("number", node, (scale, "", "nearest", decimals, pad, grouping)), cost + 0.3)
                _roundings(shop, node, moved, target, (scale, decimals, pad, grouping), cost + 0.5)


def _roundings(
    shop: Workshop, node: Node, moved: Decimal, target: Decimal, form: tuple[int, int | None, int, bool], cost: float
) -> None:
    scale, decimals, pad, grouping = form
    for exponent in range(4, -4, -1):
        for factor, price in (("1", 0.0), ("5", 0.1), ("2", 0.3), ("25", 0.3)):
            step = Decimal(factor).scaleb(exponent)
            if target % step or abs(moved - target) >= step:
                continue
            for mode, dear in (("nearest", 0.0), ("floor", 0.15), ("ceiling", 0.25)):
                node_ = Call("number", node, (scale, format(step, "f"), mode, decimals, pad, grouping))
                shop.offer(node_, cost + price + dear)


def _ranges(shop: Workshop, node: Node, first: Decimal, extra: float) -> None:
    number = r"(-?\d+(?:\.\d+)?)"
    for separator in SEPARATORS:
        for low, high in re.findall(number + re.escape(separator) + number, shop.outputs[0]):
            step = Decimal(high) - Decimal(low)
            if step <= 0 or not Decimal(low) <= first <= Decimal(high):
                continue
            origin = Decimal(low) % step
            decimals = len(low.partition(".")[2]) or None
            pad = len(low) if low.startswith("0") and len(low) > 1 else 1
            arguments = (format(step, "f"), format(origin, "f"), separator, decimals, pad)
            shop.offer(
                Call("number_range", node, arguments), 0.9 + extra + (0.4 if origin else 0.0) + (1.5 if separator in "/_" else 0.0)
            )


def _moments(shop: Workshop, node: Node, values: tuple[str, ...], extra: float) -> None:
    for order in ORDERS:
        parsed = [parse_moment(value, order) for value in values]
        if not all(parsed):
            continue
        if order == "hhmm" and (len(max(values, key=len)) < 3 or not isinstance(node, Column)):
            continue
        if (
            order != "mdy"
            and order != "hhmm"
            and parsed == [parse_moment(value, "mdy") for value in values]
            and not _unclear(values)
        ):
            continue
        cost = 0.6 + extra + {"mdy": 0.0, "dmy": 0.05, "ydm": 0.5, "hhmm": 0.4}[order] + _misread(shop, node, order)
        for name in PARTS:
            if all(found and (text := show_part(found, name)) and text in output
                   for found, output in zip(parsed, shop.outputs, strict=True)):  # fmt: skip
                full_day = name.startswith("hour.") and re.search(r"[AaPp][Mm]\b", shop.outputs[0]) is not None
                dear = 0.1 * name.endswith((".ordinal", "year.short")) + 0.2 * full_day
                if name == "quarter.plain":
                    dear += -0.2 if re.search(r"[Qq]\d", shop.outputs[0]) else 0.3
                shop.offer(Call("moment_part", node, (order, name)), cost + dear)
        for name in ("hour.plain", "minute.plain", "second.plain"):
            source = Call("moment_part", node, (order, name))
            if (texts := shop.values(source)) and (number := parse_number(texts[0])) is not None:
                _ranges(shop, source, number, extra + 0.6)
        if all(found and "hour" in found for found in parsed):
            _clock_ranges(shop, node, order, parsed[0] or {}, cost + 0.2)


def _clock_ranges(shop: Workshop, node: Node, order: str, first: dict[str, int], cost: float) -> None:
    output = shop.outputs[0]
    minutes = first["hour"] * 60 + first["minute"]
    separators = [separator for separator in SEPARATORS if separator in output]
    for style in CLOCKS if separators else ():
        for step in MINUTES:
            for origin in range(0, step, 30 if step > 30 else step):
                for separator in separators:
                    low = (minutes - origin) // step * step + origin
                    if show_clock(low, style) + separator + show_clock(low + step, style) in output:
                        bare = 0.4 if style in {"{hour.plain}", "{hour.two}"} else 0.0
                        node_ = Call("moment_range", node, (order, step, origin, separator, style))
                        shop.offer(node_, cost + bare + (0.0 if origin == 0 else 0.3))


def _unclear(values: tuple[str, ...]) -> bool:
    return all(re.match(r"\d", value) for value in values)


def _misread(shop: Workshop, node: Node, order: str) -> float:
    """What it costs that rows without an answer cannot be read in this order."""
    texts = [text for row in shop.more if (text := node.run(row))]
    if not texts:
        return 0.0
    return 2.0 * sum(parse_moment(text, order) is None for text in texts) / len(texts)
