"""Histograms: where bars begin and end, and what they are called."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from workbench.dataprep.columns import TEMPORAL, ColumnType
from workbench.dataprep.profiles.column import BINS, Bin


def edges_of(low: float | None, high: float | None, type_: ColumnType) -> list[float]:
    """Where the bars begin, and the end of the last; empty where there is nothing to draw. One bar a number for few whole ones."""
    if low is None or high is None or not math.isfinite(low) or not math.isfinite(high) or low == high:
        return []
    step = (high - low) / BINS
    if not math.isfinite(step) or step == 0:
        return []
    if type_ == "integer" and high - low < BINS:
        return [low + number for number in range(int(high - low) + 2)]
    return [low + number * step for number in range(BINS)] + [high]


def histogram(edges: Sequence[float], counts: Sequence[int], type_: ColumnType) -> tuple[Bin, ...]:
    """The bars."""
    pairs = zip(edges, edges[1:], counts, strict=False)
    return tuple(Bin(low, high, count, _label(low, high, type_)) for low, high, count in pairs)


def _label(low: float, high: float, type_: ColumnType) -> str:
    if type_ in TEMPORAL:
        start, end = (dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds) for seconds in (low, high))  # noqa: DTZ001
        pattern = "%Y-%m-%d" if type_ == "date" or high - low >= 86_400 else "%Y-%m-%d %H:%M"
        return f"{start:{pattern}} – {end:{pattern}}"
    if type_ == "integer" and high - low == 1:
        return f"{low:,.0f}"
    return f"{low:,.6g} – {high:,.6g}"
