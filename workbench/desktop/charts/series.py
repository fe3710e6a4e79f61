"""The numbers of a line chart: series, smoothing, decimation. No Qt, no pyqtgraph."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Series:
    """One line: `id` (a run's) gives it its stable colour. `times`: seconds since the epoch, as long as `values`, or empty."""

    id: str
    name: str
    steps: Sequence[float] | Floats
    values: Sequence[float] | Floats
    times: Sequence[float] | Floats = field(default=())
    colour: QColor | None = None


def x_values(series: Series, mode: str) -> Floats:
    """The abscissae: steps, wall time (seconds since the epoch), or seconds since the series' first point."""
    if mode == "step" or len(series.times) != len(series.values):
        return np.asarray(series.steps, dtype=np.float64)
    times: Floats = np.asarray(series.times, dtype=np.float64)
    if mode == "relative" and len(times):
        times = times - float(times[0])
    return times


def smooth(values: Floats, weight: float) -> Floats:
    """Exponential moving average without the bias of its start; a gap (NaN) stays one."""
    if weight <= 0 or len(values) == 0:
        return values
    out = np.empty_like(values)
    last, norm = 0.0, 0.0
    for index, value in enumerate(values):
        if not np.isfinite(value):
            out[index] = np.nan
            continue
        last = last * weight + (1 - weight) * value
        norm = norm * weight + (1 - weight)
        out[index] = last / norm
    return out


def levels(y: Floats) -> Floats:
    """The values, and for what is no number the last one before it (the first one, at the beginning; 1 where there is none)."""
    known = np.flatnonzero(np.isfinite(y))
    if not len(known):
        return np.ones_like(y)
    before = np.searchsorted(known, np.arange(len(y)), side="right") - 1
    found: Floats = y[known[np.maximum(before, 0)]]
    return found


def decimate(x: Floats, y: Floats, limit: int) -> tuple[Floats, Floats]:
    """At most about `limit` points: the lowest and the highest of each stretch, in order; gaps are kept as they fall."""
    if len(y) <= limit:
        return x, y
    bins = max(1, limit // 2)
    edges = np.linspace(0, len(y), bins + 1).astype(np.int64)
    keep: list[int] = []
    for start, stop in itertools.pairwise(edges):
        part = y[start:stop]
        finite = np.isfinite(part)
        if not finite.any():
            keep.append(int(start))
            continue
        low = int(start) + int(np.nanargmin(np.where(finite, part, np.nan)))
        high = int(start) + int(np.nanargmax(np.where(finite, part, np.nan)))
        keep += sorted({low, high})
    index = np.asarray(keep)
    return x[index], y[index]
