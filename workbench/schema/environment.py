"""The Python environments of a workspace."""

from workbench.schema.base import Time, Wire


class Environment(Wire):
    """An environment on disk, shared by all runs with the same packages. `size`: bytes, of which uv's cache shares the most."""

    id: str
    folder: str
    python: str
    packages: int
    size: int
    built: Time
    used: Time
    in_use: bool


class CleanRequest(Wire):
    """Which environments to remove: those unused for `unused_days`, then the longest unused until the rest takes `limit_gb`."""

    unused_days: float | None = None
    limit_gb: float | None = None
