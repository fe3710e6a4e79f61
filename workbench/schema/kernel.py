"""Jupyter kernels, which belong to the workspace server."""

from enum import StrEnum

from workbench.schema.base import Time, Wire


class KernelStatus(StrEnum):
    PREPARING = "preparing"
    IDLE = "idle"
    BUSY = "busy"
    DEAD = "dead"


class KernelRequest(Wire):
    """Start a kernel in a project's environment (the one of its default run configuration)."""

    project: str
    config: str = ""


class Kernel(Wire):
    """A kernel. `connection_file` is there once it runs; what it says is also written to `record` (JSON Lines of its messages)."""

    id: str
    project: str
    config: str
    status: KernelStatus
    reason: str = ""
    connection_file: str = ""
    record: str = ""
    python: str = ""
    started: Time
