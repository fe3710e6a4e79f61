"""Imports and exports of runs."""

from fastapi import APIRouter

from workbench.schema import ExportRequest, ImportRequest, Transfer
from workbench.server.routes.deps import Here

router = APIRouter(tags=["transfers"])


@router.get("/transfers")
def list_transfers(here: Here) -> tuple[Transfer, ...]:
    """The imports and exports of this server's life, the latest first."""
    return here.transfers.list()


@router.post("/transfers/import", status_code=201)
def import_runs(here: Here, request: ImportRequest) -> Transfer:
    """Begins to bring in runs from elsewhere; what is here already is not brought in again."""
    return here.transfers.start(request)


@router.post("/transfers/export", status_code=201)
def export_runs(here: Here, request: ExportRequest) -> Transfer:
    """Begins to write runs to a folder."""
    return here.transfers.start(request)


@router.get("/transfers/{transfer_id}")
def read_transfer(here: Here, transfer_id: str) -> Transfer:
    """Where an import or export stands."""
    return here.transfers.get(transfer_id)


@router.post("/transfers/{transfer_id}/cancel")
def cancel_transfer(here: Here, transfer_id: str) -> Transfer:
    """Asks an import or export to stop."""
    return here.transfers.cancel(transfer_id)
