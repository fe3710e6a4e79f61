"""Sweeps run against the real job manager, with small scripts in Workbench's own Python."""

from tests.jobs.conftest import project, request_for, workspace

__all__ = ["project", "request_for", "workspace"]
