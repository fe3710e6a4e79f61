"""Registered models."""

from pydantic import Field

from workbench.schema.base import Name, Time, Wire
from workbench.schema.run import Artifact


class ModelRequest(Wire):
    """Register a file or folder of a run's outputs as the next version of a model."""

    name: Name
    run_id: str
    path: str
    """Relative to the run's outputs."""
    description: str = ""
    tags: dict[str, str] = Field(default_factory=dict)


class ModelVersion(Wire):
    """A version of a model: its files are a copy of their own, and the run they came from is kept."""

    name: str
    version: int
    run_id: str
    run_number: int
    experiment: str
    project: str
    path: str
    """Where it was in the run's outputs."""
    files: tuple[Artifact, ...]
    """Relative to the version's folder."""
    size: int
    digest: str
    description: str = ""
    tags: dict[str, str] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)
    """Last values of the run's metrics at registration."""
    created: Time
    user: str = ""
    updated: Time | None = None
    source: str = ""
    """A URI, where the version came from; the only thing known of a version whose files are elsewhere."""
    stage: str = ""
    """None of ours: what MLflow's clients set (Staging, Production, Archived)."""
    aliases: tuple[str, ...] = ()


class ModelSummary(Wire):
    """A model as a list shows it."""

    name: str
    latest: int
    versions: int
    created: Time
    updated: Time
    services: int = 0
    project: str = ""
