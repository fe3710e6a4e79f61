"""The trash: runs go there with their children, come back, or are deleted for good."""

from datetime import timedelta

from fastapi import APIRouter

from workbench.base.clock import utc_now
from workbench.schema import EmptyRequest, RunChanged, RunSummary, TrashEmptied
from workbench.server.routes.deps import Here, RunId

router = APIRouter(tags=["trash"])


@router.get("/trash")
def list_trash(here: Here) -> tuple[RunSummary, ...]:
    """The runs in the trash, the latest first."""
    return here.store.trashed()


@router.post("/runs/{run_id}/trash")
def trash_run(here: Here, run_id: RunId) -> tuple[str, ...]:
    """Puts a run into the trash, with its children; answers with the ids of those that went in."""
    return _told(here, here.store.trash(run_id))


@router.post("/runs/{run_id}/untrash")
def untrash_run(here: Here, run_id: RunId) -> tuple[str, ...]:
    """Brings a run back, with the children that went into the trash with it."""
    return _told(here, here.store.untrash(run_id))


@router.post("/trash/empty")
def empty_trash(here: Here, request: EmptyRequest) -> TrashEmptied:
    """Deletes for good: records, folders, and the snapshots that nothing needs any more."""
    before = utc_now() - timedelta(days=request.older_than_days) if request.older_than_days else None
    emptied = here.jobs.empty_trash(before)
    return TrashEmptied(runs=emptied.runs, snapshot_bytes=emptied.snapshot_bytes)


def _told(here: Here, ids: tuple[str, ...]) -> tuple[str, ...]:
    for run_id in ids:
        run = here.store.get(run_id)
        here.events.publish(RunChanged(run_id=run.id, status=run.status, project=run.project, name=run.name))
    return ids
