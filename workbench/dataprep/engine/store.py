"""The DuckDB database of a running engine: tables of steps under the cache folder, cancellable queries, failures in sentences."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.base.files import disk_error
from workbench.base.ids import new_id
from workbench.base.processes import is_alive, started_at
from workbench.dataprep.control import Cancel, Progress

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_CLOSE_S = 5.0
_FULL = ("no space left", "disk full", "disk quota", "max_temp_directory_size", "file too large", "could not write")


SCRATCH = "scratch"
"""The name of the database in memory beside the one on disk, for what a single run needs."""


class Store:
    """One DuckDB database file of this process, gone when closed. Thread-safe: every query has a cursor of its own."""

    def __init__(self, cache: Path, *, memory_limit: str = "", threads: int = 0) -> None:
        import duckdb

        self._folder = cache / "steps"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _remove_stale(self._folder)
        except OSError as error:
            raise disk_error(error, f"The cache {self._folder}") from error
        self.file = self._folder / f"{os.getpid()}-{int(started_at(os.getpid()) or 0)}-{new_id()[:8]}.duckdb"
        try:
            self._connection = duckdb.connect(str(self.file), config=self._configuration(memory_limit, threads))
            self._connection.execute(f"ATTACH ':memory:' AS {SCRATCH}")
        except duckdb.Error as error:
            raise failure(error) from error
        self._closed = False
        self._counted = threading.local()
        self._functions: set[str] = set()
        self.agreements: dict[tuple[str, str], bool] = {}
        """Whether a function (by name) and its form in SQL gave the same on the rows of a query."""
        self._busy: set[duckdb.DuckDBPyConnection] = set()
        self._lock = threading.Lock()
        self._calm = threading.Condition(self._lock)
        """Notified when a cursor is given back."""

    def _configuration(self, memory_limit: str, threads: int) -> dict[str, str | bool | int | float | list[str]]:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "preserve_insertion_order": "true",
            "temp_directory": f"{self.file}.spill",
        }
        settings |= {"memory_limit": duckdb_share(memory_limit)} if memory_limit else {}
        return settings | ({"threads": str(threads)} if threads else {})

    @contextlib.contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for one thread's use; DuckDB's failures come out as ours."""
        import duckdb

        with self._lock:  # DuckDB refuses a call on a connection that another thread is just calling
            if self._closed:
                raise UserError("This data view was closed.", hint="Open it again.")
            cursor = self._connection.cursor()
            self._busy.add(cursor)
        try:
            yield cursor
        except duckdb.Error as error:
            raise failure(error) from error
        except UnicodeDecodeError as error:  # DuckDB's message quotes bytes of a file that are no text
            raise UserError("The data hold bytes that are no UTF-8 text.") from error
        finally:
            cursor.close()
            with self._calm:
                self._busy.discard(cursor)
                self._calm.notify_all()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a quick query."""
        with self.cursor() as cursor:
            return cursor.execute(sql).fetchall()

    def one(self, sql: str) -> tuple[Any, ...]:
        """The first row of a quick query."""
        return self.rows(sql)[0]

    def arrow(self, sql: str) -> pa.Table:
        """The result of a query as an Arrow table."""
        with self.cursor() as cursor:
            result = cursor.sql(sql)
            table: pa.Table = result.to_arrow_table()
            return table

    def run(
        self, sql: str, *, cancel: Cancel | None = None, progress: Progress | None = None, what: str = ""
    ) -> list[tuple[Any, ...]]:
        """A query that may take long: can be cancelled, tells its progress. Raises Cancelled."""
        with self.cursor() as cursor:
            counted: list[int] | None = getattr(self._counted, "rows", None)
            if counted is None:
                return watched(cursor, sql, cancel, progress, what)
            cursor.execute("PRAGMA enable_profiling = 'no_output'")
            rows = watched(cursor, sql, cancel, progress, what)
            counted.append(_rows_read(json.loads(cursor.get_profiling_information())))
            return rows

    @contextlib.contextmanager
    def counting(self) -> Iterator[Callable[[], int]]:
        """Tells how many rows of files the queries that this thread runs meanwhile have read."""
        counted: list[int] = []
        self._counted.rows = counted
        try:
            yield lambda: sum(counted)
        finally:
            self._counted.rows = None

    def add_function(self, name: str, function: Any, arguments: int) -> None:
        """Makes a Python function over Arrow arrays of text known to SQL, once."""
        from duckdb.func import FunctionNullHandling, PythonUDFType

        with self._lock:
            if name in self._functions:
                return
            self._connection.create_function(
                name,
                function,
                ["VARCHAR"] * arguments,
                "VARCHAR",
                type=PythonUDFType.ARROW,
                null_handling=FunctionNullHandling.SPECIAL,
            )
            self._functions.add(name)

    def close(self) -> None:
        """Ends the database and removes its files. What still runs is interrupted: it ends as cancelled."""
        import duckdb

        deadline = time.monotonic() + _CLOSE_S
        with self._calm:
            if self._closed:
                return
            self._closed = True
            while self._busy and time.monotonic() < deadline:
                for cursor in self._busy:
                    with contextlib.suppress(duckdb.Error):  # it ended just now
                        cursor.interrupt()
                self._calm.wait(0.05)
            if self._busy:
                return  # what does not listen keeps the database; the next start of the program removes its files
            self._connection.close()
        for file in self._folder.glob(f"{self.file.name}*"):
            with contextlib.suppress(OSError):
                shutil.rmtree(file) if file.is_dir() else file.unlink()


_UNITS = {
    "": 1,
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}
_REST = 500 * 10**6
"""What the process needs beside DuckDB: Python with its libraries, and buffers of readers that DuckDB does not count."""


def duckdb_share(limit: str) -> str:
    """What DuckDB may take of a limit for the whole process, such as `2GB`: the rest is left to Python. Raises UserError."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?I?B?)\s*", limit.upper())
    if not found or found[2] not in _UNITS:
        raise UserError(f"'{limit}' is no amount of memory.", hint="Write it as 2GB or 500MB.")
    size = float(found[1]) * _UNITS[found[2]]
    return f"{max(size - _REST, size / 2) / 1e6:.0f}MB"


