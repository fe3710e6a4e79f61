"""From the columns that a typed source gives to those that its specification declares: what does not fit is an error cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import NotFound
from workbench.dataprep.cells import companion, error
from workbench.dataprep.columns import TEXT, TYPE_WORDS, ColumnInfo, column_of, listed, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.conversion import convert, failed, possible, text_of
from workbench.dataprep.sources.reader import Loaded
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.sampling import keep_sample, load_sampled
from workbench.dataprep.sources.specs import SourceColumn

if TYPE_CHECKING:
    import duckdb

NESTED = frozenset({"struct", "list"})


@dataclass(frozen=True)
class Given:
    """A column as a source gives it, in SQL over the source's relation.

    `text` gives the texts of values that are not of the type (missing elsewhere), `error` the companion of cells that are errors
    already.
    """

    name: str
    type: ColumnInfo
    value: str
    text: str = ""
    error: str = ""


def missing_file(path: Path) -> NotFound:
    """The sentence for a file that is gone."""
    return NotFound(f"The file {path} is not there.", hint="It was moved or deleted: choose it again.", place=str(path))


def natural(name: str, kind: str) -> ColumnInfo:
    """Our column for a DuckDB type: what is none of ours is text, and so is a record whose names Ibis cannot write."""
    import ibis

    from workbench.dataprep.scalars import ibis_type

    try:
        return column_of(name, ibis.dtype(ibis_type(kind)))
    except Exception:  # noqa: BLE001 (Ibis raises what its parser raises)
        return ColumnInfo(name, "string")


_SAFE = frozenset(
    {
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "FLOAT", "DOUBLE", "BOOLEAN", "DATE",
        "VARCHAR",
        "TIME", "TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE", "UUID", "JSON",
    }
)  # fmt: skip
"""Types of DuckDB whose values all fit ours."""


def given_of(name: str, value: str, kind: str) -> Given:
    """A column of DuckDB's type `kind`; values that are too large for our type are handed on as text."""
    type_ = natural(name, kind)
    if kind in _SAFE or kind.startswith(("DECIMAL", "ENUM")) or type_.type in NESTED or type_.type == "string":
        return Given(name, type_, value)
    target = type_.duckdb_type
    too_large = f"CASE WHEN TRY_CAST({value} AS {target}) IS NULL THEN CAST({value} AS VARCHAR) END"
    return Given(name, type_, f"TRY_CAST({value} AS {target})", too_large)


def spec_columns(columns: Iterable[ColumnInfo]) -> tuple[SourceColumn, ...]:
    """The same as declared columns."""
    return tuple(SourceColumn(name=c.name, type="string" if c.type == "other" else c.type, nested=c.nested) for c in columns)


def typed(given: Sequence[Given], columns: Sequence[SourceColumn], relation: str, decimal: str = ".") -> str:
    """A SELECT of the declared columns, with companions for those that can hold errors; `given` stand in the same order."""
    import ibis

    place = "rows_of_source"
    inner: list[str] = []
    schema: dict[str, str] = {}
    values: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for number, (source, column) in enumerate(zip(given, columns, strict=True)):
        type_ = _as_given(source, column)
        inner.append(f"{_in_sql(source, type_)} AS v{number}")
        schema[f"v{number}"] = type_.ibis_type
        for letter, sql in (("t", source.text), ("e", source.error)):
            if sql:
                inner.append(f"{sql} AS {letter}{number}")
                schema[f"{letter}{number}"] = "string"
    table = ibis.table(schema, name=place)
    for number, (source, column) in enumerate(zip(given, columns, strict=True)):
        type_ = _as_given(source, column)
        formats = [column.format] if column.format else []
        known: list[Any] = [table[f"e{number}"]] if source.error else []
        parts: list[Any] = []
        for text in (False, True) if source.text else (False,):
            value: Any = table[f"t{number}"] if text else table[f"v{number}"]
            from_ = ColumnInfo(column.name, "string") if text else type_
            if (from_.type, from_.ibis_type) == (column.type, _declared(column).ibis_type):
                parts.append(value)
                continue
            part, wrong_here = _converted(value, from_, column, formats, decimal)
            parts.append(part)
            known += [] if wrong_here is None else [wrong_here]
        result = parts[0] if len(parts) == 1 else ibis.coalesce(*parts)
        values[column.name] = result
        if known:
            wrong[companion(column.name)] = known[0] if len(known) == 1 else ibis.coalesce(*known)
    sql = str(ibis.to_sql(table.select(**values, **wrong), dialect="duckdb"))
    return sql.replace(f'"{place}"', f"(SELECT {', '.join(inner)} FROM {relation})", 1)  # noqa: S608


