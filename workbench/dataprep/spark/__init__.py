"""The same dataflows on Spark: `SparkEngine` turns a flow into a Spark DataFrame. PySpark is imported when it is first used."""

from workbench.dataprep.spark.engine import SparkEngine
from workbench.dataprep.spark.running import run_on_spark
from workbench.dataprep.spark.session import start_session

__all__ = ["SparkEngine", "run_on_spark", "start_session"]
