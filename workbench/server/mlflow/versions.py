"""Versions of registered models. What lies among our runs' outputs is copied; of anything else the address is kept."""

from typing import Any

from workbench.base.errors import NotFound
from workbench.schema import ModelVersion, Run
from workbench.server.mlflow.access import open_row
from workbench.server.mlflow.artifacts import Place, logged_place, place_of_uri
from workbench.server.mlflow.calls import Call, spoken
from workbench.server.mlflow.errors import missing
from workbench.server.mlflow.forms import stored_uri, version_form
from workbench.server.mlflow.logged_models import add_version, get_row
from workbench.server.mlflow.matching import found_page
from workbench.server.mlflow.models import known_stage
from workbench.server.mlflow.naming import check_keys

_LOGGED = "models:/"


def _version(call: Call) -> ModelVersion:
    name, number = call.required("name"), call.version()
    try:
        return call.here.models.get(name, number)
    except NotFound:
        raise missing(f"Model Version (name={name}, version={number}) not found") from None


@spoken("POST model-versions/create")
def create(call: Call) -> dict[str, Any]:
    """The next version of a model."""
    model = call.here.catalog.model(call.required("name"))
    source, tags = call.required("source"), call.pairs("tags")
    check_keys("tag", tags)
    run_id = call.text("run_id")
    model_id = call.text("model_id") or (source.removeprefix(_LOGGED) if _is_logged(source) else "")
    place = _place(call, source, model_id)
    if place and place.run_id and not run_id:
        run_id = place.run_id
    run = _run(call, run_id)
    files = place.found() if place else None
    made = call.here.models.add(
        model.name,
        files,
        within=next((root for root in place.roots if files.is_relative_to(root)), None) if place and files else None,
        title=f"The folder {source}",
        run=run,
        path=place.shown if place and files else "",
        source=source,
        description=call.text("description"),
        tags={**tags, **({_MODEL_TAG: model_id} if model_id else {})},
    )
    if model_id:
        add_version(call, model_id, made.name, made.version)
    return {"model_version": _form(made)}


_MODEL_TAG = "mlflow.model_id"


def _form(version: ModelVersion) -> dict[str, Any]:
    form = version_form(version)
    if model_id := version.tags.get(_MODEL_TAG):
        form["model_id"] = model_id
        form["tags"] = [tag for tag in form["tags"] if tag["key"] != _MODEL_TAG]
    return form


def _is_logged(source: str) -> bool:
    """Whether it is `models:/m-...`, a logged model, and not `models:/name/1`."""
    return source.startswith(_LOGGED) and "/" not in source.removeprefix(_LOGGED) and "@" not in source


def _place(call: Call, source: str, model_id: str) -> Place | None:
    if model_id:
        return logged_place(call.request, get_row(call, model_id).id)
    return place_of_uri(call.request, source)


def _run(call: Call, run_id: str) -> Run | None:
    if not run_id:
        return None
    open_row(call, run_id, write=False)
    return call.here.store.get(run_id)


@spoken("GET model-versions/get")
def get(call: Call) -> dict[str, Any]:
    """One version."""
    return {"model_version": _form(_version(call))}


@spoken("PATCH model-versions/update")
def update(call: Call) -> dict[str, Any]:
    """Another description."""
    version = _version(call)
    return {"model_version": _form(call.here.catalog.describe_version(version.name, version.version, call.text("description")))}


@spoken("DELETE model-versions/delete")
def delete(call: Call) -> dict[str, Any]:
    """Deletes a version; its model stays."""
    version = _version(call)
    call.here.models.delete(version.name, version.version, keep_model=True)
    return {}


@spoken("GET model-versions/search")
def search(call: Call) -> dict[str, Any]:
    """Versions by name, run and tags."""
    forms = [{**_form(one), "version_number": one.version, "source_path": one.source} for one in call.here.models.find()]
    names = ("name", "run_id", "source_path", "version_number", "creation_timestamp", "last_updated_timestamp")
    order = ("last_updated_timestamp DESC", "name ASC", "version_number DESC")
    page, token = found_page(call, forms, names, default_size=10_000, default_order=order)
    for form in page:
        del form["version_number"], form["source_path"]
    return {"model_versions": page, **token}


@spoken("GET model-versions/get-download-uri")
def get_download_uri(call: Call) -> dict[str, Any]:
    """Where the files are: our copy, or the source that the version was made with."""
    version = _version(call)
    return {"artifact_uri": stored_uri(version) if version.files else version.source}


@spoken("POST model-versions/transition-stage")
def transition_stage(call: Call) -> dict[str, Any]:
    """Another stage."""
    version = _version(call)
    stage, others = known_stage(call.required("stage")), call.flag("archive_existing_versions")
    stored = "" if stage == "None" else stage
    changed = call.here.catalog.set_stage(version.name, version.version, stored, archive_others=others)
    return {"model_version": _form(changed)}


@spoken("POST model-versions/set-tag")
def set_tag(call: Call) -> dict[str, Any]:
    """A tag of a version."""
    version, key = _version(call), call.required("key")
    check_keys("tag", (key,))
    call.here.catalog.set_version_tag(version.name, version.version, key, call.text("value"))
    return {}


@spoken("DELETE model-versions/delete-tag")
def delete_tag(call: Call) -> dict[str, Any]:
    """Takes a tag of a version away."""
    version = _version(call)
    call.here.catalog.remove_version_tag(version.name, version.version, call.required("key"))
    return {}