def _declared(column: SourceColumn) -> ColumnInfo:
    return ColumnInfo(column.name, column.type, column.nested)


def _as_given(source: Given, column: SourceColumn) -> ColumnInfo:
    """The type that the inner query gives: nested values are made text, or the declared nested type, there."""
    if source.type.type in NESTED or column.type in NESTED:
        return _declared(column) if column.type in NESTED else ColumnInfo(source.name, "string")
    return ColumnInfo(source.name, "string") if source.type.type == "other" else source.type


def _in_sql(source: Given, type_: ColumnInfo) -> str:
    if type_.type in NESTED:
        if source.type.type in NESTED:
            return f"TRY_CAST({source.value} AS {type_.duckdb_type})"
        return f"TRY_CAST(TRY_CAST(CAST({source.value} AS VARCHAR) AS JSON) AS {type_.duckdb_type})"
    if source.type.type in NESTED:
        return f"CAST(to_json({source.value}) AS VARCHAR)"
    if type_.type in {"integer"}:
        return f"TRY_CAST({source.value} AS BIGINT)"
    return f"CAST({source.value} AS {type_.duckdb_type})"


def _converted(value: Any, from_: ColumnInfo, column: SourceColumn, formats: list[str], decimal: str) -> tuple[Any, Any]:
    """The value as the declared type, and the companion where it cannot be; None where it always can."""
    import ibis

    if column.type in TEXT:
        return convert(value, from_.type, column.type), None
    if column.type in NESTED or not possible(from_.type, column.type):
        result: Any = ibis.null(_declared(column).ibis_type)
    else:
        result = convert(value, from_.type, column.type, formats=formats, decimal=decimal)
    lost = failed(value, result, from_.type, column.type)
    code = error(f"no {TYPE_WORDS[column.type]}", value if from_.type in TEXT else text_of(value, "duckdb"))
    return result, ibis.ifelse(lost, code, ibis.null("string"))


def create(
    cursor: duckdb.DuckDBPyConnection, table: str, select: str, columns: Sequence[SourceColumn], name: str, *,
    sample: Sample | None, cancel: Cancel | None, progress: Progress | None, again: bool = True,
) -> Loaded:  # fmt: skip
    """Makes the table from a query of `typed`; companions without any error are dropped, the others told.

    `again`: whether the query can be run more than once, which random samples do.
    """
    what = f"Reading {name}"
    if again or sample is None or sample.kind in {"top", "full"}:
        loaded = load_sampled(cursor, table, select, sample, cancel=cancel, progress=progress, what=what)
    else:
        load_sampled(cursor, table, select, None, cancel=cancel, progress=progress, what=what)
        loaded = keep_sample(cursor, table, sample, cancel=cancel, progress=progress, what=what)
    return Loaded(loaded.rows, loaded.truncated, tuple(failures(cursor, table, columns, name)))


def failures(cursor: duckdb.DuckDBPyConnection, table: str, columns: Sequence[SourceColumn], name: str) -> list[str]:
    """Counts error cells and drops the companions of columns without any; the sentences about the others."""
    there = {row[0] for row in cursor.execute(f"DESCRIBE {table}").fetchall()}
    able = [column for column in columns if companion(column.name) in there]
    if not able:
        return []
    counts = ", ".join(f"count({quoted(companion(column.name))})" for column in able)
    found = cursor.execute(f"SELECT {counts} FROM {table}").fetchall()[0]  # noqa: S608
    notes = []
    for column, count in zip(able, found, strict=True):
        if not count:
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN {quoted(companion(column.name))}")
            continue
        values = "values" if count > 1 else "value"
        became = "are errors" if count > 1 else "is an error"
        what = f"{count:,} {values} of {column.name} in {name} {became}"
        notes.append(f"{what}: no {TYPE_WORDS[column.type]}." if column.type not in TEXT else f"{what}.")
    return notes


def lacking(columns: Sequence[SourceColumn], there: Iterable[str], name: str) -> tuple[tuple[SourceColumn, ...], tuple[str, ...]]:
    """The declared columns that the source still has, and the sentence about the others."""
    present = set(there)
    gone = [column.name for column in columns if column.name not in present]
    notes = (f"{name} no longer has the column{'s' if len(gone) > 1 else ''} {listed(gone)}.",) if gone else ()
    return tuple(column for column in columns if column.name in present), notes
