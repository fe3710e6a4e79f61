"""Runs: made, read, changed, ended; their params and tags.

A run that a job executes has its end from the job manager: what a client says of it is kept as a tag.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import NotFound
from workbench.runs.tables import jobs, runs
from workbench.schema import LogBatch, RunConfig, RunPatch, RunStatus
from workbench.server.mlflow.access import checked_row, open_row, tell_row, write_batch
from workbench.server.mlflow.calls import Call, spoken
from workbench.server.mlflow.errors import missing, wrong
from workbench.server.mlflow.experiments import active_id
from workbench.server.mlflow.forms import FIELD_TAGS, NAME_TAG, NOTE_TAG, PARENT_TAG, USER_TAG, json_list, moment, status_of
from workbench.server.mlflow.metrics import add_to_models, points_of
from workbench.server.mlflow.naming import check_params, check_tags
from workbench.server.mlflow.reading import info_of, new_form, run_forms
from workbench.server.scope import check_experiment_scope, check_run_scope, run_of_request

END_TAG = "mlflow.endStatus"
"""Of a job's run: how its script said that it ends."""

_AUTOLOG_TAG = "mlflow.autologging"
_AGAIN_TAG = "mlflow.takenUpAgain"
_OF_ITS_OWN = {NAME_TAG, PARENT_TAG, NOTE_TAG, _AUTOLOG_TAG}
"""Tags of a new run that is meant to be one."""

_CONFIG = RunConfig()
_END = (
    runs.update()
    .where(runs.c.id == sa.bindparam("id_"))
    .values(status=sa.bindparam("status"), ended=sa.bindparam("ended"), updated=sa.bindparam("updated"), reason="")
)
_JOB = sa.select(jobs.c.run_id).where(jobs.c.run_id == sa.bindparam("id"))


@spoken("POST runs/create")
def create(call: Call) -> dict[str, Any]:
    """A new run, which runs. One that a job's script makes lies below the job's run."""
    experiment_id = active_id(call, call.text("experiment_id") or "0")
    check_experiment_scope(call.request, experiment_id)
    tags = call.pairs("tags")
    check_tags(tags)
    if taken := _taken_up_again(call, tags):
        return {"run": taken}
    started = call.whole("start_time", 0)
    parent = _parent(call, tags.get(PARENT_TAG, ""))
    kept = {key: value for key, value in tags.items() if key not in FIELD_TAGS}
    run = call.here.store.create_run(
        experiment_id=experiment_id,
        config=_CONFIG,
        project=parent.project if parent else "",
        name=_one_name(call.text("run_name"), tags.get(NAME_TAG, "")),
        parent_id=parent.id if parent else None,
        status=RunStatus.RUNNING,
        script=tags.get("mlflow.source.name", ""),
        user=call.text("user_id") or tags.get(USER_TAG, ""),
        tags=kept,
        kind="external",
        started=moment(started) if started else None,
    )
    notes = tags.get(NOTE_TAG, "")
    if notes:
        call.here.store.patch(run.id, RunPatch(notes=notes))
    tell_row(call, run)
    return {"run": new_form(run, kept, notes)}


def _taken_up_again(call: Call, tags: Mapping[str, str]) -> dict[str, Any] | None:
    """The run whose token the call came with, if autologging took it up for one training and let it go: what the script logs next,
    in a run that it did not name, belongs to it too. Clients know `MLFLOW_RUN_ID` until the first end alone. Once for each run."""
    own = run_of_request(call.request)
    if own is None or call.text("run_name") or not tags.keys().isdisjoint(_OF_ITS_OWN):
        return None
    known = call.here.store.get(own).tags
    if _AUTOLOG_TAG not in known or END_TAG not in known or _AGAIN_TAG in known:
        return None
    call.here.store.log_batch(own, LogBatch(tags={_AGAIN_TAG: "true"}))
    with call.here.database.read() as connection:
        return run_forms(connection, (own,))[0]


def _one_name(name: str, tag: str) -> str:
    if name and tag and name != tag:
        raise wrong(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            f"(run_name='{name}', mlflow.runName='{tag}')."
        )
    return name or tag


def _parent(call: Call, run_id: str) -> Any:
    """The row of the run above a new one: the one that is named, else the one whose token the call came with."""
    own = run_of_request(call.request)
    for wanted in filter(None, (run_id, own)):
        with call.here.database.read() as connection:
            row = connection.execute(sa.select(runs.c.id, runs.c.project).where(runs.c.id == wanted)).one_or_none()
        if row is not None:  # MLflow does not look whether the run is there
            check_run_scope(call.request, wanted)
            return row
    return None


@spoken("GET runs/get")
def get(call: Call) -> dict[str, Any]:
    """A run with its latest values."""
    run_id = call.run_id()
    check_run_scope(call.request, run_id, write=False)
    with call.here.database.read() as connection:
        found = run_forms(connection, (run_id,))
    if not found:
        raise missing(f"Run with id={run_id} not found")
    return {"run": found[0]}


@spoken("POST runs/update")
def update(call: Call) -> dict[str, Any]:
    """Another state, end or name."""
    run_id, name, ended = call.run_id(), call.text("run_name"), call.whole("end_time", 0)
    status = status_of(call.text("status")) if call.given("status") else None
    at = moment(ended) if ended else None

    def work(write: sa.Connection) -> Any:
        row = checked_row(call, write, run_id)
        store = call.here.store
        if name:
            write.execute(runs.update().where(runs.c.id == run_id).values(name=name))
        if status is not None and write.execute(_JOB, {"id": run_id}).one_or_none() is not None:
            if status.is_final:
                store.log_batch(run_id, LogBatch(tags={END_TAG: call.text("status")}), connection=write)
        elif status is not None:
            now = utc_now()
            end = (at or row.ended or now) if status.is_final else None  # a run that goes on has none until it ends again
            write.execute(_END, {"id_": run_id, "status": status.value, "ended": end, "updated": now})
        return checked_row(call, write, run_id)

    row = call.here.database.grouped(work)
    tell_row(call, row)
    return {"run_info": info_of(row)}


