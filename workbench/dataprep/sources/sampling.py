"""Drawing samples: the rows of a source that are worked on, in their order, and the same ones each time for the same seed.

A row is drawn by its number alone: `scatter` gives each number a place in a random-looking order that depends on the seed, and
that every database computes alike. So the same sample of the same file is the same rows on every engine.
"""

from __future__ import annotations

import hashlib
import heapq
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.base.ids import new_id
from workbench.dataprep.columns import listed, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.engine.store import watched
from workbench.dataprep.sources.reader import Loaded
from workbench.dataprep.sources.samples import Sample

if TYPE_CHECKING:
    import duckdb

SPAN = 2_147_483_647
"""`scatter` gives numbers from 0 to less than this prime."""

_ROUNDS = 2
_NUMBER = "__sampled_row__"
_NUMPY_ROWS = 1_000_000


def scatter(number: Any, seed: int) -> Any:
    """A number from 0 to less than `SPAN` for a row number: evenly spread, and as good as random.

    `number` is an int, a NumPy array or an Ibis value of whole numbers from 0 to 2**31; only sums, products and remainders below
    2**62 are taken, so that all give the same.
    """
    mixed = number % SPAN
    for factor, added in _keys(seed):
        mixed = (mixed * factor + added) % SPAN
        square = mixed * mixed % SPAN
        mixed = square * square % SPAN * mixed % SPAN  # the fifth power is another number for each
    return mixed


def _scatter_sql(number: str, seed: int) -> str:
    """The same as SQL over an expression of type BIGINT."""
    mixed = f"({number} % {SPAN})"
    for factor, added in _keys(seed):
        mixed = f"(({mixed} * {factor} + {added}) % {SPAN})"
        square = f"({mixed} * {mixed} % {SPAN})"
        mixed = f"({square} * {square} % {SPAN} * {mixed} % {SPAN})"
    return mixed


def _keys(seed: int) -> list[tuple[int, int]]:
    digest = hashlib.sha256(str(seed).encode()).digest()
    words = [int.from_bytes(digest[place : place + 4], "big") for place in range(0, 8 * _ROUNDS, 4)]
    return [(words[2 * at] % (SPAN - 100_000) + 50_000, words[2 * at + 1] % SPAN) for at in range(_ROUNDS)]


def load_sampled(
    cursor: duckdb.DuckDBPyConnection, table: str, select: str, sample: Sample | None, *, cancel: Cancel | None = None,
    progress: Progress | None = None, what: str = "",
) -> Loaded:  # fmt: skip
    """Creates `table` from the sampled rows of `select`, a query that gives all rows in their order; None: all rows.

    Only the rows of the sample are stored; random and stratified samples run the query twice. `what` names the work for `progress`.
    Raises what DuckDB raises, UserError for a stratified sample by columns that are not there, Cancelled.
    """
    if sample is None or sample.kind == "full":
        _watched(cursor, f"CREATE TABLE {table} AS {select}", cancel, progress, what)
        return Loaded(_count(cursor, table))
    if sample.kind == "top":
        _watched(cursor, f"CREATE TABLE {table} AS SELECT * FROM ({select}) LIMIT {sample.count + 1}", cancel, progress, what)  # noqa: S608
        held = _count(cursor, table)
        if held <= sample.count:
            return Loaded(held)
        cursor.execute(f"DELETE FROM {table} WHERE rowid >= {sample.count}")  # noqa: S608
        return Loaded(sample.count, truncated=True)
    numbered = f"SELECT *, row_number() OVER () - 1 AS {_NUMBER} FROM ({select})"  # noqa: S608
    return _drawn(cursor, table, numbered, sample, cancel, progress, what)


def keep_sample(
    cursor: duckdb.DuckDBPyConnection, table: str, sample: Sample | None, *, cancel: Cancel | None = None,
    progress: Progress | None = None, what: str = "",
) -> Loaded:  # fmt: skip
    """Leaves only the sampled rows of a table that has all rows, in their order: for sources that are loaded by Python."""
    if sample is None or sample.kind == "full":
        return Loaded(_count(cursor, table))
    whole = f"whole_{new_id()}"
    cursor.execute(f"ALTER TABLE {table} RENAME TO {whole}")
    try:
        return load_sampled(
            cursor, table, f"SELECT * FROM {whole} ORDER BY rowid", sample, cancel=cancel, progress=progress, what=what  # noqa: S608
        )  # fmt: skip
    finally:
        cursor.execute(f"DROP TABLE {whole}")


