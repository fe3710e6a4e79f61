"""The artifact service: files go up and come down through the server, and land among the run's outputs."""

import contextlib
import hashlib
import mimetypes
import os
import shutil
import time
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from workbench.base.files import disk_error
from workbench.base.ids import new_id
from workbench.runs.tables import artifacts, logged_models
from workbench.runs.upsert import upsert
from workbench.server.mlflow.artifacts import Place, place_of_path, run_place, safe_path
from workbench.server.mlflow.calls import Call, spoken
from workbench.server.mlflow.errors import ProtocolError, answer, missing
from workbench.server.scope import check_unscoped
from workbench.server.workspace import Workspace

SERVICE = {"GET": "GET artifacts/{path}", "PUT": "PUT artifacts/{path}", "DELETE": "DELETE artifacts/{path}"}
"""What the service speaks below `/api/2.0/mlflow-artifacts/`, beside the list at `GET artifacts`."""

_FILES = "artifacts"
_BLOCK = 1 << 20
_DAY = 86_400.0
_IN_PARTS = "Multipart upload is not supported for the current artifact repository"
"""What clients look for before they send the file in one piece."""


async def respond(request: Request, path: str) -> Response:
    """Answers a request to the artifact service; `path` is what follows its prefix."""
    first, _, rest = path.partition("/")
    if first == "mpu":
        raise ProtocolError("NOT_IMPLEMENTED", f"{_IN_PARTS}. (Workbench does not speak {request.method} {path}.)")
    if first != _FILES or request.method not in SERVICE or (request.method != "GET" and not rest):
        raise ProtocolError("NOT_IMPLEMENTED", f"Workbench does not speak this call of MLflow's: {request.method} {path}.")
    if not rest:
        return answer({"files": await to_thread.run_sync(_list, request, request.query_params.get("path", ""))})
    if request.method == "GET":
        return await _send(request, rest)
    if request.method == "PUT":
        await _receive(request, rest)
    else:
        await to_thread.run_sync(_delete, request, rest)
    return answer({})


async def _send(request: Request, path: str) -> Response:
    found = (await to_thread.run_sync(place_of_path, request, path)).found()
    if found is None or not found.is_file():
        raise missing(f"There is no artifact at '{path}'.")
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    return FileResponse(found, media_type=kind, filename=found.name, headers={"X-Content-Type-Options": "nosniff"})


async def _receive(request: Request, path: str) -> None:
    """Takes a file in as it comes; it has its name once it is whole and on the disk."""
    place = await to_thread.run_sync(lambda: place_of_path(request, path, write=True))
    here: Workspace = request.app.state.workspace
    incoming = _Incoming(here.paths.cache / "uploads")
    try:
        await to_thread.run_sync(incoming.begin, place)
        async for block in request.stream():
            if incoming.take(block):
                await to_thread.run_sync(incoming.flush)
        await to_thread.run_sync(incoming.finish, here, place)
    except OSError as error:
        raise disk_error(error, f"The artifact {path}") from error
    finally:
        incoming.drop()


class _Incoming:
    """A file on its way: written in large blocks under a name of its own, then moved to its place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / new_id()
        self._file: IO[bytes] | None = None
        self._blocks: list[bytes] = []
        self._waiting = 0
        self._size = 0
        self._digest = hashlib.sha256()

    def begin(self, place: Place) -> None:
        place.target()
        self._folder.mkdir(parents=True, exist_ok=True)
        for old in self._folder.iterdir():  # what a killed server left
            with contextlib.suppress(OSError):
                if time.time() - old.stat().st_mtime > _DAY:
                    old.unlink()
        self._file = self._path.open("wb")

    def take(self, block: bytes) -> bool:
        """Keeps a block; whether it is time to write what was kept."""
        self._blocks.append(block)
        self._waiting += len(block)
        return self._waiting >= _BLOCK

    def flush(self) -> None:
        data = b"".join(self._blocks)
        self._blocks, self._waiting = [], 0
        self._digest.update(data)
        self._size += len(data)
        if self._file:
            self._file.write(data)

    def finish(self, here: Workspace, place: Place) -> None:
        self.flush()
        if self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        self._path.replace(place.target())
        if place.run_id:
            row = {
                "run_id": place.run_id,
                "path": place.shown,
                "size": self._size,
                "digest": f"sha256:{self._digest.hexdigest()}",
            }
            here.database.grouped(lambda write: upsert(write, artifacts, [row]))

    def drop(self) -> None:
        """Removes what is left of a file that did not come to its end."""
        if self._file:
            self._file.close()
        self._path.unlink(missing_ok=True)


def _delete(request: Request, path: str) -> None:
    check_unscoped(request)
    place = place_of_path(request, path, write=True)
    found = place.found()
    if found is None or not place.writable or not place.inside.parts:
        raise missing(f"There is no artifact at '{path}' that could be deleted.")
    if found.is_dir() and not found.is_symlink():
        shutil.rmtree(found)
    else:
        found.unlink()
    if place.run_id:
        here: Workspace = request.app.state.workspace
        gone = sa.or_(artifacts.c.path == place.shown, artifacts.c.path.startswith(place.shown + "/", autoescape=True))
        with here.database.write() as write:
            write.execute(artifacts.delete().where(artifacts.c.run_id == place.run_id, gone))


def _list(request: Request, path: str) -> list[dict[str, Any]]:
    place = place_of_path(request, path)
    return _without_models(request, place) if safe_path(path).parts[1:2] != ("models",) else place.entries()


def _without_models(request: Request, place: Place) -> list[dict[str, Any]]:
    """A run's files without those of its logged models, which clients list by themselves."""
    here: Workspace = request.app.state.workspace
    query = sa.select(logged_models.c.content).where(logged_models.c.run_id == place.run_id)
    with here.database.read() as connection:
        folders = {str(content["folder"]) for content in connection.execute(query).scalars()} if place.run_id else set()
    if place.inside.parts[:1] and place.inside.parts[0] in folders:
        return []
    found = place.entries()
    return found if place.inside.parts else [one for one in found if one["path"] not in folders]


@spoken("GET artifacts/list")
def list_artifacts(call: Call) -> dict[str, Any]:
    """A run's files in one folder."""
    path = call.text("path")
    place = run_place(call.request, call.run_id())
    experiment = call.here.store.get(place.run_id).experiment_id
    files = _without_models(call.request, place.below(path))
    shown = [{**one, "path": f"{path.rstrip('/')}/{one['path']}" if path else one["path"]} for one in files]
    return {"root_uri": f"mlflow-artifacts:/{experiment}/{place.run_id}/artifacts", "files": shown}
