"""Jobs: submit, list, cancel."""

from fastapi import APIRouter

from workbench.schema import Job, JobPatch, JobPlanned, JobRequest, Run
from workbench.server.routes.deps import Here, RunId

router = APIRouter(tags=["jobs"])


@router.post("/jobs", status_code=201)
def submit(here: Here, request: JobRequest) -> Run:
    """Queues a script or package as a tracked job."""
    return here.jobs.submit(request)


@router.post("/jobs/plan")
def plan(here: Here, request: JobRequest) -> JobPlanned:
    """What the request would do: a dry run."""
    return here.jobs.plan(request)


@router.get("/jobs")
def list_jobs(here: Here) -> tuple[Job, ...]:
    """The jobs that wait or run, and the latest ended ones."""
    return here.jobs.list()


@router.get("/jobs/{run_id}")
def read_job(here: Here, run_id: RunId) -> Job:
    """Where a run's execution stands."""
    return here.jobs.get(run_id)


@router.patch("/jobs/{run_id}")
def change_job(here: Here, run_id: RunId, patch: JobPatch) -> Job:
    """Changes priority, place or dependencies of a waiting job."""
    return here.jobs.change(run_id, patch)


@router.post("/jobs/{run_id}/cancel")
def cancel(here: Here, run_id: RunId) -> Job:
    """Asks a job to stop."""
    return here.jobs.cancel(run_id)
