"""Jobs by spark-submit, on a master in the same process."""

from __future__ import annotations

import sys

import pytest

from tests.conftest import Requirement
from tests.jobs.drivers.contract import ContractTarget, DriverContract, processes_of
from tests.spark import need_spark


@pytest.mark.slow
class TestSpark(DriverContract):
    @pytest.fixture
    def target(self, require: Requirement) -> ContractTarget:
        need_spark(require)
        fault = {"environment": "requirements", "requirements": "requirements.txt", "package_index": "http://127.0.0.1:9/simple"}
        values = {"environment": "interpreter", "python": sys.executable, "framework": "pyspark"}
        return ContractTarget({"kind": "spark", "master": "local[1]"}, processes_of, values=values, fault=fault)
