"""`python -m tests.benchmarks.tracking.load [--jobs 20] [--seconds 30] [--readers 10]`: many jobs log while many clients look.

Each job logs 100 points a second by the SDK; each reader lists runs and reads series without a pause. Afterwards every point must
be there; the p99 of a read is printed.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from workbench.client import Client
from workbench.projects import Project
from workbench.schema import JobRequest, Run, RunStatus

POINTS_A_SECOND = 100
_SCRIPT = """
import sys, time
import workbench
seconds = float(sys.argv[1])
count = int(seconds * {rate})
began = time.monotonic()
for step in range(count):
    time.sleep(max(0.0, began + step / {rate} - time.monotonic()))
    workbench.log("loss", 1.0 / (step + 1), step=step)
print("logged", count)
"""


@dataclass
class Load:
    """What a load gave. `reads`: seconds of each read; `missing`: points that are not there, by run."""

    runs: list[Run] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.reads)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def load(client: Client, folder: Path, jobs: int, seconds: float, readers: int) -> Load:
    """Runs the load on a client's server and waits for its end."""
    client.save_settings(client.settings().model_copy(update={"parallel_jobs": jobs}))
    Project.create(folder, name="load")
    (folder / "train.py").write_text(_SCRIPT.format(rate=POINTS_A_SECOND))
    configs = folder / "runconfig"
    configs.mkdir(exist_ok=True)
    environment = '[environment]\nkind = "workbench"\n[resources]\ncpus = 0.05\n'
    (configs / "own.toml").write_text(f'script = "train.py"\narguments = ["{seconds}"]\n{environment}')
    done = Load()
    over = threading.Event()
    submitted = [client.submit(JobRequest(project=str(folder), config="own", name=f"job {at}")).id for at in range(jobs)]
    threads = [threading.Thread(target=_look, args=(client.home, submitted, done, over)) for _ in range(readers)]
    for thread in threads:
        thread.start()
    try:
        done.runs = [client.wait(run_id, timeout=seconds * 10 + 240) for run_id in submitted]
    finally:
        over.set()
        for thread in threads:
            thread.join()
    wanted = list(range(int(seconds * POINTS_A_SECOND)))
    for run in done.runs:
        found = list(client.series(run.id, "loss", 0).steps) if "loss" in run.metrics else []
        if found != wanted or run.status is not RunStatus.FINISHED:
            done.missing[run.id] = len(wanted) - len(found)
    return done


def _look(home: Path, runs: list[str], done: Load, over: threading.Event) -> None:
    """A window: the list, then the chart of each run, again and again."""
    with Client.connect(home, start=False) as client:
        while not over.is_set():
            for run_id in runs:
                try:
                    for read in (lambda: client.runs(limit=50), lambda: _chart(client, run_id)):  # noqa: B023 (called at once)
                        began = time.perf_counter()
                        read()
                        done.reads.append(time.perf_counter() - began)
                except Exception as error:  # noqa: BLE001 (a failed read is a result)
                    done.failures.append(str(error))
                if over.is_set():
                    break


def _chart(client: Client, run_id: str) -> None:
    if "loss" in client.run(run_id).metrics:
        client.series(run_id, "loss", 1000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.benchmarks.tracking.load")
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--readers", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="workbench-load-") as folder, Client.connect(Path(folder) / "workspace") as client:
        try:
            done = load(client, Path(folder) / "project", given.jobs, given.seconds, given.readers)
        finally:
            client.shutdown()
    sys.stdout.write(
        f"{given.jobs} jobs of {POINTS_A_SECOND} points a second for {given.seconds:.0f} s, {given.readers} readers: "
        f"{sum(done.missing.values())} points missing, {len(done.failures)} failed reads, {len(done.reads)} reads, "
        f"median {statistics.median(done.reads) * 1e3:.1f} ms, p99 {done.percentile(0.99) * 1e3:.0f} ms\n"
    )
    for line in [*done.missing, *done.failures[:10]]:
        sys.stdout.write(f"  {line}\n")


if __name__ == "__main__":
    main()
