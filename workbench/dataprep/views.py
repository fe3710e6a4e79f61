"""A materialised table as the grid sees it: windows of formatted text anywhere, Arrow, and profiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.dataprep.columns import ColumnInfo, Schema, find, missing_columns, quoted
from workbench.dataprep.control import Cancel
from workbench.dataprep.profiles import ColumnProfile, profile_column
from workbench.dataprep.reports import Note
from workbench.dataprep.storage import Store

if TYPE_CHECKING:
    import pyarrow as pa

from workbench.base.errors import NotFound


@dataclass(frozen=True)
class Window:
    """Consecutive rows from `offset`: one tuple of texts (None: missing) a column."""

    offset: int
    columns: tuple[tuple[str | None, ...], ...]

    @property
    def row_count(self) -> int:
        """How many rows it holds."""
        return len(self.columns[0]) if self.columns else 0


class TableView:
    """The rows after a step, in their order. Immutable and thread-safe; the table stays in the cache until it is closed."""

    def __init__(
        self, store: Store, table: str, columns: Schema, row_count: int, *, is_sample: bool, notes: tuple[Note, ...],
        release: Callable[[], None],
    ) -> None:  # fmt: skip
        self._store = store
        self._table = table
        self._columns = columns
        self._row_count = row_count
        self._is_sample = is_sample
        self._notes = notes
        self._release: Callable[[], None] | None = release

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """Name and type of each column."""
        return self._columns

    @property
    def row_count(self) -> int:
        """The true number of rows."""
        return self._row_count

    @property
    def is_sample(self) -> bool:
        """Whether a source behind it was cut after the first rows."""
        return self._is_sample

    @property
    def notes(self) -> tuple[Note, ...]:
        """What happened while the data were read and the steps ran."""
        return self._notes

    def window(self, offset: int, limit: int) -> Window:
        """The texts of `limit` rows from `offset` (fewer at the end)."""
        texts = ", ".join(f"CAST({quoted(column.name)} AS VARCHAR)" for column in self._columns)
        with self._store.cursor() as cursor:
            rows = cursor.execute(f"SELECT {texts} FROM {self._table} WHERE {self._range(offset, limit)}").fetchall()  # noqa: S608
        return Window(max(offset, 0), tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in self._columns))

    def arrow(self, offset: int = 0, limit: int | None = None) -> pa.Table:
        """The rows as an Arrow table."""
        where = self._range(offset, self._row_count if limit is None else limit)
        return self._store.arrow(f"SELECT * FROM {self._table} WHERE {where}")  # noqa: S608

    def distinct(self, columns: list[str], limit: int = 2000) -> list[tuple[str | None, ...]]:
        """The distinct combinations of texts in these columns, in the order of their first rows: what a program is learned over."""
        texts = [f"CAST({quoted(name)} AS VARCHAR)" for name in columns]
        found = self._store.rows(
            f"SELECT {', '.join(texts)} FROM {self._table} GROUP BY {', '.join(texts)} ORDER BY min(rowid) LIMIT {limit}"  # noqa: S608
        )
        return [tuple(row) for row in found]

    def profile(self, column: str, cancel: Cancel | None = None) -> ColumnProfile:
        """The statistics of a column. May take a second on millions of rows: call it off the GUI thread."""
        info = find(self._columns, column)
        if info is None:
            raise NotFound(missing_columns(self._columns, [column])[0].message)
        return profile_column(self._store, self._table, info, self._row_count, cancel)

    def close(self) -> None:
        """Lets the cache drop the table. Closing twice is harmless."""
        release, self._release = self._release, None
        if release:
            release()

    def __enter__(self) -> TableView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @staticmethod
    def _range(offset: int, limit: int) -> str:
        # tables are written once and never deleted from, so that DuckDB's row ids count from 0 without gaps
        return f"rowid >= {max(int(offset), 0)} AND rowid < {max(int(offset), 0) + max(int(limit), 0)}"
