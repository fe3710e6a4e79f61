"""Runs in MLflow's form, straight from the rows: long lists are read often, and need nothing of what our own types check."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from workbench.runs.conditions import artifact_uri
from workbench.runs.tables import inputs, logged_model_links, metric_latest, params, runs, tags
from workbench.schema import DataInput, RunStatus
from workbench.server.mlflow.forms import NAME_TAG, NOTE_TAG, PARENT_TAG, STATUS_NAMES, USER_TAG, dataset_form, millis, number

_PIECE = 500  # ids of one query: databases take a limited number of parameters
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_NAMES = (
    "id", "number", "name", "experiment_id", "user", "status", "created", "started", "ended", "deleted", "parent_id", "script",
    "kind", "project",
)  # fmt: skip

ROW = tuple(runs.c[name] for name in _NAMES)
"""The columns of a run's info."""

_RUNS = sa.select(*ROW, runs.c.notes).where(runs.c.id.in_(_IDS))
_PARAMS = sa.select(params.c.run_id, params.c.key, params.c.value).where(params.c.run_id.in_(_IDS)).order_by(params.c.key)
_TAGS = sa.select(tags.c.run_id, tags.c.key, tags.c.value).where(tags.c.run_id.in_(_IDS)).order_by(tags.c.key)
_METRICS = (
    sa.select(
        metric_latest.c.run_id, metric_latest.c.key, metric_latest.c.last, metric_latest.c.last_step, metric_latest.c.last_time
    )
    .where(metric_latest.c.run_id.in_(_IDS))
    .order_by(metric_latest.c.key)
)
_INPUTS = sa.select(inputs.c.run_id, inputs.c.content).where(inputs.c.run_id.in_(_IDS)).order_by(inputs.c.id)
_LINKS = sa.select(
    logged_model_links.c.run_id, logged_model_links.c.direction, logged_model_links.c.model_id, logged_model_links.c.step
).where(logged_model_links.c.run_id.in_(_IDS))


def info_of(row: Any) -> dict[str, Any]:
    """A run's info; `row` has the columns of `ROW`."""
    info = {
        "run_id": row.id,
        "run_uuid": row.id,
        "run_name": shown_name(row),
        "experiment_id": row.experiment_id,
        "user_id": row.user,
        "status": STATUS_NAMES[RunStatus(row.status)],
        "start_time": millis(row.started or row.created),
        "artifact_uri": artifact_uri(row.experiment_id, row.id),
        "lifecycle_stage": "deleted" if row.deleted else "active",
    }
    if row.ended:
        info["end_time"] = millis(row.ended)
    return info


def shown_name(row: Any) -> str:
    """MLflow's clients expect a name of every run."""
    return str(row.name or f"run-{row.number}")


def run_forms(connection: sa.Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The runs with these ids, in their order, with all their latest values; unknown ones are left out."""
    forms: dict[str, dict[str, Any]] = {}
    for begin in range(0, len(ids), _PIECE):
        given = {"ids": list(ids[begin : begin + _PIECE])}
        for row in connection.execute(_RUNS, given):
            forms[row.id] = _empty(row)
        for run_id, key, value in connection.execute(_PARAMS, given).all():
            forms[run_id]["data"]["params"].append({"key": key, "value": value})
        for run_id, key, value in connection.execute(_TAGS, given).all():
            forms[run_id]["data"]["tags"].append({"key": key, "value": value})
        for run_id, key, last, step, time in connection.execute(_METRICS, given).all():
            forms[run_id]["data"]["metrics"].append(
                {
                    "key": key,
                    "value": "NaN" if last is None else number(last),
                    "timestamp": round(time * 1000) if time is not None else 0,
                    "step": step,
                }
            )
        for run_id, content in connection.execute(_INPUTS, given).all():
            forms[run_id]["inputs"]["dataset_inputs"].append(dataset_form(DataInput.model_validate(content)))
        for run_id, direction, model_id, step in connection.execute(_LINKS, given).all():
            if direction == "input":
                forms[run_id]["inputs"]["model_inputs"].append({"model_id": model_id})
            else:
                forms[run_id]["outputs"]["model_outputs"].append({"model_id": model_id, "step": step})
    for form in forms.values():
        form["data"]["tags"] = merged_tags(form["data"]["tags"], form.pop("fields"))
    return [forms[run_id] for run_id in ids if run_id in forms]


def new_form(row: Any, given: dict[str, str], notes: str) -> dict[str, Any]:
    """A run that was just made: it has its tags and nothing else."""
    form = _empty(row, notes)
    form["data"]["tags"] = merged_tags([{"key": key, "value": value} for key, value in given.items()], form.pop("fields"))
    return form


def _empty(row: Any, notes: str | None = None) -> dict[str, Any]:
    fields = {NAME_TAG: shown_name(row), PARENT_TAG: row.parent_id, USER_TAG: row.user}
    fields[NOTE_TAG] = row.notes if notes is None else notes
    if row.script:
        fields |= {"mlflow.source.name": row.script, "mlflow.source.type": "JOB" if row.kind == "job" else "LOCAL"}
    return {
        "info": info_of(row),
        "data": {"metrics": [], "params": [], "tags": []},
        "inputs": {"dataset_inputs": [], "model_inputs": []},
        "outputs": {"model_outputs": []},
        "fields": {key: value for key, value in fields.items() if value},
    }


_OURS = frozenset({NAME_TAG, PARENT_TAG, USER_TAG, NOTE_TAG})


def merged_tags(kept: list[dict[str, str]], fields: dict[str, str]) -> list[dict[str, str]]:
    """A run's tags, with those in which MLflow keeps what we keep in fields. Of the source the tag goes before the field."""
    named = {tag["key"] for tag in kept}
    own = [tag for tag in kept if not (tag["key"] in _OURS and tag["key"] in fields)]
    return own + [{"key": key, "value": value} for key, value in fields.items() if key in _OURS or key not in named]
