"""What the parts of a program are in SQL while it is compiled: texts, numbers, dates and times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from workbench.byexample.native.binding import bind, missing

NUMBER = "decimal(36, 18)"
"""The type of every number: 18 digits before the point and 18 after it. A sum of two of them still fits into a decimal of 38."""
MOMENT_FIELDS = ("year", "month", "day", "hour", "minute", "second", "fraction")


class NotNative(Exception):
    """Says in a sentence what has no faithful form in SQL."""


@dataclass(frozen=True)
class Text:
    """A text."""

    value: Any


@dataclass(frozen=True)
class Number:
    """A number: its value (NUMBER) and the exponent of its last digit as a Python Decimal would have it, for trailing zeros."""

    value: Any
    exponent: Any


@dataclass(frozen=True)
class Moment:
    """A date and time: a struct that is NULL when there is none, with those fields of MOMENT_FIELDS that it can have at all."""

    value: Any
    fields: tuple[str, ...]

    def field(self, name: str) -> Any:
        """A field's value; NULL where it is not known."""
        return self.value[name] if name in self.fields else missing(field_type(name))


def field_type(name: str) -> str:
    """The type of a moment's field."""
    return "string" if name == "fraction" else "int64"


def moment(fields: Mapping[str, Any], there: Any, names: tuple[str, ...] | None = None) -> Moment:
    """The moment with these fields where `there` holds, else none; with the fields `names`, others are not known."""
    names = names or tuple(name for name in MOMENT_FIELDS if name in fields)
    value = ibis.struct({name: fields[name] if name in fields else missing(field_type(name)) for name in names})
    return Moment(ibis.ifelse(there, value, missing(value.type())), names)


def with_moment(given: Moment, body: Callable[[Moment], Any]) -> Any:
    """`body` of the moment, which is computed once."""
    return bind(given.value, lambda value: body(Moment(value, given.fields)))


def map_moment(given: Moment, body: Callable[[Moment], Moment]) -> Moment:
    """Another moment made of one that is computed once."""
    fields: list[tuple[str, ...]] = []

    def inner(bound: Moment) -> Any:
        made = body(bound)
        fields.append(made.fields)
        return made.value

    value = with_moment(given, inner)
    return Moment(value, fields[-1])


def merged_moments(options: Sequence[tuple[Any, Moment]]) -> Moment:
    """The moment of the first option whose condition holds, with all fields that any of them can have."""
    names = tuple(name for name in MOMENT_FIELDS if any(name in option.fields for _, option in options))
    widened = [(condition, widen(option, names)) for condition, option in options]
    return Moment(ibis.cases(*widened), names)


def widen(given: Moment, names: tuple[str, ...]) -> Any:
    """The moment's struct with more fields, which are not known."""
    if given.fields == names:
        return given.value
    return with_moment(given, lambda bound: moment({name: bound.field(name) for name in names}, bound.value.notnull()).value)


def first_moment(options: Sequence[Moment]) -> Moment:
    """The first of several moments that there is."""
    names = tuple(name for name in MOMENT_FIELDS if any(name in option.fields for option in options))
    return Moment(ibis.coalesce(*(widen(option, names) for option in options)), names)
