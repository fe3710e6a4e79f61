"""Rows made of the items of lists, in pandas."""

import pandas as pd


def exploded_pandas(df: pd.DataFrame, name: str, kind: str, position: str, keep_empty: bool) -> pd.DataFrame:
    """A row for each item of a list column, numbered from 1 in the column `position`; without items one row, if those are kept."""
    lists = [list(items) if isinstance(items, list) else [] for items in df[name]]
    kept = [row for row, items in enumerate(lists) if items or keep_empty]
    rows = [row for row in kept for _ in lists[row] or [None]]
    items = [item for row in kept for item in lists[row] or [None]]
    numbers = [number for row in kept for number in (range(1, len(lists[row]) + 1) if lists[row] else [None])]
    df = df.iloc[rows].reset_index(drop=True)
    df[name] = pd.Series(items, dtype=kind)
    if position:
        df[position] = pd.Series(numbers, dtype="Int64")
    return df
