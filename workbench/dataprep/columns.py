"""The columns of a table: their types, and how a step says what is wrong with them."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

ColumnType = Literal[
    "integer", "decimal", "boolean", "date", "time", "timestamp", "timestamp_tz", "string", "struct", "list", "other"
]  # fmt: skip

ROW = "__row__"
"""The hidden column that carries the order of the rows through every step."""

ERROR = "__error__"
"""What the names of the hidden companions begin with that hold the error cells of a column: see `workbench.dataprep.cells`."""

TYPE_WORDS: dict[ColumnType, str] = {
    "integer": "whole number",
    "decimal": "decimal number",
    "boolean": "true/false",
    "date": "date",
    "time": "time",
    "timestamp": "date and time",
    "timestamp_tz": "date and time with zone",
    "string": "text",
    "struct": "record",
    "list": "list",
    "other": "text",
}
"""What a type is called in a sentence."""

NUMERIC: frozenset[ColumnType] = frozenset({"integer", "decimal"})
TEMPORAL: frozenset[ColumnType] = frozenset({"date", "timestamp", "timestamp_tz"})
TEXT: frozenset[ColumnType] = frozenset({"string", "other"})

DUCKDB_TYPES: dict[ColumnType, str] = {
    "integer": "BIGINT",
    "decimal": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamp_tz": "TIMESTAMPTZ",
    "string": "VARCHAR",
    "struct": "JSON",
    "list": "JSON",
    "other": "VARCHAR",
}

IBIS_TYPES: dict[ColumnType, str] = {
    "integer": "int64",
    "decimal": "float64",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "timestamp": "timestamp",
    "timestamp_tz": "timestamp('UTC')",
    "string": "string",
    "struct": "json",
    "list": "json",
    "other": "string",
}


@dataclass(frozen=True)
class ColumnInfo:
    """A column's name and type. `nested`: the DuckDB type of a struct or list, such as `STRUCT(a BIGINT)[]`; else empty."""

    name: str
    type: ColumnType
    nested: str = ""

    def __post_init__(self) -> None:
        if self.nested.startswith(("array<", "struct<", "map<")):  # Ibis' own notation, as sources may have it
            import ibis

            object.__setattr__(self, "nested", _nested(ibis.dtype(self.nested)))

    @property
    def ibis_type(self) -> Any:
        """The Ibis type: its name, or the type itself where it is nested."""
        if not self.nested:
            return IBIS_TYPES[self.type]
        from ibis.backends.sql.datatypes import DuckDBType

        return DuckDBType.from_string(self.nested)

    @property
    def duckdb_type(self) -> str:
        """The type in DuckDB's SQL."""
        return self.nested or DUCKDB_TYPES[self.type]


Schema = tuple[ColumnInfo, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a step, in one sentence; a step with an error does not run, the others are only told."""

    message: str
    column: str = ""
    severity: Literal["error", "warning", "info"] = "error"
    suggestions: tuple[str, ...] = ()


def names(schema: Schema) -> list[str]:
    """The column names in order."""
    return [column.name for column in schema]


def find(schema: Schema, name: str) -> ColumnInfo | None:
    """The column of that name."""
    return next((column for column in schema if column.name == name), None)


def missing_columns(schema: Schema, wanted: Iterable[str]) -> list[Problem]:
    """One problem for each wanted column that the table lacks, with the closest names."""
    known = names(schema)
    problems = []
    for name in dict.fromkeys(wanted):
        if name in known:
            continue
        close = tuple(_closest(name, known))
        hint = f" Did you mean {' or '.join(close)}?" if close else f" It has {_some(known)}."
        problems.append(Problem(f"There is no column {name} here.{hint}", column=name, suggestions=close))
    return problems


def _closest(name: str, known: list[str]) -> list[str]:
    by_lower = {other.lower(): other for other in known}
    return [by_lower[match] for match in difflib.get_close_matches(name.lower(), list(by_lower), n=3, cutoff=0.6)]


def _some(known: list[str]) -> str:
    shown = ", ".join(known[:8])
    return f"{shown} and {len(known) - 8} more" if len(known) > 8 else shown or "no columns"


def type_of(dtype: Any) -> ColumnType:
    """Our type of an Ibis data type."""
    kinds: list[tuple[str, ColumnType]] = [
        ("is_boolean", "boolean"),
        ("is_integer", "integer"),
        ("is_floating", "decimal"),
        ("is_decimal", "decimal"),
        ("is_date", "date"),
        ("is_timestamp", "timestamp_tz" if getattr(dtype, "timezone", None) else "timestamp"),
        ("is_time", "time"),
        ("is_string", "string"),
        ("is_struct", "struct"),
        ("is_array", "list"),
        ("is_map", "struct"),
    ]
    return next((kind for test, kind in kinds if getattr(dtype, test)()), "other")


def column_of(name: str, dtype: Any) -> ColumnInfo:
    """A column of an Ibis data type."""
    kind = type_of(dtype)
    if kind not in {"struct", "list"}:
        return ColumnInfo(name, kind)
    return ColumnInfo(name, kind, _nested(dtype))


def _nested(dtype: Any) -> str:
    """A nested Ibis type as DuckDB writes it: Ibis' own notation cannot be read back where a field's name is no identifier."""
    from ibis.backends.sql.datatypes import DuckDBType

    return str(DuckDBType.from_ibis(dtype).sql("duckdb"))


def is_hidden(name: str) -> bool:
    """Whether a column of a step's table is none of the user's: the row column, or a companion with error cells."""
    return name == ROW or name.startswith(ERROR)


def schema_of(table: Any) -> Schema:
    """The visible columns of an Ibis table."""
    return tuple(column_of(name, dtype) for name, dtype in table.schema().items() if not is_hidden(name))


def unique_name(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or with the first number appended that makes it new (ignoring case, as DuckDB does)."""
    used = {name.lower() for name in taken}
    if wanted.lower() not in used:
        return wanted
    number = 2
    while f"{wanted}_{number}".lower() in used:
        number += 1
    return f"{wanted}_{number}"


def listed(items: Iterable[str], limit: int = 6) -> str:
    """`a, b and c`, cut after `limit` names."""
    found = list(items)
    if len(found) > limit:
        return f"{', '.join(found[:limit])} and {len(found) - limit} more"
    return " and ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL text literal."""
    return "'" + text.replace("'", "''") + "'"
