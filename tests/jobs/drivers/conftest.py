"""What the tests of the drivers share: the machines that they run jobs on."""

from tests.jobs.drivers.sshd import sshd, sshd_process

__all__ = ["sshd", "sshd_process"]
