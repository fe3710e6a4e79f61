"""Operators over numbers, computed in decimals of 18 digits before the point and 18 after it: see tree.numbers.bounded.

No sum, product or remainder here needs more than the 38 digits that both databases have, and none loses one. What is cast on the
way narrows the type (never the value): Spark rounds where the types alone could need more digits. Nothing is divided, as DuckDB
divides decimals in binary fractions.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.operations as ops

from workbench.byexample.native.binding import bind
from workbench.byexample.native.compiler import NODES, Compiler
from workbench.byexample.native.functions import token
from workbench.byexample.native.values import NUMBER, NotNative, Number, Text
from workbench.byexample.tree import numbers
from workbench.byexample.tree.nodes import NUMBER_LIMIT
from workbench.byexample.tree.numbers import PLACES, places

SUM = "decimal(37, 18)"
"""What a sum of two numbers fits into; two of them can still be added."""
LIMIT = str(NUMBER_LIMIT)


def exactly(value: Any, kind: str) -> Any:
    """The value cast to a type, also where Ibis believes that it has it: the databases' own types differ from what Ibis expects."""
    return ops.Cast(value, ibis.dtype(kind)).to_expr()


def constant(value: Decimal, kind: str = NUMBER) -> Any:
    """A constant number. NotNative when it has more digits than a number can have."""
    if abs(value) >= NUMBER_LIMIT or places(value) > PLACES:
        raise NotNative("A number of that many digits has no native form.")
    return exactly(ibis.literal(format(value, "f")), kind)


