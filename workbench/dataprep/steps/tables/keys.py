"""Values as keys: what groups, joins and orders compare, the same on every database.

Not-a-number counts as missing, and -0.0 is 0.0. Keys of different types meet in a type that holds both exactly, else as texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.dataprep.cells import assign, error_of, visible
from workbench.dataprep.columns import type_of
from workbench.dataprep.conversion import convert
from workbench.dataprep.steps.base import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import ibis.expr.types as ir

_BLANKS = r"[ \t\n\x0b\f\r\x{a0}\x{3000}\x{2000}-\x{200a}]+"
_WHOLE = 9223372036854775807.0  # 2^63 as a double: what is below it fits into 64 bits


def sound(value: Any) -> Any:
    """The value, missing where it is not a number."""
    import ibis

    return ibis.ifelse(value.isnan(), ibis.null(value.type()), value) if value.type().is_floating() else value


def plain(value: Any) -> Any:
    """The value as a key: decimals without not-a-number and -0.0."""
    import ibis

    if not value.type().is_floating():
        return value
    kind = value.type()
    return ibis.cases((value.isnan(), ibis.null(kind)), (value == 0, ibis.literal(0.0, type=kind)), else_=value)


def plainly(table: ir.Table, columns: Iterable[str]) -> ir.Table:
    """The table with these columns as keys; it is the same table where none of them holds decimals."""
    changed = {name: plain(table[name]) for name in columns if table[name].type().is_floating()}
    return assign(table, changed, reads={name: [name] for name in changed}) if changed else table


def group_keys(table: ir.Table, columns: Sequence[str]) -> list[Any]:
    """What rows are grouped by: the columns, and the companions of their errors, so that equal errors form a group."""
    beside = [found for found in (error_of(table, name) for name in columns if name in visible(table)) if found is not None]
    return [*(plain(table[name]) for name in columns), *beside]


def comparable(
    left: Any, right: Any, dialect: Dialect, *, ignore_case: bool = False, ignore_blanks: bool = False
) -> tuple[Any, Any]:
    """Two key columns as values that can be compared exactly."""
    kinds = (left.type(), right.type())
    if all(kind.is_numeric() and not kind.is_boolean() for kind in kinds):
        if all(kind.is_floating() for kind in kinds):
            return plain(left), plain(right)
        return _whole(left), _whole(right)
    if all(kind.is_date() or kind.is_timestamp() for kind in kinds) and len({_zone(kind) for kind in kinds}) == 1:
        if all(kind.is_date() for kind in kinds):
            return left, right
        first, second = (value.cast("timestamp") if value.type().is_date() else value for value in (left, right))
        return first, second
    if kinds[0].copy(nullable=True) == kinds[1].copy(nullable=True) and not kinds[0].is_string():
        return left, right
    texts = (as_text(value, dialect) for value in (left, right))
    first, second = (_loosely(text, dialect, ignore_case, ignore_blanks) for text in texts)
    return first, second


def as_text(value: Any, dialect: Dialect) -> Any:
    """The text of a value, the same on every database."""
    return value if value.type().is_string() else convert(value, type_of(value.type()), "string", dialect=dialect)


def _zone(kind: Any) -> Any:
    return getattr(kind, "timezone", None)


def _whole(value: Any) -> Any:
    """A number as a whole one; missing where it has a fraction, so that it equals none."""
    import ibis

    if value.type().is_integer():
        return value
    if value.type().is_decimal():
        value = value.cast("float64")
    whole = value.try_cast("int64")
    return ibis.ifelse((whole.cast("float64") == value) & (value.abs() < _WHOLE), whole, ibis.null("int64"))


def _loosely(text: Any, dialect: Dialect, ignore_case: bool, ignore_blanks: bool) -> Any:
    if not ignore_case and not ignore_blanks:
        return text
    from workbench.byexample.native.engines import engine

    functions = engine(dialect)
    if ignore_blanks:
        text = functions.stripped(functions.replaced(text, _BLANKS, " "), " ", "both")
    return functions.lower(text) if ignore_case else text
