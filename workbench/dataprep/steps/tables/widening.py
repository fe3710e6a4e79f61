"""One type for columns that come to stand under one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.dataprep.columns import NUMERIC, ColumnInfo, ColumnType
from workbench.dataprep.conversion import convert
from workbench.dataprep.steps.base import Dialect

NESTED: frozenset[ColumnType] = frozenset({"struct", "list"})
_PLACES: frozenset[ColumnType] = frozenset({"date", "timestamp"})


def widest(columns: Sequence[ColumnInfo]) -> ColumnInfo:
    """The name of the first one and the narrowest type that holds the values of all: text where nothing else does."""
    kinds = {column.type for column in columns}
    name = columns[0].name
    if len(kinds) == 1 and len({column.nested for column in columns}) == 1:
        return columns[0]
    if kinds <= NUMERIC:
        return ColumnInfo(name, "decimal")
    if kinds <= _PLACES:
        return ColumnInfo(name, "timestamp")
    return ColumnInfo(name, "string")


def mixes(columns: Sequence[ColumnInfo]) -> bool:
    """Whether records or lists stand among values of other types: they have no common type."""
    return any(column.type in NESTED for column in columns) and len({(column.type, column.nested) for column in columns}) > 1


def as_type(value: Any, from_: ColumnInfo, to: ColumnInfo, dialect: Dialect) -> Any:
    """The value in the wider type that `widest` found."""
    if from_.type == to.type:
        return value
    if to.type == "string":
        return convert(value, from_.type, "string", dialect=dialect)
    return value.cast(to.ibis_type)
