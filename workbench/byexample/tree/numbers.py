"""Numbers: read from texts, computed with exactly (decimals, never binary fractions), and shown."""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from functools import cache

from workbench.byexample.tree.nodes import NUMBER_LIMIT, Node, Row, Unary
from workbench.byexample.tree.tokens import expression

ROUNDING = {
    "nearest": ROUND_HALF_UP, "floor": ROUND_FLOOR, "ceiling": ROUND_CEILING, "up": ROUND_UP, "down": ROUND_DOWN,
    "even": ROUND_HALF_EVEN,
}  # fmt: skip
"""nearest: halves away from zero; up: away from zero; down: towards zero; even: halves to the even neighbour."""
EXACT = Context(prec=60)
CURRENCIES = "$€£¥₹"
PLACES = 18
"""The most decimals that a number has."""


@cache
def number_expression(decimal: str) -> "re.Pattern[str]":
    """What a number may look like with this decimal mark: sign, currency sign, thousands marks, exponent, percent, brackets."""
    point, group = re.escape(decimal), "[,' \u00a0\u202f]" if decimal == "." else "[.' \u00a0\u202f]"
    digits = rf"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]{{1,2}}(?:{group}[0-9]{{2}})*{group}[0-9]{{3}}|[0-9]+)"
    body = rf"(?:{digits}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?"
    signed = rf"(?:[+-]?[ \t]*[{CURRENCIES}]?|[{CURRENCIES}]?[ \t]*[+-])[ \t]*{body}[ \t]*[%{CURRENCIES}]?[ \t]*"
    return re.compile(rf"[ \t]*(?:{signed}|\([ \t]*{signed}\)[ \t]*)")


NEGATIVE = re.compile(r"[^0-9.,]*[(-]")
"""How a text that is a number starts when the number is negative."""


def parse_number(text: str, decimal: str = ".") -> Decimal | None:
    """The number that a whole text is, with the digits that it shows; None when it is none, or too long a one.

    `decimal` is the decimal mark, "." or ","; the other one may separate thousands. (1,200) is negative. A percent or currency sign
    is passed over.
    """
    if number_expression(decimal).fullmatch(text) is None:
        return None
    body, _, exponent = text.upper().partition("E")
    plain = re.sub(rf"[^0-9{re.escape(decimal)}]", "", body).replace(decimal, ".")
    value = Decimal(plain + ("e" + re.sub("[^0-9+-]", "", exponent) if exponent else ""))
    if value.copy_abs() >= NUMBER_LIMIT or places(value) > PLACES:
        return None
    if exponent and not places(value):
        value = value.quantize(Decimal(1))
    return value.copy_negate() if NEGATIVE.match(text) else value


def places(value: Decimal) -> int:
    """How many digits the number has after the point."""
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def bounded(value: Decimal) -> Decimal | None:
    """A computed number with at most PLACES decimals (halves away from zero); None when it is NUMBER_LIMIT or more."""
    if places(value) > PLACES:
        value = value.quantize(_LAST_PLACE, rounding=ROUND_HALF_UP, context=EXACT)
    return value if value.copy_abs() < NUMBER_LIMIT else None


_LAST_PLACE = Decimal(1).scaleb(-PLACES)


def round_to(value: Decimal, step: Decimal, mode: str, origin: Decimal = Decimal(0)) -> Decimal:
    """The multiple of `step` (counted from `origin`) that `mode` of ROUNDING takes."""
    count = EXACT.divide(EXACT.subtract(value, origin), step).quantize(Decimal(1), rounding=ROUNDING[mode], context=EXACT)
    return EXACT.add(EXACT.multiply(count, step), origin)


@dataclass(frozen=True)
class Number(Unary):
    """The number that a text is. `decimal`: its decimal mark."""

    decimal: str = "."

    def apply(self, value: str) -> Decimal | None:
        return parse_number(value, self.decimal)


@dataclass(frozen=True)
class Scale(Unary):
    """The number times a factor, plus an offset, exactly but for `bounded`; both are written as decimals."""

    factor: str
    offset: str = "0"

    def apply(self, value: Decimal) -> Decimal | None:
        factor = Decimal(self.factor)
        scaled = bounded(value.scaleb(factor.adjusted(), EXACT) if _power_of_ten(factor) else EXACT.multiply(value, factor))
        return bounded(EXACT.add(scaled, Decimal(self.offset))) if scaled is not None and self.offset != "0" else scaled


def _power_of_ten(factor: Decimal) -> bool:
    return factor == Decimal(1).scaleb(factor.adjusted())


@dataclass(frozen=True)
class Round(Unary):
    """The number rounded to a multiple of `step` counted from `origin`; modes are those of ROUNDING."""

    step: str
    mode: str
    origin: str = "0"

    def apply(self, value: Decimal) -> Decimal | None:
        return bounded(round_to(value, Decimal(self.step), self.mode, Decimal(self.origin)))


