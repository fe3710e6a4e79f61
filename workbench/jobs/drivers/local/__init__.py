"""Jobs as processes on this machine."""

from workbench.jobs.drivers.local.chain import walk_chain
from workbench.jobs.drivers.local.driver import make_driver

__all__ = ["make_driver", "walk_chain"]
