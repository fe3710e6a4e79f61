"""The driver of jobs on Spark: spark-submit runs on this machine under a supervisor of its own, so that it outlives its runner."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.base.files import write_atomic
from workbench.jobs.drivers.base import Follow, Handle, Poll, Usage
from workbench.jobs.drivers.spark.cluster import NOTHING_BACK, end_application, is_remote, properties_file
from workbench.jobs.drivers.spark.command import submit_command
from workbench.jobs.drivers.spark.program import spark_submit
from workbench.jobs.drivers.supervised.local import LocalAgent, need_posix
from workbench.jobs.drivers.supervised.logs import LogPuller
from workbench.jobs.drivers.supervised.notes import load_notes, save_notes
from workbench.jobs.localpython import common_variables, make_python, script_variables
from workbench.jobs.sdkcopy import carried_folder
from workbench.schema.target import SparkSpec

if TYPE_CHECKING:
    from workbench.jobs.folder import JobSpec, RunFolder
    from workbench.jobs.joblog import JobLog


_SIGNALLED = 128
_LAST_SIGNAL = 64
_DRIVER_PYTHON = """#!/bin/sh
if [ "$(cat /proc/$PPID/comm 2>/dev/null)" = java ]; then
    exec 1>/proc/$PPID/fd/1 2>/proc/$PPID/fd/2
fi
exec {python} "$@"
"""


class SparkDriver:
    """Runs one job by spark-submit. In client mode the script is a process of this machine, and logs like a local one."""

    def __init__(self, folder: RunFolder, spec: JobSpec, target: SparkSpec, log: JobLog) -> None:
        need_posix("Spark targets")
        self._folder = folder
        self._spec = spec
        self._target = target
        self._agent = LocalAgent(folder.path / "spark")
        self._log = LogPuller(self._agent, log)
        self._notes = folder.path / "spark.json"

    def handle(self) -> Handle:
        return {"folder": str(self._folder.path / "spark"), "application": self._spec.run_id, "pid": 0}

    def prepare(self, follow: Follow) -> tuple[str, str]:
        if not self._spec.script.endswith(".py"):
            message = f"{self._spec.script} is no Python script, which is all that spark-submit runs here."
            raise UserError(message, hint="Run it on the target local.", place="target")
        if is_remote(self._target) and self._target.master.startswith(("spark://", "local")):
            message = f"The master {self._target.master} runs Python scripts in client mode only."
            raise UserError(message, hint="Set deploy_mode of the target to client.", place="deploy_mode")
        if is_remote(self._target):
            follow.say(NOTHING_BACK)
        python = make_python(self._folder, self._spec, follow)
        program = spark_submit(self._target, python.path)
        save_notes(self._notes, {"python": str(python.path), "program": program})
        return python.lock, python.version

    def start(self, handle: Handle) -> Handle:
        notes = load_notes(self._notes)
        python = Path(str(notes["python"]))
        job = {
            "command": self._command(str(notes["program"])),
            "cwd": str(self._folder.work),
            "variables": self._variables(python, str(notes["program"])),
        }
        status = self._agent.start(job)
        return {**handle, "pid": status.get("pid", 0), "boot_id": status.get("boot_id", "")}

    def poll(self, handle: Handle) -> Poll:  # noqa: ARG002 (the run's folder is enough)
        poll = self._agent.poll()
        code = poll.exit_code or 0
        if _SIGNALLED < code <= _SIGNALLED + _LAST_SIGNAL:  # Spark tells a signal that ended the script as a shell does
            return replace(poll, exit_code=_SIGNALLED - code)
        return poll

    def pull(self, handle: Handle, *, final: bool = False) -> None:  # noqa: ARG002
        """Events and outputs are here already."""
        self._log.pull(str(self._folder.path / "spark" / "log"))

    def usage(self, handle: Handle) -> Usage | None:  # noqa: ARG002
        """Of spark-submit and what it started on this machine, not of a cluster."""
        return self._agent.usage()

    def cancel(self, handle: Handle, grace_s: float) -> None:  # noqa: ARG002
        if not (program := str(load_notes(self._notes).get("program", ""))):
            return  # nothing was started
        self._agent.cancel(grace_s)
        self.pull({}, final=True)
        end_application(self._target, program, self._spec.run_id, self._folder.stderr)

    def clean(self, handle: Handle) -> None:  # noqa: ARG002
        self._agent.clean()

    def _command(self, program: str) -> list[str]:
        conf = {"spark.ui.showConsoleProgress": "false"}
        if not is_remote(self._target):
            command = submit_command(program, self._target, self._spec, conf)
        else:
            command = submit_command(program, self._target, self._spec, conf, [str(self._sdk())])
            variables = common_variables(self._spec) | {"WORKBENCH_RUN_ID": self._spec.run_id}
            command[1:1] = properties_file(self._folder.path / "spark" / "spark.properties", self._target, variables)
        return command

    def _variables(self, python: Path, program: str) -> dict[str, str]:
        variables: dict[str, Any] = script_variables(self._folder, self._spec, python)
        variables["PYSPARK_DRIVER_PYTHON"] = str(self._driver_python(python))
        variables.setdefault("PYSPARK_PYTHON", str(python))
        if Path(program).parent == python.parent:
            variables.pop("SPARK_HOME", None)  # another Spark's: the run has its own
        if is_remote(self._target):
            for name in ("PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON"):
                if name not in os.environ and name not in self._spec.variables:
                    variables.pop(name, None)  # a path of this machine means nothing there
        return variables

    def _sdk(self) -> Path:
        """Ours as an archive, so that a script that imports it runs in the cluster too."""
        made = self._folder.path / "spark" / "sdk.zip"
        if not made.exists():
            made.parent.mkdir(exist_ok=True)
            part = shutil.make_archive(str(made.with_name("part")), "zip", carried_folder(Path(self._spec.home)))
            Path(part).replace(made)
        return made

    def _driver_python(self, python: Path) -> Path:
        """Starts the script's Python. Spark mixes what it writes to stderr into stdout: here each goes where it belongs."""
        path = self._folder.path / "spark" / "python"
        path.parent.mkdir(exist_ok=True)
        write_atomic(path, _DRIVER_PYTHON.format(python=shlex.quote(str(python))), mode=0o700)
        return path


def make_driver(folder: RunFolder, spec: JobSpec, secret: str | None, log: JobLog) -> SparkDriver:  # noqa: ARG001 (no password)
    """The driver of a job on Spark."""
    return SparkDriver(folder, spec, SparkSpec.model_validate(spec.target_spec), log)
