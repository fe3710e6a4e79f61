"""Runs that a notebook, or any process of this machine, opens by itself."""

from fastapi import APIRouter

from workbench.schema import Run, RunEnd, RunOpen, RunOpened
from workbench.server.routes.deps import Here, RunId

router = APIRouter(tags=["runs"])


@router.post("/runs", status_code=201)
def open_run(here: Here, request: RunOpen) -> RunOpened:
    """Opens a run; the answer says where its events and files go."""
    if request.parent_id is not None:
        request = request.model_copy(update={"parent_id": here.store.resolve(request.parent_id)})
    opened = here.jobs.open_run(request)
    return opened.model_copy(update={"tracking": here.tracking(opened.id)})


@router.post("/runs/{run_id}/end")
def end_run(here: Here, run_id: RunId, ending: RunEnd) -> Run:
    """Ends a run that was opened so; the answer has all that it logged."""
    return here.jobs.end_run(run_id, ending)
