"""The server itself: its health and its errors."""

from typing import Literal

from workbench.schema.base import Time, Wire


class Health(Wire):
    version: str
    pid: int
    workspace: str
    started: Time
    running: int
    queued: int
    boot: str = ""
    """Names this life of the server: events are numbered anew in each."""
    last_event: int = 0
    """The number of the latest event."""
    notices: tuple[str, ...] = ()
    """Sentences that the user must see, such as a damaged database that was kept aside."""


class Handshake(Wire):
    """The content of `server.json`: where a workspace's server answers. `began` and `pid` name its process for good."""

    url: str
    """http://127.0.0.1:port, without a path."""
    token: str
    pid: int
    began: float
    version: str


class ErrorBody(Wire):
    """The body of every answer that is not a success; `kind` names the class in `base.errors`, `bug` anything else."""

    kind: Literal["user", "not_found", "conflict", "environment", "cancelled", "bug"]
    message: str
    hint: str = ""
    place: str = ""