def _rows_read(profile: Any) -> int:
    """The rows that came out of the readers of files, by DuckDB's own account of a query."""
    if isinstance(profile, list):
        return sum(map(_rows_read, profile))
    if not isinstance(profile, dict):
        return 0
    info = profile.get("extra_info")
    reads = isinstance(info, dict) and str(info.get("Function", "")).startswith("READ_")
    own = int(profile.get("intermediate_rows", 0)) if reads else 0
    return own + _rows_read(profile.get("operator", [])) + _rows_read(profile.get("children", []))


def watched(
    cursor: duckdb.DuckDBPyConnection, sql: str, cancel: Cancel | None, progress: Progress | None, what: str
) -> list[tuple[Any, ...]]:
    """Runs a query on a cursor while a helper thread looks at `cancel` and tells `progress`."""
    import duckdb

    if cancel is not None and cancel.is_set():
        raise Cancelled
    if cancel is None and progress is None:
        return cursor.execute(sql).fetchall()
    done = threading.Event()
    if progress is not None:
        cursor.execute("SET enable_progress_bar = true")
        cursor.execute("SET enable_progress_bar_print = false")

    def watch() -> None:
        told = time.monotonic()
        while not done.wait(0.03):
            if cancel is not None and cancel.is_set():
                cursor.interrupt()
            if progress is not None and time.monotonic() - told > 0.1:
                told = time.monotonic()
                progress(min(max(cursor.query_progress(), 0.0) / 100, 1.0), what)

    watcher = threading.Thread(target=watch, name="dataprep-watch", daemon=True)
    watcher.start()
    try:
        return cursor.execute(sql).fetchall()
    except duckdb.InterruptException as error:
        raise Cancelled from error
    finally:
        done.set()
        watcher.join()


def failure(error: Exception) -> Exception:
    """DuckDB's failure as one of ours: the machine's (disk, memory) or the user's; what is neither stays as it is."""
    import duckdb

    text = str(error)
    if isinstance(error, duckdb.InterruptException):
        return Cancelled()
    if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException | duckdb.HTTPException):
        if any(sign in text.lower() for sign in _FULL):
            return EnvironmentError_("The disk is full: the data could not be written.", hint="Free some space and try again.")
        if isinstance(error, duckdb.OutOfMemoryException):
            return EnvironmentError_(
                "There is not enough memory for this step.", hint="Work on a smaller sample, or close programs."
            )
        return EnvironmentError_(f"The data could not be read or written: {first_line(text)}.")
    if isinstance(error, duckdb.InternalException | duckdb.FatalException):
        return error
    return UserError(f"{first_line(text)}.")


def first_line(text: str) -> str:
    """DuckDB's message without its kind, position and repetition of the query."""
    line = text.partition("\n")[0]
    kind, _, rest = line.partition(" Error: ")
    return (rest if rest and len(kind) < 30 else line).strip().rstrip(".")


def _remove_stale(folder: Path) -> None:
    for file in folder.glob("*.duckdb*"):
        pid, _, rest = file.name.partition("-")
        began = rest.partition("-")[0]
        if pid.isdigit() and began.isdigit() and not is_alive(int(pid), float(began) + 0.5):
            with contextlib.suppress(OSError):
                shutil.rmtree(file) if file.is_dir() else file.unlink()
