"""Filters as Python that a colleague could have written: one function `keep`, and what it needs to read numbers and dates."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.byexample.tree.calendars import months, weekdays
from workbench.byexample.tree.conditions import (
    Applies,
    Compares,
    Condition,
    Contains,
    EndsWith,
    Equals,
    HasToken,
    IsBlank,
    IsMissing,
    IsNumber,
    LengthIs,
    LongerThan,
    Not,
    StartsWith,
    WordCount,
)
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.moments import pattern_expression
from workbench.byexample.tree.nodes import NUMBER_LIMIT, Column, Node
from workbench.byexample.tree.numbers import NEGATIVE, PLACES, Arithmetic, Number, number_expression
from workbench.byexample.tree.program import walk
from workbench.byexample.tree.texts import Case, Lookup
from workbench.byexample.tree.tokens import TOKENS

if TYPE_CHECKING:
    from workbench.byexample.filtering.rowfilter import Filter

_NUMBER = '''
def number(text):
    """The number that a text shows, such as 1,200.50, $3, 5% or (4); None when it shows none."""
    if not re.fullmatch({pattern}, text or ""):
        return None
    digits, _, exponent = text.upper().partition("E")
    value = Decimal(re.sub("[^0-9.]", "", digits) + ("e" + re.sub("[^0-9+-]", "", exponent) if exponent else ""))
    if abs(value) >= {limit} or value.as_tuple().exponent < -{places}:
        return None
    return -value if re.match({negative}, text) else value
'''

_DAY = '''
def {name}(text):
    """The date that a text shows in the form {form}; None when it shows none."""
    found = re.fullmatch({pattern}, (text or "").strip(" \\t\\r\\n"), re.IGNORECASE)
    if found is None:
        return None
    {fields} = found.groups()
{checks}    try:
        return date(int(year), {month}, int(day))
    except ValueError:
        return None
'''
_FIELDS = {"y": "year", "M": "month", "d": "day", "H": "hour", "h": "hour", "m": "minute", "s": "second", "a": "half"}
_LIMITS = {"H": ("hour", 24), "h": ("hour", 12), "m": ("minute", 59), "s": ("second", 59)}


def to_python(row_filter: Filter, columns: Sequence[str] = ()) -> str:
    """A module with the function `keep`, whose parameters are called as the columns are, as far as Python allows."""
    used = max((node.index for test in row_filter.tests for node in walk(test) if isinstance(node, Column)), default=0)
    writer = _Writer(_identifiers([*columns, *("" for _ in range(len(columns), used + 1))]))
    tests = [writer.test(test) for test in row_filter.tests]
    several = len(tests) > 1
    joined = (" and " if row_filter.every else " or ").join(f"({test})" if several and _loose(test) else test for test in tests)
    docstring = _docstring(row_filter.explain(columns))
    function = f'def keep({", ".join(writer.names)}):\n    """{docstring}"""\n    return {joined}\n'
    blocks = [*sorted(writer.imports, key=lambda line: (line.startswith("from"), line))]
    head = "\n".join(blocks) + "\n\n" if blocks else ""
    return head + "\n".join([*writer.helpers.values(), "\n" + function if writer.helpers or blocks else function]).lstrip("\n")


def _docstring(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"""', "'''")
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in plain)


def _loose(test: str) -> bool:
    return " and " in test or " or " in test


def _identifiers(columns: Sequence[str]) -> list[str]:
    names: list[str] = []
    for place, column in enumerate(columns):
        name = re.sub(r"\W+", "_", column.strip().lower()).strip("_") or f"column_{place + 1}"
        name = f"column_{name}" if not name.isidentifier() else name
        name = f"{name}_" if keyword.iskeyword(name) or name in {"number", "date", "re", "keep", "len"} else name
        while name in names:
            name += "_"
        names.append(name)
    return names


