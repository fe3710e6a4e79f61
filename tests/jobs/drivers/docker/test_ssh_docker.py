"""The contract on a Docker engine that is reached over SSH: it sees none of this machine's folders."""

from __future__ import annotations

from typing import Any

import pytest

from tests.jobs.drivers.contract import ContractTarget, DriverContract
from tests.jobs.drivers.docker.test_docker import left_on
from tests.jobs.drivers.dockerd import Dockerd
from tests.jobs.drivers.sshd import Sshd


def over_ssh(sshd: Sshd, dockerd: Dockerd, **docker: Any) -> dict[str, Any]:
    """A target that leads to the engine by way of the SSH server."""
    return {"kind": "ssh-docker", **sshd.spec(), "docker": dockerd.spec(ca_bundle="", **docker)}


class TestSshDocker(DriverContract):
    @pytest.fixture
    def target(self, docker_engine: Dockerd, sshd: Sshd) -> ContractTarget:
        spec = over_ssh(sshd, docker_engine)
        fault = {"target": {**spec, "port": 9}}
        return ContractTarget(spec, lambda run_id: left_on(docker_engine, run_id), fault=fault, shares=False)
