"""Registered models, and lineage."""

from typing import Literal

from fastapi import APIRouter, Request

from workbench.base.errors import NotFound
from workbench.schema import Lineage, ModelRequest, ModelSummary, ModelVersion
from workbench.server.routes.deps import Here
from workbench.server.scope import check_run_scope

router = APIRouter(tags=["models"])


@router.get("/models")
def list_models(here: Here) -> tuple[ModelSummary, ...]:
    """All models, by name."""
    return here.models.list()


@router.post("/models", status_code=201)
def register(here: Here, request: ModelRequest, http: Request) -> ModelVersion:
    """Registers an output of a run as the next version of a model."""
    run_id = here.store.resolve(request.run_id)
    check_run_scope(http, run_id)
    return here.models.register(request.model_copy(update={"run_id": run_id}))


@router.get("/models/{name}")
def list_versions(here: Here, name: str) -> tuple[ModelVersion, ...]:
    """All versions of a model, the latest first."""
    return here.models.versions(name)


@router.get("/models/{name}/{version}")
def read_version(here: Here, name: str, version: str) -> ModelVersion:
    """A version of a model, by number or `latest`."""
    return here.models.get(name, None if version == "latest" else _number(name, version))


@router.delete("/models/{name}", status_code=204)
def delete_model(here: Here, name: str) -> None:
    """Deletes a model with all versions."""
    here.models.delete(name)


@router.delete("/models/{name}/{version}", status_code=204)
def delete_version(here: Here, name: str, version: str) -> None:
    """Deletes a version."""
    here.models.delete(name, _number(name, version))


@router.get("/lineage/{kind}")
def lineage(here: Here, kind: Literal["data", "preparation", "run", "model", "service"], id: str) -> Lineage:  # noqa: A002
    """The breadcrumb around one thing."""
    return here.models.lineage(kind, here.store.resolve(id) if kind == "run" else id)


def _number(name: str, version: str) -> int:
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotFound(f"{name} has no version {version!r}.", hint="Versions are numbers, or: latest")
    return int(version)
