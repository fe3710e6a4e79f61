"""A PySpark job from its submission to its end: manager, queue, runner, driver."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Requirement
from tests.jobs.conftest import Workspace
from tests.jobs.drivers.contract import processes_of
from tests.spark import need_spark
from workbench.schema import JobRequest, RunStatus, SparkSpec, TargetRequest


def test_that_a_submitted_pyspark_job_runs_and_is_recorded(
    workspace: Workspace, request_for: Callable[..., JobRequest], require: Requirement
) -> None:
    need_spark(require)
    code = (
        "import workbench\nfrom pyspark.sql import SparkSession\ncontext = SparkSession.builder.getOrCreate().sparkContext\n"
        "workbench.log('sum', context.parallelize(range(10), 2).sum())\nworkbench.log_text('note.txt', context.master)\n"
    )
    request = request_for(code, target="here")
    Path(request.project, "runconfig", "local.toml").write_text(
        f'framework = "pyspark"\n[environment]\nkind = "interpreter"\npython = "{sys.executable}"\n', encoding="utf-8"
    )
    conf = {
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
    }
    with workspace.manager() as manager:
        manager.targets.add(TargetRequest(name="here", spec=SparkSpec(master="local[2]", conf=conf)))
        run = workspace.end_of(manager.submit(request).id, within=280)
    assert run.status is RunStatus.FINISHED, run.reason
    assert run.metrics["sum"].last == 45
    assert [one.path for one in run.artifacts] == ["note.txt"]
    assert not (workspace.paths.run(run.id) / "spark").exists()
    assert processes_of(run.id) == []
