"""Profiles of all columns of 3.4 million flights, beside pandas' describe and value counts and DuckDB's SUMMARIZE.

`uv run python -m tests.benchmarks.dataprep.profile_speed`: the median of three runs, each in a process of its own; the data are
read, and the libraries imported, before the clock starts.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.dataprep.data import FOLDER, flights, show, timed


def workbench() -> float:
    """All profiles with histograms, frequent values and patterns."""
    import pandas as pd  # noqa: F401
    import pyarrow as pa  # noqa: F401

    from workbench.dataprep.engine import Engine

    with (
        tempfile.TemporaryDirectory() as cache,
        Engine(FOLDER, Path(cache)) as engine,
        engine.preview(flights(), sample_rows=None) as view,
    ):
        began = time.perf_counter()
        view.profiles()
        return time.perf_counter() - began


def pandas() -> float:
    """`describe` of all columns, and the value counts of each."""
    import pandas as pd

    df = pd.read_csv(flights(), parse_dates=["time_hour"])
    began = time.perf_counter()
    df.describe(include="all")
    for name in df.columns:
        df[name].value_counts()
    return time.perf_counter() - began


def summarize() -> float:
    """DuckDB's SUMMARIZE of a table."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder, "data.duckdb"))) as connection:
        connection.execute(f"CREATE TABLE flights AS FROM read_csv('{flights()}', nullstr=['', 'NA'])")
        began = time.perf_counter()
        connection.execute("CREATE TABLE summary AS SELECT * FROM (SUMMARIZE flights)")
        return time.perf_counter() - began


CONTENDERS: dict[str, Callable[[], float]] = {"workbench": workbench, "pandas": pandas, "summarize": summarize}


def main() -> None:
    """Measures all, or runs one and prints its seconds."""
    if len(sys.argv) > 1:
        sys.stdout.write(f"{CONTENDERS[sys.argv[1]]()}\n")
        return
    flights()
    show(timed("tests.benchmarks.dataprep.profile_speed", list(CONTENDERS)), "workbench", {"pandas": 0.5, "summarize": 1.2})


if __name__ == "__main__":
    main()
