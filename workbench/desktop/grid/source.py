"""What the grid reads from: any table that can give windows of formatted rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class GridColumn:
    """A column: its type is integer, decimal, boolean, date, time, timestamp, string or other."""

    name: str
    type: str = "string"


class ColumnLike(Protocol):
    """What the grid needs of a column; `dataprep.ColumnInfo` has it."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...


class WindowLike(Protocol):
    """Formatted rows, by column: `columns[c][r]`, None where missing."""

    @property
    def columns(self) -> Sequence[Sequence[str | None]]: ...


class GridSource(Protocol):
    """A table. `window` is called in worker threads, from several at once."""

    @property
    def columns(self) -> Sequence[ColumnLike]: ...
    @property
    def row_count(self) -> int: ...
    def window(self, offset: int, limit: int) -> WindowLike: ...


@dataclass(frozen=True)
class ColumnProfileView:
    """What the header shows of a column: heights of bars (any scale), the share of missing values, a tooltip."""

    missing: float = 0.0
    bars: tuple[float, ...] = ()
    kind: str = "histogram"
    labels: tuple[str, ...] = ()
    caption: str = ""
    """A few words under the bars: `0 – 2,301`, `12 distinct`."""
    summary: str = ""
