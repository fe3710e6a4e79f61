"""Which driver a target has. Each kind's package is imported when it is needed: Docker's or SSH's libraries are heavy."""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.jobs.drivers.base import Chain, Driver, DriverFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.jobs.folder import JobSpec, RunFolder
    from workbench.jobs.joblog import JobLog
    from workbench.schema import Link

_PACKAGES = {"local": "local", "docker": "docker", "ssh-docker": "docker", "ssh": "ssh", "spark": "spark"}


def driver_for(folder: "RunFolder", spec: "JobSpec", secret: str | None, log: "JobLog") -> Driver:
    """The driver of a job. Raises UserError for a kind of target that this version does not have."""
    factory: DriverFactory = _function(spec.kind, "make_driver")
    return factory(folder, spec, secret, log)


def chain_to(spec: Any, secret: str | None, home: Path) -> "Iterator[Link]":
    """Walks the chain to a target, link by link."""
    chain: Chain = _function(spec.kind, "walk_chain")
    return chain(spec, secret, home)


def clean_target(spec: Any, secret: str | None, home: Path, unused_days: float) -> list[str]:
    """Removes environments and images that we made there and that were not used for so long; what they are called.

    Raises UserError for a kind whose environments are on this machine.
    """
    place = {"ssh": "ssh.environment", "docker": "docker.images", "ssh-docker": "docker.images"}.get(spec.kind)
    if place is None:
        hint = "Remove them with: workbench env clean --unused-days 30"
        raise UserError("The environments of this target are on this machine.", hint=hint, place="target")
    module = importlib.import_module(f"workbench.jobs.drivers.{place}")
    removed: list[str] = module.clean_target(spec, secret, home, unused_days)
    return removed


def takes_up(kind: str) -> bool:
    """Whether a job of this kind of target goes on when its runner is killed, so that another runner can take it up."""
    return kind != "local"


def _function(kind: str, name: str) -> Any:
    package = _PACKAGES.get(kind)
    try:
        module = importlib.import_module(f"workbench.jobs.drivers.{package}")
    except ModuleNotFoundError as error:
        if package is not None and error.name != f"workbench.jobs.drivers.{package}":
            raise
        raise UserError(f"Jobs cannot run on a target of the kind {kind!r}.", hint="See: workbench target list") from error
    return getattr(module, name)
