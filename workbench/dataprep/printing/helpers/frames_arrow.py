"""Pandas frames from Arrow tables and back."""

from typing import Any

import pandas as pd
import pyarrow as pa


def from_arrow(table: pa.Table, types: dict[str, Any]) -> pd.DataFrame:
    """The rows as a pandas frame with these types; records and lists as dicts and lists."""
    table = table.select(list(types))
    for place, (name, kind) in enumerate(types.items()):
        if kind == "datetime64[us]" and pa.types.is_timestamp(table[name].type):  # Spark's have the zone UTC
            table = table.set_column(place, name, table[name].cast(pa.timestamp("us")))
    df: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    for name, kind in types.items():
        df[name] = pd.Series(table[name].to_pylist(), dtype="object") if kind == "object" else df[name].astype(kind)
    return df


def to_arrow(df: pd.DataFrame, types: dict[str, pa.DataType], row: str = "") -> pa.Table:
    """The rows as an Arrow table with these types; `row`: the name of a column in front that numbers them from 0."""
    columns = {}
    for name, kind in types.items():
        if pa.types.is_nested(kind):
            columns[name] = pa.array(df[name].tolist(), type=kind)
        else:
            columns[name] = pa.Array.from_pandas(df[name]).cast(kind)
    if row:
        columns = {row: pa.array(range(len(df)), type=pa.int64()), **columns}
    return pa.table(columns)
