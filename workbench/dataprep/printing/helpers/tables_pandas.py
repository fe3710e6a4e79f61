"""Tables of pandas beside one another, in groups and in windows, as a database has them."""

import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd


def matched(
    left: pd.DataFrame, right: pd.DataFrame, keys: list[tuple[pd.Series, pd.Series]], how: str, *, missing: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames with the rows side by side whose keys are equal, in the order of the left one, then of the right one.

    `how` says which rows without a partner stay, beside missing cells. Missing keys match nothing unless `missing`.
    """
    names = [f"key {number}" for number in range(len(keys))]
    ours = pd.DataFrame({"left": range(len(left)), **{name: one.array for name, (one, _) in zip(names, keys, strict=True)}})
    theirs = pd.DataFrame({"right": range(len(right)), **{name: two.array for name, (_, two) in zip(names, keys, strict=True)}})
    if how == "cross":
        pairs = ours.merge(theirs, how="cross")
    else:
        known = (ours, theirs) if missing else (ours.dropna(subset=names), theirs.dropna(subset=names))
        pairs = known[0].merge(known[1], on=names)
    lonely = ours.loc[~ours["left"].isin(pairs["left"]), ["left"]]
    others = theirs.loc[~theirs["right"].isin(pairs["right"]), ["right"]]
    parts = {
        "inner": [pairs], "cross": [pairs], "left": [pairs, lonely], "right": [pairs, others], "full": [pairs, lonely, others],
        "left_anti": [lonely], "right_anti": [others], "full_anti": [lonely, others],
    }  # fmt: skip
    rows = pd.concat([pd.DataFrame({"left": [], "right": []}, dtype="float64"), *parts[how]])
    rows = rows.sort_values(["left", "right"], na_position="last")
    return taken(left, rows["left"]), taken(right, rows["right"])


def taken(frame: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    """Rows by their numbers; missing cells where there is no number."""
    found = frame.reset_index(drop=True).reindex(rows.fillna(-1).astype("int64")).reset_index(drop=True)
    nested = [name for name in found.columns if found[name].dtype == "object"]
    return found.assign(**{name: found[name].where(found[name].notna(), None) for name in nested})


def whole(values: pd.Series) -> pd.Series:
    """Decimals as whole numbers; missing where they have a fraction."""
    fits = values.notna() & (values.abs() < 2.0**63) & (values == values.round())
    return pd.Series([int(value) if fit else None for value, fit in zip(values, fits, strict=True)], values.index, dtype="Int64")


def plain_blanks(text: str) -> str:
    """A text without blanks at its ends, and with one in place of several."""
    return re.sub("[ \t\n\x0b\f\r\xa0\u3000\u2000-\u200a]+", " ", text).strip(" ")


def looked_up(values: pd.Series, found: list[tuple[Any, ...]], place: int, dtype: str) -> pd.Series:
    """What stands at a place of the tuple that begins with the value."""
    known = {one[0]: one[place] for one in found}
    return pd.Series([known.get(value) for value in values], values.index, dtype=dtype)


def of_each(values: pd.Series, by: list[pd.Series], function: Callable[[pd.Series], Any], dtype: str) -> pd.Series:
    """A function of the values of each group, in the order of the first rows; without groups of all values."""
    parts = [part for _, part in values.groupby(by, sort=False, dropna=False)] if by else [values]
    return pd.Series([function(part) for part in parts], dtype=dtype)


def whole_sum(values: pd.Series) -> int | None:
    """The sum of whole numbers; None of no values, and where 64 bits do not hold it."""
    known = [int(value) for value in values.dropna().tolist()]
    return sum(known) if known and -(2**63) <= sum(known) < 2**63 else None


def shape(values: pd.Series, kind: str) -> float:
    """The deviation (std), variance (var), skewness (skew) or excess kurtosis (kurt) of a sample; NaN where there is none."""
    known = values.dropna().astype("float64")
    if len(known) < {"std": 2, "var": 2, "skew": 3, "kurt": 4}[kind]:
        return math.nan
    if kind in ("skew", "kurt") and known.min() == known.max():
        return 0.0
    with np.errstate(all="ignore"):
        found = float(getattr(known, kind)())
    return found if math.isfinite(found) else math.nan


def most_frequent(values: pd.Series) -> Any:
    """The most frequent value; of several the one that comes first."""
    counts: Counter[Hashable] = Counter(values.dropna().tolist())
    return counts.most_common(1)[0][0] if counts else None


def listed(values: pd.Series, convert: Callable[[Any], Any] = lambda value: value) -> list[Any] | None:
    """The values that are there as a list; None of none."""
    return [convert(value) for value in values.dropna().tolist()] or None


def texts_joined(values: pd.Series, separator: str, show: Callable[[Any], str] = str) -> str | None:
    """The values that are there as one text; None of none."""
    known = [show(value) for value in values.dropna().tolist()]
    return separator.join(known) if known else None


def first_of(values: pd.Series, place: int = 0) -> Any:
    """The first value that is there, or the last one (-1)."""
    known = values.dropna()
    return known.iloc[place] if len(known) else None


def in_groups(values: pd.Series, by: list[pd.Series], function: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """A function of the values of each group that gives a value for each of them."""
    parts = [function(part) for _, part in values.groupby(by, sort=False, dropna=False)] if by else [function(values)]
    return pd.concat(parts) if parts else function(values)


def running_total(values: pd.Series) -> pd.Series:
    """The sum of whole numbers so far; missing before the first one, and where 64 bits do not hold it."""
    known = values.notna()
    sums = accumulate(int(value) if there else 0 for value, there in zip(values.tolist(), known, strict=True))
    begun = known.cummax()
    fits = [total if there and -(2**63) <= total < 2**63 else None for total, there in zip(sums, begun, strict=True)]
    return pd.Series(fits, values.index, dtype="Int64")


def running_best(values: pd.Series, best: Callable[[Any, Any], Any]) -> pd.Series:
    """The smallest (best=min) or greatest (best=max) value so far."""
    known = [None if missing else value for value, missing in zip(values.tolist(), values.isna(), strict=True)]
    found: Iterable[Any] = accumulate(known, lambda one, two: one if two is None else two if one is None else best(one, two))
    return pd.Series(list(found), values.index, dtype=values.dtype)


def rolling(values: pd.Series, rows: int, least: int, function: Callable[[pd.Series], Any], dtype: str) -> pd.Series:
    """A function of so many rows, the last of which is this one; missing with fewer values than `least`."""
    found: list[Any] = []
    for end in range(1, len(values) + 1):
        known = values.iloc[max(end - rows, 0) : end].dropna()
        found.append(function(known) if len(known) >= least else None)
    return pd.Series(found, values.index, dtype=dtype)


def exact_mean(values: pd.Series) -> float:
    """The mean of whole numbers by their exact sum; NaN of none."""
    known = [int(value) for value in values.dropna().tolist()]
    return sum(known) / len(known) if known else math.nan


def difference(values: pd.Series, rows: int) -> pd.Series:
    """How far whole numbers are from those some rows before; missing where 64 bits do not hold it."""
    pairs = zip(values.tolist(), values.shift(rows).tolist(), strict=True)
    found = [None if pd.isna(one) or pd.isna(two) else int(one) - int(two) for one, two in pairs]
    fits = [number if number is not None and -(2**63) <= number < 2**63 else None for number in found]
    return pd.Series(fits, values.index, dtype="Int64")


def change(values: pd.Series, rows: int) -> pd.Series:
    """By which share decimals differ from those some rows before; missing where these are 0."""
    before = values.shift(rows)
    return values / before.where(before != 0) - 1


def share(values: pd.Series, total: float | None) -> pd.Series:
    """The share of each value in the total."""
    return values.astype("float64") / (total or math.nan)


def tiles(values: pd.Series, count: int) -> pd.Series:
    """The number of the part of each row when the rows are cut into so many equal parts; the first ones get what is left over."""
    size, more = divmod(len(values), count)
    sizes = [size + 1] * more + [size] * (count - more)
    numbers = [part for part, rows in enumerate(sizes, start=1) for _ in range(rows)]
    return pd.Series(numbers, values.index, dtype="Int64")


def percent(ranks: pd.Series) -> pd.Series:
    """Ranks as shares from 0 to 1; 0 of a single row."""
    return (ranks - 1).astype("float64") / max(len(ranks) - 1, 1)
