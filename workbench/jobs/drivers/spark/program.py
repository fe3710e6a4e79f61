"""Finding spark-submit: the target's, that of the run's PySpark, or the one on PATH."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from workbench.base.errors import UserError
from workbench.schema.target import SparkSpec


def spark_submit(target: SparkSpec, python: Path | None) -> str:
    """The path of spark-submit; `python` is the run's interpreter. Raises UserError where there is none."""
    if target.spark_submit:
        if found := shutil.which(str(Path(target.spark_submit).expanduser())):
            return found
        message = f"There is no program {target.spark_submit}, which the target names as its spark-submit."
        raise UserError(message, hint="Correct spark_submit of the target.", place="spark_submit")
    name = "spark-submit.cmd" if sys.platform == "win32" else "spark-submit"
    if python is not None and (found := shutil.which(str(python.parent / name))):
        return found
    if found := shutil.which("spark-submit"):
        return found
    hint = "Add pyspark to the project's requirements, or give the target the path of a spark-submit."
    raise UserError("There is no spark-submit: PySpark is not in the run's environment, and no Spark is on PATH.", hint=hint)
