"""Runs: made, read, changed, ended; their params and tags.

A run that a job executes has its end from the job manager: what a client says of it is kept as a tag.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from workbench.base.errors import NotFound
from workbench.runs.tables import inputs, jobs, logged_model_links, runs
from workbench.schema import DataInput, LogBatch, Run, RunConfig, RunPatch, RunStatus, RunSummary
from workbench.server.mlflow.access import open_row, open_run, tell, tell_row, write_batch
from workbench.server.mlflow.calls import Call, spoken
from workbench.server.mlflow.errors import missing, wrong
from workbench.server.mlflow.experiments import experiment_of
from workbench.server.mlflow.forms import (
    FIELD_TAGS,
    NAME_TAG,
    NOTE_TAG,
    PARENT_TAG,
    USER_TAG,
    info_form,
    moment,
    run_form,
    status_of,
)
from workbench.server.mlflow.metrics import add_to_models, points_of
from workbench.server.mlflow.naming import check_params, check_tags
from workbench.server.scope import check_experiment_scope, check_run_scope, run_of_request

END_TAG = "mlflow.endStatus"
"""Of a job's run: how its script said that it ends."""

_PIECE = 500


def with_parts(call: Call, found: Sequence[RunSummary]) -> list[dict[str, Any]]:
    """Runs in MLflow's form, with their datasets and models: two queries for five hundred of them."""
    datasets: dict[str, list[DataInput]] = {}
    links: dict[str, list[tuple[str, str, int]]] = {}
    notes: dict[str, str] = {}
    ids = [run.id for run in found]
    with call.here.database.read() as connection:
        for begin in range(0, len(ids), _PIECE):
            piece = ids[begin : begin + _PIECE]
            query = sa.select(inputs.c.run_id, inputs.c.content).where(inputs.c.run_id.in_(piece)).order_by(inputs.c.id)
            for row in connection.execute(query):
                datasets.setdefault(row.run_id, []).append(DataInput.model_validate(row.content))
            for link in connection.execute(sa.select(logged_model_links).where(logged_model_links.c.run_id.in_(piece))):
                links.setdefault(link.run_id, []).append((link.direction, link.model_id, link.step))
            query = sa.select(runs.c.id, runs.c.notes).where(runs.c.id.in_(piece), runs.c.notes != "")
            notes |= {row.id: row.notes for row in connection.execute(query)}
    return [
        run_form(run, notes=notes.get(run.id, ""), datasets=datasets.get(run.id, ()), links=links.get(run.id, ())) for run in found
    ]


@spoken("POST runs/create")
def create(call: Call) -> dict[str, Any]:
    """A new run, which runs. One that a job's script makes lies below the job's run."""
    experiment = experiment_of(call, call.text("experiment_id") or "0")
    check_experiment_scope(call.request, experiment.id)
    if experiment.deleted:
        raise wrong(f"The experiment {experiment.id} must be in the 'active' state. Current state is deleted.")
    tags = call.pairs("tags")
    check_tags(tags)
    name = _one_name(call.text("run_name"), tags.get(NAME_TAG, ""))
    parent = _parent(call, tags.get(PARENT_TAG, ""))
    started = moment(call.whole("start_time", 0)) if call.whole("start_time", 0) else None
    store = call.here.store
    with store.database.write() as write:
        run = store.create_run(
            experiment_id=experiment.id,
            config=RunConfig(),
            project=parent.project if parent else "",
            name=name,
            parent_id=parent.id if parent else None,
            status=RunStatus.RUNNING,
            script=tags.get("mlflow.source.name", ""),
            user=call.text("user_id") or tags.get(USER_TAG, ""),
            tags={key: value for key, value in tags.items() if key not in FIELD_TAGS},
            kind="external",
            started=started,
            connection=write,
        )
        if note := tags.get(NOTE_TAG):
            write.execute(runs.update().where(runs.c.id == run.id).values(notes=note))
    tell(call, run)
    return {"run": run_form(run, notes=tags.get(NOTE_TAG, ""))}


def _one_name(name: str, tag: str) -> str:
    if name and tag and name != tag:
        raise wrong(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            f"(run_name='{name}', mlflow.runName='{tag}')."
        )
    return name or tag


def _parent(call: Call, run_id: str) -> Run | None:
    """The run above a new one: the one that is named, else the one whose token the call came with."""
    own = run_of_request(call.request)
    for wanted in (run_id, own):
        if not wanted:
            continue
        try:
            found = call.here.store.get(wanted)
        except NotFound:
            continue  # MLflow does not look whether the run is there
        check_run_scope(call.request, wanted)
        return found
    return None


@spoken("GET runs/get")
def get(call: Call) -> dict[str, Any]:
    """A run with its latest values."""
    run = open_run(call, call.run_id(), write=False)
    (form,) = with_parts(call, [run])
    return {"run": form}


