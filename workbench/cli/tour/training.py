"""Steps 4 to 6 of the tour: the package as a job, four training runs, the best one as a model."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import UserError
from workbench.cli.follow import raise_for_result
from workbench.cli.format import duration, number, status_text
from workbench.cli.tour.stage import Stage
from workbench.schema import JobRequest, ModelRequest, ModelVersion, Run

if TYPE_CHECKING:
    from rich.table import Table

    from workbench.client import Client

METRIC = "validation_auc"
RESULT = "auc"
MODEL = "late-flights"
ATTEMPTS = (("0.1", "4"), ("0.1", "8"), ("0.3", "6"), ("0.05", "12"))
_POLL_S = 0.5


def run_package(stage: Stage, client: "Client", project: Path, package: str) -> Run:
    """Runs the data preparation as a tracked job."""
    run = client.submit(JobRequest(project=str(project), script=package, name="prepare"))
    with stage.waiting(f"Run {run.number}: {package}"):
        run = client.wait(run.id)
    raise_for_result(run)
    rows = run.metrics.get("rows")
    stage.tell(f"Run {run.number} has prepared {number(rows.last) if rows else 'all'} rows in {duration(run.duration_s)}.")
    return run


def train_all(stage: Stage, client: "Client", project: Path) -> list[Run]:
    """Submits the four training runs at once and watches them; the server runs as many at a time as its settings say."""
    stage.tell(f"Four runs of train.py, at most {client.settings().parallel_jobs} at once, each in its own copy of the project.")
    runs = [
        client.submit(
            JobRequest(
                project=str(project),
                script="train.py",
                arguments=("--learning-rate", rate, "--max-depth", depth),
                name=f"rate {rate}, depth {depth}",
            )
        )
        for rate, depth in ATTEMPTS
    ]
    runs = _watch(stage, client, runs)
    for run in runs:
        raise_for_result(run)
    return runs


def _watch(stage: Stage, client: "Client", runs: list[Run]) -> list[Run]:
    """Shows the runs until all have ended: a live table on a terminal, a line at each change elsewhere."""
    from rich.live import Live

    if not stage.console.is_terminal:
        return [_told(stage, client, run) for run in runs]
    with Live(console=stage.console, refresh_per_second=4, transient=True) as live:
        while not all(run.status.is_final for run in runs):
            time.sleep(_POLL_S)
            runs = [run if run.status.is_final else client.run(run.id) for run in runs]
            live.update(_live_table(runs))
    for run in runs:
        stage.tell(_ended(run))
    return runs


def _told(stage: Stage, client: "Client", run: Run) -> Run:
    ended = client.wait(run.id)
    stage.tell(_ended(ended))
    return ended


def _ended(run: Run) -> str:
    metric = run.metrics.get(METRIC)
    result = f", {METRIC} {number(metric.last)}" if metric else ""
    return f"Run {run.number} ({run.name}): {run.status.value} after {duration(run.duration_s)}{result}"


def _live_table(runs: list[Run]) -> "Table":
    """A row for each run: state, a bar of the trees that it has grown, and the metric so far."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    made = Table.grid(padding=(0, 2), pad_edge=True)
    for run in runs:
        metric = run.metrics.get(METRIC)
        total = run.params.get("iterations", "")
        bar = ProgressBar(total=float(total) if total.isdigit() else 1.0, completed=metric.last_step if metric else 0, width=24)
        result = f"{METRIC} {number(metric.last)}" if metric else run.reason
        made.add_row(f"  run {run.number}", run.name, status_text(run.status), bar, result)
    return made


def compare(stage: Stage, client: "Client", runs: list[Run]) -> list[Run]:
    """Prints the comparison, the best run first, and returns the runs in that order."""
    from workbench.cli.output import table

    ordered = sorted(runs, key=lambda run: -_last(run, METRIC))
    comparison = client.compare([run.id for run in ordered])
    rows = table("", *(f"run {run.number}" for run in comparison.runs), right=[f"run {run.number}" for run in comparison.runs])
    for group, name, values, differs in comparison.rows:
        if differs and group in {"params", "metrics"}:
            rows.add_row(f"[bold]{name}[/]" if name == METRIC else name, *values)
    stage.console.print(rows)
    stage.tell(f"Sorted by {METRIC}: run {ordered[0].number} is the best. {RESULT} is measured on days that no run has seen.")
    return ordered


def _last(run: Run, key: str) -> float:
    metric = run.metrics.get(key)
    if metric is None:
        raise UserError(f"Run {run.number} has logged no {key}.", hint=f"Its log: workbench run logs {run.id[:8]}")
    return metric.last


def register(stage: Stage, client: "Client", best: Run) -> ModelVersion:
    """Registers the best run's model and prints where it comes from."""
    from workbench.cli.runpage import lineage_line

    model = client.register_model(
        ModelRequest(name=MODEL, run_id=best.id, path="model.joblib", description="Arrives more than 30 minutes late?")
    )
    stage.tell(
        f"{model.name}:{model.version} from run {model.run_number}, {RESULT} {number(model.metrics.get(RESULT, float('nan')))}"
    )
    stage.tell(lineage_line(client.lineage("model", f"{model.name}:{model.version}")))
    return model
