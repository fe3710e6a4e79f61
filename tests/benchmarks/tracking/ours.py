"""What only our own client can be timed with: many runs, long series, the first line of a script."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from workbench.base.clock import utc_now
from workbench.base.ids import new_id
from workbench.base.paths import WorkspacePaths
from workbench.client import Client
from workbench.projects import Project
from workbench.runs import Database, RunStore
from workbench.runs.tables import metric_latest, metric_points, params, runs
from workbench.schema import JobRequest, RunConfig


def fill(home: Path, count: int) -> None:
    """Runs with 20 metrics and 20 params each, written straight into the store of a workspace that no server serves."""
    database = Database(WorkspacePaths(home).database)
    store = RunStore(database)
    model = store.create_run(experiment="filled", config=RunConfig())
    with database.write() as write:
        row = dict(write.execute(runs.select().where(runs.c.id == model.id)).mappings().one())
        for begin in range(0, count - 1, 1000):
            some = [
                {
                    **row,
                    "id": new_id(),
                    "number": at + 2,
                    "created": row["created"] + timedelta(milliseconds=at),
                    "status": "finished",
                }
                for at in range(begin, min(count - 1, begin + 1000))
            ]
            write.execute(runs.insert(), some)
            write.execute(
                params.insert(),
                [{"run_id": one["id"], "key": f"param{at}", "value": str(one["number"] * at)} for one in some for at in range(20)],
            )
            now = utc_now().timestamp()
            latest = [
                {
                    "run_id": one["id"], "key": f"metric{at}", "last": one["number"] / 7 + at, "last_step": 0, "last_time": now,
                    "min": one["number"] / 7 + at, "max": one["number"] / 7 + at, "count": 1,
                }
                for one in some
                for at in range(20)
            ]  # fmt: skip
            ids = write.execute(
                metric_latest.insert().returning(metric_latest.c.id, sort_by_parameter_order=True), latest
            ).scalars()
            write.execute(
                metric_points.insert(),
                [
                    {"metric_id": metric_id, "position": 0, "step": 0, "time": now, "value": one["last"]}
                    for metric_id, one in zip(ids, latest, strict=True)
                ],
            )
    database.close()


def search(client: Client, count: int) -> dict[str, float]:
    """All runs of the filled experiment as one table, and pages of a hundred of them; the best of three."""
    small, great = count // 2, count // 2 + 20  # a few runs have the metric between these
    reads: dict[str, Callable[[], object]] = {
        "every": lambda: client.runs_table(experiments=["filled"]).num_rows,
        "page": lambda: client.runs(experiment="filled", limit=100),
        "order": lambda: client.runs(experiment="filled", order="metrics.metric3", limit=100),
        "filter": lambda: client.search(f"metrics.metric3 > {small / 7 + 3} and metrics.metric3 < {great / 7 + 3}").total,
        "text": lambda: client.search(text="nothing-is-like-it").total,
    }
    best = dict.fromkeys(reads, float("inf"))
    for name, read in reads.items():
        for _ in range(3):
            began = time.perf_counter()
            found = read()
            best[name] = min(best[name], time.perf_counter() - began)
        assert name not in {"every", "filter", "text"} or found == {"every": count, "filter": 19, "text": 0}[name], found
    return best


def write_points(client: Client, count: int) -> float:
    """Seconds to log so many points of one metric by the SDK, one by one, and end the run: then all of them are in the store."""
    code = (
        "import sys, time, workbench; count = int(sys.argv[1]); began = time.perf_counter()\n"
        "with workbench.start_run(experiment='points-sdk') as run:\n"
        "    for at in range(count): workbench.log('loss', at / 7, at)\n"
        "print(run.id, time.perf_counter() - began)"
    )
    environment = {**os.environ, "WORKBENCH_HOME": str(client.home)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(count)], capture_output=True, text=True, check=True, env=environment, cwd=client.home
    )
    run_id, seconds = done.stdout.split()
    found = client.run(run_id).metrics["loss"].count
    assert found == count, found
    return float(seconds)


def read_series(client: Client, run_id: str) -> float:
    """Seconds to read a series for 2000 pixels; the best of five."""
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        series = client.series(run_id, "loss", 2000)
        best = min(best, time.perf_counter() - began)
        assert 1000 < len(series.steps) <= 2000
    return best


def first_line(client: Client, folder: Path) -> float:
    """Seconds from the submission to the first line of the user's script, with its environment there; the best of five."""
    Project.create(folder, name="first-line")
    (folder / "train.py").write_text("import time; print('began', time.time(), flush=True)\n")
    configs = folder / "runconfig"
    configs.mkdir(exist_ok=True)
    (configs / "own.toml").write_text(f'script = "train.py"\n[environment]\nkind = "interpreter"\npython = {sys.executable!r}\n')
    best = float("inf")
    for _ in range(5):
        began = time.time()
        run = client.wait(client.submit(JobRequest(project=str(folder), config="own")).id, timeout=60)
        said = next(line for line in client.log(run.id).text.splitlines() if line.startswith("began"))
        best = min(best, float(said.split()[1]) - began)
    return best


def mlflow_first_line(python: Path, folder: Path, uri: str, environment: dict[str, Any]) -> float:
    """The same by `mlflow run --env-manager local`."""
    folder.mkdir()
    (folder / "train.py").write_text("import time; print('began', time.time(), flush=True)\n")
    (folder / "MLproject").write_text(f"name: first-line\nentry_points:\n  main:\n    command: '{python} train.py'\n")
    best = float("inf")
    for _ in range(3):
        began = time.time()
        done = subprocess.run(
            [str(python), "-m", "mlflow", "run", str(folder), "--env-manager", "local"],
            capture_output=True, text=True, check=True, env={**environment, "MLFLOW_TRACKING_URI": uri},
        )  # fmt: skip
        said = next(line for line in done.stdout.splitlines() if line.startswith("began"))
        best = min(best, float(said.split()[1]) - began)
    return best