@dataclass(frozen=True)
class Arithmetic(Node):
    """Two numbers computed with each other (`sign`: + - * /), exactly but for `bounded`; a quotient has at most 12 decimals, and
    none by zero.
    """

    left: Node
    sign: str
    right: Node

    def run(self, row: Row) -> Decimal | None:
        left, right = self.left.run(row), self.right.run(row)
        if left is None or right is None:
            return None
        match self.sign:
            case "+":
                return bounded(EXACT.add(left, right))
            case "-":
                return bounded(EXACT.subtract(left, right))
            case "*":
                return bounded(EXACT.multiply(left, right))
            case _:
                return quotient(left, right)


def quotient(left: Decimal, right: Decimal) -> Decimal | None:
    """left / right with at most 12 decimals (halves away from zero) and no zeros at the end; None by zero."""
    if not right:
        return None
    value = EXACT.divide(left, right).quantize(Decimal("1e-12"), rounding=ROUND_HALF_UP, context=EXACT)
    plain = value.normalize(EXACT)
    return bounded(plain.quantize(Decimal(1)) if places(plain) == 0 else plain)


@dataclass(frozen=True)
class Length(Unary):
    """How many characters a text has."""

    def apply(self, value: str) -> Decimal:
        return Decimal(len(value))


@dataclass(frozen=True)
class CountOf(Unary):
    """How many tokens of a kind a text has."""

    kind: str

    def apply(self, value: str) -> Decimal:
        return Decimal(len(expression(self.kind).findall(value)))


@dataclass(frozen=True)
class FormatNumber(Unary):
    """A number as text.

    `least` and `most`: decimals; beyond `most` (None: no limit) it is rounded by `mode`; fewer than `least` are filled with zeros.
    In between, the digits that the number has are kept, but zeros at its end only when `keep_zeros` is set. `width`: digits before
    the point, filled with zeros. `group`: the thousands mark (`style` "indian" groups 12,34,567). `decimal`: the decimal mark.
    `sign`: "-" for negative numbers only, "+" for positive ones too, "()" brackets for negative ones. Zero has no sign.
    """

    least: int = 0
    most: int | None = None
    keep_zeros: bool = False
    width: int = 1
    group: str = ""
    decimal: str = "."
    sign: str = "-"
    mode: str = "nearest"
    style: str = ""

    def apply(self, value: Decimal) -> str | None:
        if self.most is not None and places(value) > self.most:
            value = round_to(value, Decimal(1).scaleb(-self.most), self.mode)
        if value.copy_abs() >= NUMBER_LIMIT:
            return None
        whole, _, rest = format(value.copy_abs(), "f").partition(".")
        if not self.keep_zeros:
            rest = rest.rstrip("0")
        rest = rest.ljust(self.least, "0")
        whole = whole.zfill(self.width) if self.width else whole.lstrip("0")
        if self.group:
            whole = group_digits(whole, self.group, self.style)
        text = whole + (self.decimal + rest if rest else "")
        negative = value < 0
        if self.sign == "()":
            return f"({text})" if negative else text
        return ("-" if negative else "+" if self.sign == "+" and value > 0 else "") + text


def group_digits(whole: str, mark: str, style: str = "") -> str:
    """Digits with thousands marks; `style` "indian": 12,34,567."""
    if style == "indian" and len(whole) > 3:
        return re.sub(r"(?<=[0-9])(?=(?:[0-9]{2})+$)", lambda _: mark, whole[:-3]) + mark + whole[-3:]
    return re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", lambda _: mark, whole)


@dataclass(frozen=True)
class NumberRange(Unary):
    """The bin that holds a number, as low + `separator` + high. Bins are `step` wide and start at `origin`; high is the next bin's
    start less `gap` ("20-25" has gap 0, "20-24" has gap 1).
    """

    step: str
    origin: str
    gap: str
    separator: str
    form: FormatNumber
    """How both ends are shown; its `of` is not used."""

    def apply(self, value: Decimal) -> str | None:
        low = round_to(value, Decimal(self.step), "floor", Decimal(self.origin))
        high = EXACT.subtract(EXACT.add(low, Decimal(self.step)), Decimal(self.gap))
        first, last = self.form.apply(low), self.form.apply(high)
        return None if first is None or last is None else first + self.separator + last


@dataclass(frozen=True)
class Ordinal(Unary):
    """A whole number as an English ordinal: 1st, 2nd, 3rd, 11th."""

    def apply(self, value: Decimal) -> str | None:
        return ordinal(int(value)) if value == value.to_integral_value() else None


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st..."""
    ending = "th" if 10 <= abs(number) % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(abs(number) % 10, "th")
    return f"{number}{ending}"
