"""Atoms out of numbers: formatted, scaled, rounded, and the bins that hold them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.workshop import View, Workshop
from workbench.byexample.tree.nodes import Column
from workbench.byexample.tree.numbers import FormatNumber, Number, NumberRange, Ordinal, Round, Scale, places, round_to

SHOWN = re.compile(r"[+-]?\(?(?:[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)\)?")
_COMMA = re.compile(r"[+-]?[0-9][0-9.]*(?:,[0-9]+)?")
_FACTORS = ("1", "2", "2.5", "5")
_MOST_DIGITS = 15
_SCALES = (0, 3, -3, 2, -2, 6, -6, 1, -1, -9, 9)
_BETWEEN = [
    re.compile(rf"(?<![0-9.])(?=(-?[0-9]+(?:\.[0-9]+)?)({separator})(-?[0-9]+(?:\.[0-9]+)?))")
    for separator in (
        r"(?:[^0-9\w]|_){1,6}",
        r"[^0-9]{0,3}\b(?:to|bis|a|and|through)\b[^0-9]{0,3}",
        r"[:.][0-9]{2} ?[-–] ?",
        r"[^\w]?[A-Za-z%]{1,4} ?[-–] ?",
    )
]
_GAPS = ("0", "1", "0.1", "0.01")
_NICE_RANGE = {
    Decimal(x).normalize()
    for x in (
        "1",
        "2",
        "2.5",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "10",
        "12",
        "15",
        "20",
        "25",
        "30",
        "50",
        "100",
        "200",
        "250",
        "500",
        "1000",
        "5000",
        "10000",
        "0.1",
        "0.2",
        "0.25",
        "0.5",
        "0.05",
        "0.01",
        "100000",
        "2000",
        "50000",
        "40",
        "60",
    )
}


def number_view(view: View) -> View | None:
    """The numbers that the texts of a view are, when all are such."""
    if not any(character.isdigit() for character in view.values[0]):
        return None
    decimals = [".", ","] if "," in view.values[0] else ["."]
    for decimal in decimals:
        found = view.of(Number(view.node, decimal), view.cost + (0.0 if decimal == "." else ranking.FORM["comma"]))
        if found and all(value.adjusted() < _MOST_DIGITS for value in found.values):
            return found
    return None


def offer_numbers(shop: Workshop, number: View, *, plain: bool = False) -> None:
    """Offers what can be made of a view of numbers; `plain`: shown in other forms only, neither scaled nor rounded nor in bins."""
    if not plain:
        offer_ranges(shop, number)
    output = shop.outputs[0]
    seen: set[tuple[str, int]] = set()
    for match in SHOWN.finditer(output):
        for text in _forms_of(match.group()):
            if (text, 0) not in seen:
                seen.add((text, 0))
                _number_as(shop, number, text, ".", plain)
    if "," in output:
        for match in _COMMA.finditer(output):
            if "," in match.group() and (match.group(), 1) not in seen:
                seen.add((match.group(), 1))
                _number_as(shop, number, match.group(), ",", plain)
    value = number.values[0]
    if value == value.to_integral_value() and re.search(rf"\b{int(value)}(?:st|nd|rd|th)\b", output):
        shop.through(number, Ordinal(number.node), number.cost + 0.3)


def _forms_of(shown: str) -> Iterator[str]:
    plain = shown.rstrip(",.")
    forms = [plain]
    if plain.startswith("(") != plain.endswith(")"):
        plain = plain.strip("()")
        forms = [plain]
    if plain[:1] in "+-" and len(plain) > 1:
        forms.append(plain[1:])
    if plain.startswith("(") and plain.endswith(")"):
        forms.append(plain[1:-1])
    yield from dict.fromkeys(forms)


def _number_as(shop: Workshop, number: View, text: str, decimal: str, plain: bool) -> None:
    group = "," if decimal == "." else "."
    try:
        target = Decimal(text.strip("()").replace(group, "").replace(decimal, "."))
    except ArithmeticError:
        return
    if target.adjusted() > _MOST_DIGITS or places(target) > _MOST_DIGITS:
        return
    if text.startswith("("):
        target = -target
    first = number.values[0]
    exact = places(target)
    forms = _number_forms(text, decimal, group, _padded_width(tuple(shop.outputs)))
    steps = _steps_to(target, places(target))
    for scale in (0,) if plain else _SCALES:
        moved = first.scaleb(scale) if scale else first
        near = abs(moved - target)
        unit = Decimal(1).scaleb(-exact)
        cost = number.cost + ranking.NUMBER + (ranking.SCALE + 0.1 * (abs(scale) % 3 != 0) if scale else 0.0)
        fits = [(step, price) for step, price in steps if near < step] if (near and not scale) or len(shop.rows) > 1 else []
        if plain or (not target and moved):
            fits = [] if plain else [(step, price) for step, price in fits if step <= 10 * abs(moved)]
        if fits and len(shop.rows) > 1:
            fits = _shared_steps(shop, number, scale, fits, exactly=not near)
        if near > unit and not fits:
            continue
        scaled = number if not scale else number.of(Scale(number.node, format(Decimal(1).scaleb(scale), "f")), cost)
        if scaled is None:
            continue
        rounded = list(_rounded(scaled, target, fits, cost))
        # the digits after rounding are those of the step: nothing further is rounded
        kinds: dict[tuple[object, ...], tuple[FormatNumber, float]] = {}
        for form, form_cost in forms:
            _shown_as(shop, scaled, form, moved, target, cost + form_cost)
            kinds.setdefault((form.least, form.width, form.group, form.decimal, form.sign), (form, form_cost))
        for view in rounded:
            for form, form_cost in kinds.values():
                shown = FormatNumber(view.node, form.least, None, False, form.width, form.group, form.decimal, form.sign)
                shop.through(view, shown, view.cost + form_cost)


def _shared_steps(
    shop: Workshop, number: View, scale: int, steps: list[tuple[Decimal, float]], *, exactly: bool
) -> list[tuple[Decimal, float]]:
    """Those of the steps to which the numbers of the other examples may be rounded too; none when all are shown exactly."""
    pairs = [
        (abs(value).scaleb(scale), _numbers_in(output)) for value, output in zip(number.values[1:], shop.outputs[1:], strict=True)
    ]
    if exactly and all(value in shown for value, shown in pairs):
        return []
    return [
        (step, price)
        for step, price in steps
        if all(any(abs(value - target) < step and not target % step for target in shown) for value, shown in pairs)
    ]


@lru_cache(maxsize=2000)
def _numbers_in(output: str) -> tuple[Decimal, ...]:
    """The numbers in an output, without their signs, thousands marks read in both ways."""
    found = [Decimal(text) for text in re.findall(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+", output.replace(",", ""))]
    if "," in output:
        found += [Decimal(text) for text in re.findall(r"[0-9]+(?:\.[0-9]+)?", output.replace(".", "").replace(",", "."))]
    return tuple(found)


def _shown_as(shop: Workshop, view: View, form: FormatNumber, moved: Decimal, target: Decimal, cost: float) -> None:
    """Offers a number in a form that gives the target, rounded to the form's digits where they are fewer."""
    if form.most is not None and places(moved) > places(target) and moved != target:
        if abs(moved - target) <= Decimal(1).scaleb(-places(target)):
            for mode in ("nearest", "floor", "ceiling", "up", "down", "even"):
                shop.through(view, _with(form, view, mode), cost + 0.25 + ranking.DIGITS_MODE[mode])
    elif moved == target:
        alike = {places(value) for value in view.values}
        if form.most is None and len(view.values) > 1 and len(alike) == 1 and alike != {0}:
            cost += ranking.FORM["alike"]
        kept = (
            0.06
            if isinstance(view.node, Scale)
            and abs(moved) < abs(view.parent_values[0])
            and not form.keep_zeros
            and form.most is None
            else 0.0
        )
        shop.through(view, _with(form, view, "nearest"), cost + kept)


