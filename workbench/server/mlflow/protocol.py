"""Finds the answer to a request of MLflow's protocol. One look into a dictionary for most calls, and nothing else on the way: they
come often."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from workbench.server.mlflow import (
    artifact_calls,
    experiments,
    inputs,
    logged_models,
    metrics,
    models,
    runs,
    searching,
    system,
    versions,
)
from workbench.server.mlflow.calls import SPOKEN, Call, Spoken
from workbench.server.mlflow.errors import ProtocolError, answer, failure, wrong
from workbench.server.mlflow.unspoken import group_of
from workbench.server.scope import run_of_request

__all__ = ["ROOMS", "MlflowProtocol"]

ROOMS = (artifact_calls, experiments, inputs, logged_models, metrics, models, runs, searching, system, versions)
"""Each of them registers its calls when it is imported."""
_PREFIX = re.compile(r"/(?:ajax-)?api/(?:2\.0|3\.0)/(?=mlflow)")
_FILES = "mlflow-artifacts/"
_THREADS = 40  # as many as FastAPI has for its own routes
VERSION = "3.0.0"
"""The version of MLflow whose calls are spoken; clients leave out what is newer."""

_Streamed = Callable[[Request, str], Awaitable[Response]]


class MlflowProtocol:
    """Answers everything below `/api/2.0/mlflow` and its like, and `/version` and `/health`; the rest goes on to `api`."""

    def __init__(self, api: Starlette) -> None:
        self._api = api
        self._exact: dict[tuple[str, str], Spoken] = {(one.method, one.path): one for one in SPOKEN if one.pattern is None}
        self._patterns = [(one, one.pattern) for one in SPOKEN if one.pattern is not None]
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="mlflow")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_mine(scope["path"]):
            await self._api(scope, receive, send)
            return
        scope["app"] = self._api
        request = Request(scope, receive, send)
        try:
            response = await self._response(request)
        except Exception as error:  # noqa: BLE001 (the protocol has its own form of each failure)
            response = failure(error)
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        path = request.scope["path"]
        if path == "/version":
            return PlainTextResponse(VERSION)
        if path == "/health":
            return PlainTextResponse("OK")
        path = path[_PREFIX.match(path).end() :]  # type: ignore[union-attr]
        if path.startswith(_FILES):
            return await artifact_calls.respond(request, path.removeprefix(_FILES))
        path = path.removeprefix("mlflow/")
        found, values = self._find(request.method, path)
        if found is None:
            raise self._unknown(request.method, path)
        values |= await _arguments(request)
        work = asyncio.get_running_loop().run_in_executor(self._threads, found.answer, Call(request, values))
        return answer(await work)

    def _find(self, method: str, path: str) -> tuple[Spoken | None, dict[str, Any]]:
        if found := self._exact.get((method, path)):
            return found, {}
        for one, pattern in self._patterns:
            if one.method == method and (match := pattern.fullmatch(path)):
                return one, match.groupdict()
        return None, {}

    def _unknown(self, method: str, path: str) -> ProtocolError:
        others = [other for other in ("GET", "POST", "PATCH", "DELETE") if self._find(other, path)[0]]
        if others:
            return ProtocolError("BAD_REQUEST", f"The call {path} is made by {' or '.join(others)}, not by {method}.")
        group = group_of(path)
        said = f"{method} {path} ({group})" if group else f"{method} {path}"
        return ProtocolError("NOT_IMPLEMENTED", f"Workbench does not speak this call of MLflow's: {said}.")


def _is_mine(path: str) -> bool:
    return path in {"/version", "/health"} or (path.startswith(("/api/", "/ajax-api/")) and _PREFIX.match(path) is not None)


async def _arguments(request: Request) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True):
        if key in values:
            known = values[key]
            values[key] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            values[key] = value
    body = await request.body()
    if body.strip():
        try:
            content = json.loads(body)
        except ValueError:
            raise ProtocolError("BAD_REQUEST", "The request's body is not valid JSON.") from None
        if not isinstance(content, dict):
            raise wrong("The request's body must be a JSON object.")
        if own := run_of_request(request):  # a job's script may log its secrets
            content = request.app.state.workspace.jobs.hidden(own).inside(content)
        values |= content
    if b"%00" in request.scope["query_string"] or any(mark in body for mark in _MARKS):
        _check_texts(values)
    return values


_MARKS = (b"\\u0000", b"\\ud", b"\\uD")  # only these escapes can make a text that no database holds


def _check_texts(value: Any) -> None:
    """Raises for a text with a NUL character or half of a surrogate pair."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise wrong(f"The request has a text with characters that cannot be kept: {value[:100]!a}.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_texts(key)
            _check_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_texts(inner)
