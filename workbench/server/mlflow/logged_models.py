"""Logged models, MLflow 3's name for the models that runs make: their files are among the run's outputs."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.ids import new_id
from workbench.runs.tables import artifacts, logged_models
from workbench.server.mlflow.access import open_row
from workbench.server.mlflow.artifacts import logged_place
from workbench.server.mlflow.calls import Call, spoken
from workbench.server.mlflow.errors import missing, wrong
from workbench.server.mlflow.experiments import experiment_of
from workbench.server.mlflow.forms import json_list, millis, pair_list
from workbench.server.mlflow.matching import found_page
from workbench.server.mlflow.naming import check_params, check_tags
from workbench.server.scope import check_experiment_scope, check_run_scope

_STATUS = {
    "1": "LOGGED_MODEL_PENDING",
    "2": "LOGGED_MODEL_READY",
    "3": "LOGGED_MODEL_UPLOAD_FAILED",
}
_DELETED = "DELETED"
_VERSIONS_TAG = "mlflow.modelVersions"


def get_row(call: Call, model_id: str, *, write: bool = False, deleted: bool = False) -> Any:
    """The row of a logged model, when the call may touch it. Raises when there is none."""
    with call.here.database.read() as connection:
        row = connection.execute(sa.select(logged_models).where(logged_models.c.id == model_id)).one_or_none()
    if row is None or (row.status == _DELETED and not deleted):
        raise missing(f"Logged model with ID '{model_id}' not found.")
    if row.run_id:
        check_run_scope(call.request, row.run_id, write=write)
    else:
        check_experiment_scope(call.request, row.experiment_id)
    return row


def model_uri(row: Any) -> str:
    """Where the files are, for MLflow's clients."""
    return f"mlflow-artifacts:/{row.experiment_id}/models/{row.id}/artifacts"


def model_form(row: Any) -> dict[str, Any]:
    """A logged model."""
    content = row.content
    return {
        "info": {
            "model_id": row.id,
            "experiment_id": row.experiment_id,
            "name": row.name,
            "creation_timestamp_ms": millis(row.created),
            "last_updated_timestamp_ms": millis(row.updated),
            "artifact_uri": model_uri(row),
            "status": row.status if row.status != _DELETED else "LOGGED_MODEL_READY",
            "model_type": row.kind,
            "source_run_id": row.run_id,
            "tags": pair_list(content["tags"]),
        },
        "data": {"params": pair_list(content["params"]), "metrics": list(content["metrics"])},
    }


@spoken("POST logged-models")
def create(call: Call) -> dict[str, Any]:
    """A model whose files are about to come."""
    experiment = experiment_of(call, call.required("experiment_id"))
    check_experiment_scope(call.request, experiment.id)
    run_id = call.text("source_run_id")
    if run_id:
        open_row(call, run_id)
    params, tags = call.pairs("params"), call.pairs("tags")
    check_params(params)
    check_tags(tags)
    model_id, now = f"m-{new_id()}", utc_now()
    name = call.text("name") or f"model-{model_id[-8:]}"
    if re.search(r"[/:.%\"']", name):
        raise wrong(f"Invalid model name ({name!r}): it must not contain slashes, colons, periods, percent signs or quotes.")
    with call.here.database.write() as write:
        content = {"params": params, "tags": tags, "metrics": [], "folder": _folder(write, run_id, name, model_id)}
        values = {
            "id": model_id,
            "experiment_id": experiment.id,
            "run_id": run_id,
            "name": name,
            "status": _STATUS["1"],
            "kind": call.text("model_type"),
            "created": now,
            "updated": now,
            "content": content,
        }
        write.execute(logged_models.insert().values(**values))
    return _answer(call, model_id)


