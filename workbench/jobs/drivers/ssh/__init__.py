"""Jobs on a plain remote Linux machine, over SSH."""

from workbench.jobs.drivers.ssh.chain import capacity, walk_chain
from workbench.jobs.drivers.ssh.driver import make_driver
from workbench.jobs.drivers.ssh.hostkeys import fingerprint, generate_key, host_key_of

__all__ = ["capacity", "fingerprint", "generate_key", "host_key_of", "make_driver", "walk_chain"]
