"""One Spark for all tests of a process."""

import atexit
import os
import shutil
import sys
import warnings
from functools import cache
from importlib.util import find_spec
from typing import Any

from tests.conftest import Requirement


def spark_is_there() -> bool:
    """Whether Spark can run here."""
    return find_spec("pyspark") is not None and shutil.which("java") is not None


def need_spark(require: Requirement) -> None:
    """The test goes on only where Spark can run."""
    require("spark", available=spark_is_there(), reason="Spark needs pyspark (`uv sync`) and Java")


@cache
def session() -> Any:
    """A session on this machine, for big expressions over few rows: no code is generated for them, and Java compiles quickly."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        builder = (
            SparkSession.builder.master("local[1]")
            .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.subexpressionElimination.enabled", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        )
        made = builder.config("spark.sql.shuffle.partitions", "1").config("spark.log.level", "OFF").getOrCreate()
    atexit.register(made.stop)
    return made
