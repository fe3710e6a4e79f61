"""The files that runs were made from: as a zip file, and what differs between two of them."""

import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from workbench.base.errors import NotFound, UserError
from workbench.base.files import disk_error
from workbench.schema import FileDiff, Run, SnapshotDiff
from workbench.server.routes.deps import Here, RunId

router = APIRouter(tags=["runs"])


@router.get("/runs/{run_id}/snapshot.zip", response_class=FileResponse)
def read_snapshot(here: Here, run_id: RunId) -> FileResponse:
    """The files of the run's snapshot, as a zip file."""
    run = here.store.get(run_id)
    commit = _snapshot(run)
    try:
        here.paths.cache.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="zip-", dir=here.paths.cache))
    except OSError as error:
        raise disk_error(error, "The zip file") from error
    try:
        here.jobs.snapshots.zip(commit, folder / "snapshot.zip")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    name = "".join(c if c.isalnum() or c in "-_." else "-" for c in run.experiment)
    return FileResponse(
        folder / "snapshot.zip",
        media_type="application/zip",
        filename=f"{name}-{run.number}.zip",
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


@router.get("/runs/{run_id}/diff")
def read_diff(here: Here, run_id: RunId, other: str) -> SnapshotDiff:
    """What differs from the files of this run to those of the other one."""
    first, second = here.store.get(run_id), here.store.get(here.store.resolve(other))
    changes = here.jobs.snapshots.changes(_snapshot(first), _snapshot(second))
    return SnapshotDiff(first=first.id, second=second.id, files=tuple(FileDiff(**asdict(change)) for change in changes))


@router.get("/runs/{run_id}/snapshot/{path:path}", response_class=Response)
def read_snapshot_file(here: Here, run_id: RunId, path: str) -> Response:
    """One file of the run's snapshot, as it was."""
    if "\0" in path:
        raise NotFound(f"The snapshot has no file {path!r}.")
    content = here.jobs.snapshots.read(_snapshot(here.store.get(run_id)), path)
    return Response(content, media_type="application/octet-stream", headers={"X-Content-Type-Options": "nosniff"})


def _snapshot(run: Run) -> str:
    if not run.snapshot:
        raise UserError(f"Run {run.number} of {run.experiment} has no snapshot of its files.", place=run.id)
    return run.snapshot