@dataclass
class _Writer:
    """Writes tests as expressions, and collects the imports and functions that they need."""

    names: list[str]
    imports: set[str] = field(default_factory=set)
    helpers: dict[str, str] = field(default_factory=dict)

    def test(self, test: Condition) -> str:
        """The test as an expression."""
        if isinstance(test, Not):
            inner = self.test(test.condition)
            for there, denied in ((" == ", " != "), (" not in ", " in "), (" in ", " not in ")):
                if inner.count(there) == 1 and not _loose(inner) and not inner.startswith("not "):
                    return inner.replace(there, denied)
            return inner.removeprefix("not ") if inner.startswith("not ") else f"not ({inner})"
        match test:
            case Applies(Lookup(of, table)):
                return self._one_of(of, [value for value, _ in table])
            case Equals(of, text):
                return self._one_of(of, [text])
            case IsNumber(of):
                return f"{self._number(of)} is not None"
            case Compares():
                return self._compares(test)
            case Contains(Case(of), part):
                dotted = '.replace("İ", "i")' if "i" in part else ""
                sigma = '.replace("Σ", "σ")' if "σ" in part else ""
                return f'{part!r} in ({self._value(of)} or ""){dotted}{sigma}.lower()'
            case IsMissing(Column(index)):
                return f"{self.names[index]} is None"
        return self._of_text(test, f'({self._value(test.of)} or "")')

    def _of_text(self, test: Condition, text: str) -> str:
        match test:
            case IsBlank():
                return f'not {text}.strip(" \\t\\r\\n")'
            case Contains(_, part, 1):
                return f"{part!r} in {text}"
            case Contains(_, part, times):
                return f"{text}.count({part!r}) >= {times}"
            case StartsWith(_, part):
                return f"{text}.startswith({part!r})"
            case EndsWith(_, part):
                return f"{text}.endswith({part!r})"
            case HasToken(_, kind, at):
                self.imports.add("import re")
                pattern = TOKENS[kind].pattern
                shown = {"any": pattern, "start": f"^(?:{pattern})", "end": rf"(?:{pattern})\Z", "whole": rf"^(?:{pattern})\Z"}[at]
                return f"re.search({_raw(shown)}, {text}) is not None"
            case LengthIs(_, length):
                return f"len({text[1:-1]}) == {length}"
            case LongerThan(_, length):
                return f"len({text[1:-1]}) > {length}"
            case WordCount(_, words):
                self.imports.add("import re")
                return f"len(re.findall({_raw(TOKENS['nonblank'].pattern)}, {text})) == {words}"
        raise TypeError(type(test).__name__)

    def _one_of(self, of: Node, values: Sequence[str]) -> str:
        match of:
            case FormatMoment(ReadMoment(Column(index), (pattern,)), part):
                names = {"yyyy": values, "MMMM": months("en"), "EEEE": weekdays("en")}[part]
                numbers = [int(value) if part == "yyyy" else list(names).index(value) + (part == "MMMM") for value in values]
                shown = {"yyyy": "year", "MMMM": "month", "EEEE": "weekday()"}[part]
                wanted = f"== {numbers[0]}" if len(numbers) == 1 else f"in {tuple(numbers)}"
                return f"(day := {self._day(index, pattern)}) is not None and day.{shown} {wanted}"
            case _:
                wanted = f"== {values[0]!r}" if len(values) == 1 else f"in {tuple(values)!r}"
                return f"{self._value(of)} {wanted}"

    def _compares(self, test: Compares) -> str:
        match test.of:
            case Arithmetic(left, "-", right) if test.number == "0":
                first, second = self._number(left), self._number(right)
                return f"(first := {first}) is not None and (second := {second}) is not None and first {test.sign} second"
            case FormatMoment(ReadMoment(Column(index), (pattern,))):
                year, month, day = int(test.number[:-4]), int(test.number[-4:-2]), int(test.number[-2:])
                return f"(day := {self._day(index, pattern)}) is not None and day {test.sign} date({year}, {month}, {day})"
        bound = test.number if test.number.lstrip("-").isdecimal() else f'Decimal("{test.number}")'
        return f"(value := {self._number(test.of)}) is not None and value {test.sign} {bound}"

    def _value(self, node: Node) -> str:
        match node:
            case Column(index):
                return self.names[index]
        raise TypeError(type(node).__name__)

    def _number(self, node: Node) -> str:
        self.imports |= {"import re", "from decimal import Decimal"}
        self.helpers["number"] = _NUMBER.format(
            pattern=_raw(number_expression(".").pattern), limit=NUMBER_LIMIT, places=PLACES, negative=_raw(NEGATIVE.pattern)
        )
        return f"number({self._value(node.of if isinstance(node, Number) else node)})"

    def _day(self, index: int, pattern: str) -> str:
        self.imports |= {"import re", "from datetime import date"}
        name = f"day_of_{self.names[index]}"
        expression, fields = pattern_expression(pattern)
        kinds = ["a" if part.startswith("a") else part[0] for part in fields]
        checks = [f"int({_LIMITS[kind][0]}) > {_LIMITS[kind][1]}" for kind in kinds if kind in _LIMITS]
        named = any(part.startswith("MMM") for part in fields)
        month = '"janfebmaraprmayjunjulaugsepoctnovdec".index(month[:3].lower()) // 3 + 1' if named else "int(month)"
        self.helpers[name] = _DAY.format(
            name=name, form=pattern.replace("'", ""), pattern=_raw(expression), fields=", ".join(_FIELDS[kind] for kind in kinds),
            checks=f"    if {' or '.join(checks)}:\n        return None\n" if checks else "", month=month,
        )  # fmt: skip
        return f"{name}({self.names[index]})"


def _raw(pattern: str) -> str:
    """The regular expression as a raw text where it can be one."""
    return repr(pattern) if '"' in pattern or "\n" in pattern else f'r"{pattern}"'
