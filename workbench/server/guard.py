"""The door: only programs that hold the token come in, and no web page that tricks a browser into calling."""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from workbench.base.errors import UserError
from workbench.server.errors import answer_for

LARGEST_BODY = 256 * 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Guard:
    """Refuses requests without the token (401), from a foreign host or page (403), or with a body over the limit (413)."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, message = self._verdict(Headers(scope=scope))
        if not status:
            await self._app(scope, receive, send)
            return
        answer = answer_for(UserError(message))
        answer.status_code = status
        await answer(scope, receive, send)

    def _verdict(self, headers: Headers) -> tuple[int, str]:
        # A page of another site may reach the loopback under a name of its own (DNS rebinding); browsers tell both.
        if not _is_loopback(f"//{headers.get('host', '')}") or not _is_loopback(headers.get("origin") or "//localhost"):
            return 403, "This server answers to programs on this machine only."
        if not hmac.compare_digest(headers.get("authorization", "").encode(), self._expected):
            return 401, "The token is missing or wrong."
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return 413, f"A request may have {LARGEST_BODY // 1024**2} MB at most."
        return 0, ""


def _is_loopback(address: str) -> bool:
    try:
        name = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return name in _LOOPBACK or name == "::1"
