"""Deployed services."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from workbench.schema.base import ServiceName, Time, Wire


class ServiceStatus(StrEnum):
    CREATING = "creating"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    STOPPED = "stopped"
    FAILED = "failed"


class ServiceRequest(Wire):
    """Deploy a model version behind a score script with `init()` and `run(data)`."""

    name: ServiceName
    model: str
    version: int
    score_script: str = "score.py"
    """Relative to the project, as of the snapshot of the model's run; an absolute path is taken as it is."""
    requirements: str = ""
    """Empty: the environment lock of the model's run. Else a requirements file, relative to the project or absolute."""
    port: int = Field(0, ge=0, le=65535)
    """0: a free one."""
    sample: Any = None
    """A request to show and to try; None: the score script's `SAMPLE`, when it has one."""


class Service(Wire):
    """A running (or stopped) service."""

    name: str
    model: str
    version: int
    run_id: str
    project: str = ""
    status: ServiceStatus
    reason: str = ""
    """One sentence: why it has this state; while creating, what is being done."""
    address: str = ""
    """http://127.0.0.1:port, without a path."""
    port: int = 0
    key: str = ""
    sample: Any = None
    curl: str = ""
    """A line that scores the sample from a shell."""
    created: Time
    started: Time | None = None
    requests: int = 0


class ScoreReply(Wire):
    """What a service answered: status code, body, and how long it took."""

    status: int
    body: Any
    milliseconds: float
