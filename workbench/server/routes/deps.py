"""What every endpoint gets."""

from typing import Annotated

from fastapi import Depends, Request

from workbench.server.workspace import Workspace


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


def _run_id(request: Request, run_id: str) -> str:
    """The run that the address means: an id, the beginning of one, or a number."""
    return _workspace(request).store.resolve(run_id)


Here = Annotated[Workspace, Depends(_workspace)]
RunId = Annotated[str, Depends(_run_id)]
