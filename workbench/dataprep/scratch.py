"""Quick questions to DuckDB: all of them go to one small database in memory, since to open one takes longer than most answers."""

import atexit
import contextlib
import threading
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_lock = threading.Lock()


@contextlib.contextmanager
def scratch(*, files: bool = False) -> "Iterator[duckdb.DuckDBPyConnection]":
    """A connection for one thread's use, to a database without tables; `files`: it may read files."""
    with _lock:  # DuckDB refuses a call on a connection that another thread is just calling
        cursor = _database(files).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@cache
def _database(files: bool) -> "duckdb.DuckDBPyConnection":
    """One thread: the questions are small, and no thread of a library's own stands in the way of a process that forks."""
    import duckdb

    made = duckdb.connect(
        config={"threads": "1", "enable_external_access": str(files).lower(), "enable_external_file_cache": "false"}
    )
    atexit.register(made.close)
    return made
