"""The profile of a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.dataprep.columns import ColumnType

BINS = 20
TOP = 20
QUANTILES = (0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)


@dataclass(frozen=True)
class Bin:
    """A bar of a histogram: values from `low` to below `high` (the last one includes it). Dates count in seconds since 1970."""

    low: float
    high: float
    count: int
    label: str


@dataclass(frozen=True)
class TopValue:
    """A frequent value as text."""

    value: str
    count: int


@dataclass(frozen=True)
class Pattern:
    """A kind of texts: the regular expression that they match, which share of the rows does (by a sample), and one of them."""

    regex: str
    share: float
    example: str


@dataclass(frozen=True)
class ColumnProfile:
    """What a column holds. `count` is the number of rows, missing ones included; `minimum` and `maximum` are texts.

    Moments are those of a sample: `deviation` divides by n - 1, `skewness` and `kurtosis` (excess) are corrected for bias as `skew`
    and `kurt` of pandas are (Joanes and Gill 1998: G1, G2). `quantiles` maps 0.001 .. 0.999 to values; linear between neighbours.
    """

    name: str
    type: ColumnType
    count: int
    missing: int
    distinct: int
    errors: int = 0
    empty: int = 0
    """Texts without any sign."""
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None
    deviation: float | None = None
    skewness: float | None = None
    kurtosis: float | None = None
    quartiles: tuple[float, float, float] | None = None
    quantiles: Mapping[float, float] = field(default_factory=dict)
    histogram: tuple[Bin, ...] = ()
    top: tuple[TopValue, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    """The kinds of texts, the most frequent first."""
    exact: bool = True
    """Whether distinct values, quantiles and frequent values are exact; estimates for columns of very many different values."""
