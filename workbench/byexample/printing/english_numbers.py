"""English for the operators over numbers."""

from __future__ import annotations

from decimal import Decimal

from workbench.byexample.printing.phrases import Phrase, Wording
from workbench.byexample.printing.words import MARKS, a_mark, count_of, listed, number_word, plural, quoted, tokens
from workbench.byexample.tree.dates import MomentNumber
from workbench.byexample.tree.nodes import Node
from workbench.byexample.tree.numbers import (
    Arithmetic,
    CountOf,
    FormatNumber,
    Length,
    Number,
    NumberRange,
    Ordinal,
    Round,
    Scale,
)

_SIGNS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_DOWNWARDS = {"floor": "down", "ceiling": "up", "up": "away from zero", "down": "towards zero"}


def number_phrase(node: Node, wording: Wording) -> Phrase | None:
    """The phrase of an operator over numbers; None for other nodes."""
    match node:
        case Number(of, "."):
            return wording.phrase(of)
        case Number(of):
            return wording.phrase(of) if wording.brief else wording.phrase(of).and_then("(read with a decimal comma)")
        case Scale(of, factor, offset):
            return _scaled(wording.phrase(of), Decimal(factor), Decimal(offset))
        case Round(of, step, mode, origin):
            return wording.phrase(of).and_then(rounding(Decimal(step), mode, Decimal(origin)))
        case Arithmetic(left, sign, right):
            return Phrase(f"{_operand(left, wording)} {_SIGNS[sign]} {_operand(right, wording)}")
        case Length(of):
            return Phrase(f"the number of characters in {wording.phrase(of)}")
        case CountOf(of, kind):
            return Phrase(f"the number of {tokens(kind)} in {wording.phrase(of)}")
        case FormatNumber(of=of):
            found = wording.phrase(of)
            shown = formats(node)
            if not shown and isinstance(of, Number):
                return found.and_then("as a plain number")
            return found if not shown else found.and_then(_shown(shown))
        case NumberRange(of, step, origin, gap, separator, form):
            sample = NumberRange(of, step, origin, gap, separator, form).apply(Decimal(origin) + Decimal(step) * 2)
            like = f", like {sample}" if sample and not wording.brief else ""
            return Phrase(f"the range of {plain(Decimal(step))} that holds {wording.phrase(of)}{like}")
        case Ordinal(of):
            return wording.phrase(of).and_then("as an ordinal (1st, 2nd...)")
    return None


def _shown(formats: list[str]) -> str:
    """`shown with two decimals, commas between thousands and in brackets when negative`."""
    bare = [text.removeprefix("with ") if number and text.startswith("with ") else text for number, text in enumerate(formats)]
    return f"shown {listed(bare if formats[0].startswith('with ') else formats)}"


def _operand(node: Node, wording: Wording) -> str:
    return f"({wording.phrase(node)})" if isinstance(node, Arithmetic) else str(wording.phrase(node))


def plain(value: Decimal) -> str:
    """A number as people write it: no exponent, no zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scaled(of: Phrase, factor: Decimal, offset: Decimal) -> Phrase:
    divisor = 1 / factor if factor else Decimal(0)
    if factor != 1 and abs(factor) < 1 and divisor == divisor.to_integral_value():
        of = of.and_then(f"divided by {plain(divisor)}")
    elif factor != 1:
        of = of.and_then(f"times {plain(factor)}")
    if offset:
        of = of.and_then(f"{'plus' if offset > 0 else 'minus'} {plain(abs(offset))}")
    return of if factor != 1 or offset else of.and_then("as a number")


def rounding(step: Decimal, mode: str, origin: Decimal = Decimal(0)) -> str:
    """`rounded down to the nearest 5`."""
    way = _DOWNWARDS.get(mode, "")
    if step == 1:
        to = "a whole number"
    elif step < 1 and step == Decimal(1).scaleb(step.adjusted()):
        to = count_of(-step.adjusted(), "decimal")
    else:
        to = f"the nearest {plain(step)}"
    text = f"rounded {way} to {to}" if way else f"rounded to {to}"
    if mode == "even":
        text += " (halves to even)"
    return text + (f" counted from {plain(origin)}" if origin else "")


def formats(form: FormatNumber) -> list[str]:
    """What is special about the way a number is shown: `with two decimals`."""
    found = []
    rounded = "" if form.mode == "nearest" or form.most is None else f" ({rounding(Decimal(1).scaleb(-form.most), form.mode)})"
    if form.most == form.least:
        found.append(f"with {count_of(form.least, 'decimal')}{rounded}" if form.least else f"without decimals{rounded}")
    elif form.least and form.most is None:
        found.append(f"with at least {count_of(form.least, 'decimal')}")
    elif form.most is not None:
        low = f"{number_word(form.least)} to " if form.least else "at most "
        found.append(f"with {low}{count_of(form.most, 'decimal')}{rounded}")
    elif form.keep_zeros:
        found.append("with all its decimals")
    if form.width > 1:
        whole = form.most == 0 or isinstance(form.of, Length | CountOf | MomentNumber)
        found.append(f"with at least {count_of(form.width, 'digit')}{'' if whole else ' before the point'}")
    elif form.width == 0:
        found.append("without a zero before the point")
    if form.group:
        style = " in the Indian way" if form.style == "indian" else ""
        mark = plural(MARKS[form.group]) if form.group in MARKS else quoted(form.group)
        found.append(f"with {mark} between thousands{style}")
    if form.decimal != ".":
        found.append(f"with {a_mark(form.decimal)} as decimal mark")
    if form.sign == "+":
        found.append("with a plus sign when positive")
    elif form.sign == "()":
        found.append("in brackets when negative")
    return found
