"""`python -m tests.benchmarks.tracking [--runs N] [--points N] [--large]`: Workbench beside `mlflow server`, in one go.

Installs the newest `mlflow` in an environment of its own (kept in the user's cache), starts both servers on this machine, on
SQLite, and times the same calls on both, one after the other. Prints one table.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.tracking import ours
from tests.benchmarks.tracking.servers import Place, mlflow_server, workbench_server
from tests.tools import made

CLIENTS = Path(__file__).with_name("clients.py")


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.benchmarks.tracking")
    parser.add_argument("--runs", type=int, default=1000, help="whole runs, and runs to search in")
    parser.add_argument("--calls", type=int, default=300, help="single log_metric calls")
    parser.add_argument("--points", type=int, default=1_000_000, help="points of one metric")
    parser.add_argument("--large", action="store_true", help="lists of 1,000, 10,000 and 100,000 runs too")
    given = parser.parse_args()
    python = made("mlflow", "mlflow>=3", "scikit-learn")
    with tempfile.TemporaryDirectory(prefix="workbench-tracking-") as folder:
        root = Path(folder)
        measure(python, root, given)


def measure(python: Path, root: Path, given: argparse.Namespace) -> None:
    rows: list[tuple[str, float, float, str]] = []

    def say(what: str, theirs: float, own: float, wanted: str = "") -> None:
        rows.append((what, theirs, own, wanted))
        sys.stdout.write(line(what, theirs, own, wanted) + "\n")
        sys.stdout.flush()

    version = subprocess.run([str(python), "-c", "import mlflow; print(mlflow.__version__)"], capture_output=True, text=True).stdout
    sys.stdout.write(f"mlflow {version.strip()} (server and client), {os.cpu_count()} cores\n\n")
    sys.stdout.write("| what | mlflow server | workbench | ratio | wanted |\n|---|---|---|---|---|\n")
    with mlflow_server(python, root / "theirs", root / "mlflow.log") as theirs, workbench_server(root / "ours") as (own, client):

        def both(task: str, count: int) -> tuple[dict[str, Any], dict[str, Any]]:
            return timed(python, theirs, task, count), timed(python, own, task, count)

        they, we = both("single_calls", given.calls)
        say("one log_metric, median (ms)", they["median"] * 1e3, we["median"] * 1e3, "<= 0.1")
        say("one log_metric, p99 (ms)", they["p99"] * 1e3, we["p99"] * 1e3)
        they, we = both("whole_runs", given.runs)
        say(f"{given.runs} runs of 100 metrics and 10 params (s)", they["seconds"], we["seconds"], "<= 0.1")
        both("fill", given.runs)
        they, we = both("search", given.runs)
        say(f"search all of {given.runs} runs, MLflow's client (s)", they["seconds"], we["seconds"])
        say(
            f"search all of {given.runs} runs, our client (s)", they["seconds"], ours.search(client, given.runs)["every"], "<= 0.05"
        )
        sizes = theirs.size(), own.size()
        they, we = both("points", given.points)
        say(f"{given.points:,} points, write through MLflow's client (s)", they["write"], we["write"], "<= 0.1")
        say(f"{given.points:,} points, all read through MLflow's client (s)", they["read"], we["read"])
        say(f"{given.points:,} points, read for 2000 pixels (s)", they["read"], ours.read_series(client, we["run"]), "<= 0.02")
        say(f"store size of {given.points:,} points (MB)", *grown(theirs, own, sizes), "<= 0.5")
        say(
            f"{given.points:,} points, write one by one through our SDK (s)", they["write"],
            ours.write_points(client, given.points), "<= 0.1",
        )  # fmt: skip
        theirs_first = ours.mlflow_first_line(python, root / "mlproject", theirs.uri, dict(os.environ))
        say("submit to first line of the script (s)", theirs_first, ours.first_line(client, root / "project"), "stated")
    if given.large:
        sys.stdout.write(
            "\n| runs | all as a table (s) | a page (ms) | a page by a metric (ms) | a metric's filter (ms) | a text (ms) |\n"
        )
        sys.stdout.write("|---|---|---|---|---|---|\n")
    for count in (1_000, 10_000, 100_000) if given.large else ():
        home = root / f"large-{count}"
        ours.fill(home, count)
        with workbench_server(home) as (_, client):
            found = ours.search(client, count)
            pages = " | ".join(f"{found[name] * 1e3:.0f}" for name in ("page", "order", "filter", "text"))
            sys.stdout.write(f"| {count:,} | {found['every']:.2f} | {pages} |\n")
            sys.stdout.flush()


def timed(python: Path, place: Place, task: str, count: int) -> dict[str, Any]:
    """What MLflow's client took."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "WORKBENCH_", "PYTHON"))}
    done = subprocess.run(
        [str(python), str(CLIENTS), task, place.uri, str(count)], env=kept | place.variables, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{task} on {place.name}: {done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def grown(theirs: Place, own: Place, before: tuple[int, int]) -> tuple[float, float]:
    return (theirs.size() - before[0]) / 1e6, (own.size() - before[1]) / 1e6


def line(what: str, theirs: float, own: float, wanted: str) -> str:
    return f"| {what} | {theirs:.3g} | {own:.3g} | {own / theirs:.3f} | {wanted} |"


if __name__ == "__main__":
    main()
