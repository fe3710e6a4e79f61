"""What scripts of tables need: Arrow tables as the frames that they get, and what they give with the types that were learned."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa


def given_pandas(table: pa.Table) -> pd.DataFrame:
    """A pandas frame for a script: whole numbers and true/false are nullable only where values are missing."""
    types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    df: pd.DataFrame = table.to_pandas(types_mapper=types.get)
    for name in table.column_names:
        if table[name].type in types and not table[name].null_count:
            df[name] = df[name].astype("int64" if table[name].type == pa.int64() else "bool")
    return df


def frame_of(value: Any, df: Any) -> Any:
    """The value of a script's last line when it is a table, else what `df` is now."""
    return value if type(value).__name__ in {"DataFrame", "LazyFrame", "Series", "Table"} else df


def taken_pandas(value: Any) -> pa.Table:
    """What a script gives, as an Arrow table; a named index becomes columns."""
    df = value.to_frame() if isinstance(value, pd.Series) else value
    df = df.reset_index() if any(name is not None for name in df.index.names) else df
    return pa.Table.from_pandas(df, preserve_index=False)


def taken_polars(value: Any) -> pa.Table:
    """What a script gives, as an Arrow table."""
    df = value.to_frame() if type(value).__name__ == "Series" else value
    return (df.collect() if type(df).__name__ == "LazyFrame" else df).to_arrow()


def typed(table: pa.Table, types: dict[str, pa.DataType]) -> pa.Table:
    """The columns with these types; None where a value does not fit."""
    return pa.table({name: _typed(table[name], kind) for name, kind in types.items()})


def in_parts(table: pa.Table, size: int, change: Callable[[pa.Table, int], pa.Table], types: dict[str, pa.DataType]) -> pa.Table:
    """What becomes of consecutive parts of the rows, one below the other."""
    parts = [change(table.slice(start, size), start // size) for start in range(0, table.num_rows, size)]
    return pa.concat_tables([pa.schema(list(types.items())).empty_table(), *parts])


def _typed(column: Any, kind: pa.DataType) -> Any:
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([_one(value, kind) for value in column.to_pylist()], kind)


def _one(value: Any, kind: pa.DataType) -> Any:
    try:
        return pa.scalar(value).cast(kind).as_py()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return None
