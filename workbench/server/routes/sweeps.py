"""Sweeps: how they stand, stop and resume. A sweep is started as a job, with `sweep` in the request."""

from fastapi import APIRouter

from workbench.schema import Run, Sweep
from workbench.server.routes.deps import Here, RunId

router = APIRouter(tags=["sweeps"])


@router.get("/sweeps/{run_id}")
def read_sweep(here: Here, run_id: RunId) -> Sweep:
    """A sweep with all its trials."""
    return here.jobs.sweeps.get(run_id)


@router.post("/sweeps/{run_id}/stop")
def stop_sweep(here: Here, run_id: RunId, cancel: bool = True) -> Sweep:
    """Starts no more trials; those that run are cancelled, or with `cancel` off end by themselves."""
    here.jobs.sweeps.stop(run_id, cancel=cancel)
    return here.jobs.sweeps.get(run_id)


@router.post("/sweeps/{run_id}/resume")
def resume_sweep(here: Here, run_id: RunId) -> Run:
    """Goes on with a sweep that has ended before all its trials were run."""
    return here.jobs.sweeps.resume(run_id)
