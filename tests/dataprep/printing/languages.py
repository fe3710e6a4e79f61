"""How a printed program runs in each language, and what is to be compared."""

from __future__ import annotations

import datetime as dt
import warnings
from typing import Any

import pyarrow as pa

from tests.dataprep.printing.running import Values, arrow_values, differences, executed, pandas_values, without_nan
from workbench.dataprep.columns import ColumnInfo, Schema, column_of
from workbench.dataprep.printing import Language
from workbench.dataprep.printing.literals import PANDAS_TYPES, polars_type


def unequal(language: Language, code: str, wanted: pa.Table, spark: Any = None) -> list[str]:
    """Where the result of a printed program is not `wanted`, in words: columns, types, rows, their order."""
    return _RUN[language](code, wanted, spark)


def schema_of_arrow(table: pa.Table) -> Schema:
    """The columns of an Arrow table as ours."""
    import ibis

    return tuple(column_of(name, kind) for name, kind in ibis.Schema.from_pyarrow(table.schema).items())


def _pandas(code: str, wanted: pa.Table, _spark: Any) -> list[str]:
    frame = executed(code)["df"]
    told = differences(pandas_values(frame, wanted), without_nan(arrow_values(wanted)))
    for column in schema_of_arrow(wanted):
        if not told and str(frame[column.name].dtype) != PANDAS_TYPES[column.type]:
            told.append(f"{column.name} is {frame[column.name].dtype}, not {PANDAS_TYPES[column.type]}")
    return told or ([] if list(frame.index) == list(range(len(frame))) else ["the index is not reset"])


def _polars(code: str, wanted: pa.Table, _spark: Any) -> list[str]:
    import polars as pl

    frame = executed(code)["df"]
    told = differences(arrow_values(frame.to_arrow()), arrow_values(wanted))
    for column in schema_of_arrow(wanted):
        kind = eval(polars_type(column), {"pl": pl})
        if not told and frame.schema[column.name] != kind:
            told.append(f"{column.name} is {frame.schema[column.name]}, not {kind}")
    return told


def _same_types(found: Schema, wanted: Schema) -> list[str]:
    import ibis

    def kind(column: ColumnInfo) -> str:
        return str(ibis.dtype(column.ibis_type)).replace("!", "") if column.nested else column.type

    pairs = zip(found, wanted, strict=True)
    return [f"{one.name} is {kind(one)}, not {kind(other)}" for one, other in pairs if kind(one) != kind(other)]


def _arrow(found: pa.Table, wanted: pa.Table) -> list[str]:
    told = differences(arrow_values(found), arrow_values(wanted))
    return told or _same_types(schema_of_arrow(found), schema_of_arrow(wanted))


def _sql(code: str, wanted: pa.Table, _spark: Any) -> list[str]:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'") if "icu" in code else None
        return _arrow(connection.sql(code).to_arrow_table(), wanted)


def _ibis(code: str, wanted: pa.Table, _spark: Any) -> list[str]:
    import ibis

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*arrow_table.*", DeprecationWarning)  # Ibis calls DuckDB by an old name
        scope = executed(code)
    try:
        return _arrow(scope["con"].con.sql(ibis.to_sql(scope["df"])).to_arrow_table(), wanted)
    finally:
        scope["con"].disconnect()


def _pyspark(code: str, wanted: pa.Table, spark: Any) -> list[str]:
    """Spark has timestamps of its session's time zone, which is UTC."""
    found = executed(code, spark=spark)["df"].toArrow()
    zoned = _in_utc(arrow_values(found))
    told = differences(zoned, _in_utc(arrow_values(wanted)))
    return told or [one for one in _same_types(schema_of_arrow(found), schema_of_arrow(wanted)) if "is timestamp_tz" not in one]


def _in_utc(values: Values) -> Values:
    return {name: [_zoned(value) for value in column] for name, column in values.items()}


def _zoned(value: Any) -> Any:
    if isinstance(value, list):
        return [_zoned(item) for item in value]
    if isinstance(value, dict):
        return {key: _zoned(item) for key, item in value.items()}
    return value.replace(tzinfo=dt.UTC) if isinstance(value, dt.datetime) else value


_RUN = {"pandas": _pandas, "polars": _polars, "sql": _sql, "ibis": _ibis, "pyspark": _pyspark}
