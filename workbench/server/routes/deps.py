"""What every endpoint gets."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Request

from workbench.server.scope import check_artifact_scope, check_run_scope
from workbench.server.workspace import Workspace


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


def _run_id(request: Request, run_id: str) -> str:
    """The run that the address means: an id, the beginning of one, or a number. A run's token opens not every run."""
    found = _workspace(request).store.resolve(unquote(run_id))  # `experiment/number` comes encoded twice
    reading = request.method in {"GET", "HEAD"}
    if "/artifacts/" in request.url.path or request.url.path.endswith("/log"):
        check_artifact_scope(request, found, write=not reading)
    else:
        check_run_scope(request, found, write=not reading)
    return found


Here = Annotated[Workspace, Depends(_workspace)]
RunId = Annotated[str, Depends(_run_id)]
