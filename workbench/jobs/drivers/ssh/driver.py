"""The driver of jobs on a plain remote machine: a process in a folder of its own there, supervised by our agent."""

from __future__ import annotations

import json
import posixpath
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import EnvironmentError_, UserError
from workbench.jobs.drivers.base import Follow, Handle, Poll, Usage
from workbench.jobs.drivers.ssh.connection import Connection
from workbench.jobs.drivers.ssh.environment import remote_python
from workbench.jobs.drivers.ssh.pulling import Puller
from workbench.jobs.drivers.ssh.remote import RemoteMachine
from workbench.jobs.drivers.ssh.tunnel import Tunnel
from workbench.jobs.drivers.supervised.notes import load_notes, save_notes
from workbench.jobs.localpython import common_variables
from workbench.jobs.sdkcopy import carried_folder
from workbench.schema.target import SshSpec

if TYPE_CHECKING:
    from workbench.jobs.folder import JobSpec, RunFolder
    from workbench.jobs.joblog import JobLog

_SILENT_AFTER_S = 15.0
_STATUS_BYTES = 1 << 16
_URI = "MLFLOW_TRACKING_URI"
_DROPPED = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY")


class SshDriver:
    """Runs one job on a machine that it reaches over SSH. The job goes on there whatever happens to the connection and to us."""

    def __init__(self, folder: RunFolder, spec: JobSpec, target: SshSpec, secret: str | None, log: JobLog) -> None:
        self._folder = folder
        self._spec = spec
        self._log = log
        self._connection = Connection(target, secret)
        self._machine = RemoteMachine(self._connection)
        self._puller = Puller(self._machine, folder, log)
        self._tunnel: Tunnel | None = None
        self._notes = folder.path / "remote.json"
        self._beat: tuple[int, float] = (-1, 0.0)

    def close(self) -> None:
        """Ends the connection; the job goes on."""
        self._connection.close()
        if self._tunnel:
            self._tunnel.close()

    def handle(self) -> Handle:
        return {"folder": posixpath.join(self._connection.spec.folder, "runs", self._spec.run_id), "pid": 0, "port": 0}

    def prepare(self, follow: Follow) -> tuple[str, str]:
        machine, there = self._machine, self._there()
        if self._spec.script.endswith(".wbprep"):
            message = f"{self._spec.script} is a data preparation, which runs on this machine only."
            raise UserError(message, hint="Run it on the target local.", place="target")
        save_notes(self._notes, {"touched": True})
        follow.say(f"Copying the project to {machine.name} ...")
        machine.upload(self._folder.work, posixpath.join(there, "work"), follow.must_stop)
        machine.make_folder(self._shared())
        sdk = carried_folder(Path(self._spec.home))
        if not machine.names(machine.folder("sdk", sdk.name)):
            machine.upload(sdk, machine.folder("sdk", sdk.name), follow.must_stop, once=True)
        python = remote_python(machine, self._folder, self._spec, follow)
        save_notes(self._notes, {"touched": True, "python": python.path, "ours": python.is_ours, "sdk": sdk.name})
        return python.lock, python.version

    def start(self, handle: Handle) -> Handle:
        there = self._there()
        note = load_notes(self._notes)
        variables = self._with_way_back(self._variables(note, there), int(handle.get("port") or 0))
        port = self._tunnel.port if self._tunnel else 0
        job = {"command": self._command(note), "cwd": posixpath.join(there, "work"), "variables": variables, "note": {"port": port}}
        status = self._machine.ask("start", there, data=json.dumps(job).encode())
        if self._tunnel and (status.get("note") or {}).get("port") not in {port, None}:
            self._tunnel.close()  # it was started before: the script knows another port
            self._reopen_tunnel(int(status["note"]["port"]))
        known = {"pid": status.get("pid", 0), "boot_id": status.get("boot_id", ""), "began": status.get("began", "")}
        port = self._tunnel.port if self._tunnel else 0
        return {**handle, **known, "folder": there, "work": posixpath.join(there, "work"), "port": port}

    def poll(self, handle: Handle) -> Poll:
        self._keep_tunnel(handle)
        status = self._read_status()
        now = time.monotonic()
        if status["state"] == "running" and status["beat"] != self._beat[0]:
            self._beat = (status["beat"], now)
        elif status["state"] == "absent" or (status["state"] == "running" and now - self._beat[1] > _SILENT_AFTER_S):
            status = self._machine.ask("check", self._there())
            self._beat = (self._beat[0], now)
        if status["state"] == "running":
            return Poll(running=True)
        if status["state"] == "ended":
            out_of_memory = bool(status.get("out_of_memory"))
            return Poll(running=False, exit_code=status["exit_code"], out_of_memory=out_of_memory, reason=status.get("reason", ""))
        return Poll(running=False, reason=self._why_gone(status))

    def pull(self, handle: Handle, *, final: bool = False) -> None:  # noqa: ARG002 (the run's id is enough)
        if final and not load_notes(self._notes).get("touched"):
            return
        self._puller.pull(self._there(), final=final)

    def usage(self, handle: Handle) -> Usage | None:  # noqa: ARG002
        """As the agent measured it last."""
        status = self._read_status()
        if status["state"] != "running" or not (used := status.get("usage")):
            return None
        gpus = tuple((float(busy), float(memory)) for busy, memory in used["gpus"])
        return Usage(used["cpus"], used["memory_mb"], used["disk_read_mb"], used["disk_written_mb"], gpus)

    def cancel(self, handle: Handle, grace_s: float) -> None:  # noqa: ARG002
        if not load_notes(self._notes).get("touched"):
            return
        answer = self._machine.ask("cancel", self._there(), str(grace_s), timeout=grace_s + 60)
        self._refuse_living(answer)

    def clean(self, handle: Handle) -> None:  # noqa: ARG002
        if not load_notes(self._notes).get("touched"):
            return  # nothing was brought there
        answer = self._machine.ask("clean", self._there(), timeout=300)
        self._refuse_living(answer)
        if not answer["removed"]:
            message = f"The run's folder {self._there()} on {self._machine.name} could not be removed."
            raise EnvironmentError_(message, hint="Look there who owns its files.")

    def _there(self) -> str:
        """The run's folder on the machine."""
        return self._machine.folder("runs", self._spec.run_id)

    def _shared(self) -> str:
        """The folder there that outlives its runs: the same for all of a project."""
        return self._machine.folder("shared", self._spec.project_id)

    def _read_status(self) -> dict[str, Any]:
        text = self._machine.read(posixpath.join(self._there(), "status.json"), 0, _STATUS_BYTES)
        return dict(json.loads(text)) if text else {"state": "absent"}

    def _command(self, note: dict[str, Any]) -> list[str]:
        return [str(note["python"]), self._spec.script, *self._spec.arguments]

    def _variables(self, note: dict[str, Any], there: str) -> dict[str, str]:
        spec, python = self._spec, str(note["python"])
        variables = {name: value for name, value in self._machine.probe()["variables"].items() if name not in _DROPPED}
        if note["ours"]:
            folder = posixpath.dirname(python)
            variables["PATH"] = f"{folder}:{variables.get('PATH', '/usr/bin:/bin')}"
            variables["VIRTUAL_ENV"] = posixpath.dirname(folder)
        variables |= common_variables(spec)
        own = [spec.variables["PYTHONPATH"]] if spec.variables.get("PYTHONPATH") else []
        variables["PYTHONPATH"] = ":".join([self._machine.folder("sdk", str(note["sdk"])), *own])
        if spec.framework == "pyspark":
            variables |= {"PYSPARK_PYTHON": python, "PYSPARK_DRIVER_PYTHON": python}
        return variables | {
            "WORKBENCH_RUN_ID": spec.run_id,
            "WORKBENCH_RUN_DIR": there,
            "WORKBENCH_OUTPUTS": posixpath.join(there, "work", "outputs"),
            "WORKBENCH_PROJECT": posixpath.join(there, "work"),
            "WORKBENCH_SHARED": self._shared(),
        }

    def _with_way_back(self, variables: dict[str, str], port: int) -> dict[str, str]:
        """With the server's address as the script sees it: through a tunnel where the server listens on this machine only."""
        url = self._spec.tracking.get(_URI, "")
        if not url or not Tunnel.needed(url):
            return variables
        self._tunnel = self._tunnel or Tunnel(self._connection, url, Path(self._spec.home), port)
        if self._tunnel.open():
            return {**variables, _URI: self._tunnel.url()}
        self._tunnel = None
        self._log.say(f"{self._machine.name} allows no way back to this machine: only Workbench's own SDK can log from there.")
        return {name: value for name, value in variables.items() if name not in self._spec.tracking}

    def _keep_tunnel(self, handle: Handle) -> None:
        """Opens it again where it was lost, or where we took the job up from another runner."""
        if port := int(handle.get("port") or 0):
            if self._tunnel is None:
                self._reopen_tunnel(port)
            elif self._connection.is_open:
                self._tunnel.open()

    def _reopen_tunnel(self, port: int) -> None:
        self._tunnel = Tunnel(self._connection, self._spec.tracking.get(_URI, "http://127.0.0.1"), Path(self._spec.home), port)
        self._connection.open()
        self._tunnel.open()

    def _why_gone(self, status: dict[str, Any]) -> str:
        if status["state"] == "absent":
            return f"The run's folder on {self._machine.name} has gone, so how the script ended is not known."
        if status.get("restarted"):
            return f"{self._machine.name} was restarted while the script ran."
        return f"The script's supervisor on {self._machine.name} was killed, so how the script would have ended is not known."

    def _refuse_living(self, answer: dict[str, Any]) -> None:
        if answer["left"]:
            names = ", ".join(str(pid) for pid in answer["left"])
            message = f"Processes of the job on {self._machine.name} do not end, although they were killed: {names}."
            raise EnvironmentError_(message, hint="They hang in the system there, e.g. in a network drive.")


def make_driver(folder: RunFolder, spec: JobSpec, secret: str | None, log: JobLog) -> SshDriver:
    """The driver of a job on a plain remote machine."""
    return SshDriver(folder, spec, SshSpec.model_validate(spec.target_spec), secret, log)
