"""The FastAPI application: one REST API over one workspace."""

from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from workbench import __version__
from workbench.schema import ErrorBody
from workbench.server.errors import add_error_handlers
from workbench.server.guard import Guard
from workbench.server.mlflow.protocol import MlflowProtocol
from workbench.server.routes import (
    environments,
    jobs,
    kernels,
    models,
    opening,
    runs,
    services,
    snapshots,
    sweeps,
    system,
    tables,
    targets,
    transfers,
    trash,
)
from workbench.server.workspace import Workspace

PREFIX = "/api/v1"
_FAILURES: dict[int | str, dict[str, Any]] = {"default": {"model": ErrorBody, "description": "What went wrong, in a sentence."}}


def create_app(workspace: Workspace, token: str) -> ASGIApp:
    """The application over a started workspace: our own API, and MLflow's. Every request needs the token, or a run's."""
    return Guard(MlflowProtocol(_api(workspace)), token=token, tokens=workspace.tokens, living=workspace.living)


def _api(workspace: Workspace) -> FastAPI:
    app = FastAPI(
        title="Workbench",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.workspace = workspace
    about_runs = (runs, tables, snapshots, trash, opening, sweeps, transfers)
    for room in (system, jobs, *about_runs, models, services, kernels, environments, targets):
        app.include_router(room.router, prefix=PREFIX, responses=_FAILURES)
    add_error_handlers(app)
    return app
