"""Rows as plain values, and texts in their natural order."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows of a pandas frame; None is missing."""
    columns = [
        [None if missing else value for value, missing in zip(frame[name].tolist(), frame[name].isna(), strict=True)]
        for name in frame.columns
    ]
    return list(zip(*columns, strict=True)) if columns else [()] * len(frame)


def found_in(values: pd.Series, pattern: str) -> pd.Series:
    """Where a text holds a match of the pattern; missing values hold none."""
    known = re.compile(pattern)
    found = [isinstance(value, str) and known.search(value) is not None for value in values.tolist()]
    return pd.Series(found, index=values.index, dtype="bool")


def empty_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Which cells are missing, or a text without any sign."""
    blank = {name: frame[name].str.strip(" \t\n\r\v\f") == "" for name in frame.columns if frame[name].dtype == "str"}
    return frame.isna() | pd.DataFrame({name: blank.get(name, False) for name in frame.columns}, index=frame.index)


def natural(text: str) -> str:
    """The text with the length of each number before it: texts with numbers then stand in their natural order."""

    def counted(match: re.Match[str]) -> str:
        digits = match[0].lstrip("0")
        return f"{len(digits):04}{digits}"

    return re.sub(r"[0-9]+", counted, text)


def small(text: str) -> str:
    """In small letters; each letter becomes one letter."""
    return text.replace("İ", "i").replace("Σ", "σ").lower()


def kept(keep: Callable[..., bool], rows: Iterable[tuple[Any, ...]]) -> list[bool]:
    """Which rows a function keeps."""
    return [bool(keep(*row)) for row in rows]
