"""What is true of jobs on Spark: PySpark on this machine and on a cluster, with the SDK in the script."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Requirement
from tests.jobs.drivers.small import SmallJob, make_job
from tests.jobs.drivers.spark.conftest import SparkCluster
from tests.spark import need_spark
from tests.waiting import until
from workbench.base.errors import EnvironmentError_, UserError

MakeJob = Callable[..., SmallJob]

# On a machine whose own name leads nowhere, the executors find their driver all the same. A small Java starts faster.
LOOPBACK = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}

COUNTING = """
import sys, workbench
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext
print("master", context.master, "name", context.appName, "arguments", sys.argv[1:])
rows = context.parallelize(range(1000), 2)
def where(_):
    import os
    return [os.environ.get("SPARK_EXECUTOR_DIRS", "")]
print("executors", context.parallelize([0, 1], 2).mapPartitions(where).distinct().collect())
workbench.log("rows", rows.count())
workbench.log_text("sum.txt", str(rows.sum()))
"""

WAITING = """
import time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def job(home: Path, require: Requirement) -> Iterator[MakeJob]:
    need_spark(require)
    made: list[SmallJob] = []

    def make(code: str, master: str = "local[2]", *, target: dict[str, Any] | None = None, **values: Any) -> SmallJob:
        spec = target or {}
        if "kind" not in spec:
            spec = {"kind": "spark", "master": master, "conf": LOOPBACK, **spec}
        made.append(make_job(home, code, spec, framework="pyspark", **{"python": sys.executable, **values}))
        return made[-1]

    yield make
    for one in made:
        one.driver.clean(one.driver.handle())
        one.close()


def test_that_a_pyspark_script_runs_here_and_logs_through_the_sdk(job: MakeJob) -> None:
    one = job(COUNTING, arguments=("--rate", "a b"))
    poll = one.run()
    assert poll.exit_code == 0, one.text
    assert f"master local[2] name {one.spec.run_id} arguments ['--rate', 'a b']" in one.text
    events = [json.loads(line) for line in one.folder.events.read_text("utf-8").splitlines()]
    assert [(event["key"], event["value"]) for event in events] == [("rows", 1000.0)]
    assert (one.folder.work / "outputs" / "sum.txt").read_text() == "499500"


def test_that_a_pyspark_script_runs_on_the_executors_of_a_cluster(job: MakeJob, cluster: SparkCluster) -> None:
    one = job(COUNTING, cluster.master)
    poll = one.run()
    assert poll.exit_code == 0, one.text
    assert f"master {cluster.master} name {one.spec.run_id}" in one.text
    assert "executors ['']" not in one.text, "the work was done by the script's own process"
    assert (one.folder.work / "outputs" / "sum.txt").read_text() == "499500"
    until(lambda: one.spec.run_id in cluster.finished(), "the master knows the application as finished")


def test_that_cancel_ends_the_application_on_the_cluster(job: MakeJob, cluster: SparkCluster) -> None:
    one = job(WAITING, cluster.master, run_id="cancelled-run")
    handle = one.start()
    one.until(handle, lambda: "ready" in one.text)
    assert "cancelled-run" in cluster.applications()
    one.driver.cancel(handle, 2.0)
    assert not one.driver.poll(handle).running
    until(lambda: "cancelled-run" not in cluster.applications(), "the master has let it go")


def test_that_a_pyspark_script_runs_on_other_targets_with_its_settings_and_share(job: MakeJob) -> None:
    code = """
    from pyspark.sql import SparkSession
    context = SparkSession.builder.getOrCreate().sparkContext
    print(context.master, context.appName, context.getConf().get("spark.a"))
    """
    one = job(code, target={"kind": "local"}, cpus=1.5, spark={"conf": {**LOOPBACK, "spark.a": "x y"}})
    assert one.run().exit_code == 0, one.text
    assert one.folder.stdout.read_text("utf-8") == f"local[2] {one.spec.run_id} x y\n"


def test_that_the_settings_of_target_and_run_reach_spark(job: MakeJob) -> None:
    code = """
    from pyspark.sql import SparkSession
    conf = SparkSession.builder.getOrCreate().sparkContext.getConf()
    print("found", [conf.get(name) for name in ("spark.a", "spark.b", "spark.c")])
    import beside
    print("beside", beside.here)
    """
    target = {"conf": {**LOOPBACK, "spark.a": "target", "spark.b": "target"}}
    spark = {"conf": {"spark.b": "run", "spark.c": "x y"}, "py_files": ["lib/beside.py"]}
    one = job(code, target=target, spark=spark, files={"lib/beside.py": "here = 'yes'\n"})
    assert one.run().exit_code == 0, one.text
    assert "found ['target', 'run', 'x y']" in one.text
    assert "beside yes" in one.text


