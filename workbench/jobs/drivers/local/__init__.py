"""Jobs as processes on this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.jobs.drivers.local.driver import make_driver

if TYPE_CHECKING:
    from workbench.schema import Link, LocalSpec


def walk_chain(spec: "LocalSpec", secret: str | None, home: Path) -> "Iterator[Link]":
    """Walks the chain to this machine. What it needs is loaded only then: a runner starts fast without."""
    from workbench.jobs.drivers.local import chain

    return chain.walk_chain(spec, secret, home)


__all__ = ["make_driver", "walk_chain"]
