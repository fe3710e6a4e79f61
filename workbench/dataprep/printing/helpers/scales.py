"""Numbers spread by quantiles, or put into bins."""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np


def spread(values: Any, quantiles: Sequence[float], *, normal: bool = False) -> Any:
    """The share of each number between quantiles, 0 to 1, or what a normal distribution has there (NaN: missing)."""
    numbers, known = np.asarray(values, dtype="float64"), np.asarray(quantiles, dtype="float64")
    shares = np.linspace(0, 1, len(known))
    found = (np.interp(numbers, known, shares) - np.interp(-numbers, -known[::-1], -shares[::-1])) / 2
    found = np.where(numbers <= known[0], 0.0, np.where(numbers >= known[-1], 1.0, found))
    if normal:
        at = NormalDist().inv_cdf
        found = np.array([np.nan if np.isnan(share) else at(min(max(share, 1e-7), 1 - 1e-7)) for share in found.tolist()])
    return found


def binned(values: Any, edges: Sequence[float], names: Sequence[Any], *, beyond: bool = True) -> list[Any]:
    """The name of the bin of each number (NaN: None); numbers beyond the ends have a bin only with `beyond`."""
    numbers = np.asarray(values, dtype="float64")
    bins = np.searchsorted(np.asarray(edges[1:-1], dtype="float64"), numbers, side="right")
    known = ~np.isnan(numbers)
    if not beyond:
        known &= (numbers >= edges[0]) & (numbers <= edges[-1])
    return [names[at] if there else None for at, there in zip(bins.tolist(), known.tolist(), strict=True)]
