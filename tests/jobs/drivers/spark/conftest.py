"""A standalone Spark cluster on loopback: a master and a worker of the PySpark that the tests have."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import Requirement
from tests.spark import need_spark, spark_is_there
from tests.waiting import until


@dataclass
class SparkCluster:
    """Where the master is, and what it says of itself."""

    master: str
    page: str

    def says(self) -> dict[str, Any]:
        # Before its parts are all there, a page answers with something else.
        with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(f"{self.page}/json/", timeout=5) as answer:
            return dict(json.load(answer))
        return {}

    def applications(self) -> list[str]:
        """The names of the applications that run."""
        return [one["name"] for one in self.says().get("activeapps", ())]

    def finished(self) -> list[str]:
        return [one["name"] for one in self.says().get("completedapps", ())]


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
def spark_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkCluster | None]:
    """One cluster for all tests of the process; None where Spark cannot run."""
    if not spark_is_there():
        yield None
        return
    import pyspark

    folder = tmp_path_factory.mktemp("spark")
    program = Path(str(pyspark.__file__)).parent / "bin" / "spark-class"
    port, page = _free(), _free()
    variables = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(folder), "SPARK_NO_DAEMONIZE": "1"}
    variables["SPARK_DAEMON_JAVA_OPTS"] = "-XX:TieredStopAtLevel=1"
    cluster = SparkCluster(f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{page}")
    deploy = "org.apache.spark.deploy"
    commands = [
        [f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page)],
        [
            f"{deploy}.worker.Worker",
            "-c",
            "1",
            "-m",
            "1g",
            "-d",
            str(folder),
            "--host",
            "127.0.0.1",
            "--webui-port",
            "0",
            cluster.master,
        ],
    ]
    started: list[subprocess.Popen[bytes]] = []
    with (folder / "log.txt").open("ab") as log:
        try:
            for command in commands:
                process = subprocess.Popen([str(program), *command], env=variables, cwd=folder, stdout=log, stderr=log)
                started.append(process)
            until(lambda: cluster.says().get("aliveworkers") == 1, "a master with a worker", 120)
            yield cluster
        finally:
            for process in started:
                with contextlib.suppress(psutil.Error):
                    for one in psutil.Process(process.pid).children(recursive=True):
                        with contextlib.suppress(psutil.Error):
                            one.kill()
                process.kill()
                process.wait(10)


@pytest.fixture
def cluster(require: Requirement, spark_processes: SparkCluster | None) -> SparkCluster:
    """The cluster; the test is skipped, or fails, without one."""
    need_spark(require)
    assert spark_processes
    return spark_processes