def _with(form: FormatNumber, view: View, mode: str) -> FormatNumber:
    return FormatNumber(view.node, form.least, form.most, form.keep_zeros, form.width, form.group, form.decimal, form.sign, mode)


@lru_cache(maxsize=200)
def _padded_width(outputs: tuple[str, ...]) -> int:
    """How many digits zeros fill up to in the outputs; 1 when no number starts with a zero."""
    return max((len(found) for output in outputs for found in re.findall(r"(?<![0-9.,])0[0-9]+", output)), default=1)


@lru_cache(maxsize=2000)
def _number_forms(text: str, decimal: str, group: str, padded: int) -> tuple[tuple[FormatNumber, float], ...]:
    return tuple(_forms(text, decimal, group, padded))


def _forms(text: str, decimal: str, group: str, padded: int) -> Iterator[tuple[FormatNumber, float]]:
    """How a number may have been shown that looks like `text`, the likelier ones first."""
    bare = text.strip("()+-")
    whole, _, rest = bare.partition(decimal)
    grouped = group if group in whole else ""
    digits = whole.replace(group, "")
    sign = "()" if text.startswith("(") else "+" if text.startswith("+") else "-"
    cost = (ranking.FORM["comma"] if decimal == "," else 0.0) + (
        ranking.FORM["brackets"] if sign == "()" else ranking.FORM["sign"] if sign == "+" else 0.0
    )
    widths = [(1, 0.0)]
    if not digits:
        widths = [(0, 0.1)]
    elif digits.startswith("0") and len(digits) > 1:
        widths = [(len(digits), ranking.FORM["width"])]
    elif len(digits) > 1 and not grouped:
        widths.append((len(digits), ranking.FORM["wide"]))
    if padded > 1 and digits and len(digits) >= padded and not digits.startswith("0"):
        widths.append((padded, ranking.FORM["width"]))
    shown = len(rest)
    forms: list[tuple[int, int | None, bool, float]]
    if not rest:
        forms = [(0, None, False, 0.0), (0, 0, False, 0.05), (0, 1, False, 0.7), (0, 2, False, 0.6), (0, None, True, 0.2)]
    elif rest.endswith("0"):
        forms = [(shown, shown, False, 0.05), (shown, None, False, 0.5), (0, None, True, 0.15), (0, shown, True, 0.5)]
    else:
        forms = [
            (0, None, False, 0.0),
            (shown, shown, False, 0.1),
            (0, shown, False, 0.15),
            (0, shown, True, 0.25),
            (0, None, True, 0.05),
            (1, shown, False, 0.6),
            (2, None, False, 0.8),
        ]
    for width, more in widths:
        for least, most, keep, dear in forms:
            yield FormatNumber(Column(0), least, most, keep, width, grouped, decimal, sign), cost + more + dear
    if digits.isdecimal() and not grouped and len(digits) < 4 and not rest:
        yield FormatNumber(Column(0), 0, 0, False, 1, group, decimal, sign), cost + 0.4


