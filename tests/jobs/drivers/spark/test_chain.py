"""Walking the chain to Spark."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.conftest import Requirement
from tests.jobs.drivers.spark.conftest import SparkCluster
from tests.spark import need_spark
from workbench.jobs.drivers.spark import walk_chain
from workbench.schema.target import Link, SparkSpec


def _walk(home: Path, master: str, **more: object) -> dict[str, Link]:
    return {link.name: link for link in walk_chain(SparkSpec(master=master, **more), None, home)}


def test_that_a_master_here_needs_java_only(require: Requirement, tmp_path: Path) -> None:
    need_spark(require)
    links = _walk(tmp_path, "local[2]")
    assert [(name, link.state) for name, link in links.items()] == [("spark-submit", "ok"), ("Java", "ok"), ("master", "ok")]
    assert links["Java"].message.startswith("Java ")


def test_that_a_cluster_that_answers_is_told(cluster: SparkCluster, tmp_path: Path) -> None:
    assert _walk(tmp_path, cluster.master)["master"].state == "ok"
    spare = cluster.master.removeprefix("spark://")
    assert _walk(tmp_path, f"spark://127.0.0.1:9,{spare}")["master"].message == f"{spare} answers."


@pytest.mark.parametrize("master", ["spark://127.0.0.1:{}", "k8s://https://127.0.0.1:{}"])
def test_that_a_master_that_does_not_answer_fails(tmp_path: Path, master: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        links = _walk(tmp_path, master.format(free.getsockname()[1]))
    assert links["master"].state == "failed"
    assert "does not answer" in links["master"].message


def test_that_a_master_that_spark_does_not_know_fails(tmp_path: Path) -> None:
    assert "is no master that Spark knows" in _walk(tmp_path, "mesos://somewhere")["master"].message


def test_that_a_missing_java_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    link = _walk(tmp_path, "local")["Java"]
    assert (link.state, link.message) == ("failed", f"There is no Java under JAVA_HOME ({tmp_path}).")


def test_that_a_missing_spark_submit_fails_only_where_the_target_names_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _walk(tmp_path, "local")["spark-submit"].state == "ok"
    assert _walk(tmp_path, "local", spark_submit="/opt/none")["spark-submit"].state == "failed"


def test_that_yarn_is_looked_for_where_hadoops_configuration_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YARN_CONF_DIR", raising=False)
    monkeypatch.delenv("HADOOP_CONF_DIR", raising=False)
    assert "HADOOP_CONF_DIR" in _walk(tmp_path, "yarn")["master"].message
    monkeypatch.setenv("HADOOP_CONF_DIR", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as manager:
        port = manager.getsockname()[1]
        (tmp_path / "yarn-site.xml").write_text(
            "<configuration><property><name>yarn.resourcemanager.address</name>"
            f"<value>127.0.0.1:{port}</value></property></configuration>"
        )
        assert _walk(tmp_path, "yarn")["master"].message == f"127.0.0.1:{port} answers."
    assert _walk(tmp_path, "yarn")["master"].state == "failed"
