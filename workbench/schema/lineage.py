"""The breadcrumb data -> preparation -> run -> model -> service."""

from typing import Literal

from workbench.schema.base import Wire


class LineagePart(Wire):
    """One link: `id` opens it (a path, a run's id, `name:version`, a service's name)."""

    kind: Literal["data", "preparation", "run", "model", "service"]
    id: str
    title: str
    detail: str = ""


class Lineage(Wire):
    """What one thing came from and what came from it, in the order of the breadcrumb; several parts of a kind are possible."""

    parts: tuple[LineagePart, ...]
