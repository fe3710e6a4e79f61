"""The functions of DuckDB and Spark that programs are made of, under one name each. Positions and indices count from 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ibis

from workbench.base.errors import UserError
from workbench.byexample.native.binding import bind, each, where
from workbench.byexample.native.functions import function, literal
from workbench.byexample.tree.texts import SEVERAL_CAPITALS, upper


class Engine:
    """What both databases have in common; texts are counted in characters (code points), a missing value gives a missing one."""

    def matches(self, text: Any, pattern: str) -> Any:
        """Whether the regular expression is found in the text."""
        raise NotImplementedError

    def all_matches(self, text: Any, pattern: str) -> Any:
        """The list of all matches."""
        raise NotImplementedError

    def with_groups(self, text: Any, pattern: str, count: int, body: Callable[[Sequence[Any]], Any]) -> Any:
        """`body` of what the groups of the first match hold; empty texts where there is no match."""
        raise NotImplementedError

    def filled(self, text: Any, width: int) -> Any:
        """Digits (no more than the width) filled with zeros at the left."""
        return function("lpad", ("string", "int32", "string"), "string")(text, width, "0")

    def replaced(self, text: Any, pattern: str, new: str) -> Any:
        """Every match replaced; `new` is in the engine's own notation: see `plain` and `group`."""
        raise NotImplementedError

    def plain(self, text: str) -> str:
        """A text that stands for itself in `replaced`."""
        raise NotImplementedError

    def group(self, number: int) -> str:
        """A group in `replaced`."""
        raise NotImplementedError

    def split(self, text: Any, delimiter: str) -> Any:
        """The list of the pieces between delimiters."""
        raise NotImplementedError

    def item(self, items: Any, index: int) -> Any:
        """An item of a list (negative from the end); missing where there is none."""
        raise NotImplementedError

    def chosen(self, items: Any, number: Any) -> Any:
        """The item of a number that counts from 1; missing for a missing number."""
        raise NotImplementedError

    def run(self, items: Any, start: Any, length: Any = None) -> Any:
        """Items of a list from a position that is not negative."""
        raise NotImplementedError

    def stripped(self, text: Any, characters: str, side: str) -> Any:
        """Without certain characters at a side: left, right, both."""
        raise NotImplementedError

    def first_match(self, text: Any, pattern: str) -> Any:
        """The first match of an expression that never matches an empty text; missing without one."""
        return function("regexp_extract", ("string", "string", "int32"), "string")(text, pattern, 0).nullif("")

    def first_piece(self, text: Any, delimiter: str) -> Any:
        """What stands before the first delimiter; the whole text without one."""
        return self.item(self.split(text, delimiter), 0)

    def contains(self, text: Any, part: str) -> Any:
        """Whether a text contains another one."""
        return function("contains", ("string", "string"), "boolean")(text, part)

    def starts(self, text: Any, part: str) -> Any:
        """Whether a text starts with another one."""
        return text.startswith(part)

    def ends(self, text: Any, part: str) -> Any:
        """Whether a text ends with another one."""
        return text.endswith(part)

    def from_(self, text: Any, start: Any, length: Any = None) -> Any:
        """Characters from a position that is not negative; nothing for a length below 1."""
        if length is None:
            return function("substring", ("string", "int64"), "string")(text, start + 1)
        return function("substring", ("string", "int64", "int64"), "string")(text, start + 1, length)

    def repeated(self, text: str, times: Any) -> Any:
        """A text many times; nothing for fewer than 1."""
        return function("repeat", ("string", "int64"), "string")(text, ibis.greatest(times, 0))

    def joined(self, items: Any, joiner: str) -> Any:
        """The items one after the other, with a text in between."""
        raise NotImplementedError

    def present(self, items: Any) -> Any:
        """The items that are not missing."""
        raise NotImplementedError

    def distinct(self, items: Any) -> Any:
        """Each text of a list (used several times) once, in the order of the first ones."""
        raise NotImplementedError

    def sorted(self, items: Any, *, descending: bool) -> Any:
        """The items in order, texts by their characters' numbers."""
        raise NotImplementedError

    def reversed(self, items: Any) -> Any:
        """The items from the last to the first."""
        raise NotImplementedError

    def times(self, left: Any, right: Any) -> Any:
        """The product of decimals of different types, for which Ibis finds no type."""
        raise NotImplementedError

    def upper(self, text: Any) -> Any:
        """Capitals, as `tree.texts.upper` makes them."""
        raise NotImplementedError

    def lower(self, text: Any) -> Any:
        """Small letters, as `tree.texts.lower` makes them."""
        raise NotImplementedError


