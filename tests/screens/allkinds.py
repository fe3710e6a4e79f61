"""A workspace with a run of every kind and in every state, as large as they come: what the screens of runs must bear."""

import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from workbench.projects.project import Project
from workbench.runs.chunks import Points
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.schema import (
    Artifact,
    DataInput,
    GitState,
    LogBatch,
    MetricPoint,
    Parameter,
    Run,
    RunConfig,
    RunPatch,
    RunStatus,
    SourceInput,
    StepInput,
    SweepSpec,
)

TRIALS = 300
LONG_METRIC = "validation/mean_average_precision_at_50_percent_iou"
ODD_NAME = "🚀 größer & <b>not bold</b> 日本語 שלום\nsecond line"
_NOW = datetime.now(UTC).replace(microsecond=0)
_NOTE = (
    "Deeper trees fit the training flights better, but not the flights of the last three months.\n\n"
    "What I tried: depth 4 to 12, rates 0.01 to 0.3, the weather of the hour before, carriers as one-hot columns.\n"
)


class Kinds:
    """Writes the runs into a store. `folder`: the project that they belong to; `trials`: of the sweep."""

    def __init__(self, store: RunStore, folder: Path, trials: int) -> None:
        self.store, self.folder, self.trials = store, folder, trials
        self.random = random.Random(7)
        self.at = _NOW - timedelta(days=4)

    def make(self) -> None:
        """All of them."""
        plain = self.run("train.py", "baseline", params={"depth": "6", "rate": "0.1"}, metrics={"valid/auc": 0.81, "loss": 0.42})
        self.external()
        self.run("late by hour.ipynb", "", kind="notebook", metrics={"rows": 327346}, params={"origin": "EWR"})
        self.sweep()
        self.run("", "imported from mlruns", kind="imported", metrics={"accuracy": 0.912}, tags={"mlflow.source.name": "train.py"})
        for target in ("docker", "gpu-box.example.com", "spark-cluster"):
            self.run("train.py", f"on {target}", target=target, params={"depth": "8"}, metrics={"valid/auc": 0.83, "loss": 0.39})
        for status, reason in (
            (RunStatus.QUEUED, "Number 2 in the queue. Waits for one of the 2 jobs on local to end."),
            (RunStatus.PREPARING, "Builds the environment: 41 of 63 packages."),
            (RunStatus.RUNNING, ""),
            (
                RunStatus.FAILED,
                "The script ended with exit code 1: ValueError: seventeen values are missing in the column wind_gust.",
            ),
            (RunStatus.FAILED, "Attempt 3 of 3 failed: The machine gpu-box.example.com cannot be reached: connection timed out."),
            (RunStatus.CANCELLED, "Cancelled by a user."),
            (RunStatus.LOST, "The runner of this job has gone, and its process too: the machine was switched off."),
        ):
            self.run("train.py", "", status=status, reason=reason, params={"depth": "10"})
        skipped = self.run("data/flights.wbprep", "", reason=f"Nothing has changed: the result of run {plain.number}.", of=plain.id)
        self.store.log_batch(skipped.id, LogBatch(inputs=(_preparation(),)))
        self.run(
            "train.py", ODD_NAME, params={ODD_NAME: "µ=½, 日本"}, metrics={"naïve 🚀 score": 0.5}, tags={"<b>": "<i>no markup</i>"}
        )
        self.run("diverges.py", "diverges", metrics={"loss": math.nan, "grad": math.inf, "low": -math.inf, "valid/auc": 0.5})
        self.big()
        gone = self.run("train.py", "in the trash", metrics={"valid/auc": 0.7})
        self.store.trash(gone.id)
        away = self.run("train.py", "put away", metrics={"valid/auc": 0.6})
        self.store.patch(away.id, RunPatch(archived=True))

    def external(self) -> None:
        """As the client of MLflow logs one."""
        tags = {"mlflow.user": "ada", "mlflow.source.type": "LOCAL", "mlflow.runName": "nosy-shrew-412", "estimator_name": "Forest"}
        run = self.run("", "nosy-shrew-412", kind="external", metrics={"training_score": 0.98}, tags=tags)
        given = DataInput(
            kind="dataset", name="flights-2013", path="", digest="a3f0c21d", rows=327346, source="s3://f/2013.parquet"
        )
        self.store.log_batch(run.id, LogBatch(inputs=(given, _preparation())))

    def sweep(self) -> None:
        """A parent with hundreds of trials, some ended early."""
        drawn = {"depth": Parameter(low=3, high=12, integer=True), "rate": Parameter(low=0.001, high=0.3, log=True)}
        spec = SweepSpec(metric="valid/auc", goal="maximize", parameters=drawn, trials=self.trials)
        parent = self.run("train.py", "depth and rate", kind="sweep", reason="Best is trial 117: valid/auc 0.8912.", sweep=spec)
        for number in range(self.trials):
            depth, rate = self.random.randint(3, 12), round(10 ** self.random.uniform(-3, -0.5), 4)
            auc = 0.75 + 0.1 * math.exp(-((depth - 8) ** 2) / 8) + self.random.gauss(0, 0.01)
            early = number % 7 == 3
            self.run(
                "train.py",
                f"trial {number + 1}",
                kind="trial",
                parent=parent.id,
                status=RunStatus.CANCELLED if early else RunStatus.FINISHED,
                reason="Ended early by the sweep: worse than the median at step 12." if early else "",
                params={"depth": str(depth), "rate": str(rate)},
                metrics={"valid/auc": auc, "loss": 1 - auc},
                curves=number < 4,
            )
        self.store.log_batch(parent.id, LogBatch(metrics=(_point("best", 0.8912),)))

    def big(self) -> None:
        """A hundred metrics, two hundred parameters, notes of pages, many outputs."""
        names = {f"layer_{number:02}/weight_norm": number / 100 for number in range(97)}
        names |= {LONG_METRIC: 0.4312, "tiny": 3.2e-12, "huge": 1.7e300}
        params = {f"model.encoder.layers.{number}.dropout_probability": f"{number / 400:.4f}" for number in range(199)}
        params["checkpoint"] = "s3://models/very/long/path/" + "x" * 180 + "/model.safetensors"
        run = self.run("train_everything.py", "a" * 120, params=params, metrics=names, tags={"stage": "candidate", "team": "ops"})
        self.store.patch(run.id, RunPatch(notes=_NOTE * 40))
        self.store.set_artifacts(run.id, [Artifact(path=f"checkpoints/step_{n:05}.pt", size=n * 1_000_000) for n in range(400)])
        self.store.log_batch(run.id, LogBatch(inputs=tuple(_preparation(number) for number in range(3))))

    def run(
        self,
        script: str,
        name: str,
        *,
        kind: str = "job",
        target: str = "local",
        status: RunStatus = RunStatus.FINISHED,
        reason: str = "",
        params: dict[str, str] | None = None,
        metrics: dict[str, float] | None = None,
        tags: dict[str, str] | None = None,
        parent: str | None = None,
        of: str | None = None,
        curves: bool = True,
        sweep: SweepSpec | None = None,
    ) -> Run:
        """One run with what it logged, in one commit."""
        with self.store.database.write() as write:
            return self._run(
                write, script, name, kind, target, status, reason, params or {}, metrics or {}, tags, parent, of, curves, sweep
            )

    def _run(
        self,
        write: sa.Connection,
        script: str,
        name: str,
        kind: str,
        target: str,
        status: RunStatus,
        reason: str,
        params: dict[str, str],
        metrics: dict[str, float],
        tags: dict[str, str] | None,
        parent: str | None,
        of: str | None,
        curves: bool,
        sweep: SweepSpec | None,
    ) -> Run:
        self.at += timedelta(minutes=11)
        run = self.store.create_run(
            connection=write,
            experiment=self.folder.name,
            config=RunConfig(target=target, script=script, sweep=sweep),
            project=str(self.folder),
            name=name,
            script=script,
            target=target,
            kind=kind,
            tags=tags,
            parent_id=parent,
            result_of=of,
            user="ada",
            created=self.at,
            started=None if status is RunStatus.QUEUED else self.at,
            git=GitState(branch="main", commit="4f1c9e02ab7d", dirty=kind == "job"),
            environment_lock="numpy==2.3.5\nscikit-learn==1.8.0\n" if kind in {"job", "trial"} else "",
        )
        batch = LogBatch(metrics=tuple(_point(key, value) for key, value in metrics.items()), params=params)
        self.store.log_batch(run.id, batch, connection=write)
        if curves:
            for key, value in metrics.items():
                self.store.log_points(run.id, key, _curve(value, self.random.random()), connection=write)
        ended = self.at + timedelta(seconds=self.random.randint(4, 4000)) if status.is_final else None
        return self.store.set_status(run.id, status, reason, ended=ended, connection=write)