def _drawn(
    cursor: duckdb.DuckDBPyConnection, table: str, numbered: str, sample: Sample, cancel: Cancel | None, progress: Progress | None,
    what: str,
) -> Loaded:  # fmt: skip
    place = _scatter_sql(_NUMBER, sample.seed)
    kept = f"kept_{new_id()}"
    ordered = ""
    try:
        if sample.kind == "percent":
            drawn = f"{place} < {round(sample.share * SPAN)}"
        elif sample.kind == "random":
            rows = int(_watched(cursor, f"SELECT count(*) FROM ({numbered})", cancel, None, what)[0][0])  # noqa: S608
            place_of_last, last = _last_drawn(rows, sample)
            drawn = f"({place} < {place_of_last} OR ({place} = {place_of_last} AND {_NUMBER} <= {last}))"
        else:
            _watched(cursor, f"CREATE TEMP TABLE {kept} AS {_of_groups(cursor, numbered, sample, place)}", cancel, progress, what)
            drawn, ordered = f"{_NUMBER} IN (FROM {kept})", f" ORDER BY {_NUMBER}"
        columns = f"* EXCLUDE ({_NUMBER})"
        sql = f"SELECT {columns} FROM (SELECT * FROM ({numbered}) WHERE {drawn}{ordered})"  # noqa: S608
        _watched(cursor, f"CREATE TABLE {table} AS {sql}", cancel, progress, what)
        held = _count(cursor, table)
        left = _watched(cursor, f"SELECT 1 FROM ({numbered}) WHERE NOT ({drawn}) LIMIT 1", cancel, None, what)  # noqa: S608
    finally:
        cursor.execute(f"DROP TABLE IF EXISTS {kept}")
    return Loaded(held, truncated=bool(left))


def _last_drawn(rows: int, sample: Sample) -> tuple[int, int]:
    """The place and number of the last row that a random sample of so many rows draws."""
    import numpy as np

    if rows <= sample.count:
        return SPAN, 0
    best: list[tuple[int, int]] = []  # the drawn ones as (-place, -number): a heap whose first is the last of them
    for start in range(0, rows, _NUMPY_ROWS):
        numbers = np.arange(start, min(start + _NUMPY_ROWS, rows), dtype=np.int64)
        places = scatter(numbers, sample.seed)
        if len(best) + len(numbers) > sample.count and len(numbers) > sample.count:
            near = np.argpartition(places, sample.count - 1)[: sample.count]
            limit = places[near].max()
            numbers, places = numbers[places <= limit], places[places <= limit]
        if len(best) == sample.count:
            close = places <= -best[0][0]
            numbers, places = numbers[close], places[close]
        best += zip((-places).tolist(), (-numbers).tolist(), strict=True)
        best = heapq.nlargest(sample.count, best)
        heapq.heapify(best)
    return -best[0][0], -best[0][1]


def _of_groups(cursor: duckdb.DuckDBPyConnection, numbered: str, sample: Sample, place: str) -> str:
    """The row numbers of a stratified sample: of each group the share, rounded, but at least one row."""
    known = {str(row[0]) for row in cursor.execute(f"DESCRIBE {numbered}").fetchall()}
    if lacking := [name for name in sample.by if name not in known]:
        raise UserError(
            f"The sample takes a share of each {listed(lacking)}, but there is no such column.", hint="Edit the sample."
        )
    by = ", ".join(quoted(name) for name in sample.by)
    partition = f"PARTITION BY {by}" if by else ""
    return (
        f"SELECT {_NUMBER} FROM ({numbered}) QUALIFY row_number() OVER ({partition} ORDER BY {place}, {_NUMBER})"  # noqa: S608
        f" <= greatest(1, round({sample.share!r} * count(*) OVER ({partition})))"
    )


def _watched(
    cursor: duckdb.DuckDBPyConnection, sql: str, cancel: Cancel | None, progress: Progress | None, what: str
) -> list[tuple[Any, ...]]:
    return watched(cursor, sql, cancel, progress, what)


def _count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(cursor.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])  # noqa: S608
