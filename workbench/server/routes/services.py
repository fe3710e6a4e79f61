"""Deployed services."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from workbench.schema import LogChunk, ScoreReply, Service, ServiceRequest
from workbench.server.routes.deps import Here

router = APIRouter(tags=["services"])


@router.get("/services")
def list_services(here: Here) -> tuple[Service, ...]:
    """All services, by name."""
    return here.services.list()


@router.post("/services", status_code=201)
def create_service(here: Here, request: ServiceRequest) -> Service:
    """Deploys a model version; it is `creating` at first."""
    return here.services.create(request)


@router.get("/services/{name}")
def read_service(here: Here, name: str) -> Service:
    """One service."""
    return here.services.get(name)


@router.delete("/services/{name}", status_code=204)
def delete_service(here: Here, name: str) -> None:
    """Stops a service and removes it."""
    here.services.delete(name)


@router.post("/services/{name}/start")
def start_service(here: Here, name: str) -> Service:
    """Starts a stopped service."""
    return here.services.start(name)


@router.post("/services/{name}/stop")
def stop_service(here: Here, name: str) -> Service:
    """Stops a service; it stays on record."""
    return here.services.stop(name)


@router.post("/services/{name}/score")
def score(here: Here, name: str, body: Annotated[Any, Body()] = None) -> ScoreReply:
    """Sends the body to the service and returns what it answers."""
    return here.services.score(name, body)


@router.get("/services/{name}/log")
def read_log(here: Here, name: str, offset: int = 0, limit: Annotated[int, Query(ge=1, le=16_000_000)] = 1_000_000) -> LogChunk:
    """A part of the service's log."""
    return here.services.log(name, offset, limit)
