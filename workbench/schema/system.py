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
    environment_builds: int = 0


class ErrorBody(Wire):
    """The body of every answer that is not a success; `kind` names the class in `base.errors`, `bug` anything else."""

    kind: Literal["user", "not_found", "conflict", "environment", "cancelled", "bug"]
    message: str
    hint: str = ""
    place: str = ""