def _folder(write: sa.Connection, run_id: str, name: str, model_id: str) -> str:
    """The folder of the run's outputs that the model gets: its name, unless that one is taken."""
    taken = {str(one["folder"]) for one in write.execute(_contents(run_id)).scalars()}
    beginning = sa.or_(artifacts.c.path == name, artifacts.c.path.startswith(name + "/", autoescape=True))
    used = write.execute(sa.select(artifacts.c.path).where(artifacts.c.run_id == run_id, beginning).limit(1)).first()
    return f"{name}-{model_id[-8:]}" if name in taken or used else name


def _contents(run_id: str) -> sa.Select[Any]:
    return sa.select(logged_models.c.content).where(logged_models.c.run_id == run_id)


def _answer(call: Call, model_id: str) -> dict[str, Any]:
    return {"model": model_form(get_row(call, model_id, deleted=True))}


@spoken("GET logged-models/{model_id}")
def get(call: Call) -> dict[str, Any]:
    """One model."""
    return {"model": model_form(get_row(call, call.required("model_id"), deleted=call.flag("allow_deleted")))}


@spoken("PATCH logged-models/{model_id}")
def finalize(call: Call) -> dict[str, Any]:
    """The files have come, or failed to."""
    row = get_row(call, call.required("model_id"), write=True)
    status = call.required("status")
    status = _STATUS.get(status, status)
    if status not in _STATUS.values():
        raise wrong(f"Invalid value {status!r} for parameter 'status' supplied.")
    _change(call, row.id, lambda content: content, status=status)
    return _answer(call, row.id)


@spoken("DELETE logged-models/{model_id}")
def delete(call: Call) -> dict[str, Any]:
    """Takes a model out of the lists; its files stay with the run."""
    row = get_row(call, call.required("model_id"), write=True)
    _change(call, row.id, lambda content: content, status=_DELETED)
    return {}


@spoken("PATCH logged-models/{model_id}/tags")
def set_tags(call: Call) -> dict[str, Any]:
    """Tags of a model."""
    row, tags = get_row(call, call.required("model_id"), write=True), call.pairs("tags")
    check_tags(tags)
    _change(call, row.id, lambda content: {**content, "tags": {**content["tags"], **tags}})
    return _answer(call, row.id)


@spoken("DELETE logged-models/{model_id}/tags/{tag_key}")
def delete_tag(call: Call) -> dict[str, Any]:
    """Takes a tag of a model away."""
    row, key = get_row(call, call.required("model_id"), write=True), call.required("tag_key")
    if key not in row.content["tags"]:
        raise missing(f"No tag with key {key!r} found for model with ID {row.id!r}.")
    _change(
        call,
        row.id,
        lambda content: {**content, "tags": {known: value for known, value in content["tags"].items() if known != key}},
    )
    return {}


@spoken("POST logged-models/{model_id}/params")
def log_params(call: Call) -> dict[str, Any]:
    """Params of a model."""
    row, params = get_row(call, call.required("model_id"), write=True), call.pairs("params")
    check_params(params)
    _change(call, row.id, lambda content: {**content, "params": {**content["params"], **params}})
    return {}


@spoken("GET logged-models/{model_id}/artifacts/directories")
def list_artifacts(call: Call) -> dict[str, Any]:
    """A model's files in one folder."""
    row = get_row(call, call.required("model_id"))
    path = call.text("artifact_directory_path")
    files = logged_place(call.request, row.id).below(path).entries()
    shown = [{**one, "path": f"{path.rstrip('/')}/{one['path']}" if path else one["path"]} for one in files]
    return {"root_uri": model_uri(row), "files": shown}


