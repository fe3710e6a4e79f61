"""Runs: lists, metrics, logs, output files, comparison, restore."""

from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from pydantic import Field

from workbench.base.errors import NotFound, UserError
from workbench.schema import (
    Experiment,
    LogChunk,
    MetricSeries,
    Restored,
    Run,
    RunChanged,
    RunComparison,
    RunPage,
    RunPatch,
    RunStatus,
)
from workbench.schema.base import Wire
from workbench.server.routes.deps import Here, RunId

router = APIRouter(tags=["runs"])

View = Literal["active", "deleted", "all"]


class CompareRequest(Wire):
    """The runs to compare, in this order."""

    ids: tuple[str, ...] = Field(min_length=1, max_length=200)


class RestoreRequest(Wire):
    """Where to restore to; without a folder, the run's project."""

    folder: str | None = None


@router.get("/runs")
def list_runs(
    here: Here,
    project: str | None = None,
    experiment: str | None = None,
    status: Annotated[list[RunStatus] | None, Query()] = None,
    text: str = "",
    archived: bool = False,
    order: str = "created",
    descending: bool = True,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: str = "",
    filter: str = "",  # noqa: A002 (MLflow's name)
) -> RunPage:
    """A page of runs."""
    return here.store.list(project, experiment, status, text, archived, order, descending, limit, cursor, filter=filter)


@router.post("/runs/compare")
def compare_runs(here: Here, request: CompareRequest) -> RunComparison:
    """Runs side by side."""
    return here.store.compare([here.store.resolve(text) for text in request.ids])


@router.get("/runs/{run_id}")
def read_run(here: Here, run_id: RunId) -> Run:
    """All that is known of a run."""
    return here.store.get(run_id)


@router.patch("/runs/{run_id}")
def patch_run(here: Here, run_id: RunId, patch: RunPatch) -> Run:
    """Changes name, notes, tags or the archived flag."""
    run = here.store.patch(run_id, patch)
    here.events.publish(RunChanged(run_id=run.id, status=run.status, project=run.project, name=run.name))
    return run


@router.delete("/runs/{run_id}", status_code=204)
def delete_run(here: Here, run_id: RunId) -> None:
    """Deletes an ended run and its folder."""
    run = here.store.get(run_id)
    here.jobs.remove(run_id)
    here.events.publish(RunChanged(run_id=run.id, status=run.status, project=run.project, name=run.name))


@router.get("/runs/{run_id}/metrics/{key:path}")
def read_series(here: Here, run_id: RunId, key: str, max_points: Annotated[int, Query(ge=0)] = 1000) -> MetricSeries:
    """A metric's values by step."""
    return here.store.series(run_id, key, max_points)


@router.get("/runs/{run_id}/log")
def read_log(
    here: Here,
    run_id: RunId,
    offset: int = 0,
    limit: Annotated[int, Query(ge=1, le=16_000_000)] = 1_000_000,
    stream: Literal["merged", "stdout", "stderr", "runner"] = "merged",
) -> LogChunk:
    """A part of the run's log, from a byte on (a negative offset: the last bytes): both streams, one, or the runner's own."""
    return here.jobs.log(run_id, offset, limit, stream)


@router.get("/runs/{run_id}/artifacts/{path:path}", response_class=FileResponse)
def read_artifact(here: Here, run_id: RunId, path: str) -> FileResponse:
    """The bytes of an output file."""
    return FileResponse(_output(here.jobs.output_folders(run_id), path), headers={"X-Content-Type-Options": "nosniff"})


@router.post("/runs/{run_id}/restore")
def restore_run(here: Here, run_id: RunId, request: RestoreRequest) -> Restored:
    """Brings the files of the run's snapshot back."""
    if request.folder is not None and not Path(request.folder).is_absolute():
        raise UserError(f"{request.folder} is not an absolute path.", place="folder")
    done = here.jobs.restore(run_id, Path(request.folder) if request.folder else None)
    folder = request.folder or here.store.get(run_id).project
    return Restored(folder=folder, changed=done.changed, kept_in=str(done.kept_in or ""))


@router.get("/experiments")
def list_experiments(here: Here, view: View = "active") -> tuple[Experiment, ...]:
    """Experiments by name: those that are not in the trash, those in it, or both."""
    return here.store.experiments(view)


def _output(folders: tuple[Path, ...], path: str) -> Path:
    """The output file of that path. Raises NotFound, also for one that leads out of the outputs, be it by a link."""
    for outputs in folders:
        try:
            found = (outputs / path).resolve()
            if found.is_relative_to(outputs.resolve()) and found.is_file():
                return found
        except (OSError, ValueError):  # a name that no file can have
            break
    raise NotFound(f"The run has no output {path!r}.", hint="See its list of outputs.")
