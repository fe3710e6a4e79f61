"""A window of 200 rows anywhere in a result of 3.4 million rows, as the grid asks for it while it is scrolled.

`uv run python -m tests.benchmarks.dataprep.windows`: the median and the 99th percentile of 1000 windows at random places.
"""

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.dataprep.data import FOLDER, flights
from workbench.dataprep.engine import Engine


def main() -> None:
    """Measures and prints."""
    chance = random.Random(1)
    with (
        tempfile.TemporaryDirectory() as cache,
        Engine(FOLDER, Path(cache)) as engine,
        engine.preview(flights(), sample_rows=None) as view,
    ):
        taken = []
        for _ in range(1000):
            began = time.perf_counter()
            view.window(chance.randrange(view.row_count), 200)
            taken.append(time.perf_counter() - began)
    found = statistics.quantiles(taken, n=100)
    sys.stdout.write(f"200 of {view.row_count:,} rows: median {1000 * found[49]:.1f} ms, p99 {1000 * found[98]:.1f} ms\n")


if __name__ == "__main__":
    main()
