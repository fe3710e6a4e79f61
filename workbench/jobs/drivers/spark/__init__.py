"""Jobs on Spark, through spark-submit."""

from workbench.jobs.drivers.spark.chain import walk_chain
from workbench.jobs.drivers.spark.driver import make_driver

__all__ = ["make_driver", "walk_chain"]
