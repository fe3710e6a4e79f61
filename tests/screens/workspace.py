"""What the pictures show: the tour's own project, and beside it what goes wrong and what goes on in a real one."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from workbench.base.errors import WorkbenchError
from workbench.client import Client
from workbench.schema import JobRequest, ModelRequest, ServiceRequest, ServiceStatus

REPOSITORY = Path(__file__).resolve().parents[2]
FAILED_RUN = "with wind gusts"
BROKEN_SERVICE = "late-flights-next"
GOES_ON = "long_training.py"
_FAILS = '''"""Tries another column of the weather."""

import workbench

flights = workbench.prep("data/flights.wbprep")
workbench.log_params({"rows": len(flights), "feature": "wind_gust"})
print(f"{len(flights):,} flights")
gusts = flights["wind_gust"].fillna(0)
workbench.log("gusts", float((gusts > 0).mean()))
'''
_GOES_ON = '''"""A training that takes its time."""

import math
import sys
import time

import workbench

workbench.log_params({"seed": sys.argv[-1]})
for step in range(100_000):
    workbench.log("loss", 1 / (1 + step / 40) + 0.02 * math.sin(step), step=step)
    print(f"step {step}", flush=True)
    time.sleep(0.2)
'''
_SCORES_NOT = '''"""Expects a model of another form."""

from pathlib import Path

SAMPLE = {"flights": []}


def init():
    raise FileNotFoundError("The model folder has no file encoder.joblib.")


def run(data):
    return data
'''


def take_tour(home: Path, project: Path, rows: int) -> None:
    """Runs the tour headless, as a user does. Raises CalledProcessError when it fails."""
    command = [sys.executable, "-m", "workbench.cli.main", "tour", "--folder", str(project), "--yes"]
    if rows:
        command += ["--rows", str(rows)]
    subprocess.run(command, check=True, cwd=REPOSITORY, env={**os.environ, "WORKBENCH_HOME": str(home), "COLUMNS": "120"})


def furnish(client: Client, project: Path, scratch: Path) -> None:
    """Adds to the tour's project what the pictures need besides; what is there already stays."""
    _add_files(project)
    _add_bad_files(scratch)
    _add_failed_run(client, project)
    best = client.model("late-flights", 1)
    if len(client.model_versions("late-flights")) < 2:
        other = next(run for run in client.runs(project=str(project)).runs if run.script == "train.py" and run.id != best.run_id)
        client.register_model(
            ModelRequest(
                name="late-flights", run_id=other.id, path="model.joblib", description="Deeper trees.", tags={"stage": "candidate"}
            )
        )
    if BROKEN_SERVICE not in {service.name for service in client.services()}:
        script = str(project / "score_next.py")
        client.create_service(ServiceRequest(name=BROKEN_SERVICE, model="late-flights", version=2, score_script=script))
        with contextlib.suppress(WorkbenchError):
            client.wait_service(BROKEN_SERVICE)
    for service in client.services():
        if service.name != BROKEN_SERVICE and service.status is not ServiceStatus.HEALTHY:
            client.start_service(service.name)
            client.wait_service(service.name)


def _add_files(project: Path) -> None:
    (project / "wind_gusts.py").write_text(_FAILS, "utf-8")
    (project / GOES_ON).write_text(_GOES_ON, "utf-8")
    (project / "score_next.py").write_text(_SCORES_NOT, "utf-8")
    (project / "notebooks").mkdir(exist_ok=True)
    (project / "notebooks" / "late by hour.ipynb").write_text(json.dumps(_notebook(), indent=1), "utf-8")
    if not (project / "data" / "carriers.wbprep").exists():
        _add_broken_package(project)


