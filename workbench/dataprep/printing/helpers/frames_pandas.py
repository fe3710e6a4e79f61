"""Series and frames of pandas."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa


def converted(values: pd.Series, convert: Callable[[Any], Any], dtype: str) -> pd.Series:
    """Each value that is there, converted; None is missing."""
    found = [None if missing else convert(value) for value, missing in zip(values.tolist(), values.isna(), strict=True)]
    return pd.Series(found, index=values.index, dtype=dtype)


def objects(values: pd.Series) -> pd.Series:
    """Records and lists as dicts and lists."""
    return pd.Series(pa.array(values).to_pylist(), index=values.index, dtype="object")


def present(values: pd.Series) -> list[Any]:
    """The values as a list; None is missing."""
    return [None if value is pd.NA or value != value else value for value in values.tolist()]
