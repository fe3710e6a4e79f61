"""What all calls of the server share."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.files import disk_error
from workbench.client.transport import Transport

SLOW = 600.0
"""Seconds for calls that copy files (snapshots, model versions)."""
POLL = 0.2


class Calls:
    """Calls over one transport."""

    _transport: Transport

    def _get(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        return self._transport.call("GET", path, params=params)

    def _post(self, path: str) -> bytes:
        return self._transport.call("POST", path)

    def _download(self, run_id: str, path: str, dest: Path) -> None:
        self._fetch(f"/runs/{run_part(run_id)}/artifacts/{output_path(path)}", path, dest)

    def _fetch(self, address: str, what: str, dest: Path) -> None:
        temporary = dest.with_name(f".{dest.name}.{os.getpid()}.part")
        try:
            dest.parent.mkdir(parents=True, exist_ok=True)
            with self._transport.stream(address, timeout=httpx.Timeout(SLOW, connect=5)) as response, temporary.open("wb") as file:
                for piece in response.iter_bytes(1 << 20):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(dest)
        except httpx.HTTPError as error:
            raise EnvironmentError_(f"{what} could not be read from the server: {error}.", hint="Try again.") from error
        except OSError as error:
            raise disk_error(error, str(dest)) from error
        finally:
            temporary.unlink(missing_ok=True)


def part(text: str) -> str:
    """One part of a path of the API. Raises NotFound for one that could name nothing."""
    if text in {"", ".", ".."}:
        raise NotFound(f"There is nothing named {text!r}.")
    return quote(text, safe="")


def run_part(text: str) -> str:
    """A run in a path of the API: the slash of `experiment/number` is encoded twice: servers decode once to route."""
    return quote(part(text), safe="") if "/" in text else part(text)


def output_path(path: str) -> str:
    """A path below the outputs. Raises UserError for one that leaves them."""
    if not path or any(part in {"", ".", ".."} for part in path.split("/")):
        raise UserError(f"{path!r} is not a path inside the outputs of a run.", hint="Give it as the list of outputs shows it.")
    return quote(path)
