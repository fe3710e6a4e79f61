"""Jobs by spark-submit, on a master in the same process."""

from __future__ import annotations

import sys

import pytest

from tests.conftest import Requirement
from tests.jobs.drivers.contract import ContractTarget, DriverContract, MakeJob, processes_of
from tests.spark import need_spark


@pytest.mark.slow
class TestSpark(DriverContract):
    @pytest.fixture
    def target(self, require: Requirement) -> ContractTarget:
        need_spark(require)
        fault = {"environment": "requirements", "requirements": "requirements.txt", "package_index": "http://127.0.0.1:9/simple"}
        values = {"environment": "interpreter", "python": sys.executable, "framework": "pyspark"}
        return ContractTarget(
            {"kind": "spark", "master": "local[1]", "conf": {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1"}},
            processes_of,
            values=values,
            fault=fault,
        )

    def test_that_a_script_runs_and_its_two_streams_come_apart_and_merged(self, make: MakeJob) -> None:
        """Spark says something of its own on stderr."""
        job = make("import sys\nprint('grüße')\nprint('careful', file=sys.stderr)\nprint('bye')")
        assert job.run().exit_code == 0
        assert job.folder.stdout.read_text("utf-8") == "grüße\nbye\n"
        assert job.folder.stderr.read_text("utf-8").endswith("\ncareful\n")
        assert sorted(line for line in job.text.splitlines() if line in {"grüße", "careful", "bye"}) == ["bye", "careful", "grüße"]

    def test_that_the_script_knows_its_run_and_has_its_share_of_the_machine(self, make: MakeJob) -> None:
        code = "import os\nprint(os.environ['WORKBENCH_RUN_ID'], os.environ['OMP_NUM_THREADS'], os.environ['MLFLOW_RUN_ID'])"
        job = make(code, cpus=1.5, tracking={"MLFLOW_RUN_ID": "abc"})
        assert job.run().exit_code == 0
        assert job.folder.stdout.read_text("utf-8") == f"{job.spec.run_id} 2 abc\n"

    def test_that_a_long_log_comes_complete_and_in_order(self, make: MakeJob) -> None:
        job = make("import time\nfor n in range(5000):\n    print('line', n, 'x' * 50)\n    if n % 1000 == 0: time.sleep(0.05)")
        assert job.run().exit_code == 0
        lines = job.folder.stdout.read_text("utf-8").splitlines()
        assert [line.split()[1] for line in lines] == [str(number) for number in range(5000)]
        assert [line for line in job.text.splitlines() if line.startswith("line ")] == lines
