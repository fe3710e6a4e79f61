"""The command line of spark-submit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.schema.runconfig import SparkSettings
from workbench.schema.target import SparkSpec

if TYPE_CHECKING:
    from workbench.jobs.folder import JobSpec


def submit_command(program: str, target: SparkSpec, spec: JobSpec, conf: dict[str, str] | None = None) -> list[str]:
    """spark-submit for the job's script. `conf` is ours; the target's stands above it, and the run configuration's above both.

    The application has the run's id as its name, so that it is found again.
    """
    own = SparkSettings.model_validate(spec.spark)
    command = [program, "--master", target.master, "--deploy-mode", target.deploy_mode, "--name", spec.run_id]
    for key, value in {**(conf or {}), **target.conf, **own.conf}.items():
        command += ["--conf", f"{key}={value}"]
    for option, values in (
        ("--packages", (*target.packages, *own.packages)),
        ("--repositories", (*target.repositories, *own.repositories)),
        ("--py-files", own.py_files),
    ):
        if values:
            command += [option, ",".join(dict.fromkeys(values))]
    return [*command, spec.script, *spec.arguments]
