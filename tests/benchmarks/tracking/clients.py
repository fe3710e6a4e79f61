"""What MLflow's client is timed with; run inside the environment that has `mlflow`, against either server.

`python clients.py TASK URI COUNT` prints one JSON document with seconds.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any


def whole_runs(client: Any, experiment: str, count: int) -> dict[str, float]:
    """Create, 100 metrics and 10 params, end."""
    from mlflow.entities import Metric, Param

    began = time.perf_counter()
    for _ in range(count):
        run = client.create_run(experiment).info.run_id
        now = int(time.time() * 1000)
        client.log_batch(
            run,
            metrics=[Metric(f"m{at % 10}", at / 7, now, at) for at in range(100)],
            params=[Param(f"p{at}", str(at)) for at in range(10)],
        )
        client.set_terminated(run)
    return {"seconds": time.perf_counter() - began}


def single_calls(client: Any, experiment: str, count: int) -> dict[str, float]:
    """One metric at a time, each waited for."""
    run = client.create_run(experiment).info.run_id
    taken = []
    for at in range(count):
        began = time.perf_counter()
        client.log_metric(run, "loss", at / 7, step=at, synchronous=True)
        taken.append(time.perf_counter() - began)
    return {"median": statistics.median(taken), "p99": sorted(taken)[int(len(taken) * 0.99)], "seconds": sum(taken)}


def fill(client: Any, experiment: str, count: int) -> dict[str, float]:
    """Runs with 20 metrics and 20 params each, to search in."""
    from mlflow.entities import Metric, Param

    began = time.perf_counter()
    for run_at in range(count):
        run = client.create_run(experiment).info.run_id
        now = int(time.time() * 1000)
        client.log_batch(
            run,
            metrics=[Metric(f"metric{at}", run_at / 7 + at, now, 0) for at in range(20)],
            params=[Param(f"param{at}", str(run_at * at)) for at in range(20)],
        )
        client.set_terminated(run)
    return {"seconds": time.perf_counter() - began}


def search(client: Any, experiment: str, count: int) -> dict[str, float]:
    """All runs, page by page; the best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        token, found = None, 0
        while True:
            page = client.search_runs([experiment], max_results=1000, page_token=token)
            found += len(page)
            token = page.token
            if not token:
                break
        best = min(best, time.perf_counter() - began)
        assert found >= count, found
    return {"seconds": best}


def points(client: Any, experiment: str, count: int) -> dict[str, float]:
    """Points of one metric, a thousand a call, which is the most that MLflow takes; then all of them read back."""
    from mlflow.entities import Metric

    run = client.create_run(experiment).info.run_id
    began = time.perf_counter()
    for begin in range(0, count, 1000):
        now = int(time.time() * 1000)
        client.log_batch(run, metrics=[Metric("loss", at / 7, now, at) for at in range(begin, min(count, begin + 1000))])
    wrote = time.perf_counter() - began
    began = time.perf_counter()
    found = len(client.get_metric_history(run, "loss"))
    assert found == count, found
    return {"write": wrote, "read": time.perf_counter() - began, "run": run}


TASKS: dict[str, Callable[[Any, str, int], dict[str, float]]] = {
    "whole_runs": whole_runs, "single_calls": single_calls, "fill": fill, "search": search, "points": points,
}  # fmt: skip


def main() -> None:
    from mlflow import MlflowClient

    task, uri, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    client = MlflowClient(uri)
    name = "filled" if task in {"fill", "search"} else task
    known = client.get_experiment_by_name(name)
    experiment = known.experiment_id if known else client.create_experiment(name)
    sys.stdout.write(json.dumps(TASKS[task](client, experiment, count)) + "\n")


if __name__ == "__main__":
    main()