class DuckDB(Engine):
    """DuckDB 1.5 and later."""

    def matches(self, text: Any, pattern: str) -> Any:
        return function("regexp_matches", ("string", "string"), "boolean")(text, pattern)

    def all_matches(self, text: Any, pattern: str) -> Any:
        return function("regexp_extract_all", ("string", "string"), "array<string>")(text, pattern)

    def with_groups(self, text: Any, pattern: str, count: int, body: Callable[[Sequence[Any]], Any]) -> Any:
        names = [f"g{number}" for number in range(count)]
        kind = f"struct<{', '.join(f'{name}: string' for name in names)}>"
        found = function("regexp_extract", ("string", "string", "array<string>"), kind)(text, pattern, ibis.array(names))
        return bind(found, lambda value: body([value[name] for name in names]))

    def replaced(self, text: Any, pattern: str, new: str) -> Any:
        return function("regexp_replace", ("string", "string", "string", "string"), "string")(text, pattern, new, "g")

    def plain(self, text: str) -> str:
        return text.replace("\\", "\\\\")

    def group(self, number: int) -> str:
        return f"\\{number}"

    def split(self, text: Any, delimiter: str) -> Any:
        return function("string_split", ("string", "string"), "array<string>")(text, delimiter)

    def item(self, items: Any, index: int) -> Any:
        return self.chosen(items, index + 1 if index >= 0 else index)

    def chosen(self, items: Any, number: Any) -> Any:
        kind = str(items.type().value_type)
        return function("list_extract", (str(items.type()), "int64"), kind)(items, number)

    def run(self, items: Any, start: Any, length: Any = None) -> Any:
        kind = str(items.type())
        stop = items.length() if length is None else start + length
        return function("list_slice", (kind, "int64", "int64"), kind)(items, start + 1, stop)

    def first_piece(self, text: Any, delimiter: str) -> Any:
        return function("split_part", ("string", "string", "int64"), "string")(text, delimiter, 1)

    def stripped(self, text: Any, characters: str, side: str) -> Any:
        name = {"left": "ltrim", "right": "rtrim"}.get(side, "trim")
        return function(name, ("string", "string"), "string")(text, characters)

    def joined(self, items: Any, joiner: str) -> Any:
        return function("array_to_string", ("array<string>", "string"), "string")(items, joiner)

    def present(self, items: Any) -> Any:
        return where(items, lambda item, _: item.notnull())

    def distinct(self, items: Any) -> Any:
        position = function("list_position", ("array<string>", "string"), "int64")
        return where(items, lambda item, number: position(items, item) == number + 1)

    def sorted(self, items: Any, *, descending: bool) -> Any:
        kind = str(items.type())
        return function("list_sort", (kind, "string"), kind)(items, "DESC" if descending else "ASC")

    def reversed(self, items: Any) -> Any:
        return function("list_reverse", ("array<string>",), "array<string>")(items)

    def times(self, left: Any, right: Any) -> Any:
        return function("multiply", (str(left.type()), str(right.type())), "decimal(38, 18)")(left, right)

    def upper(self, text: Any) -> Any:
        return text.replace("ß", "SS").upper()

    def lower(self, text: Any) -> Any:
        return text.lower()


