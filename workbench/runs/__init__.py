"""The run store: experiments, runs, parameters, metrics, tags, artifacts and inputs, in the workspace's database."""

from workbench.runs.database import Database
from workbench.runs.store import RunStore

__all__ = ["Database", "RunStore"]
