"""The contract on a Docker engine of this machine; and what only containers have."""

from __future__ import annotations

import pytest

from tests.jobs.drivers.contract import ContractTarget, DriverContract
from tests.jobs.drivers.dockerd import Dockerd


def left_on(dockerd: Dockerd, run_id: str) -> list[str]:
    return [name for name in dockerd.containers() if run_id in name]


class TestDocker(DriverContract):
    @pytest.fixture
    def target(self, docker_engine: Dockerd) -> ContractTarget:
        spec = docker_engine.spec(ca_bundle="")
        fault = {"target": {**spec, "host": "unix:///nowhere/docker.sock"}}
        return ContractTarget(spec, lambda run_id: left_on(docker_engine, run_id), fault=fault)
