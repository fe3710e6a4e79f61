"""What the tests of the drivers share: the machines that they run jobs on."""

from tests.jobs.drivers.dockerd import docker_engine, dockerd_process
from tests.jobs.drivers.sshd import sshd, sshd_process

__all__ = ["docker_engine", "dockerd_process", "sshd", "sshd_process"]