@spoken("POST runs/update")
def update(call: Call) -> dict[str, Any]:
    """Another state, end or name."""
    run = open_run(call, call.run_id())
    store = call.here.store
    if name := call.text("run_name"):
        _set_tags(call, run.id, {NAME_TAG: name})
        run = store.get(run.id)
    if call.given("status"):
        status = status_of(call.text("status"))
        ended = moment(call.whole("end_time", 0)) if call.whole("end_time", 0) else None
        if _has_job(call, run.id):
            if status.is_final:
                store.log_batch(run.id, LogBatch(tags={END_TAG: call.text("status")}))
        elif run.status.is_final and not status.is_final:
            run = store.reopen(run.id)
        elif run.status.is_final:
            run = _end_again(call, run, status, ended or run.ended)
        else:
            run = store.set_status(run.id, status, ended=ended)
    tell(call, run)
    return {"run_info": info_form(run)}


def _end_again(call: Call, run: Run, status: RunStatus, ended: Any) -> Run:
    """Corrects the end of a run that no job executes."""
    with call.here.database.write() as write:
        write.execute(runs.update().where(runs.c.id == run.id).values(status=status.value, ended=ended))
    return call.here.store.get(run.id)


def _has_job(call: Call, run_id: str) -> bool:
    with call.here.database.read() as connection:
        return connection.execute(sa.select(jobs.c.run_id).where(jobs.c.run_id == run_id)).first() is not None


@spoken("POST runs/delete")
def delete(call: Call) -> dict[str, Any]:
    """Into the trash, with its children."""
    run = open_run(call, call.run_id(), trashed=True)
    call.here.store.trash(run.id)
    tell(call, run)
    return {}


@spoken("POST runs/restore")
def restore(call: Call) -> dict[str, Any]:
    """Back from the trash."""
    run = open_run(call, call.run_id(), trashed=True)
    call.here.store.untrash(run.id)
    tell(call, run)
    return {}


@spoken("POST runs/log-parameter")
def log_parameter(call: Call) -> dict[str, Any]:
    """A param, once and for all."""
    run_id = call.run_id()
    params = {call.required("key"): call.text("value")}
    check_params(params)
    write_batch(call, run_id, LogBatch(params=params))
    return {}


@spoken("POST runs/log-batch")
def log_batch(call: Call) -> dict[str, Any]:
    """Metrics, params and tags in one transaction."""
    run_id = call.run_id()
    sent = call.items("metrics")
    params: dict[str, str] = {}
    for one in call.items("params"):
        key, value = str(one.get("key", "")), str(one.get("value", ""))
        if params.setdefault(key, value) != value:
            raise _changed(run_id, key, params[key], value)
    check_params(params)
    tags = call.pairs("tags")
    check_tags(tags)
    plain = {key: value for key, value in tags.items() if key not in FIELD_TAGS}
    write_batch(call, run_id, LogBatch(metrics=points_of(sent), params=params, tags=plain))
    if len(plain) < len(tags):
        _set_tags(call, run_id, {key: value for key, value in tags.items() if key in FIELD_TAGS})
    add_to_models(call, run_id, sent)
    return {}


def _changed(run_id: str, key: str, before: str, after: str) -> Exception:
    return wrong(
        f"Changing param values is not allowed. Param with key='{key}' was already logged with value='{before}' "
        f"for run ID='{run_id}'. Attempted logging new value '{after}'."
    )


@spoken("POST runs/set-tag")
def set_tag(call: Call) -> dict[str, Any]:
    """A tag; some of MLflow's own are fields of ours."""
    run_id = call.run_id()
    tag = {call.required("key"): call.text("value")}
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
    if (parent := tags.get(PARENT_TAG)) and parent != run_id and _is_there(call, parent):
        check_run_scope(call.request, parent)
        values["parent_id"] = parent
    if values:
        with call.here.database.write() as write:
            write.execute(runs.update().where(runs.c.id == run_id).values(**values))
    tell(call, store.get(run_id))


def _is_there(call: Call, run_id: str) -> bool:
    with call.here.database.read() as connection:
        return connection.execute(sa.select(runs.c.id).where(runs.c.id == run_id)).first() is not None


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
    run = open_run(call, run_id)
    try:
        told = json.loads(call.required("model_json"))
    except ValueError:
        raise wrong("Malformed model info: model_json is not valid JSON.") from None
    needed = {"artifact_path", "flavors", "utc_time_created", "run_id"}
    if not isinstance(told, dict) or needed - told.keys():
        raise wrong(f"Model json is missing mandatory fields: {', '.join(sorted(needed - set(told)))}")
    history = json.loads(run.tags.get(_HISTORY_TAG, "[]"))
    call.here.store.log_batch(run_id, LogBatch(tags={_HISTORY_TAG: json.dumps([*history, told])}))
    return {}


_HISTORY_TAG = "mlflow.log-model.history"