def test_that_without_any_spark_submit_the_user_is_told(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(UserError, match="There is no spark-submit") as refused:
        job("print(1)", python="/usr/bin/python3").prepare()
    assert "pyspark" in refused.value.hint


def test_that_a_standalone_master_refuses_scripts_in_cluster_mode(job: MakeJob) -> None:
    with pytest.raises(UserError, match="client mode only"):
        job("print(1)", "spark://127.0.0.1:7077", target={"deploy_mode": "cluster"}).prepare()


def test_that_a_spark_submit_that_is_not_there_is_named(job: MakeJob) -> None:
    with pytest.raises(UserError, match="no program /opt/none/spark-submit"):
        job("print(1)", target={"spark_submit": "/opt/none/spark-submit"}).prepare()


def _program(folder: Path, name: str, code: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{code}\n")
    path.chmod(0o755)
    return path


def test_that_a_driver_on_yarn_gets_its_variables_by_a_closed_file_and_cancel_kills_the_application(
    job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = _program(
        tmp_path / "bin", "spark-submit",
        'printf "%s|" "$@"; echo; echo "INFO Client: Submitted application application_1700000000000_0042" >&2; sleep 600',
    )  # fmt: skip
    _program(tmp_path / "bin", "yarn", f'echo "$@" >>{tmp_path}/killed')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    target = {"deploy_mode": "cluster", "spark_submit": str(submit)}
    one = job("print(1)", "yarn", target=target, variables={"KEY": "se cret\n\\ü"}, tracking={"MLFLOW_RUN_ID": "r"})
    handle = one.start()
    one.until(handle, lambda: "application_" in one.text)
    words = one.text.splitlines()[0].split("|")
    assert "se cret" not in one.text
    (archive,) = words[words.index("--py-files") + 1].split(",")
    with zipfile.ZipFile(archive) as sdk:
        assert {"workbench/__init__.py", "workbench/sdk/run.py"} <= set(sdk.namelist())
    assert any("logs by workbench.log does not come back" in line for line in one.said)
    properties = Path(words[words.index("--properties-file") + 1])
    assert properties.stat().st_mode & 0o777 == 0o600
    assert "spark.yarn.appMasterEnv.KEY se cret\\n\\\\\\u00fc" in properties.read_text("ascii").splitlines()
    assert "spark.yarn.appMasterEnv.MLFLOW_RUN_ID r" in properties.read_text("ascii").splitlines()
    one.driver.cancel(handle, 1.0)
    assert (tmp_path / "killed").read_text() == "application -kill application_1700000000000_0042\n"
    one.driver.clean(handle)
    assert not properties.exists()


def test_that_an_application_that_nobody_can_end_is_said(job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = _program(tmp_path / "bin", "spark-submit", "echo application_1700000000000_0043 >&2; sleep 600")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    one = job("print(1)", "yarn", target={"deploy_mode": "cluster", "spark_submit": str(submit)})
    handle = one.start()
    one.until(handle, lambda: "application_" in one.text)
    with pytest.raises(EnvironmentError_, match="application_1700000000000_0043 may still run"):
        one.driver.cancel(handle, 1.0)


def test_that_a_driver_on_kubernetes_is_ended_by_spark_submit(job: MakeJob, tmp_path: Path) -> None:
    code = f'case "$*" in *--kill*) printf "%s|" "$@" >{tmp_path}/killed ;; *) echo started; sleep 600 ;; esac'
    submit = _program(tmp_path / "bin", "spark-submit", code)
    target = {"deploy_mode": "cluster", "spark_submit": str(submit), "conf": {"spark.kubernetes.namespace": "science"}}
    one = job("print(1)", "k8s://https://127.0.0.1:6443", target=target)
    handle = one.start()
    one.until(handle, lambda: "started" in one.text)
    one.driver.cancel(handle, 1.0)
    assert (tmp_path / "killed").read_text() == f"--master|k8s://https://127.0.0.1:6443|--kill|science:{one.spec.run_id}*|"
