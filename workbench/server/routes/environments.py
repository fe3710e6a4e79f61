"""The Python environments on disk."""

from datetime import UTC, datetime

from fastapi import APIRouter

from workbench.base.errors import UserError
from workbench.jobs.environments import KeptEnvironment
from workbench.schema import CleanRequest, Environment
from workbench.server.routes.deps import Here

router = APIRouter(tags=["environments"])


@router.get("/environments")
def list_environments(here: Here) -> tuple[Environment, ...]:
    """The environments on disk, the latest used first."""
    return tuple(map(_to_wire, here.environments.kept()))


@router.post("/environments/clean")
def clean_environments(here: Here, request: CleanRequest) -> tuple[Environment, ...]:
    """Removes environments that nobody uses; answers with those."""
    for value in (request.unused_days, request.limit_gb):
        if value is not None and not 0 <= value < 1e9:
            raise UserError("Days and gigabytes are numbers from 0 on.")
    return tuple(map(_to_wire, here.environments.clean(unused_days=request.unused_days, limit_gb=request.limit_gb)))


def _to_wire(one: KeptEnvironment) -> Environment:
    return Environment(
        id=one.id,
        folder=str(one.folder),
        python=one.python,
        packages=one.packages,
        size=one.size,
        built=datetime.fromtimestamp(one.built, UTC),
        used=datetime.fromtimestamp(one.used, UTC),
        in_use=one.in_use,
    )
