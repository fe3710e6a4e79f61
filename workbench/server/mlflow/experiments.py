"""Experiments. MLflow's `0`, the experiment of whoever names none, is called Default and made on demand."""

from typing import Any

import sqlalchemy as sa

from workbench.base.errors import Conflict, NotFound
from workbench.runs.experiments import make_experiment
from workbench.runs.tables import experiments
from workbench.schema import Experiment
from workbench.server.mlflow.calls import Call, spoken
from workbench.server.mlflow.errors import exists, missing, wrong
from workbench.server.mlflow.forms import experiment_form
from workbench.server.mlflow.matching import found_page
from workbench.server.mlflow.naming import check_tags
from workbench.server.scope import check_experiment_scope, run_of_request

_DEFAULT_ID = "0"
_DEFAULT_NAME = "Default"
_VIEWS = {"": "active", "1": "active", "2": "deleted", "3": "all", "ACTIVE_ONLY": "active", "DELETED_ONLY": "deleted", "ALL": "all"}


def view_of(call: Call, name: str) -> str:
    """Which ones are asked for: active, deleted or all."""
    return _VIEWS.get(call.text(name).upper(), "active")


def experiment_of(call: Call, experiment_id: str) -> Experiment:
    """The experiment with this id; the default one is made when it is not there yet. Raises NotFound."""
    store = call.here.store
    try:
        found = store.experiment(experiment_id)
    except NotFound:
        if experiment_id != _DEFAULT_ID:
            raise
        return _default(call)
    if experiment_id not in (found.id, _DEFAULT_ID):  # a name is no id
        raise missing(f"No Experiment with id={experiment_id} exists")
    return found


def active_id(call: Call, experiment_id: str) -> str:
    """The id of the experiment, which takes new runs: one row is read, for runs are made often. Raises for one in the trash."""
    with call.here.database.read() as connection:
        row = connection.execute(_STATE, {"id": experiment_id}).one_or_none()
    if row is None:
        found = experiment_of(call, experiment_id)
        experiment_id, deleted = found.id, found.deleted
    else:
        deleted = row.deleted
    if deleted is not None:
        raise wrong(f"The experiment {experiment_id} must be in the 'active' state. Current state is deleted.")
    return experiment_id


_STATE = sa.select(experiments.c.deleted).where(experiments.c.id == sa.bindparam("id"))


def _default(call: Call) -> Experiment:
    store = call.here.store
    try:
        with store.database.write() as write:
            make_experiment(write, _DEFAULT_NAME, {}, experiment_id=_DEFAULT_ID)
    except Conflict:  # somebody has called one so, or was quicker
        return store.experiment(_DEFAULT_NAME)
    return store.experiment(_DEFAULT_ID)


def _own(call: Call) -> Experiment | None:
    """The experiment of the run whose token the call came with."""
    own = run_of_request(call.request)
    return call.here.store.experiment(call.here.store.get(own).experiment_id) if own else None


@spoken("POST experiments/create")
def create(call: Call) -> dict[str, Any]:
    """A new experiment. Its files are always kept here: an `artifact_location` elsewhere is not taken up."""
    name, tags = call.required("name"), call.pairs("tags")
    check_tags(tags)
    try:
        made = call.here.store.create_experiment(name, tags)
    except Conflict as error:
        raise exists(f"Experiment '{name}' already exists: {error}") from None
    return {"experiment_id": made.id}


@spoken("GET experiments/get")
def get(call: Call) -> dict[str, Any]:
    """One experiment by its id."""
    found = experiment_of(call, call.required("experiment_id"))
    check_experiment_scope(call.request, found.id)
    return {"experiment": experiment_form(found)}


@spoken("GET experiments/get-by-name")
def get_by_name(call: Call) -> dict[str, Any]:
    """One experiment by its name.

    A script in a job may name any: it gets the job's own, so that one that calls `set_experiment` logs into its job's run.
    """
    name = call.required("experiment_name")
    if own := _own(call):
        return {"experiment": experiment_form(own)}
    try:
        found = call.here.store.experiment(name)
    except NotFound:
        if name != _DEFAULT_NAME:
            raise missing(f"Could not find experiment with name '{name}'") from None
        found = _default(call)
    if found.name != name:
        raise missing(f"Could not find experiment with name '{name}'")
    return {"experiment": experiment_form(found)}


@spoken("GET experiments/search", "POST experiments/search")
def search(call: Call) -> dict[str, Any]:
    """Experiments by name, tags and times."""
    view = view_of(call, "view_type")
    found = [one for one in call.here.store.experiments("all") if view == "all" or bool(one.deleted) == (view == "deleted")]
    found.sort(key=lambda one: (one.created, one.id), reverse=True)
    forms = [experiment_form(one) for one in found]
    names = ("name", "experiment_id", "creation_time", "last_update_time")
    page, token = found_page(call, forms, names, default_size=1000, default_order=("last_update_time DESC",))
    return {"experiments": page, **token}


@spoken("POST experiments/delete")
def delete(call: Call) -> dict[str, Any]:
    """Into the trash, with its runs."""
    call.here.store.delete_experiment(experiment_of(call, call.required("experiment_id")).id)
    return {}


@spoken("POST experiments/restore")
def restore(call: Call) -> dict[str, Any]:
    """Back from the trash, with its runs."""
    call.here.store.restore_experiment(experiment_of(call, call.required("experiment_id")).id)
    return {}


@spoken("POST experiments/update")
def update(call: Call) -> dict[str, Any]:
    """Another name."""
    name = call.required("new_name")
    try:
        call.here.store.rename_experiment(experiment_of(call, call.required("experiment_id")).id, name)
    except Conflict as error:
        raise exists(f"Experiment '{name}' already exists: {error}") from None
    return {}


@spoken("POST experiments/set-experiment-tag")
def set_tag(call: Call) -> dict[str, Any]:
    """A tag of an experiment."""
    tag = {call.required("key"): call.text("value")}
    check_tags(tag)
    experiment = experiment_of(call, call.required("experiment_id"))
    for key, value in tag.items():
        call.here.store.set_experiment_tag(experiment.id, key, value)
    return {}


@spoken("POST experiments/delete-experiment-tag")
def delete_tag(call: Call) -> dict[str, Any]:
    """Takes a tag of an experiment away."""
    experiment = experiment_of(call, call.required("experiment_id"))
    key = call.required("key")
    if key not in experiment.tags:
        raise missing(f"No tag with name: {key} in experiment with id {experiment.id}")
    call.here.store.set_experiment_tag(experiment.id, key, "")
    return {}
