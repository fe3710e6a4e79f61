"""Targets: add, change, test, pause and delete the places where jobs run."""

from fastapi import APIRouter

from workbench.base.errors import UserError
from workbench.schema import CleanRequest, Target, TargetRequest
from workbench.server.routes.deps import Here

router = APIRouter(tags=["targets"])


@router.get("/targets")
def list_targets(here: Here) -> tuple[Target, ...]:
    """All targets, with how busy they are."""
    return here.jobs.targets.list()


@router.post("/targets", status_code=201)
def add_target(here: Here, request: TargetRequest) -> Target:
    """Adds a target; the key of a machine that is reached over SSH is noted."""
    return here.jobs.targets.add(request)


@router.get("/targets/{name}")
def read_target(here: Here, name: str) -> Target:
    """One target."""
    return here.jobs.targets.get(name)


@router.put("/targets/{name}")
def change_target(here: Here, name: str, request: TargetRequest) -> Target:
    """Changes what a target is, its slots or its password."""
    if name != request.name:
        raise UserError("A target keeps its name.", hint="Add a new one and delete this.", place="name")
    target = here.jobs.targets.change(request)
    here.jobs.look()
    return target


@router.delete("/targets/{name}", status_code=204)
def delete_target(here: Here, name: str) -> None:
    """Forgets a target that no job uses, with its password."""
    here.jobs.targets.delete(name)


@router.post("/targets/{name}/test")
def test_target(here: Here, name: str) -> Target:
    """Walks the chain to the target and says which link fails."""
    return here.jobs.targets.test(name)


@router.post("/targets/{name}/clean")
def clean_target(here: Here, name: str, request: CleanRequest) -> tuple[str, ...]:
    """Removes environments and images there that were not used for `unused_days` (0 without it); what they are called."""
    if request.limit_gb is not None:
        raise UserError("What a target keeps is removed by age only.", place="limit_gb")
    return here.jobs.targets.clean(name, request.unused_days or 0.0)


@router.post("/targets/{name}/pause")
def pause_target(here: Here, name: str) -> Target:
    """Starts nothing more on the target until it is resumed; what runs goes on."""
    return here.jobs.targets.pause(name)


@router.post("/targets/{name}/resume")
def resume_target(here: Here, name: str) -> Target:
    """Goes on with the target's queue."""
    target = here.jobs.targets.pause(name, paused=False)
    here.jobs.look()
    return target
