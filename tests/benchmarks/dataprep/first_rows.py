"""The first 200 rows of a CSV as the grid shows them, beside pandas' read_csv of the whole file, on 34 to 342 MB.

`uv run python -m tests.benchmarks.dataprep.first_rows`: medians of three runs, each in a process of its own, without imports and
without the detection of the format (which looks at a few pieces of the file, and is given beside).
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.dataprep.data import FOLDER, flights, show, timed


def first_rows(times: int) -> float:
    """Opens the file with its known format and fetches a window of 200 rows of text."""
    import ibis.backends.duckdb  # noqa: F401
    import pandas as pd  # noqa: F401
    import pyarrow as pa  # noqa: F401

    from workbench.dataprep.engine import Engine
    from workbench.dataprep.sources import detect

    spec = detect(flights(times))
    with tempfile.TemporaryDirectory() as cache:
        began = time.perf_counter()
        with Engine(FOLDER, Path(cache)) as engine, engine.preview(flights(times), spec, sample_rows=200) as view:
            assert view.window(0, 200).row_count == 200
            return time.perf_counter() - began


def detection(times: int) -> float:
    """Finds out the format and the types."""
    from workbench.dataprep.sources import detect

    detect(flights(1))
    began = time.perf_counter()
    detect(flights(times))
    return time.perf_counter() - began


def pandas() -> float:
    """The whole file in pandas."""
    import pandas as pd

    began = time.perf_counter()
    pd.read_csv(flights())
    return time.perf_counter() - began


CONTENDERS: dict[str, Callable[[], float]] = {
    "workbench, 342 MB": lambda: first_rows(10),
    "workbench, 34 MB": lambda: first_rows(1),
    "detection, 342 MB": lambda: detection(10),
    "detection, 34 MB": lambda: detection(1),
    "pandas, 342 MB": pandas,
}


def main() -> None:
    """Measures all, or runs one and prints its seconds."""
    if len(sys.argv) > 1:
        sys.stdout.write(f"{CONTENDERS[sys.argv[1]]()}\n")
        return
    flights()
    flights(1)
    show(timed("tests.benchmarks.dataprep.first_rows", list(CONTENDERS)), "workbench, 342 MB", {"pandas, 342 MB": 0.1})


if __name__ == "__main__":
    main()
