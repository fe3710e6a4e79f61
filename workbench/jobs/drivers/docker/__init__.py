"""Jobs in containers: of this machine's Docker engine, or of another one's that is reached by TCP or SSH."""

from workbench.jobs.drivers.docker.chain import capacity, walk_chain
from workbench.jobs.drivers.docker.driver import make_driver

__all__ = ["capacity", "make_driver", "walk_chain"]
