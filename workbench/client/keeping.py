"""The trash of runs, their import and export."""

from pydantic import TypeAdapter

from workbench.client.calls import SLOW, Calls, part, run_part
from workbench.schema import EmptyRequest, ExportRequest, ImportRequest, RunSummary, Transfer, TrashEmptied

_TRANSFERS = TypeAdapter(tuple[Transfer, ...])
_IDS = TypeAdapter(tuple[str, ...])
_SUMMARIES = TypeAdapter(tuple[RunSummary, ...])


class KeepingCalls(Calls):
    """What keeps runs, and brings them in and out."""

    def import_runs(self, request: ImportRequest) -> Transfer:
        """Begins to bring in runs from elsewhere; `transfer` tells where it stands."""
        return Transfer.model_validate_json(self._transport.call("POST", "/transfers/import", body=request))

    def export_runs(self, request: ExportRequest) -> Transfer:
        """Begins to write runs to a folder; `transfer` tells where it stands."""
        return Transfer.model_validate_json(self._transport.call("POST", "/transfers/export", body=request))

    def transfers(self) -> tuple[Transfer, ...]:
        """The imports and exports since the server started, the latest first."""
        return _TRANSFERS.validate_json(self._get("/transfers"))

    def transfer(self, transfer_id: str) -> Transfer:
        """Where an import or export stands."""
        return Transfer.model_validate_json(self._get(f"/transfers/{part(transfer_id)}"))

    def cancel_transfer(self, transfer_id: str) -> Transfer:
        """Asks an import or export to stop; one that is over gives Conflict."""
        return Transfer.model_validate_json(self._post(f"/transfers/{part(transfer_id)}/cancel"))

    def trash_run(self, run_id: str) -> tuple[str, ...]:
        """Puts a run into the trash, with its children; returns the ids of those that went in. One that runs gives Conflict."""
        return _IDS.validate_json(self._post(f"/runs/{run_part(run_id)}/trash"))

    def untrash_run(self, run_id: str) -> tuple[str, ...]:
        """Brings a run back, with the children that went into the trash with it; returns their ids."""
        return _IDS.validate_json(self._post(f"/runs/{run_part(run_id)}/untrash"))

    def trashed_runs(self) -> tuple[RunSummary, ...]:
        """The runs in the trash, the latest first."""
        return _SUMMARIES.validate_json(self._get("/trash"))

    def empty_trash(self, older_than_days: float = 0) -> TrashEmptied:
        """Deletes for good what has been in the trash for so long (0: all of it), with folders and unneeded snapshots."""
        body = EmptyRequest(older_than_days=older_than_days)
        return TrashEmptied.model_validate_json(self._transport.call("POST", "/trash/empty", body=body, timeout=SLOW))
