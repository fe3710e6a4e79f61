"""How long learning takes: at one to three examples, with an example added or all anew, on a long column, and the import.

    uv run python -m tests.benchmarks.byexample.learning_speed [TASKS ...] [--only REGEX] [--most N] [--long 1000000]

TASKS are files as `derive_score` reads them; the project's own tasks/tune.jsonl is taken without one. What the engine remembers of
texts from task to task is forgotten before each measurement, as if the program had just started. `added` is the time of
`Learner.add` for example k after k - 1 were learned; `anew` that of `learn` with all k; `slow` counts the tasks in which adding
took over 1.2 times as long (and over 2 ms longer). Targets: median <= 30 ms, 95 of 100 within 250 ms, import <= 50 ms, first answer
on a million rows <= 150 ms.
"""

import argparse
import functools
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.byexample.derive_score import SHOTS, Row, read_tasks
from workbench.byexample import Learner, learn

_IMPORT = """
import time
start = time.perf_counter()
import workbench
between = time.perf_counter()
import workbench.byexample
print(between - start, time.perf_counter() - between)
"""
_HEAD = f"{'examples':>8} {'tasks':>6} {'median':>9} {'95 %':>9} {'most':>9} {'added: median':>14} {'95 %':>9} {'of anew':>11} slow"


def forget() -> None:
    """Clears what the engine's functions remember."""
    for found in gc.get_objects():
        if isinstance(found, functools._lru_cache_wrapper) and str(found.__module__).startswith("workbench.byexample"):
            found.cache_clear()


def timed(work: Callable[[], Any]) -> float:
    """The seconds of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def within(seconds: Sequence[float], share: float) -> float:
    """The milliseconds within which a share of the runs came."""
    return 1000 * sorted(seconds)[int(share * (len(seconds) - 1))]


def learning(tasks: Sequence[tuple[str, list[Row]]]) -> None:
    """Prints the table of learning by the number of examples."""
    anew: dict[int, list[float]] = {shots: [] for shots in SHOTS}
    added: dict[int, list[float]] = {shots: [] for shots in SHOTS}
    slowest: list[tuple[float, str, int]] = []
    for name, rows in tasks:
        inputs = [given for given, _ in rows]
        examples = list({given: (given, wanted) for given, wanted in reversed(rows)}.values())[::-1][: max(SHOTS)]
        for shots in range(1, len(examples) + 1):
            shown = examples[:shots]
            forget()
            anew[shots].append(timed(lambda shown=shown, inputs=inputs: learn(shown, inputs)))  # type: ignore[misc]
            slowest.append((anew[shots][-1], name, shots))
            forget()
            learner = Learner(inputs)
            if shots > 1:
                learner.learn(shown[:-1])
            added[shots].append(timed(lambda learner=learner, one=shown[-1]: learner.add(*one)))  # type: ignore[misc]
    print(_HEAD)  # noqa: T201
    for shots in SHOTS:
        ours, theirs = added[shots], anew[shots]
        if not ours:
            continue
        slower = sum(one > 1.2 * other and one > other + 0.002 for one, other in zip(ours, theirs, strict=True))
        print(  # noqa: T201
            f"{shots:8} {len(theirs):6} {within(theirs, 0.5):6.1f} ms {within(theirs, 0.95):6.1f} ms {within(theirs, 1):6.0f} ms"
            f" {within(ours, 0.5):11.1f} ms {within(ours, 0.95):6.1f} ms {sum(ours) / sum(theirs):11.2f} {slower}"
        )
    print("slowest:", ", ".join(f"{name} at {shots} {1000 * taken:.0f} ms" for taken, name, shots in sorted(slowest)[:-4:-1]))  # noqa: T201


def long_column(count: int) -> None:
    """Prints the time until the first answer on a long column."""
    rows = [(f"{number % 28 + 1:02}/{number % 12 + 1:02}/{1950 + number % 80} item {number}",) for number in range(count)]
    found = []
    for _ in range(5):
        forget()
        found.append(timed(lambda: learn([(rows[0], "Jan 1, 1950")], rows)))
    print(f"first answer on {count:,} rows: median {1000 * statistics.median(found):.0f} ms, most {1000 * max(found):.0f} ms")  # noqa: T201


def importing() -> None:
    """Prints the time of the import in a new process, with the bytecode at hand as after an installation."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        command, environment = [sys.executable, "-c", _IMPORT], {**kept, "PYTHONPYCACHEPREFIX": folder}
        runs = [subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout for _ in range(12)]
    found = sorted((sum(map(float, run.split())), *map(float, run.split())) for run in runs[1:])
    whole, outer, inner = found[len(found) // 2]
    print(  # noqa: T201
        f"import workbench.byexample: median {1000 * whole:.0f} ms (workbench {1000 * outer:.0f}, byexample {1000 * inner:.0f}), "
        f"least {1000 * found[0][0]:.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", type=Path, default=[Path(__file__).parent / "tasks" / "tune.jsonl"])
    parser.add_argument("--only", metavar="REGEX")
    parser.add_argument("--most", type=int, default=1000, help="at most so many tasks, spread evenly")
    parser.add_argument("--long", type=int, default=1_000_000, help="rows of the long column; 0 for none")
    options = parser.parse_args()
    tasks = list(read_tasks(options.tasks, options.only))
    learning(tasks[:: max(len(tasks) // options.most, 1)])
    if options.long:
        long_column(options.long)
    importing()


if __name__ == "__main__":
    main()