def many(store: RunStore, folder: Path, count: int) -> None:
    """So many small runs, as one gathers in a year."""
    began = _NOW - timedelta(days=200)
    for first in range(0, count, 500):
        with store.database.write() as write:
            for number in range(first, min(count, first + 500)):
                at = began + timedelta(minutes=number)
                script = ("train.py", "evaluate.py", "tune.py")[number % 3]
                made = store.create_run(
                    experiment=folder.name, config=RunConfig(), project=str(folder), script=script, kind="job",
                    created=at, started=at, connection=write,
                )  # fmt: skip
                batch = LogBatch(
                    metrics=tuple(_point(key, (number * 7919 % 1000) / 1000) for key in ("loss", "valid/auc", "valid/f1", "rows")),
                    params={"depth": str(number % 12), "rate": str(number % 5 / 10), "kind": "tree"},
                )
                store.log_batch(made.id, batch, connection=write)
                status = RunStatus.FAILED if number % 17 == 0 else RunStatus.FINISHED
                store.set_status(made.id, status, ended=at + timedelta(seconds=40), connection=write)


def furnish_kinds(home: Path, folder: Path, more: int = 0, trials: int = TRIALS) -> Path:
    """Makes the project and its runs in a workspace whose server does not run. Returns the project's folder."""
    project = Project.create(folder, name=folder.name)
    for name in ("train.py", "diverges.py", "train_everything.py"):
        (folder / name).write_text("import workbench\n", "utf-8")
    home.mkdir(parents=True, exist_ok=True)
    database = Database(home / "workspace.db")
    try:
        store = RunStore(database)
        Kinds(store, project.folder, trials).make()
        many(store, project.folder, more)
    finally:
        database.close()
    return project.folder


def _preparation(number: int = 0) -> DataInput:
    sources: Sequence[SourceInput] = (SourceInput(path="data/flights.csv", digest="77aa", rows=336776, size=31_000_000),)
    steps = (StepInput(op="filter", text="Keep rows where dep_delay is not missing", digest="1"),)
    return DataInput(
        kind="prep",
        name="flights",
        path="data/flights.wbprep",
        flow=f"flow {number}",
        rows=327346,
        sources=tuple(sources),
        steps=steps,
    )


def _point(key: str, value: float) -> MetricPoint:
    return MetricPoint(key=key, value=value, step=0, time=_NOW)


def _curve(value: float, shift: float) -> Points:
    """Fifty steps towards a value; one that is not finite from the middle on."""
    steps = np.arange(1, 51)
    if math.isfinite(value):
        values = value * (1 - np.exp(-steps / (8 + 8 * shift))) + (0.02 * abs(value) if abs(value) < 1e6 else 0) * np.sin(
            steps * 1.7
        )
    else:
        values = np.where(steps > 25, value, 1.0 / steps)
    return Points(steps.astype(np.int64), (_NOW.timestamp() + steps * 1.5).astype(np.float64), values.astype(np.float64))
