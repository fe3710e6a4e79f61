"""Talks to scoring servers over HTTP on this machine."""

import json
import time
from typing import Any

import httpx

from workbench.base.errors import EnvironmentError_
from workbench.models.ports import HOST
from workbench.schema import ScoreReply

_SCORE_TIMEOUT_S = 60.0
_COUNTER = "workbench_requests_total{"


class Probe:
    """Asks services for their health, counters and answers. Safe in several threads; `close()` ends it."""

    def __init__(self, answer_seconds: float = 3.0) -> None:
        # Nothing is kept open between requests, so that a service that was started anew is met at once; a proxy of the
        # environment has no business between two processes of one machine, and nothing here is encrypted.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(trust_env=False, verify=False, limits=limits, timeout=answer_seconds)  # noqa: S501 (plain http only)

    def close(self) -> None:
        self._http.close()

    def is_healthy(self, name: str, port: int) -> bool:
        """Whether this very service answers at the port."""
        try:
            reply = self._http.get(f"{address(port)}/health")
            return reply.status_code == httpx.codes.OK and reply.json().get("service") == name
        except (httpx.HTTPError, ValueError, AttributeError):
            return False

    def requests(self, port: int) -> int | None:
        """How many requests the process has answered; None when it does not say."""
        try:
            lines = self._http.get(f"{address(port)}/metrics").text.splitlines()
        except httpx.HTTPError:
            return None
        return sum(int(float(line.rpartition(" ")[2])) for line in lines if line.startswith(_COUNTER))

    def sample(self, port: int) -> Any:
        """The request that the service's own description shows; None when there is none."""
        try:
            document = self._http.get(f"{address(port)}/openapi.json").json()
            return document["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"].get("example")
        except (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError):
            return None

    def score(self, name: str, port: int, key: str, body: Any) -> ScoreReply:
        """Sends a request and measures it. Raises EnvironmentError_ when no answer comes."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        began = time.perf_counter()
        try:
            reply = self._http.post(
                f"{address(port)}/score", content=json.dumps(body).encode(), headers=headers, timeout=_SCORE_TIMEOUT_S
            )
        except httpx.TimeoutException as error:
            raise EnvironmentError_(
                f"The service {name} did not answer within {_SCORE_TIMEOUT_S:.0f} s.", hint="Its log may say why."
            ) from error
        except httpx.HTTPError as error:
            raise EnvironmentError_(
                f"The service {name} does not answer at {address(port)}: {error}.", hint="Its log may say why."
            ) from error
        elapsed = (time.perf_counter() - began) * 1000
        try:
            content = reply.json()
        except ValueError:
            content = reply.text
        return ScoreReply(status=reply.status_code, body=content, milliseconds=round(elapsed, 3))


def address(port: int) -> str:
    """The address of a service, without a path."""
    return f"http://{HOST}:{port}"
