"""A materialised table as the grid sees it: windows of formatted text anywhere, Arrow, and profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.dataprep.cells import companion, split_error
from workbench.dataprep.columns import ColumnInfo, find, missing_columns, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.engine.store import Store
from workbench.dataprep.engine.tables import Table
from workbench.dataprep.profiles import ColumnProfile, profile_columns
from workbench.dataprep.reports import Note

if TYPE_CHECKING:
    import pyarrow as pa

from workbench.base.errors import NotFound


@dataclass(frozen=True)
class ErrorCell:
    """Why a cell is an error, and the text that stood there (None: it was missing)."""

    code: str
    original: str | None


@dataclass(frozen=True)
class Window:
    """Consecutive rows from `offset`: one tuple of texts (None: missing or error) a column."""

    offset: int
    columns: tuple[tuple[str | None, ...], ...]
    errors: Mapping[tuple[int, int], ErrorCell] = field(default_factory=dict)
    """The error cells by the number of their column and of their row in the window."""

    @property
    def row_count(self) -> int:
        """How many rows it holds."""
        return len(self.columns[0]) if self.columns else 0


_LOOKED_AT = 20_000
"""How many rows, spread over the table, a sample of its values is taken from."""


@dataclass(frozen=True)
class Sample:
    """Distinct combinations of texts, in the order of their first rows."""

    rows: tuple[tuple[str | None, ...], ...]
    places: tuple[int, ...]
    """The first row of each, as far as was looked."""
    counts: tuple[int, ...]
    """How many rows hold each, as far as was looked."""
    whole: bool
    """Whether every row was looked at and every combination is here."""


@dataclass(frozen=True)
class Unanswered:
    """How many rows miss a value, and some of them."""

    count: int
    rows: tuple[int, ...]


class TableView:
    """The rows after a step, in their order. Immutable and thread-safe; the table stays in the cache until it is closed."""

    def __init__(self, store: Store, table: Table, *, release: Callable[[], None]) -> None:
        self._store = store
        self._table = table.name
        self._columns = table.columns
        self._row_count = table.row_count
        self._is_sample = table.truncated
        self._notes = table.notes
        self._errors = table.errors
        self._profiles = table.profiles
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

    @property
    def errors(self) -> Mapping[str, int]:
        """How many error cells a column has; columns without any are left out."""
        return self._errors

    def window(self, offset: int, limit: int) -> Window:
        """The texts of `limit` rows from `offset` (fewer at the end), and which of their cells are errors."""
        broken = [at for at, column in enumerate(self._columns) if column.name in self._errors]
        texts = ", ".join(f"CAST({quoted(column.name)} AS VARCHAR)" for column in self._columns)
        with self._store.cursor() as cursor:
            beside = "".join(f", {quoted(companion(self._columns[at].name))}" for at in broken)
            rows = cursor.execute(
                f"SELECT {texts}{beside} FROM {self._table} WHERE {self._range(offset, limit)}"  # noqa: S608
            ).fetchall()
        width = len(self._columns)
        errors = {
            (at, row): ErrorCell(*split_error(values[width + number]))
            for row, values in enumerate(rows)
            for number, at in enumerate(broken)
            if values[width + number] is not None
        }
        columns = tuple(zip(*rows, strict=True))[:width] if rows else tuple(() for _ in self._columns)
        return Window(max(offset, 0), columns, errors)

    def arrow(self, offset: int = 0, limit: int | None = None, *, with_errors: bool = False) -> pa.Table:
        """The rows as an Arrow table; error cells are missing. `with_errors`: the companions that tell them are there too."""
        where = self._range(offset, self._row_count if limit is None else limit)
        held = [column.name for column in self._columns] + [companion(name) for name in self._errors if with_errors]
        names = ", ".join(map(quoted, held))
        return self._store.arrow(f"SELECT {names} FROM {self._table} WHERE {where}")  # noqa: S608

    def sample(self, columns: Sequence[str], limit: int = 2000) -> Sample:
        """Some of the distinct combinations of texts in these columns, spread over the rows: what a program is learned over."""
        texts = [f"CAST({quoted(name)} AS VARCHAR)" for name in columns]
        names = [f"c{number}" for number in range(len(texts))]
        step = max(1, self._row_count // _LOOKED_AT)
        chosen = ", ".join(f"{text} AS {name}" for text, name in zip(texts, names, strict=True))
        found = self._store.rows(
            f"SELECT place, rows, total, {', '.join(names)} FROM ("  # noqa: S608
            f"SELECT *, row_number() OVER (ORDER BY place) - 1 AS number, count(*) OVER () AS total FROM ("
            f"SELECT min(rowid) AS place, count(*) AS rows, {chosen} FROM {self._table} WHERE hash(rowid) % {step} = 0 "
            f"GROUP BY {', '.join(texts)})) WHERE number % ((total + {limit - 1}) // {limit}) = 0 ORDER BY place"
        )
        total = found[0][2] if found else 0
        return Sample(
            tuple(row[3:] for row in found),
            tuple(row[0] for row in found),
            tuple(row[1] for row in found),
            whole=step == 1 and total <= limit,
        )

    def places(self, columns: Sequence[str], wanted: Sequence[tuple[str | None, ...]]) -> dict[tuple[str | None, ...], int]:
        """The first row that holds each of the wanted combinations of texts; those that are nowhere are left out."""
        import pyarrow as pa

        if not wanted:
            return {}
        names = [f"c{number}" for number in range(len(columns))]
        asked = pa.table({name: pa.array([row[at] for row in wanted], pa.string()) for at, name in enumerate(names)})
        same = " AND ".join(
            f"CAST(t.{quoted(column)} AS VARCHAR) IS NOT DISTINCT FROM w.{name}"
            for column, name in zip(columns, names, strict=True)
        )
        listed = ", ".join(f"w.{name}" for name in names)
        with self._store.cursor() as cursor:
            cursor.register("wanted", asked)
            found = cursor.execute(
                f"SELECT min(t.rowid), {listed} FROM {self._table} AS t JOIN wanted AS w ON {same} GROUP BY {listed}"  # noqa: S608
            ).fetchall()
        return {tuple(row[1:]): row[0] for row in found}

    def unanswered(
        self, column: str, inputs: Sequence[str], limit: int = 20, *, cancel: Cancel | None = None, progress: Progress | None = None
    ) -> Unanswered:
        """The rows in which a column misses a value although one of its inputs has one; of each shape of the inputs the first."""
        texts = [f"CAST({quoted(name)} AS VARCHAR)" for name in inputs]
        filled = " OR ".join(f"trim({text}) <> ''" for text in texts)
        shapes = ", ".join(f"regexp_replace(regexp_replace({text}, '[0-9]+', '0', 'g'), '\\p{{L}}+', 'a', 'g')" for text in texts)
        found = self._store.run(
            f"SELECT min(rowid), sum(count(*)) OVER () FROM {self._table} WHERE {quoted(column)} IS NULL AND ({filled}) "  # noqa: S608
            f"GROUP BY {shapes} ORDER BY count(*) DESC, min(rowid) LIMIT {limit}",
            cancel=cancel, progress=progress, what="Looking for rows without a value",
        )  # fmt: skip
        return Unanswered(int(found[0][1]) if found else 0, tuple(row[0] for row in found))

    def profile(self, column: str, cancel: Cancel | None = None) -> ColumnProfile:
        """The statistics of a column. May take a second on millions of rows: call it off the GUI thread."""
        return self.profiles([column], cancel=cancel)[column]

    def profiles(
        self, columns: Sequence[str] | None = None, *, deliver: Callable[[ColumnProfile], None] | None = None,
        cancel: Cancel | None = None, progress: Progress | None = None,
    ) -> dict[str, ColumnProfile]:  # fmt: skip
        """The statistics of columns (None: all); `deliver` gets each as soon as it is ready. They are kept with the table."""
        wanted = self._columns if columns is None else [find(self._columns, name) for name in columns]
        if columns is not None and None in wanted:
            raise NotFound(missing_columns(self._columns, columns)[0].message)
        infos = [info for info in wanted if info is not None]
        for info in infos:
            if deliver and info.name in self._profiles:
                deliver(self._profiles[info.name])
        left = [info for info in infos if info.name not in self._profiles]

        def keep(profile: ColumnProfile) -> None:
            self._profiles[profile.name] = profile
            if deliver:
                deliver(profile)

        profile_columns(
            self._store, self._table, left, self._row_count, self._errors, deliver=keep, cancel=cancel, progress=progress
        )  # fmt: skip
        return {info.name: self._profiles[info.name] for info in infos}

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
