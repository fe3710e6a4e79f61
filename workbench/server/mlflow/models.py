"""Registered models: names, descriptions, tags and aliases. Their versions are in `versions`."""

from typing import Any

from workbench.base.errors import Conflict
from workbench.models.catalog import CatalogModel
from workbench.schema import ModelVersion
from workbench.server.mlflow.calls import Call, spoken
from workbench.server.mlflow.errors import ProtocolError, exists
from workbench.server.mlflow.forms import millis, pair_list, version_form
from workbench.server.mlflow.matching import found_page
from workbench.server.mlflow.naming import check_alias, check_keys

_STAGES = ("None", "Staging", "Production", "Archived")
_PROMPT = "mlflow.prompt.is_prompt"


def stage_of(version: ModelVersion) -> str:
    """A version's stage; MLflow calls it None when there is none."""
    return version.stage or "None"


def model_form(model: CatalogModel, found: tuple[ModelVersion, ...]) -> dict[str, Any]:
    """A registered model with the latest version of each stage."""
    latest: dict[str, ModelVersion] = {}
    for version in found:  # the newest first
        latest.setdefault(stage_of(version), version)
    return {
        "name": model.name,
        "creation_timestamp": millis(model.created),
        "last_updated_timestamp": millis(model.updated),
        "description": model.description,
        "latest_versions": [version_form(version) for version in latest.values()],
        "tags": pair_list(model.tags),
        "aliases": [{"alias": alias, "version": str(version)} for alias, version in model.aliases.items()],
    }


def _answer(call: Call, model: CatalogModel) -> dict[str, Any]:
    return {"registered_model": model_form(model, _versions(call, model.name))}


def _versions(call: Call, name: str) -> tuple[ModelVersion, ...]:
    from workbench.runs.tables import model_versions

    return call.here.models.find(model_versions.c.name == name)


@spoken("POST registered-models/create")
def create(call: Call) -> dict[str, Any]:
    """A model without versions."""
    name, tags = call.required("name"), call.pairs("tags")
    if tags.get(_PROMPT, "").lower() == "true":
        raise ProtocolError("NOT_IMPLEMENTED", "Workbench does not speak this call of MLflow's: prompts (a model with that tag).")
    check_keys("tag", tags)
    try:
        made = call.here.catalog.create(name, call.text("description"), tags)
    except Conflict:
        raise exists(f"Registered Model (name={name}) already exists.") from None
    return _answer(call, made)


@spoken("GET registered-models/get")
def get(call: Call) -> dict[str, Any]:
    """One model."""
    return _answer(call, call.here.catalog.model(call.required("name")))


@spoken("PATCH registered-models/update")
def update(call: Call) -> dict[str, Any]:
    """Another description."""
    return _answer(call, call.here.catalog.describe(call.required("name"), call.text("description")))


@spoken("POST registered-models/rename")
def rename(call: Call) -> dict[str, Any]:
    """Another name."""
    name, new = call.required("name"), call.required("new_name")
    if new != name and call.here.catalog.models(new):
        raise exists(f"Registered Model (name={new}) already exists.")
    return _answer(call, call.here.catalog.rename(name, new) if new != name else call.here.catalog.model(name))


@spoken("DELETE registered-models/delete")
def delete(call: Call) -> dict[str, Any]:
    """Deletes a model with its versions."""
    call.here.catalog.delete(call.required("name"))
    return {}


@spoken("GET registered-models/search")
def search(call: Call) -> dict[str, Any]:
    """Models by name and tags."""
    versions: dict[str, list[ModelVersion]] = {}
    for version in call.here.models.find():
        versions.setdefault(version.name, []).append(version)
    forms = [model_form(model, tuple(versions.get(model.name, ()))) for model in call.here.catalog.models()]
    names = ("name", "creation_timestamp", "last_updated_timestamp", "timestamp")
    page, token = found_page(call, forms, names, default_size=100, default_order=("name ASC",))
    return {"registered_models": page, **token}


@spoken("GET registered-models/get-latest-versions", "POST registered-models/get-latest-versions")
def get_latest_versions(call: Call) -> dict[str, Any]:
    """The latest version of each stage, or of those that are asked for."""
    model = call.here.catalog.model(call.required("name"))
    stages = {known_stage(stage) for stage in call.texts("stages")}
    found = model_form(model, _versions(call, model.name))["latest_versions"]
    return {"model_versions": [one for one in found if not stages or one["current_stage"] in stages]}


def known_stage(text: str) -> str:
    """The stage that is meant, in its own spelling."""
    for stage in _STAGES:
        if stage.lower() == text.lower():
            return stage
    raise ProtocolError(
        "INVALID_PARAMETER_VALUE", f"Invalid Model Version stage: {text}. Value must be one of {', '.join(_STAGES)}."
    )


@spoken("POST registered-models/set-tag")
def set_tag(call: Call) -> dict[str, Any]:
    """A tag of a model."""
    key = call.required("key")
    check_keys("tag", (key,))
    call.here.catalog.set_tag(call.required("name"), key, call.text("value"))
    return {}


@spoken("DELETE registered-models/delete-tag")
def delete_tag(call: Call) -> dict[str, Any]:
    """Takes a tag of a model away."""
    call.here.catalog.remove_tag(call.required("name"), call.required("key"))
    return {}


@spoken("POST registered-models/alias")
def set_alias(call: Call) -> dict[str, Any]:
    """A name for one version."""
    alias = call.required("alias")
    check_alias(alias)
    call.here.catalog.set_alias(call.required("name"), alias, call.version())
    return {}


@spoken("DELETE registered-models/alias")
def delete_alias(call: Call) -> dict[str, Any]:
    """Takes such a name away."""
    call.here.catalog.remove_alias(call.required("name"), call.required("alias"))
    return {}


@spoken("GET registered-models/alias")
def get_by_alias(call: Call) -> dict[str, Any]:
    """The version that has the name."""
    return {"model_version": version_form(call.here.catalog.by_alias(call.required("name"), call.required("alias")))}