def exponent_of(value: Decimal) -> int:
    """The exponent of a constant's last digit."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise NotNative("What is no number has no native form.")
    return exponent


def bounded(value: Any) -> Any:
    """A computed number as a NUMBER; missing beyond the limit."""
    limit = ibis.literal(LIMIT).cast("decimal(38, 18)")
    wide = exactly(value, "decimal(38, 18)")
    return bind(wide, lambda found: ibis.ifelse((found < limit) & (found > -limit), exactly(found, NUMBER), None))


def digits(compiler: Compiler, text: Any, mark: str) -> Any:
    """The digits of the number that a whole text is (used several times), with a point and without an exponent; else missing."""
    engine = compiler.engine
    expression = rf"\A(?:{numbers.number_expression(mark).pattern})\z"

    def plain(value: Any) -> Any:
        found = engine.replaced(value, f"[^0-9{mark}]", "").replace(mark, ".")
        return bind(found, lambda line: ibis.ifelse(engine.contains(line, "."), line, line + "."))

    def shifted(parts: Any) -> Any:
        power = engine.replaced(engine.item(parts, 1), "[^0-9-]", "").try_cast("int64")
        return bind(plain(engine.item(parts, 0)), lambda line: bind(power, lambda by: moved(line, by)))

    def moved(line: Any, power: Any) -> Any:
        zeros = "0" * 100
        whole, rest = engine.first_piece(line, "."), engine.item(engine.split(line, "."), 1)
        point = whole.length() + power + len(zeros)
        shown = ibis.greatest(rest.length() - power, 0)
        return bind(
            zeros + line.replace(".", "") + zeros,
            lambda row: engine.from_(row, 0, point) + "." + engine.from_(row, point, shown),
        )

    scientific = bind(engine.split(engine.lower(text), "e"), shifted)
    found = ibis.ifelse(engine.matches(text, "[eE]"), scientific, plain(text))
    return ibis.ifelse(engine.matches(text, expression), found, None)


def parsed(compiler: Compiler, text: Any, mark: str) -> Any:
    """What `parse_number` finds in a text (which is used several times)."""
    engine = compiler.engine
    sign = ibis.ifelse(engine.matches(text, rf"\A{numbers.NEGATIVE.pattern}"), "-0", "0")

    def value(line: Any) -> Any:
        fits = engine.matches(line, rf"\A0*[0-9]{{0,{PLACES}}}\.[0-9]{{0,{PLACES}}}\z")
        return ibis.ifelse(fits, (sign + line + "0").try_cast(NUMBER), None)

    return bind(digits(compiler, text, mark), value)


def _number(compiler: Compiler, node: numbers.Number) -> Number:
    text = compiler.text(node.of)

    def exponent(value: Any) -> Any:
        return bind(
            digits(compiler, value, node.decimal), lambda line: compiler.engine.first_piece(line, ".").length() + 1 - line.length()
        )

    return Number(bind(text, lambda value: parsed(compiler, value, node.decimal)), bind(text, exponent))


def _whole(value: Any) -> Any:
    """A number without what stands after its point."""
    return value - value % constant(Decimal(1))


def _product(compiler: Compiler, left: Any, right: Any) -> Any:
    """The product of two numbers (each used several times), rounded to PLACES; missing beyond the limit."""
    # 19 digits: DuckDB would compute with 64 bits what has at most 18
    first, second = exactly(_whole(left), "decimal(19, 0)"), exactly(_whole(right), "decimal(19, 0)")
    third, fourth = (exactly(value % constant(Decimal(1)), "decimal(18, 18)") for value in (left, right))
    large = (first * second).try_cast(NUMBER)
    times = compiler.engine.times
    middle = exactly(exactly(times(first, fourth), NUMBER) + exactly(times(third, second), NUMBER), SUM)
    small = exactly(third * fourth, NUMBER)
    return bounded(exactly(exactly(large + small, SUM) + middle, "decimal(38, 18)"))


def _scale(compiler: Compiler, node: numbers.Scale) -> Number:
    given = compiler.number(node.of)
    factor, offset = Decimal(node.factor), Decimal(node.offset)
    shift = factor.adjusted() if factor == Decimal(1).scaleb(factor.adjusted()) else exponent_of(factor)
    value = bind(given.value, lambda number: _product(compiler, number, constant(factor)))
    exponent = ibis.greatest(given.exponent + shift, -PLACES)
    if node.offset == "0":
        return Number(value, exponent)
    return Number(bounded(value + constant(offset)), ibis.least(exponent, exponent_of(offset)))


def _round(compiler: Compiler, node: numbers.Round) -> Number:
    given = compiler.number(node.of)
    step, origin = Decimal(node.step), Decimal(node.origin)
    value = bounded(rounded(given.value, step, node.mode, origin))
    return Number(value, ibis.literal(max(min(exponent_of(step), exponent_of(origin)), -PLACES)))


def rounded(value: Any, step: Decimal, mode: str, origin: Decimal = Decimal(0)) -> Any:
    """The multiple of a step, counted from an origin, that a mode of tree.numbers.ROUNDING takes; of the type SUM."""
    if step <= 0:
        raise NotNative("Rounding to a step that is not positive has no native form.")
    size = constant(step)

    def moved(distance: Any) -> Any:
        return bind(distance % size, lambda rest: around(distance, rest))

    def around(distance: Any, rest: Any) -> Any:
        near = exactly(distance - rest, SUM)
        twice = exactly(rest.abs(), SUM) + exactly(rest.abs(), SUM)
        match mode:
            case "floor":
                further = rest < 0
            case "ceiling":
                further = rest > 0
            case "up":
                further = rest != 0
            case "down":
                return near
            case "even":
                odd = near % constant(step * 2) != 0
                further = (twice > size) | ((twice == size) & odd)
            case _:
                further = twice >= size
        # a rest of 0 never goes further; else its sign is that of the whole distance
        away = exactly(near + ibis.ifelse(rest < 0, constant(-step), size), SUM)
        return ibis.ifelse(further & (rest != 0), away, near)

    if not origin:
        return bind(exactly(value, SUM), moved)
    return exactly(bind(exactly(value - constant(origin), SUM), moved) + constant(origin), SUM)


def _arithmetic(compiler: Compiler, node: numbers.Arithmetic) -> Number:
    left, right = compiler.number(node.left), compiler.number(node.right)
    match node.sign:
        case "+":
            return Number(bounded(left.value + right.value), ibis.least(left.exponent, right.exponent))
        case "-":
            return Number(bounded(left.value - right.value), ibis.least(left.exponent, right.exponent))
        case "*":
            value = bind(left.value, lambda first: bind(right.value, lambda second: _product(compiler, first, second)))
            return Number(value, ibis.greatest(left.exponent + right.exponent, -PLACES))
    raise NotNative("Arithmetic has no native form for a division.")


def counted(value: Any) -> Number:
    """A whole number as the databases count."""
    return Number(exactly(value, NUMBER), ibis.literal(0))


def _length(compiler: Compiler, node: numbers.Length) -> Number:
    return counted(compiler.text(node.of).length())


def _count_of(compiler: Compiler, node: numbers.CountOf) -> Number:
    return counted(compiler.engine.all_matches(compiler.text(node.of), token(node.kind)).length())


def _format(compiler: Compiler, node: numbers.FormatNumber) -> Text:
    given = compiler.number(node.of)
    return Text(shown(compiler, node, given.value, given.exponent))


def shown(compiler: Compiler, form: numbers.FormatNumber, value: Any, exponent: Any) -> Any:
    """A number of at most the type SUM as text."""
    if form.most is not None:
        if form.most < 0:
            raise NotNative("Rounding before the point has no native form here.")
        if form.most < PLACES:
            value = rounded(value, Decimal(1).scaleb(-form.most), form.mode)
    decimals = ibis.greatest(-exponent, 0) if form.keep_zeros else None
    if decimals is not None and form.most is not None:
        decimals = ibis.least(decimals, form.most)
    return bind(bounded(value), lambda number: _shown(compiler, form, number, decimals))


def _shown(compiler: Compiler, form: numbers.FormatNumber, number: Any, decimals: Any) -> Any:
    engine = compiler.engine
    size = number.abs()
    whole = exactly(exactly(_whole(size), "int64"), "string")
    rest = exactly(exactly(size % constant(Decimal(1)), "decimal(18, 18)") * 1_000_000_000, "decimal(27, 18)")
    rest = engine.filled(exactly(exactly(rest * 1_000_000_000, "int64"), "string"), PLACES)
    rest = engine.stripped(rest, "0", "right") if decimals is None else engine.from_(rest, 0, decimals)
    if form.least:
        rest = bind(rest, lambda text: text + engine.repeated("0", form.least - text.length()))
    if not form.width:
        whole = engine.stripped(whole, "0", "left")
    elif form.width > 1:
        whole = bind(whole, lambda text: engine.repeated("0", form.width - text.length()) + text)
    if form.group:
        whole = bind(whole, lambda text: _grouped(compiler, text, form))
    text = whole + bind(rest, lambda ending: ibis.ifelse(ending == "", "", ibis.literal(form.decimal) + ending))
    if form.sign == "()":
        return ibis.ifelse(number < 0, ibis.literal("(") + text + ")", text)
    sign = ibis.cases((number < 0, "-"), (number > 0, "+" if form.sign == "+" else ""), else_="")
    return sign + text


def _grouped(compiler: Compiler, whole: Any, form: numbers.FormatNumber) -> Any:
    """Digits (used several times) with thousands marks: filled up with blanks to whole groups, each of which gets a mark."""
    engine = compiler.engine

    def marked(digits: Any, size: int) -> Any:
        filled = engine.repeated(" ", (size - digits.length() % size) % size) + digits
        groups = engine.replaced(filled, f"([ 0-9]{{{size}}})", engine.plain(form.group) + engine.group(1))
        return engine.stripped(engine.from_(groups, len(form.group)), " ", "left")

    if form.style != "indian":
        return marked(whole, 3)
    head = engine.from_(whole, 0, ibis.greatest(whole.length() - 3, 0))
    tail = engine.from_(whole, ibis.greatest(whole.length() - 3, 0))
    return ibis.ifelse(whole.length() > 3, bind(head, lambda digits: marked(digits, 2)) + form.group + tail, whole)


def _range(compiler: Compiler, node: numbers.NumberRange) -> Text:
    step, origin, gap = Decimal(node.step), Decimal(node.origin), Decimal(node.gap)
    width = numbers.EXACT.subtract(step, gap)
    low_exponent = min(exponent_of(step), exponent_of(origin))
    exponents = low_exponent, min(low_exponent, exponent_of(step), exponent_of(gap))

    def both(low: Any) -> Any:
        high = exactly(low + constant(width), SUM)
        first, last = (
            shown(compiler, node.form, value, ibis.literal(exponent))
            for value, exponent in ((low, exponents[0]), (high, exponents[1]))
        )
        return first + node.separator + last

    return Text(bind(rounded(compiler.number(node.of).value, step, "floor", origin), both))


def _ordinal(compiler: Compiler, node: numbers.Ordinal) -> Text:
    def ordinal(number: Any) -> Any:
        value = exactly(_whole(number), "int64")
        return ibis.ifelse(number % constant(Decimal(1)) == 0, bind(value, ordinal_text), None)

    return Text(bind(compiler.number(node.of).value, ordinal))


def ordinal_text(number: Any) -> Any:
    """A whole number (used several times) as 1st, 2nd, 3rd, 11th."""
    tens, ones = number.abs() % 100, number.abs() % 10
    ending = ibis.cases(((tens >= 10) & (tens <= 20), "th"), (ones == 1, "st"), (ones == 2, "nd"), (ones == 3, "rd"), else_="th")
    return exactly(number, "string") + ending


NODES.update(
    {
        numbers.Number: _number, numbers.Scale: _scale, numbers.Round: _round, numbers.Arithmetic: _arithmetic,
        numbers.Length: _length, numbers.CountOf: _count_of, numbers.FormatNumber: _format, numbers.NumberRange: _range,
        numbers.Ordinal: _ordinal,
    }
)  # fmt: skip