@spoken("POST runs/delete")
def delete(call: Call) -> dict[str, Any]:
    """Into the trash, with its children."""
    row = open_row(call, call.run_id(), trashed=True)
    call.here.store.trash(row.id)
    tell_row(call, row)
    return {}


@spoken("POST runs/restore")
def restore(call: Call) -> dict[str, Any]:
    """Back from the trash."""
    row = open_row(call, call.run_id(), trashed=True)
    call.here.store.untrash(row.id)
    tell_row(call, row)
    return {}


@spoken("POST runs/log-parameter")
def log_parameter(call: Call) -> dict[str, Any]:
    """A param, once and for all."""
    run_id, params = call.run_id(), {call.required("key"): call.text("value")}
    check_params(params)
    write_batch(call, run_id, LogBatch(params=params))
    return {}


@spoken("POST runs/log-batch")
def log_batch(call: Call) -> dict[str, Any]:
    """Metrics, params and tags in one transaction."""
    run_id, sent = call.run_id(), call.items("metrics")
    params: dict[str, str] = {}
    for one in call.items("params"):
        key, value = str(one.get("key", "")), str(one.get("value", ""))
        if params.setdefault(key, value) != value:
            raise wrong(
                f"Changing param values is not allowed. Param with key='{key}' was already logged with value='{params[key]}' "
                f"for run ID='{run_id}'. Attempted logging new value '{value}'."
            )
    check_params(params)
    tags = call.pairs("tags")
    check_tags(tags)
    plain = {key: value for key, value in tags.items() if key not in FIELD_TAGS}
    write_batch(call, run_id, LogBatch(params=params, tags=plain), points_of(sent))
    if len(plain) < len(tags):
        _set_tags(call, run_id, {key: value for key, value in tags.items() if key in FIELD_TAGS})
    add_to_models(call, run_id, sent)
    return {}


@spoken("POST runs/set-tag")
def set_tag(call: Call) -> dict[str, Any]:
    """A tag; some of MLflow's own are fields of ours."""
    run_id, tag = call.run_id(), {call.required("key"): call.text("value")}
    check_tags(tag)
    open_row(call, run_id)
    _set_tags(call, run_id, tag)
    return {}


def _set_tags(call: Call, run_id: str, tags: Mapping[str, str]) -> None:
    store = call.here.store
    plain = {key: value for key, value in tags.items() if key not in FIELD_TAGS}
    if plain:
        store.log_batch(run_id, LogBatch(tags=plain))
    if tags.get(NAME_TAG) or NOTE_TAG in tags:
        store.patch(run_id, RunPatch(name=tags.get(NAME_TAG) or None, notes=tags.get(NOTE_TAG)))
    values: dict[str, Any] = {}
    if user := tags.get(USER_TAG):
        values["user"] = user
    if (parent := tags.get(PARENT_TAG)) and parent != run_id and _may_be_above(call, parent, run_id):
        values["parent_id"] = parent
    if values:
        with call.here.database.write() as write:
            write.execute(runs.update().where(runs.c.id == run_id).values(**values))
    tell_row(call, open_row(call, run_id))


def _may_be_above(call: Call, parent: str, run_id: str) -> bool:
    """Whether the run is there, and not below the other one: runs are a tree."""
    try:
        above = call.here.store.ancestors(parent)
        call.here.store.get(parent)
    except NotFound:
        return False
    check_run_scope(call.request, parent)
    if run_id in {one.id for one in above}:
        raise wrong(f"Run {parent} lies below run {run_id}: it cannot be its parent.")
    return True


@spoken("POST runs/delete-tag")
def delete_tag(call: Call) -> dict[str, Any]:
    """Takes a tag away."""
    run_id, key = call.run_id(), call.required("key")
    row = open_row(call, run_id)
    if key == NOTE_TAG:
        call.here.store.patch(run_id, RunPatch(notes=""))
        return {}
    try:
        call.here.store.remove_tag(run_id, key)
    except NotFound:
        raise missing(f"No tag with name: {key} in run with id {run_id}") from None
    tell_row(call, row)
    return {}


@spoken("POST runs/log-model")
def log_model(call: Call) -> dict[str, Any]:
    """What a client of the 2.x line tells of a model among the run's outputs; kept as its history tag, as MLflow does."""
    run_id = call.run_id()
    open_row(call, run_id)
    try:
        told = json.loads(call.required("model_json"))
    except ValueError:
        raise wrong("Malformed model info: model_json is not valid JSON.") from None
    needed = {"artifact_path", "flavors", "utc_time_created", "run_id"}
    if lacking := needed - (told.keys() if isinstance(told, dict) else set()):
        raise wrong(f"Model json is missing mandatory fields: {', '.join(sorted(lacking))}")
    history = json_list(call.here.store.get(run_id).tags.get(_HISTORY_TAG, ""))
    call.here.store.log_batch(run_id, LogBatch(tags={_HISTORY_TAG: json.dumps([*history, told])}))
    return {}


_HISTORY_TAG = "mlflow.log-model.history"
