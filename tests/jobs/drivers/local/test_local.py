"""Jobs as processes on this machine."""

import pytest

from tests.jobs.drivers.contract import ContractTarget, DriverContract, processes_of


class TestLocal(DriverContract):
    @pytest.fixture
    def target(self) -> ContractTarget:
        fault = {"environment": "requirements", "requirements": "requirements.txt", "package_index": "http://127.0.0.1:9/simple"}
        return ContractTarget({"kind": "local"}, processes_of, values={"environment": "workbench"}, fault=fault)
