"""The command line of spark-submit, and what a script is told that starts Spark by itself."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.schema.runconfig import SparkSettings
from workbench.schema.target import SparkSpec

if TYPE_CHECKING:
    from workbench.jobs.folder import JobSpec


def submit_command(
    program: str, target: SparkSpec, spec: JobSpec, conf: dict[str, str] | None = None, py_files: Sequence[str] = ()
) -> list[str]:
    """spark-submit for the job's script. `conf` is ours; the target's stands above it, and the run configuration's above both.
    `py_files` of ours go along with the run configuration's.

    The application has the run's id as its name, so that it is found again.
    """
    return [program, *_options(target, spec, conf or {}, py_files), spec.script, *spec.arguments]


def shell_arguments(spec: JobSpec) -> str:
    """What PYSPARK_SUBMIT_ARGS says to a script that starts Spark by itself, on any other target: its share of the machine."""
    master = f"local[{max(1, math.ceil(spec.cpus))}]"
    return shlex.join([*_options(SparkSpec(master=master), spec, {"spark.ui.showConsoleProgress": "false"}), "pyspark-shell"])


def _options(target: SparkSpec, spec: JobSpec, conf: dict[str, str], py_files: Sequence[str] = ()) -> list[str]:
    own = SparkSettings.model_validate(spec.spark)
    options = ["--master", target.master, "--deploy-mode", target.deploy_mode, "--name", spec.run_id]
    for key, value in {**conf, **target.conf, **own.conf}.items():
        options += ["--conf", f"{key}={value}"]
    for option, values in (
        ("--packages", (*target.packages, *own.packages)),
        ("--repositories", (*target.repositories, *own.repositories)),
        ("--py-files", (*own.py_files, *py_files)),
    ):
        if values:
            options += [option, ",".join(dict.fromkeys(values))]
    return options
