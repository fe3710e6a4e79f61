"""Python for the operators over numbers."""

from __future__ import annotations

from decimal import Decimal

from workbench.byexample.printing import helpers
from workbench.byexample.printing.english_numbers import formats
from workbench.byexample.printing.literals import literal
from workbench.byexample.printing.modules import Module
from workbench.byexample.printing.python_tokens import pattern
from workbench.byexample.printing.scope import Scope, Value
from workbench.byexample.printing.words import listed
from workbench.byexample.tree.dates import MomentNumber
from workbench.byexample.tree.nodes import Node
from workbench.byexample.tree.numbers import (
    ROUNDING,
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

_OPERATIONS = {"+": "add", "-": "subtract", "*": "multiply"}


def number_value(node: Node, scope: Scope) -> Value | None:
    """The expression of an operator over numbers; None for other nodes."""
    match node:
        case Number(of, mark):
            return Value(f"{reader(mark, scope.module)}({scope.need(of).code})", nullable=True, kind="decimal")
        case Length(of):
            return Value(f"len({scope.need(of).code})", kind="integer")
        case CountOf(of, kind):
            return Value(f"len(re.findall({pattern(kind, scope)}, {scope.need(of).code}))", kind="integer")
        case Scale(of, factor, offset):
            return _scaled(as_decimal(scope.need(of), scope), Decimal(factor), offset, scope)
        case Round(of, step, mode, origin):
            return limited(_rounded(as_decimal(scope.need(of), scope), Decimal(step), mode, Decimal(origin), scope), scope)
        case Arithmetic(left, sign, right):
            first, second = as_decimal(scope.need(left), scope), as_decimal(scope.need(right), scope)
            exact(scope.module)
            if sign in _OPERATIONS:
                return limited(Value(f"EXACT.{_OPERATIONS[sign]}({first}, {second})", kind="decimal"), scope)
            limited(Value(""), scope)
            scope.module.helper(helpers.QUOTIENT, "from decimal import Decimal", "from decimal import ROUND_HALF_UP")
            return Value(f"quotient({first}, {second})", nullable=True, kind="decimal")
        case FormatNumber():
            return _shown(node, scope)
        case NumberRange():
            return _range(node, scope)
        case Ordinal(of):
            value = scope.need(of)
            scope.module.helper(helpers.ORDINAL)
            if value.kind == "integer":
                return Value(f"ordinal({value.code})", filled=True)
            value = value if value.code.isidentifier() else scope.assign("number", value, of)
            scope.guard(f"{value.text} != int({value.text})", f"{value.text} == int({value.text})")
            return Value(f"ordinal(int({value.text}))", filled=True)
    return None


def reader(mark: str, module: Module) -> str:
    """The name of the function that reads numbers with a decimal mark."""
    imports = ("import re", "from decimal import Decimal")
    if mark == ".":
        module.constants.setdefault("NUMBER", helpers.NUMBER_PATTERN)
        module.helper(helpers.READ_NUMBER, *imports)
        return "read_number"
    module.constants.setdefault("NUMBER_WITH_COMMA", helpers.with_comma(helpers.NUMBER_PATTERN))
    module.helper(helpers.with_comma(helpers.READ_NUMBER), *imports)
    return "read_number_with_comma"


def exact(module: Module) -> None:
    """Decimals that keep 60 digits."""
    module.imports.add("from decimal import Context")
    module.constants.setdefault("EXACT", "EXACT = Context(prec=60)")


def decimal(value: Decimal, module: Module) -> str:
    """A decimal as code."""
    module.imports.add("from decimal import Decimal")
    text = str(value)
    return f"Decimal({text})" if text.removeprefix("-").isdecimal() else f"Decimal({literal(text)})"


def as_decimal(value: Value, scope: Scope) -> str:
    """A number as a decimal."""
    if value.kind == "integer":
        scope.module.imports.add("from decimal import Decimal")
        return f"Decimal({value.code})"
    return value.code


def _scaled(value: str, factor: Decimal, offset: str, scope: Scope) -> Value:
    exact(scope.module)
    if factor == Decimal(1).scaleb(factor.adjusted()):
        power = factor.adjusted()
        text = f"{value}.scaleb({power}, EXACT)" if power else value
    else:
        text = f"EXACT.multiply({value}, {decimal(factor, scope.module)})"
    scaled = limited(Value(text, kind="decimal"), scope)
    if offset == "0":
        return scaled
    scaled = scope.assign("scaled", scaled)
    scope.guard(f"{scaled.text} is None", f"{scaled.text} is not None")
    return limited(Value(f"EXACT.add({scaled.text}, {decimal(Decimal(offset), scope.module)})", kind="decimal"), scope)


def limited(value: Value, scope: Scope) -> Value:
    """What was computed, within the limits of all numbers."""
    exact(scope.module)
    scope.module.helper(helpers.LIMITED, "from decimal import Decimal", "from decimal import ROUND_HALF_UP")
    return Value(f"limited({value.code})", nullable=True, kind="decimal")


def _rounded(value: str, step: Decimal, mode: str, origin: Decimal, scope: Scope) -> Value:
    exact(scope.module)
    rounding = ROUNDING[mode]
    scope.module.imports |= {f"from decimal import {rounding}", "from decimal import Decimal"}
    if not origin and step == Decimal(1).scaleb(step.adjusted()) and step <= 1:
        return Value(f"{value}.quantize({decimal(step, scope.module)}, {rounding}, EXACT)", kind="decimal")
    scope.module.helper(helpers.ROUND_TO)
    rest = f", {decimal(origin, scope.module)}" if origin else ""
    return Value(f"round_to({value}, {decimal(step, scope.module)}, {rounding}{rest})", kind="decimal")


def _shown(node: FormatNumber, scope: Scope) -> Value:
    value = _within(node.of, scope)
    if value.kind == "integer" and (form := _integer_format(node)) is not None:
        return Value("", filled=True, pieces=((value.code, form),))
    name, nullable = show_number(node, isinstance(node.of, Number), scope.module)
    return Value(f"{name}({as_decimal(value, scope)})", nullable=nullable, filled=node.width > 0 or node.least > 0)


def _within(of: Node, scope: Scope) -> Value:
    """What is shown; of a rounded or shifted number without the limits, which showing it asks for in any case."""
    if scope.recall(of) is None and scope.uses[of] == 1:
        if isinstance(of, Round) and max(-_exponent(of.step), -_exponent(of.origin)) <= 18:
            return _rounded(as_decimal(scope.need(of.of), scope), Decimal(of.step), of.mode, Decimal(of.origin), scope)
        if isinstance(of, Scale) and of.offset == "0" and Decimal(of.factor) in {Decimal(10) ** power for power in range(1, 19)}:
            exact(scope.module)
            return Value(f"{as_decimal(scope.need(of.of), scope)}.scaleb({Decimal(of.factor).adjusted()}, EXACT)", kind="decimal")
    return scope.need(of)


def _exponent(number: str) -> int:
    exponent = Decimal(number).as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _integer_format(node: FormatNumber) -> str | None:
    """The format of a whole number that is never negative; None when it needs a function."""
    plain_number = node.decimal == "." and node.least == 0 and (node.most is None or node.most >= 0) and not node.style
    if not plain_number or node.width < 1 or node.group not in {"", ","} or node.sign not in {"-", "()"}:
        return None
    if not isinstance(node.of, Length | CountOf | MomentNumber):
        return "d" if node.width == 1 and node.sign == "-" and not node.group else None
    if node.width > 1:
        return f"0{node.width}d" if not node.group else None
    return "," if node.group else "d"


def show_number(form: FormatNumber, read: bool, module: Module) -> tuple[str, bool]:
    """The name of a function that shows numbers so, and whether it may give None; `read`: numbers come as they were read."""
    nullable = form.most is not None or not read
    key = (
        "show",
        form.least,
        form.most,
        form.keep_zeros,
        form.width,
        form.group,
        form.decimal,
        form.sign,
        form.mode,
        form.style,
        nullable,
    )
    if key not in module.made:
        name = module.made[key] = module.name("show_number")
        module.imports.add("from decimal import Decimal")
        module.helpers[name] = "\n".join(_show_lines(form, name, nullable, module))
    return str(module.made[key]), nullable


def _show_lines(form: FormatNumber, name: str, nullable: bool, module: Module) -> list[str]:
    how = listed(formats(form) or ["without zeros at its end"])
    lines = [
        f"def {name}(number: Decimal) -> str{' | None' if nullable else ''}:",
        f'    """The number {how}."""'.replace('with "', "with '"),
    ]
    if len(lines[1]) > 100:
        lines[1] = '    """The number as a text."""'
    if form.most is not None:
        rounding = ROUNDING[form.mode]
        exact(module)
        module.imports.add(f"from decimal import {rounding}")
        step = decimal(Decimal(1).scaleb(-form.most), module)
        lines.append(
            f"    if -number.as_tuple().exponent > {form.most}:" if form.most else "    if number.as_tuple().exponent < 0:"
        )
        lines.append(f"        number = number.quantize({step}, {rounding}, EXACT)")
    if nullable:
        lines += ["    if number.copy_abs() >= 10**18:", "        return None"]
    no_decimals = form.most == 0 and form.least == 0
    lines.append(
        '    whole = f"{number.copy_abs():f}"'
        if no_decimals
        else '    whole, _, decimals = f"{number.copy_abs():f}".partition(".")'
    )
    if form.width != 1:
        lines.append(f"    whole = whole.zfill({form.width})" if form.width else '    whole = whole.lstrip("0")')
    lines += _group_lines(form, module)
    if no_decimals:
        text = "whole"
    else:
        rest = "decimals" if form.keep_zeros else 'decimals.rstrip("0")'
        if form.least and not (form.keep_zeros and form.least == 0):
            rest += f'.ljust({form.least}, "0")'
        if rest != "decimals":
            lines.append(f"    decimals = {rest}")
        point = literal(form.decimal)
        text = f"whole + {point} + decimals" if form.least else f"(whole + {point} + decimals if decimals else whole)"
    lines += _sign_lines(form, text)
    return lines


def _group_lines(form: FormatNumber, module: Module) -> list[str]:
    if not form.group:
        return []
    if form.style == "indian":
        module.imports.add("import re")
        mark = literal(form.group.replace("\\", "\\\\"))
        return [
            "    if len(whole) > 3:",
            f'        thousands = re.sub(r"(?<=[0-9])(?=(?:[0-9]{{2}})+$)", {mark}, whole[:-3])',
            f"        whole = thousands + {literal(form.group)} + whole[-3:]",
        ]
    module.imports.add("import re")
    mark = literal(form.group.replace("\\", "\\\\"))
    return [f'    whole = re.sub(r"(?<=[0-9])(?=(?:[0-9]{{3}})+$)", {mark}, whole)']


def _sign_lines(form: FormatNumber, text: str) -> list[str]:
    bare = text.removeprefix("(").removesuffix(")") if text.startswith("(") else text
    if form.sign == "()":
        return [f"    text = {bare}", '    return f"({text})" if number < 0 else text']
    if form.sign == "+":
        return ['    sign = "-" if number < 0 else "+" if number > 0 else ""', f"    return sign + {text}"]
    if text == "whole":
        return ['    return "-" + whole if number < 0 else whole']
    return [f"    text = {bare}", '    return "-" + text if number < 0 else text']


def _range(node: NumberRange, scope: Scope) -> Value:
    value = as_decimal(scope.need(node.of), scope)
    step, origin = Decimal(node.step), Decimal(node.origin)
    low = scope.assign("low", _rounded(value, step, "floor", origin, scope))
    exact(scope.module)
    width = decimal(step - Decimal(node.gap), scope.module)
    high = scope.assign("high", Value(f"EXACT.add({low.text}, {width})", kind="decimal"))
    name, _ = show_number(node.form, False, scope.module)
    first = scope.assign("first", Value(f"{name}({low.text})"))
    last = scope.assign("last", Value(f"{name}({high.text})"))
    bad = f"{first.text} is None or {last.text} is None"
    scope.guard(bad, f"{first.text} is not None and {last.text} is not None")
    return Value("", filled=True, pieces=((first.text, ""), (node.separator, None), (last.text, "")))