def _rounded(view: View, target: Decimal, steps: list[tuple[Decimal, float]], cost: float) -> Iterator[View]:
    """The numbers rounded to steps, where the first becomes the target."""
    first = view.values[0]
    for step, price in steps:
        for mode in ("nearest", "floor", "ceiling", "up", "down"):
            if round_to(first, step, mode) == target:
                found = view.of(Round(view.node, format(step, "f"), mode), cost + ranking.ROUND + price + ranking.MODE[mode])
                if found is not None:
                    yield found


@lru_cache(maxsize=100)
def nice_steps(decimals: int) -> list[tuple[Decimal, float]]:
    """Steps that people round to, the big round ones first, with what they cost."""
    found = []
    for exponent in range(6, -decimals - 1, -1):
        for factor in _FACTORS:
            step = Decimal(factor).scaleb(exponent)
            price = {"1": 0.0, "5": 0.08, "2": 0.35, "2.5": 0.3}[factor]
            found.append((step, price))
    return found


@lru_cache(maxsize=2000)
def _steps_to(target: Decimal, decimals: int) -> tuple[tuple[Decimal, float], ...]:
    """The steps that a number shown with so many decimals is a multiple of."""
    return tuple((step, price) for step, price in nice_steps(decimals) if not target % step)


def offer_ranges(shop: Workshop, number: View, cycle: int = 0) -> None:
    """Offers the bins `low-high` of the outputs that hold the numbers; bins of clocks mostly divide their `cycle`."""
    first = number.values[0]
    for low_text, separator, high_text in _pairs(shop.outputs[0]):
        for low_shown in {low_text, low_text.lstrip("-")}:
            low, high = Decimal(low_shown), Decimal(high_text)
            if high <= low:
                continue
            for gap_text in _GAPS:
                gap = Decimal(gap_text)
                step = high - low + gap
                if gap and (places(gap) != max(places(low), places(high)) or step.normalize() not in _NICE_RANGE):
                    continue
                if not low <= first < low + step:
                    continue
                origin = low % step
                width = (
                    len(low_shown.partition(".")[0]) if low_shown.startswith("0") and len(low_shown.partition(".")[0]) > 1 else 1
                )
                decimals = len(low_shown.partition(".")[2])
                form = FormatNumber(Column(0), decimals, None, False, width)
                cost = number.cost + ranking.RANGE
                cost += (0.0 if step.normalize() in _NICE_RANGE else 2.5) + (1.0 if cycle and cycle % step else 0.0)
                cost += (
                    0.35 * bool(origin and origin != gap)
                    + 0.05 * bool(gap)
                    + (0.8 if separator in "/_.:," else 4.0 if separator.isspace() else 0.0)
                )
                made = NumberRange(number.node, _plain(step), _plain(origin), gap_text, separator, form)
                shop.through(number, made, cost)


@lru_cache(maxsize=2000)
def _pairs(output: str) -> tuple[tuple[str, str, str], ...]:
    """Pairs of numbers with what stands between them."""
    found = {match.groups(): None for expression in _BETWEEN for match in expression.finditer(output)}
    return tuple((low, between, high) for low, between, high in found)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
