"""Our records in the form of MLflow's messages: times in milliseconds, texts for what JSON's numbers do not have."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from workbench.runs.datasets import CONTEXT_TAG
from workbench.schema import DataInput, Experiment, ModelVersion, RunStatus
from workbench.server.mlflow.errors import wrong

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FIRST, _LAST = ((datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND for year in (1, 9999))

NAME_TAG = "mlflow.runName"
PARENT_TAG = "mlflow.parentRunId"
USER_TAG = "mlflow.user"
NOTE_TAG = "mlflow.note.content"

FIELD_TAGS = frozenset({NAME_TAG, PARENT_TAG, USER_TAG, NOTE_TAG})
"""Tags in which MLflow keeps what we keep in fields: they are not stored a second time."""

STATUS_NAMES = {
    RunStatus.QUEUED: "SCHEDULED",
    RunStatus.PREPARING: "SCHEDULED",
    RunStatus.RUNNING: "RUNNING",
    RunStatus.FINISHED: "FINISHED",
    RunStatus.FAILED: "FAILED",
    RunStatus.CANCELLED: "KILLED",
    RunStatus.LOST: "FAILED",
}
"""MLflow's names of our states."""

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


def seconds(milliseconds: int) -> float:
    """As `moment`, in seconds since the epoch."""
    if not _FIRST <= milliseconds <= _LAST:
        moment(milliseconds)
    return milliseconds / 1000


def number(value: float) -> float | str:
    """A metric's value: JSON has no words for NaN and infinities, so MLflow's messages have texts."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def json_list(text: str) -> list[Any]:
    """The list that a tag holds as JSON; an empty one for anything else."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return found if isinstance(found, list) else []


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
