"""Moments and quantiles of values with weights: how often each occurs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def moments(values: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> dict[str, float | None]:
    """Mean, deviation, skewness and excess kurtosis, corrected for bias (Joanes and Gill 1998: G1, G2), as pandas gives them."""
    count = float(weights.sum())
    mean = float((values * weights).sum() / count)
    away = values - mean
    second, third, fourth = (float((weights * away**power).sum()) for power in (2, 3, 4))
    found: dict[str, float | None] = {"mean": mean, "deviation": None, "skewness": None, "kurtosis": None}
    if not all(map(math.isfinite, (mean, second, third, fourth))):
        return found
    if count > 1:
        found["deviation"] = math.sqrt(second / (count - 1))
    if second > 0 and count > 2:
        found["skewness"] = count * math.sqrt(count - 1) / (count - 2) * third / second**1.5
    if second > 0 and count > 3:
        ratio = count * (count + 1) * (count - 1) / ((count - 2) * (count - 3)) * fourth / second**2
        found["kurtosis"] = ratio - 3 * (count - 1) ** 2 / ((count - 2) * (count - 3))
    return found


def quantiles(values: np.ndarray[Any, Any], weights: np.ndarray[Any, Any], wanted: Sequence[float]) -> dict[float, float]:
    """The quantiles of sorted values with whole weights; between two values linearly, as pandas and NumPy do by default."""
    import numpy as np

    ends = np.cumsum(weights)
    last = ends[-1] - 1
    found = {}
    for share in wanted:
        place = share * last
        below, above = (float(values[np.searchsorted(ends, math.floor(place) + step, side="right")]) for step in (0, place % 1 > 0))
        found[share] = below + (above - below) * (place % 1) if above != below else below
    return found