def _add_broken_package(project: Path) -> None:
    """A preparation whose second step names a column that the file lacks."""
    from workbench.dataprep.package import Dataflow, FileRef, Package
    from workbench.dataprep.steps import Condition, Convert, Filter, Measure, Sort, SortKey, Summarize

    steps = (
        Filter(conditions=(Condition(column="dep_delay", operator="is_not_missing"),), note="cancelled flights"),
        Convert(columns=("delay",), to="decimal"),
        Summarize(by=("carrier",), measures=(Measure(column="dep_delay", aggregate="mean"), Measure(aggregate="count"))),
        Sort(keys=(SortKey(column="dep_delay_mean", descending=True),)),
    )
    flow = Dataflow(name="carriers", source=FileRef(path="flights.wbsource"), steps=steps)
    Package(flows=(flow,)).save(project / "data" / "carriers.wbprep")


def _add_bad_files(scratch: Path) -> None:
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / "scan.csv").write_bytes(bytes(range(256)) * 64)


def _add_failed_run(client: Client, project: Path) -> None:
    if FAILED_RUN in {run.name for run in client.runs(project=str(project)).runs}:
        return
    run = client.submit(JobRequest(project=str(project), script="wind_gusts.py", name=FAILED_RUN))
    client.wait(run.id, timeout=120)


def start_jobs(client: Client, project: Path) -> list[str]:
    """Three jobs that go on until they are cancelled: two run, one waits."""
    return [
        client.submit(JobRequest(project=str(project), script=GOES_ON, arguments=(str(seed),), name=f"seed {seed}")).id
        for seed in (1, 2, 3)
    ]


def end_jobs(client: Client) -> None:
    """Cancels what does not end by itself and waits for it."""
    going = [job.id for job in client.jobs() if not job.status.is_final]
    for run_id in reversed(going):
        client.cancel(run_id)
    for run_id in going:
        client.wait(run_id, timeout=60)


def close_workspace(home: Path) -> None:
    """Ends what belongs to the workspace: jobs, kernels, services, server."""
    with contextlib.suppress(WorkbenchError), Client.connect(home, start=False) as client:
        end_jobs(client)
        for kernel in client.kernels():
            client.stop_kernel(kernel.id)
        for service in client.services():
            if service.status in {ServiceStatus.HEALTHY, ServiceStatus.UNHEALTHY}:
                client.stop_service(service.name)
        client.shutdown()


def _notebook() -> dict[str, object]:
    """A notebook with text, code, a table and an error among its outputs."""

    def code(number: int, source: str, *outputs: dict[str, object]) -> dict[str, object]:
        return {"cell_type": "code", "execution_count": number, "metadata": {}, "source": source, "outputs": list(outputs)}

    def text(source: str) -> dict[str, object]:
        return {"cell_type": "markdown", "metadata": {}, "source": source}

    rows = (("EWR", "117,127", "12.0 %"), ("JFK", "109,079", "10.6 %"), ("LGA", "101,140", "10.2 %"))
    cells = "".join(f"<tr><td>{origin}</td><td>{count}</td><td>{late}</td></tr>" for origin, count, late in rows)
    table = f"<table><thead><tr><th>origin</th><th>flights</th><th>late</th></tr></thead><tbody>{cells}</tbody></table>"
    plain = "origin  flights  late\n" + "\n".join("  ".join(row) for row in rows)
    data = {"text/html": table, "text/plain": plain}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"}},
        "cells": [
            text("# When are flights late?\n\nThe prepared flights, by **origin** and by the hour of departure."),
            code(
                1,
                'import workbench\n\nflights = workbench.prep("data/flights.wbprep")\nprint(f"{len(flights):,} flights")',
                {"output_type": "stream", "name": "stdout", "text": "327,346 flights\n"},
            ),
            code(
                2,
                'flights["late"] = flights["arr_delay"] > 30\nflights.groupby("origin")["late"].agg(["size", "mean"])',
                {"output_type": "execute_result", "execution_count": 2, "metadata": {}, "data": data},
            ),
            text("Evening flights from *EWR* are the worst. Next: the weather one hour before departure."),
        ],
    }
