"""The script's Python on this machine: its environment, command and variables. What all drivers share that start processes here."""

import atexit
import contextlib
import math
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.base.paths import WorkspacePaths
from workbench.jobs.drivers.base import Follow
from workbench.jobs.environments import EnvironmentBuilder, environment_variables
from workbench.jobs.folder import JobSpec, RunFolder
from workbench.jobs.sdkcopy import carried_folder, sdk_folder
from workbench.sdk.tracking import beside_proxies

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True)
class LocalPython:
    """An interpreter that is ready: its path, what is installed in it, its version."""

    path: Path
    lock: str
    version: str


@dataclass(frozen=True)
class PackageSettings:
    """What of the settings an environment depends on, as the job's specification has it."""

    ca_bundle: str
    package_index: str


def make_python(folder: RunFolder, spec: JobSpec, follow: Follow, held: contextlib.ExitStack | None = None) -> LocalPython:
    """Builds the environment that the job asks for, or finds its interpreter. Raises UserError, EnvironmentError_, Cancelled.

    The environment stays on disk until `held` is closed (without one: as long as this process lives).
    """
    if follow.must_stop():
        raise Cancelled
    builder = EnvironmentBuilder(WorkspacePaths(Path(spec.home)), PackageSettings(spec.ca_bundle, spec.package_index))
    if spec.environment == "requirements":
        requirements = folder.work / spec.requirements
        if not requirements.is_file():
            message = f"The requirements file {spec.requirements} is not in the run's copy of the project: it is ignored."
            raise UserError(message, hint="Take it out of .gitignore or .wbignore.")
        lock = builder.resolve(requirements, python=spec.python, say=follow.say, cancel=follow.must_stop)
        python = builder.ensure(lock, spec.python, follow.say, follow.must_stop)
        if held is None:
            held = contextlib.ExitStack()
            atexit.register(held.close)
        held.enter_context(builder.using(python))
    else:
        python = Path(sys.executable) if spec.environment == "workbench" else _named(spec.python)
        lock = builder.installed(python)
    return LocalPython(python, lock, _version(python))


def script_command(spec: JobSpec, python: Path) -> list[str]:
    """The command that runs the script, in the working copy."""
    if spec.script.endswith(".wbprep"):
        return [sys.executable, "-P", "-m", "workbench.dataprep", "run", spec.script, *spec.arguments]
    return [str(python), spec.script, *spec.arguments]


def script_variables(folder: RunFolder, spec: JobSpec, python: Path) -> dict[str, str]:
    """All variables of a script that runs on this machine."""
    variables = environment_variables(python) | common_variables(spec)
    if spec.environment != "workbench":
        own = [spec.variables["PYTHONPATH"]] if spec.variables.get("PYTHONPATH") else []
        # On Spark a preparation runs in the session's own Python.
        copied = carried_folder if spec.kind == "spark" or spec.framework == "pyspark" else sdk_folder
        variables["PYTHONPATH"] = os.pathsep.join([str(copied(Path(spec.home))), *own])
    if spec.framework == "pyspark":
        variables.setdefault("PYSPARK_PYTHON", str(python))  # of its workers
    variables |= beside_proxies(spec.tracking.get("MLFLOW_TRACKING_URI", ""), variables)
    return variables | {
        "WORKBENCH_RUN_ID": spec.run_id,
        "WORKBENCH_RUN_DIR": str(folder.path),
        "WORKBENCH_OUTPUTS": str(folder.work / "outputs"),
        "WORKBENCH_PROJECT": spec.project,
        "WORKBENCH_PYTHON": sys.executable,
        "WORKBENCH_HOME": spec.home,
        "WORKBENCH_SHARED": str(shared_folder(spec)),
    }


def shared_folder(spec: JobSpec) -> Path:
    """The folder on this machine that outlives its runs: the same for all of a project, also in containers here."""
    folder = WorkspacePaths(Path(spec.home)).shared(spec.project_id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def common_variables(spec: JobSpec) -> dict[str, str]:
    """The variables that a script has on any target: how Python behaves, its share of the machine, tracking, the user's own."""
    variables = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "Agg"}
    # Jobs run side by side: each library that took all cores for itself would slow down all of them.
    variables |= dict.fromkeys(_THREADS, str(max(1, math.ceil(spec.cpus))))
    if spec.gpus:
        variables["CUDA_VISIBLE_DEVICES"] = ",".join(map(str, spec.gpus))
    if spec.framework == "pyspark" and spec.kind != "spark":
        from workbench.jobs.drivers.spark.command import shell_arguments

        variables["PYSPARK_SUBMIT_ARGS"] = shell_arguments(spec)
    return variables | spec.tracking | spec.variables


def _named(python: str) -> Path:
    found = shutil.which(python or "python3")
    if not found:
        raise UserError(f"There is no Python interpreter {python!r} on this machine.", hint="Correct environment.python.")
    return Path(found)


def _version(python: Path) -> str:
    """What it says itself; of an environment that uv has made, and of our own, without asking."""
    if python == Path(sys.executable):
        return platform.python_version()
    with contextlib.suppress(OSError):
        for line in (python.parent.parent / "pyvenv.cfg").read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "version_info" and value.strip():
                return value.strip()
    try:
        code = "import platform; print(platform.python_version())"
        done = subprocess.run([str(python), "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentError_(f"The Python interpreter {python} does not start: {error}.", place=str(python)) from error
    return done.stdout.strip()
