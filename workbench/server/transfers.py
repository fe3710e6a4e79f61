"""Imports and exports of runs: one after the other in a thread of their own, so that the server answers meanwhile."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from workbench.base.clock import utc_now
from workbench.base.errors import Cancelled, Conflict, NotFound, UserError, WorkbenchError
from workbench.base.ids import new_id
from workbench.base.paths import WorkspacePaths
from workbench.jobs.manager import JobManager
from workbench.runs import RunStore
from workbench.runs.transfer import export_runs, import_runs, reader_of, selected
from workbench.schema import EventBody, ExportRequest, ImportRequest, Reset, RunChanged, Transfer

_log = logging.getLogger(__name__)
_KEPT = 100  # transfers that are remembered
_TOLD_ONE_BY_ONE = 500  # runs; of more, clients are told to load everything again


class TransferService:
    """Runs transfers in their order. Its methods may be called in any thread."""

    def __init__(self, store: RunStore, jobs: JobManager, paths: WorkspacePaths, emit: Callable[[EventBody], None]) -> None:
        self._store = store
        self._jobs = jobs
        self._paths = paths
        self._emit = emit
        self._lock = threading.Lock()
        self._transfers: dict[str, Transfer] = {}
        self._cancelled: set[str] = set()
        self._queue: SimpleQueue[tuple[str, ImportRequest | ExportRequest] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self, request: ImportRequest | ExportRequest) -> Transfer:
        """Queues an import or export. Raises UserError for a path that is not absolute, NotFound for a source that is not there."""
        place = Path(request.path if isinstance(request, ImportRequest) else request.folder)
        if not place.is_absolute() or "\0" in str(place):
            raise UserError(f"{place} is not an absolute path.", place="path" if isinstance(request, ImportRequest) else "folder")
        if isinstance(request, ImportRequest) and not place.exists():
            raise NotFound(f"There is no file or folder {place}.", place=str(place))
        kind = "import" if isinstance(request, ImportRequest) else "export"
        made = Transfer.model_validate({"id": new_id(), "kind": kind, "place": str(place), "began": utc_now()})
        with self._lock:
            if self._stopping.is_set():
                raise Conflict("The server is stopping.")
            over = [known.id for known in self._transfers.values() if known.is_over]
            for old in over[: max(0, len(self._transfers) - _KEPT)]:
                del self._transfers[old]
            self._transfers[made.id] = made
            self._queue.put((made.id, request))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="workbench-transfers")
                self._thread.start()
        return made

    def list(self) -> tuple[Transfer, ...]:
        """The transfers of this server's life, the latest first."""
        with self._lock:
            return tuple(reversed(self._transfers.values()))

    def get(self, transfer_id: str) -> Transfer:
        """Where a transfer stands. Raises NotFound."""
        with self._lock:
            if found := self._transfers.get(transfer_id):
                return found
        raise NotFound(
            f"There is no import or export {transfer_id!r}.", hint="A server that was started anew knows no earlier ones."
        )

    def cancel(self, transfer_id: str) -> Transfer:
        """Asks a transfer to stop; the run that is being written is left out. Raises Conflict for one that is over."""
        found = self.get(transfer_id)
        if found.is_over:
            raise Conflict(f"The {found.kind} is over: it is {found.status}.")
        with self._lock:
            self._cancelled.add(transfer_id)
        return found

    def stop(self) -> None:
        """Cancels all transfers and waits for their end."""
        self._stopping.set()
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _work(self) -> None:
        while (taken := self._queue.get()) is not None:
            transfer_id, request = taken
            try:
                self._check(transfer_id)
                self._change(transfer_id, status="running")
                done = (
                    self._import(transfer_id, request) if isinstance(request, ImportRequest) else self._export(transfer_id, request)
                )
                self._change(transfer_id, status="finished", doing="", **done)
            except Cancelled:
                self._change(transfer_id, status="cancelled", doing="", error="Cancelled: the runs before are complete.")
            except WorkbenchError as error:
                self._change(transfer_id, status="failed", doing="", error=error.message, hint=error.hint)
            except OSError as error:  # the disk, or a folder that changes while it is read
                text = f"{error.filename or self.get(transfer_id).place}: {error.strerror or error}."
                self._change(
                    transfer_id,
                    status="failed",
                    doing="",
                    error=text,
                    hint="Runs that came before it are complete; repeat it to go on.",
                )
            except Exception as error:  # noqa: BLE001 (the next one goes on)
                _log.exception("A transfer failed")
                text = f"The server failed: {type(error).__name__}: {error}"
                self._change(transfer_id, status="failed", doing="", error=text, hint="Its log, logs/server.log, has the details.")

    def _import(self, transfer_id: str, request: ImportRequest) -> dict[str, Any]:
        self._change(transfer_id, doing="Reading the source")
        reader = reader_of(Path(request.path), request.experiment, request.metrics, request.params)
        self._change(transfer_id, said=reader.said, total=reader.count())
        done = import_runs(self._store, reader, self._paths.run, self._progress(transfer_id))
        self._tell(done.added)
        return {"added": done.added, "present": done.present, "changed": done.changed, "left_out": done.left_out}

    def _export(self, transfer_id: str, request: ExportRequest) -> dict[str, Any]:
        ids = selected(self._store, request.filter, request.experiments)
        if not ids:
            raise NotFound("No run fits; nothing was written.", hint="An empty filter means all runs.")
        done = export_runs(
            self._store,
            ids,
            Path(request.folder),
            outputs=self._jobs.output_folders,
            logs=lambda run_id: sorted(self._paths.run(run_id).glob("*.txt")),
            progress=self._progress(transfer_id),
        )
        said = (
            f"{done.runs:,} run{'' if done.runs == 1 else 's'} and {done.files:,} files ({done.size / 1e6:,.1f} MB) were written."
        )
        return {"said": said, "left_out": done.left_out}

    def _progress(self, transfer_id: str) -> Callable[[int, int, str], None]:
        def progress(done: int, total: int, doing: str) -> None:
            self._check(transfer_id)
            self._change(transfer_id, done=done, total=total, doing=doing)

        return progress

    def _check(self, transfer_id: str) -> None:
        if self._stopping.is_set() or transfer_id in self._cancelled:
            raise Cancelled

    def _change(self, transfer_id: str, **values: Any) -> None:
        with self._lock:
            self._transfers[transfer_id] = self._transfers[transfer_id].model_copy(update=values)

    def _tell(self, added: tuple[str, ...]) -> None:
        if len(added) > _TOLD_ONE_BY_ONE:
            self._emit(Reset())
            return
        for run_id in added:
            run = self._store.get(run_id)
            self._emit(RunChanged(run_id=run.id, status=run.status, project=run.project, name=run.name))
