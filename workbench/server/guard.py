"""The door: only programs that hold a token come in, and no web page that tricks a browser into calling."""

import asyncio
import base64
import binascii
import functools
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.base.errors import NotFound, UserError
from workbench.server.errors import answer_for
from workbench.server.mlflow.errors import answer as mlflow_answer
from workbench.server.scope import is_open
from workbench.server.tokens import LivingRuns, Tokens

LARGEST_BODY = 256 * 1024 * 1024
LARGEST_FILE = 1024**4
"""Bytes of an output file that is sent up: it is written as it comes."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_FILES = "/api/2.0/mlflow-artifacts/artifacts/"
_MLFLOW_CODES = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED"}


class Guard:
    """Refuses requests without a token (401), from a foreign host or page (403), or with a body over the limit (413).

    The server's own token opens everything. A run's token opens what `scope` lists, until its run has ended; routes find the run
    in `request.state.run_id`. Tokens come as `Bearer`, or as name or password of basic authentication.
    """

    def __init__(self, app: ASGIApp, token: str, tokens: Tokens | None = None, living: LivingRuns | None = None) -> None:
        self._app = app
        self._token = token.encode()
        self._tokens = tokens
        self._living = living

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = LARGEST_FILE if scope["method"] == "PUT" and _FILES in scope["path"] else LARGEST_BODY
        status, message = _foreign(headers) or await self._stranger(headers, scope) or _too_large(headers, limit) or (0, "")
        if not status:
            await self._app(scope, _counted(receive, limit), send)
            return
        if "/mlflow" in scope["path"]:
            answer = mlflow_answer({"error_code": _MLFLOW_CODES.get(status, "BAD_REQUEST"), "message": message}, status)
        else:
            answer = answer_for(UserError(message))
            answer.status_code = status
        if status == 401:
            answer.headers["WWW-Authenticate"] = "Bearer"
        await answer(scope, receive, send)

    async def _stranger(self, headers: Headers, scope: Scope) -> tuple[int, str] | None:
        """Why the request's token does not open the door, if so. Leaves a run's token's run in the request's state."""
        for given in _given_tokens(headers.get("authorization", "")):
            if hmac.compare_digest(given.encode(), self._token):
                return None
            if self._tokens and self._living and (run_id := self._tokens.run_of(given)):
                try:
                    alive = self._living.known(run_id) or await asyncio.to_thread(self._living.look, run_id)
                except NotFound:
                    alive = False
                if not alive:
                    return 401, f"The token is of no use any more: its run, {run_id}, has ended."
                if not is_open(scope["method"], scope["path"]):
                    return 403, f"The token of run {run_id} does not open {scope['method']} {scope['path']}."
                scope.setdefault("state", {})["run_id"] = run_id
                return None
        return 401, "The token is missing or wrong."


def _given_tokens(authorization: str) -> tuple[str, ...]:
    kind, _, value = authorization.partition(" ")
    if kind.lower() == "bearer":
        return (value.strip(),)
    if kind.lower() != "basic":
        return ()
    try:
        name, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ()
    return tuple(filter(None, (password, name)))


def _foreign(headers: Headers) -> tuple[int, str] | None:
    # A page of another site may reach the loopback under a name of its own (DNS rebinding); browsers tell both.
    # Of two such headers one may be for us and one for somebody on the way.
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    if len(hosts) == 1 and _is_loopback(f"//{hosts[0]}") and all(_is_loopback(one or "//localhost") for one in origins):
        return None
    return 403, "This server answers to programs on this machine only."


def _too_large(headers: Headers, limit: int) -> tuple[int, str] | None:
    length = headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length) <= limit:
        return None
    return 413, _limit_sentence(limit)


def _counted(receive: Receive, limit: int) -> Receive:
    """Counts a body as it comes: one that is sent in chunks does not tell its length."""
    count = 0

    async def counting() -> Message:
        nonlocal count
        message = await receive()
        if message["type"] == "http.request":
            count += len(message.get("body", b""))
            if count > limit:
                raise HTTPException(413, _limit_sentence(limit))
        return message

    return counting


def _limit_sentence(limit: int) -> str:
    return f"A request may have {limit // 1024**2} MB at most."


@functools.lru_cache(64)  # nearly every request has the same
def _is_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if "@" in parts.netloc or parts.path.strip("/"):  # no browser says so; whoever does means somebody else
        return False
    name = parts.hostname or ""
    return name in _LOOPBACK or name == "::1"
