"""Runs that a process opens by itself: a notebook, or any program outside the job manager."""

from typing import Literal

from pydantic import Field

from workbench.schema.base import Wire


class RunOpen(Wire):
    """Opens a run that the sender logs to. It must be a process on the server's machine: it writes into the run's folder."""

    pid: int = Field(ge=1, lt=2**31)
    """The run is lost when this process has gone without ending it."""
    kind: Literal["notebook", "external"] = "external"
    name: str = Field("", max_length=500)
    experiment: str = Field("", max_length=500)
    """Empty: the project's name, or that of the script."""
    project: str = ""
    """Absolute path of the project folder, of which a snapshot is taken; empty: none."""
    parent_id: str | None = None
    script: str = ""
    arguments: tuple[str, ...] = ()
    params: dict[str, str] = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)
    python: str = ""
    environment_lock: str = ""


class RunOpened(Wire):
    """Where the sender logs to: `events.jsonl` in `folder`, files in `outputs`, its end in `status.json`."""

    id: str
    number: int
    experiment: str
    folder: str
    outputs: str
    tracking: dict[str, str] = Field(default_factory=dict)
    """Variables by which MLflow's clients log into the run; one of them is a token of the run's own."""


class RunEnd(Wire):
    """How a run that was opened from outside ended."""

    status: Literal["finished", "failed", "cancelled"] = "finished"
    reason: str = Field("", max_length=10_000)
