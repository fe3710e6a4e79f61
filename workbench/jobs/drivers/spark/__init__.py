"""Jobs on Spark, through spark-submit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.jobs.drivers.spark.driver import SparkDriver
    from workbench.jobs.folder import JobSpec, RunFolder
    from workbench.jobs.joblog import JobLog
    from workbench.schema.target import Link, SparkSpec


def make_driver(folder: "RunFolder", spec: "JobSpec", secret: str | None, log: "JobLog") -> "SparkDriver":
    """The driver of a job on Spark."""
    from workbench.jobs.drivers.spark import driver

    return driver.make_driver(folder, spec, secret, log)


def walk_chain(spec: "SparkSpec", secret: str | None, home: "Path") -> "Iterator[Link]":
    """Walks the chain to Spark: spark-submit, Java, the master."""
    from workbench.jobs.drivers.spark import chain

    return chain.walk_chain(spec, secret, home)


__all__ = ["make_driver", "walk_chain"]
