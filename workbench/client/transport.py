"""HTTP to the workspace's server: one connection pool, errors rebuilt, and a server that was restarted is found again."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from workbench.base.errors import KINDS, EnvironmentError_
from workbench.base.paths import WorkspacePaths
from workbench.client.starting import find_or_start, read_handshake
from workbench.schema import ErrorBody, Handshake

_TIMEOUT = httpx.Timeout(60, connect=5)


class ServerBug(RuntimeError):
    """The server failed by a fault of ours; its log has the stack."""


class Transport:
    """Sends requests to the server of one workspace. Safe in several threads."""

    def __init__(self, paths: WorkspacePaths, *, start: bool, say: Callable[[str], None] | None) -> None:
        self.paths = paths
        self._lock = threading.Lock()
        self._handshake, self.started = find_or_start(paths, start=start, say=say)
        self._http = httpx.Client(trust_env=False, timeout=_TIMEOUT, limits=httpx.Limits(max_connections=64))

    @property
    def handshake(self) -> Handshake:
        return self._handshake

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        body: BaseModel | None = None,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> bytes:
        """The bytes of the answer. Raises what the server raised; EnvironmentError_ when it is not there."""
        content = body.model_dump_json().encode() if body is not None else None
        wait = _TIMEOUT if timeout is None else httpx.Timeout(timeout, connect=5)
        for attempt in (1, 2):
            used = self._handshake
            try:
                response = self._http.request(
                    method,
                    f"{used.url}/api/v1{path}",
                    content=content,
                    json=json,
                    params=_present(params),
                    headers=_headers(used, "application/json" if content is not None else None),
                    timeout=wait,
                )
            except httpx.HTTPError as error:
                # Only a refused connection is sure not to have arrived; reading may be repeated, writing not.
                repeat = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) or method == "GET"
                if attempt == 1 and repeat and self.find_again(used):
                    continue
                raise self._unreachable(error) from error
            if response.status_code == 401 and attempt == 1 and self.find_again(used):
                continue
            if response.is_success:
                return response.content
            raise rebuilt(response.status_code, response.content)
        raise AssertionError("a request has two attempts at most")

    @contextmanager
    def stream(
        self, path: str, *, params: Mapping[str, Any] | None = None, timeout: httpx.Timeout = _TIMEOUT
    ) -> Iterator[httpx.Response]:
        """An answer that is read piece by piece. Raises as `call` does; httpx.HTTPError while it is read."""
        used = self._handshake
        url = f"{used.url}/api/v1{path}"
        with self._http.stream("GET", url, params=_present(params), headers=_headers(used), timeout=timeout) as response:
            if not response.is_success:
                raise rebuilt(response.status_code, response.read())
            yield response

    def find_again(self, used: Handshake) -> bool:
        """Whether another server than `used` answers for this workspace now; it is used from here on."""
        with self._lock:
            if self._handshake != used:
                return True
            found = read_handshake(self.paths)
            if found is None or found == used:
                return False
            self._handshake = found
            return True

    def revive(self, say: Callable[[str], None] | None = None) -> bool:
        """Whether another server answers now: one that died without a word is started anew, one that was stopped stays so.

        Raises EnvironmentError_ where it cannot be started.
        """
        used = self._handshake
        if self.find_again(used):
            return True
        if not self.paths.server_json.exists() or read_handshake(self.paths) is not None:
            return False
        found, _pid = find_or_start(self.paths, start=True, say=say)
        with self._lock:
            self._handshake = found
        return True

    def _unreachable(self, error: httpx.HTTPError) -> EnvironmentError_:
        if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
            return EnvironmentError_(
                f"The workspace server at {self._handshake.url} did not answer in time.",
                hint=f"See {self.paths.logs / 'server.log'}.",
            )
        return EnvironmentError_(
            f"The workspace server at {self._handshake.url} is not there (any more): {error}.",
            hint="Jobs go on without it. Start it again with: workbench server start",
        )


def rebuilt(status: int, content: bytes) -> Exception:
    """The exception that an answer other than success stands for."""
    try:
        body = ErrorBody.model_validate_json(content)
    except ValidationError:
        text = content.decode("utf-8", "replace")[:500]
        return ServerBug(f"The server answered {status}: {text}")
    if body.kind == "bug":
        return ServerBug(f"{body.message} {body.hint}".strip())
    return KINDS[body.kind](body.message, hint=body.hint, place=body.place)


def _headers(handshake: Handshake, content_type: str | None = None) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {handshake.token}"}
    return {**headers, "Content-Type": content_type} if content_type else headers


def _present(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in params.items() if value is not None} if params else None
