"""Our records in the form of MLflow's messages: times in milliseconds, texts for what JSON's numbers do not have."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from workbench.schema import DataInput, Experiment, MetricSummary, ModelVersion, RunStatus, RunSummary
from workbench.server.mlflow.errors import wrong

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

NAME_TAG = "mlflow.runName"
PARENT_TAG = "mlflow.parentRunId"
USER_TAG = "mlflow.user"
NOTE_TAG = "mlflow.note.content"
CONTEXT_TAG = "mlflow.data.context"

FIELD_TAGS = frozenset({NAME_TAG, PARENT_TAG, USER_TAG, NOTE_TAG})
"""Tags in which MLflow keeps what we keep in fields: they are not stored a second time."""

_TO_STATUS = {
    RunStatus.QUEUED: "SCHEDULED",
    RunStatus.PREPARING: "SCHEDULED",
    RunStatus.RUNNING: "RUNNING",
    RunStatus.FINISHED: "FINISHED",
    RunStatus.FAILED: "FAILED",
    RunStatus.CANCELLED: "KILLED",
    RunStatus.LOST: "FAILED",
}
_FROM_STATUS = {
    "RUNNING": RunStatus.RUNNING,
    "SCHEDULED": RunStatus.QUEUED,
    "FINISHED": RunStatus.FINISHED,
    "FAILED": RunStatus.FAILED,
    "KILLED": RunStatus.CANCELLED,
}
_STATUS_NUMBERS = {"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}


def status_of(text: str) -> RunStatus:
    """Our state for MLflow's, by name or number."""
    try:
        return _FROM_STATUS[_STATUS_NUMBERS.get(text, text).upper()]
    except KeyError:
        raise wrong(f"Invalid value {text!r} for parameter 'status' supplied: one of {', '.join(_FROM_STATUS)}.") from None


def millis(moment: datetime | None) -> int:
    """Milliseconds since the epoch; 0 for no moment."""
    return 0 if moment is None else (moment - _EPOCH) // _MILLISECOND


def moment(milliseconds: int) -> datetime:
    """The moment of so many milliseconds since the epoch."""
    try:
        return _EPOCH + milliseconds * _MILLISECOND
    except OverflowError:
        raise wrong(f"The timestamp {milliseconds} is not in milliseconds since 1970.") from None


def number(value: float) -> float | str:
    """A metric's value: JSON has no words for NaN and infinities, so MLflow's messages have texts."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def pair_list(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Params and tags as MLflow lists them."""
    return [{"key": key, "value": value} for key, value in values.items()]


def experiment_form(experiment: Experiment) -> dict[str, Any]:
    """An experiment."""
    return {
        "experiment_id": experiment.id,
        "name": experiment.name,
        "artifact_location": f"mlflow-artifacts:/{experiment.id}",
        "lifecycle_stage": "deleted" if experiment.deleted else "active",
        "creation_time": millis(experiment.created),
        "last_update_time": millis(experiment.updated or experiment.created),
        "tags": pair_list(experiment.tags),
    }


def run_name(run: RunSummary) -> str:
    """MLflow's clients expect a name of every run."""
    return run.name or f"run-{run.number}"


def info_form(run: RunSummary) -> dict[str, Any]:
    """What MLflow calls a run's info."""
    info = {
        "run_id": run.id,
        "run_uuid": run.id,
        "run_name": run_name(run),
        "experiment_id": run.experiment_id,
        "user_id": run.user,
        "status": _TO_STATUS[run.status],
        "start_time": millis(run.started or run.created),
        "artifact_uri": artifact_uri(run),
        "lifecycle_stage": "deleted" if run.deleted else "active",
    }
    if run.ended:
        info["end_time"] = millis(run.ended)
    return info


def artifact_uri(run: RunSummary) -> str:
    """Where a run's outputs are, for MLflow's clients."""
    return f"mlflow-artifacts:/{run.experiment_id}/{run.id}/artifacts"


def run_form(
    run: RunSummary, *, notes: str = "", datasets: Sequence[DataInput] = (), links: Sequence[tuple[str, str, int]] = ()
) -> dict[str, Any]:
    """A run with all its latest values. `links`: input or output, a logged model's id, the step."""
    return {
        "info": info_form(run),
        "data": {
            "metrics": [metric_form(metric) for metric in run.metrics.values()],
            "params": pair_list(run.params),
            "tags": pair_list(tags_of(run, notes)),
        },
        "inputs": {
            "dataset_inputs": [dataset_form(one) for one in datasets],
            "model_inputs": [{"model_id": model} for kind, model, _ in links if kind == "input"],
        },
        "outputs": {"model_outputs": [{"model_id": model, "step": step} for kind, model, step in links if kind == "output"]},
    }


def tags_of(run: RunSummary, notes: str = "") -> dict[str, str]:
    """A run's tags, with those in which MLflow keeps what we keep in fields of their own."""
    found = {**run.tags, NAME_TAG: run_name(run)}
    fields = {PARENT_TAG: run.parent_id, USER_TAG: run.user, NOTE_TAG: notes}
    found |= {key: value for key, value in fields.items() if value}
    if run.script:
        found.setdefault("mlflow.source.name", run.script)
        found.setdefault("mlflow.source.type", "JOB" if run.kind == "job" else "LOCAL")
    return found


def metric_form(metric: MetricSummary) -> dict[str, Any]:
    """The latest value of a metric."""
    when = metric.last_time
    return {
        "key": metric.key,
        "value": number(metric.last),
        "timestamp": round(when * 1000) if when is not None else 0,
        "step": metric.last_step,
    }


def dataset_form(given: DataInput) -> dict[str, Any]:
    """Data that went into a run; what came through our own SDK looks like a local dataset."""
    tags = given.tags if given.kind == "dataset" else {CONTEXT_TAG: given.kind}
    dataset = {
        "name": given.name,
        "digest": given.digest.removeprefix("sha256:")[:36],
        "source_type": given.source_type or "local",
        "source": given.source or given.path,
    }
    if given.columns:
        dataset["schema"] = given.columns
    if given.profile:
        dataset["profile"] = given.profile
    return {"tags": pair_list(tags), "dataset": dataset}


def version_form(version: ModelVersion) -> dict[str, Any]:
    """A version of a registered model."""
    return {
        "name": version.name,
        "version": str(version.version),
        "creation_timestamp": millis(version.created),
        "last_updated_timestamp": millis(version.updated or version.created),
        "user_id": version.user,
        "current_stage": version.stage or "None",
        "description": version.description,
        "source": version.source or stored_uri(version),
        "run_id": version.run_id,
        "run_link": "",
        "status": "READY",
        "tags": pair_list(version.tags),
        "aliases": list(version.aliases),
    }


def stored_uri(version: ModelVersion) -> str:
    """Where the registry's own copy of a version's files is, for MLflow's clients."""
    return f"mlflow-artifacts:/models/{version.name}/{version.version}"
