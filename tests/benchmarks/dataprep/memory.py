"""The peak of memory of a full run over a CSV file of 5 GB with a limit of 2 GB, beside a run without a limit.

`uv run python -m tests.benchmarks.dataprep.memory [COPIES]`: the flights of 2013 so many times over (160: 5 GB), sorted, summarized
and written to Parquet in a process of its own; resident memory as the kernel counts it.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.dataprep.data import FOLDER, flights
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.sources import DataSource
from workbench.dataprep.steps import Expression, Keep, Sort, SortKey, StepBase, WriteParquet

STEPS: dict[str, tuple[StepBase, ...]] = {
    "sorted": (
        Expression(column="speed", sql="distance / air_time * 60"),
        Keep(columns=("time_hour", "carrier", "flight", "origin", "dest", "arr_delay", "speed")),
        Sort(keys=(SortKey(column="speed", descending=True), SortKey(column="flight"))),
    ),
}


def run(copies: int, limit: str) -> None:
    """Runs the flow and prints seconds, rows and the peak in bytes."""
    data = flights(copies)
    source = data.with_suffix(".wbsource")
    DataSource.create(data, FOLDER).save(source)
    steps = (*STEPS["sorted"], WriteParquet(path=str(FOLDER / "memory.parquet")))
    package = Package(flows=(Dataflow(id="f", name="f", source=FileRef(path=str(source)), steps=steps),))
    with tempfile.TemporaryDirectory(dir=FOLDER) as cache, Engine(FOLDER, Path(cache), memory_limit=limit) as engine:
        began = time.perf_counter()
        report = engine.run(package, "f")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        seconds, size = time.perf_counter() - began, data.stat().st_size / 1e9
        sys.stdout.write(f"{size:.1f} GB, limit {limit or 'none'}: {report.rows:,} rows in {seconds:.0f} s, peak {peak:.2f} GB\n")


def main() -> None:
    """Measures with the limit and without."""
    if len(sys.argv) > 2:
        run(int(sys.argv[1]), sys.argv[2].strip("-"))
        return
    copies = sys.argv[1] if len(sys.argv) > 1 else "160"
    flights(int(copies))
    for limit in ("2GB", "-"):
        subprocess.run([sys.executable, "-m", "tests.benchmarks.dataprep.memory", copies, limit], check=True)


if __name__ == "__main__":
    main()
