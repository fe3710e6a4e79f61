"""What runs elsewhere than spark-submit: variables that go to a driver in the cluster, and an application to be ended there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from workbench.base.errors import EnvironmentError_
from workbench.base.files import write_atomic
from workbench.schema.target import SparkSpec

_YARN_APPLICATION = re.compile(rb"\bapplication_\d{10,}_\d{4,}\b")
NOTHING_BACK = (
    "In cluster mode the script's process is on another machine: what it writes to outputs/ and logs by workbench.log does not "
    "come back. Log through MLflow and write results to the cluster's storage, or give the target deploy_mode client."
)
_TAIL_BYTES = 4_000_000
_PATIENCE_S = 60


def is_remote(target: SparkSpec) -> bool:
    """Whether the script's own process runs in the cluster."""
    return target.deploy_mode == "cluster"


def properties_file(path: Path, target: SparkSpec, variables: Mapping[str, str]) -> list[str]:
    """Writes the variables for a driver in the cluster to a file that only we can read; the options that name it.

    Such a file stands in for Spark's own defaults, so these are copied into it.
    """
    prefix = "spark.kubernetes.driverEnv." if target.master.startswith("k8s://") else "spark.yarn.appMasterEnv."
    lines = [_defaults(), *(f"{prefix}{name} {_escaped(value)}" for name, value in sorted(variables.items()))]
    write_atomic(path, "\n".join(lines) + "\n", mode=0o600)
    return ["--properties-file", str(path)]


def end_application(target: SparkSpec, program: str, run_id: str, log: Path) -> None:
    """Ends the run's application on YARN or Kubernetes. Raises EnvironmentError_ when the cluster does not do so."""
    command: list[str] = []
    if target.master == "yarn" and (found := _yarn_application(log)):
        yarn = shutil.which("yarn")
        if yarn is None:
            message = f"The application {found} may still run on YARN: there is no program `yarn` here to end it."
            raise EnvironmentError_(message, hint=f"End it with: yarn application -kill {found}")
        command = [yarn, "application", "-kill", found]
    elif target.master.startswith("k8s://") and is_remote(target):
        namespace = target.conf.get("spark.kubernetes.namespace", "default")
        command = [program, "--master", target.master, "--kill", f"{namespace}:{run_id}*"]
    if not command:
        return  # the application ends with its driver, which was a process here
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
        said = done.stderr.strip().splitlines()
        reason = "" if done.returncode == 0 else said[-1] if said else f"exit code {done.returncode}"
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = str(error)
    if reason and "finished" not in reason.lower():
        raise EnvironmentError_(f"The application of run {run_id} on {target.master} could not be ended: {reason}.")


def _yarn_application(log: Path) -> str:
    """The application's id, as spark-submit has said it."""
    try:
        with log.open("rb") as file:
            found = _YARN_APPLICATION.search(file.read(_TAIL_BYTES))
    except FileNotFoundError:
        return ""
    return found[0].decode("ascii") if found else ""


def _defaults() -> str:
    folders = [os.environ.get("SPARK_CONF_DIR", ""), os.path.join(os.environ.get("SPARK_HOME", ""), "conf")]  # noqa: PTH118
    for folder in folders:
        path = Path(folder, "spark-defaults.conf")
        if folder and path.is_file():
            return path.read_text("utf-8", "replace")
    return ""


def _escaped(value: str) -> str:
    """As Java's properties read it."""
    text = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    text = "".join(one if one.isascii() else "".join(f"\\u{unit:04x}" for unit in _units(one)) for one in text)
    return f"\\{text}" if text.startswith(" ") else text


def _units(character: str) -> list[int]:
    raw = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
