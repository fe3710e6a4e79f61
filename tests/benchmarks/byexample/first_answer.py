"""How long a user waits for the first answer on a column of a million rows: from the example to the program and its sentence.

    uv run python -m tests.benchmarks.byexample.first_answer [ROWS]

What derive by example does is measured: the values to learn over are taken when the panel opens (`opened`), the first example is
then learned from (`answer`); `cold` is both together. `at rest` is the learning thread's own processor time: what the answer takes
on a machine that does nothing else.
"""

import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.dataprep.engine import Engine
from workbench.dataprep.engine.views import TableView
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.desktop.data.derive_learn import learn_lesson, take_inputs
from workbench.desktop.operations import Progress

FIRST = ("Ada", "Grace", "Alan", "Barbara", "Donald", "Edsger", "Frances", "John-Paul", "Radia", "Tony")
LAST = ("Lovelace", "Hopper", "Turing", "Liskov", "Knuth", "Dijkstra", "Allen", "Backus", "Perlman", "Hoare")
TOWNS = ("Norristown", "Lower Salford", "New Hanover", "Plymouth", "Hatfield Township")
START = datetime(2013, 1, 1)  # noqa: DTZ001 (a time without a zone, as in a file)

COLUMNS: dict[str, Callable[[int], str | None]] = {
    "name": lambda n: f"{FIRST[n % 10]} {LAST[n // 10 % 10]}{n // 100}",
    "time": lambda n: f"{START + timedelta(seconds=37 * n):%Y-%m-%d %H:%M:%S}",
    "clock": lambda n: str((n * 7) % 24 * 100 + (n * 13) % 60) if n % 50 else None,
    "path": lambda n: f"/srv/data/{n % 97}/part-{n:07d}.{'csv' if n % 3 else 'parquet'}",
    "amount": lambda n: f"{(n * 7919) % 10_000_000 / 100:.2f}",
    "call": lambda n: (
        f"{LAST[n % 10].upper()} AVE;  {TOWNS[n % 5].upper()}; Station {n % 400}; 2015-12-{n % 28 + 1:02d} @ 17:10:52;"
    ),
    "mail": lambda n: f"{FIRST[n % 10].lower()}.{LAST[n // 10 % 10].lower()}{n}@example.com",
    "code": lambda n: f"{'ABCDEF'[n % 6]}{n % 9}-{n:06d}",
}
EXAMPLES: list[tuple[str, int, str]] = [
    ("name", 0, "Lovelace0, A."),
    ("name", 3, "B.L."),
    ("name", 1, "HOPPER0"),
    ("time", 0, "1 Jan 2013"),
    ("time", 5000, "Thu"),
    ("time", 7, "12AM-1AM"),
    ("time", 9, "Q1 2013"),
    ("clock", 1, "7AM-8AM"),
    ("clock", 2, "14"),
    ("path", 3, "part-0000003.parquet"),
    ("path", 4, "csv"),
    ("path", 5, "5"),
    ("amount", 1, "79"),
    ("amount", 2, "$158.38"),
    ("amount", 7, "550-560"),
    ("call", 2, "New Hanover"),
    ("call", 1, "02 Dec 2015 5PM"),
    ("mail", 4, "donald.lovelace4"),
    ("mail", 6, "Frances"),
    ("code", 8, "000008"),
]


@contextmanager
def columns(rows: int) -> Iterator[dict[str, TableView]]:
    """A view of each column, of so many rows, as a preparation shows it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Engine(folder, folder / "cache") as engine:
            views = {}
            for column, value in COLUMNS.items():
                values = pa.array([value(n) for n in range(rows)], pa.string())
                pq.write_table(pa.table({column: values}), folder / f"{column}.parquet")
                flow = Dataflow(name=column, source=FileRef(path=f"{column}.parquet"))
                views[column] = engine.view(Package(flows=(flow,)), column)
            yield views


def main(rows: int) -> None:
    """Prints every example with its times, then p50 and p95."""
    opened: list[float] = []
    answered: list[float] = []
    cold: list[float] = []
    alone: list[float] = []
    with columns(rows) as views:
        for column, row, output in EXAMPLES:
            view = views[column]
            given = view.window(row, 1).columns[0][0]
            began = time.monotonic()
            inputs = take_inputs(view, (column,))
            between, busy = time.monotonic(), time.thread_time()
            lesson = learn_lesson(inputs, (((given,), output),), Progress())
            ended = time.monotonic()
            alone.append(time.thread_time() - busy)
            opened.append(between - began)
            answered.append(ended - between)
            cold.append(ended - began)
            print(  # noqa: T201
                f"{1000 * (between - began):5.0f} {1000 * (ended - between):5.0f} ms  {given} -> {output}: {lesson.sentence}"
            )
    for what, times in (("opened", opened), ("answer", answered), ("cold", cold), ("at rest", alone)):
        ordered = sorted(times)
        p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
        p50 = ordered[len(ordered) // 2]
        print(f"{what:7}  p50 {1000 * p50:4.0f} ms   p95 {1000 * p95:4.0f} ms   of {rows:,} rows")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