@spoken("POST logged-models/search")
def search(call: Call) -> dict[str, Any]:
    """Models of some experiments, by what is known of them."""
    ids = [experiment_of(call, one).id for one in call.texts("experiment_ids")]
    if not ids:
        raise wrong("Missing value for required parameter 'experiment_ids'.")
    for one in ids:
        check_experiment_scope(call.request, one)
    query = sa.select(logged_models).where(logged_models.c.experiment_id.in_(ids), logged_models.c.status != _DELETED)
    with call.here.database.read() as connection:
        rows = connection.execute(query.order_by(logged_models.c.created.desc(), logged_models.c.id)).all()
    datasets = call.items("datasets")
    forms = [_searched(row) for row in rows if not datasets or _measured_on(row, datasets)]
    orders = [
        f"{one.get('field_name', '')} {'ASC' if one.get('ascending', True) in (True, 'true') else 'DESC'}"
        for one in call.items("order_by")
    ]
    names = ("name", "model_id", "model_type", "status", "source_run_id", "creation_timestamp", "last_updated_timestamp")
    default = ("creation_timestamp DESC", "model_id ASC")
    page, token = found_page(call, forms, names, default_size=50, default_order=default, order_by=orders)
    return {"models": [form["model"] for form in page], **token}


def _searched(row: Any) -> dict[str, Any]:
    form = model_form(row)
    info = form["info"]
    return {
        **info,
        "creation_timestamp": info["creation_timestamp_ms"],
        "last_updated_timestamp": info["last_updated_timestamp_ms"],
        "status": info["status"].removeprefix("LOGGED_MODEL_"),
        "params": form["data"]["params"],
        "metrics": form["data"]["metrics"],
        "model": form,
    }


def _measured_on(row: Any, datasets: Sequence[Mapping[str, Any]]) -> bool:
    for metric in row.content["metrics"]:
        for one in datasets:
            same_name = metric.get("dataset_name") == one.get("dataset_name")
            if same_name and one.get("dataset_digest") in (None, "", metric.get("dataset_digest")):
                return True
    return False


def add_metrics(call: Call, run_id: str, sent: Sequence[Mapping[str, Any]]) -> None:
    """Keeps the latest value of each metric with the models that they belong to; all points are in the run."""
    by_model: dict[str, list[Mapping[str, Any]]] = {}
    for one in sent:
        by_model.setdefault(str(one["model_id"]), []).append(one)
    for model_id, found in by_model.items():
        get_row(call, model_id, write=True)
        _change(call, model_id, _merging(run_id, found))


def _merging(run_id: str, sent: Sequence[Mapping[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda content: {**content, "metrics": _merged(content["metrics"], run_id, sent)}


def _merged(known: Sequence[Mapping[str, Any]], run_id: str, sent: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    latest = {_metric_key(one): dict(one) for one in known}
    for one in sent:
        key = _metric_key(one)
        point = {
            "key": one["key"],
            "value": one["value"],
            "timestamp": int(one["timestamp"]),
            "step": int(one.get("step") or 0),
            "model_id": one["model_id"],
            "run_id": run_id,
            **{name: one[name] for name in ("dataset_name", "dataset_digest") if one.get(name)},
        }
        before = latest.get(key)
        if before is None or (point["step"], point["timestamp"]) >= (before["step"], before["timestamp"]):
            latest[key] = point
    return list(latest.values())


def _metric_key(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(one["key"]), str(one.get("dataset_name") or ""), str(one.get("dataset_digest") or "")


def add_version(call: Call, model_id: str, name: str, version: int) -> None:
    """Notes with a logged model that it was registered."""

    def noted(content: dict[str, Any]) -> dict[str, Any]:
        known = json_list(content["tags"].get(_VERSIONS_TAG, ""))
        versions = json.dumps([*known, {"name": name, "version": version}])
        return {**content, "tags": {**content["tags"], _VERSIONS_TAG: versions}}

    _change(call, model_id, noted)


def _change(call: Call, model_id: str, changed: Callable[[dict[str, Any]], dict[str, Any]], **values: Any) -> None:
    """Changes what is kept of a model, in one transaction."""

    def work(write: sa.Connection) -> None:
        where = logged_models.c.id == model_id
        content = write.execute(sa.select(logged_models.c.content).where(where)).scalar_one()
        write.execute(logged_models.update().where(where).values(content=changed(content), updated=utc_now(), **values))

    call.here.database.grouped(work)