class Spark(Engine):
    """Spark 4 and later."""

    def matches(self, text: Any, pattern: str) -> Any:
        return function("regexp_like", ("string", "string"), "boolean")(text, pattern)

    def all_matches(self, text: Any, pattern: str) -> Any:
        return function("regexp_extract_all", ("string", "string", "int32"), "array<string>")(text, pattern, 0)

    def with_groups(self, text: Any, pattern: str, count: int, body: Callable[[Sequence[Any]], Any]) -> Any:
        group = function("regexp_extract", ("string", "string", "int32"), "string")
        found = ibis.array([group(text, pattern, number + 1) for number in range(count)])
        return bind(found, lambda value: body([value[number] for number in range(count)]))

    def replaced(self, text: Any, pattern: str, new: str) -> Any:
        return function("regexp_replace", ("string", "string", "string"), "string")(text, pattern, new)

    def plain(self, text: str) -> str:
        return text.replace("\\", "\\\\").replace("$", "\\$")

    def group(self, number: int) -> str:
        return f"${number}"

    def split(self, text: Any, delimiter: str) -> Any:
        return function("split", ("string", "string", "int32"), "array<string>")(text, literal(delimiter), -1)

    def item(self, items: Any, index: int) -> Any:
        return self.chosen(items, index + 1 if index >= 0 else index)

    def chosen(self, items: Any, number: Any) -> Any:
        kind = str(items.type().value_type)
        return function("try_element_at", (str(items.type()), "int32"), kind)(
            items, number.cast("int32") if hasattr(number, "cast") else number
        )

    def run(self, items: Any, start: Any, length: Any = None) -> Any:
        kind = str(items.type())
        wanted = ibis.greatest(items.length() if length is None else length, 0)
        return function("slice", (kind, "int64", "int64"), kind)(items, start + 1, wanted)

    def stripped(self, text: Any, characters: str, side: str) -> Any:
        kind = "".join(rf"\x{{{ord(character):x}}}" for character in characters)
        if not kind:
            return text
        ends = {"left": rf"\A[{kind}]+", "right": rf"[{kind}]+\z"}
        return self.replaced(text, ends.get(side, "|".join(ends.values())), "")

    def joined(self, items: Any, joiner: str) -> Any:
        return function("array_join", ("array<string>", "string"), "string")(items, joiner)

    def present(self, items: Any) -> Any:
        return function("array_compact", ("array<string>",), "array<string>")(items)

    def distinct(self, items: Any) -> Any:
        return function("array_distinct", ("array<string>",), "array<string>")(items)

    def sorted(self, items: Any, *, descending: bool) -> Any:
        kind = str(items.type())
        return function("sort_array", (kind, "boolean"), kind)(items, not descending)

    def reversed(self, items: Any) -> Any:
        return function("reverse", ("array<string>",), "array<string>")(items)

    def times(self, left: Any, right: Any) -> Any:
        return function("try_multiply", (str(left.type()), str(right.type())), "decimal(38, 18)")(left, right)

    def upper(self, text: Any) -> Any:
        kind = f"[{SEVERAL_CAPITALS}]"
        greek = map(chr, range(0x1F80, 0x2000))  # ᾳ and the like: those whose capital is that of a title
        titles = [(letter, upper(letter)) for letter in greek if len(letter.upper()) > 1 and upper(letter) != letter]

        def piece(value: Any) -> Any:
            kept = value.translate("".join(letter for letter, _ in titles), "".join(to for _, to in titles))
            return ibis.ifelse(self.matches(value, kind), kept, value.upper())

        def whole(value: Any) -> Any:
            pieces = each(self.all_matches(value, f"{kind}+|[^{SEVERAL_CAPITALS}]+"), piece)
            return ibis.ifelse(self.matches(value, kind), self.joined(pieces, ""), value.upper())

        return bind(text.replace("ß", "SS"), whole)

    def lower(self, text: Any) -> Any:
        return text.replace("İ", "i").replace("Σ", "σ").lower()


def engine(dialect: str) -> Engine:
    """The engine of a dialect. Raises UserError for one that programs are not compiled to."""
    try:
        return {"duckdb": DuckDB, "pyspark": Spark, "spark": Spark}[dialect]()
    except KeyError:
        raise UserError(f"Learned programs run natively on DuckDB and Spark, not on {dialect}.") from None
