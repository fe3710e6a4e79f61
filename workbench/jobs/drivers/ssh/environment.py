"""The Python of a job on a remote machine: an environment built there with uv, or an interpreter that is there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import posixpath
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.jobs.drivers import ssh
from workbench.jobs.drivers.base import Follow
from workbench.jobs.drivers.ssh.remote import RemoteMachine
from workbench.jobs.environments import uv_program

if TYPE_CHECKING:
    from workbench.jobs.folder import JobSpec

_QUIET_S = 1800.0
_ANSWER = b"="
_OFFLINE = ("error sending request", "dns error", "connection refused", "failed to fetch", "tcp connect error", "timed out",
    "Temporary failure in name resolution", "NewConnectionError")  # fmt: skip


@dataclass(frozen=True)
class RemotePython:
    """An interpreter there."""

    path: str
    version: str
    lock: str
    is_ours: bool
    """Built by us: `path` lies in the `bin` of an environment."""


def remote_python(machine: RemoteMachine, spec: JobSpec, work: str, follow: Follow) -> RemotePython:
    """The interpreter for the job, whose working copy is `work` there. Raises UserError, EnvironmentError_, Cancelled."""
    named = machine.connection.spec.python or (spec.python if spec.environment == "interpreter" else "")
    builder = machine.put_script("builder.py", ssh)
    if named:
        request: dict[str, Any] = {"kind": "installed"}
        answer = _built(machine, [named, "-I", builder], request, named, follow)
        return RemotePython(str(answer["python"]), str(answer["version"]), str(answer["lock"]), is_ours=False)
    if spec.environment == "workbench":
        message = f"{spec.script} needs Workbench's own Python, which is not on {machine.name}."
        raise UserError(message, hint="Run it on the target local.", place="environment.kind")
    request = {
        "kind": "build",
        "root": machine.folder(),
        "uv": remote_uv(machine, follow),
        "python": spec.python,
        "requirements": posixpath.join(work, spec.requirements),
        "variables": _package_variables(machine, spec),
    }
    python = str(machine.probe()["python"])
    answer = _built(machine, [python, "-I", builder], request, spec.requirements, follow)
    return RemotePython(str(answer["python"]), str(answer["version"]), str(answer["lock"]), is_ours=True)


def remote_uv(machine: RemoteMachine, follow: Follow | None = None) -> str:
    """The path of a uv that runs there: the machine's own, or a copy of ours; empty where neither does."""
    known = machine.probe()
    if found := str(known["uv"]):
        return found
    if (known["system"], known["machine"]) != (platform.system(), platform.machine()):
        return ""
    program = Path(uv_program())
    digest = hashlib.sha256(f"{program.stat().st_size}-{program.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = machine.folder("bin", f"uv-{digest}")
    if not _runs(machine, copy):
        if follow:
            follow.say(f"Copying uv to {machine.name} (once) ...")
        machine.put_file(copy, program, 0o700)
    return copy if _runs(machine, copy) else ""


def _runs(machine: RemoteMachine, path: str) -> bool:
    return bool(path) and machine.connection.run([path, "--version"]).code == 0


def _package_variables(machine: RemoteMachine, spec: JobSpec) -> dict[str, str]:
    """How packages are fetched from there: the certificates and the index of the settings."""
    variables: dict[str, str] = {}
    if spec.ca_bundle and Path(spec.ca_bundle).is_file():
        content = Path(spec.ca_bundle).read_bytes()
        path = machine.folder("certificates", f"{hashlib.sha256(content).hexdigest()[:12]}.pem")
        machine.put_file(path, content)
        variables |= dict.fromkeys(("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"), path)
    if spec.package_index:
        variables |= dict.fromkeys(("UV_DEFAULT_INDEX", "PIP_INDEX_URL"), spec.package_index)
    return variables


def _built(machine: RemoteMachine, command: list[str], request: dict[str, Any], what: str, follow: Follow) -> dict[str, Any]:
    """Runs the builder there; it ends with this connection, so that nothing goes on which nobody wants."""
    try:
        answer = machine.connection.again(lambda: _listened(machine, command, request, follow))
    except _Silent as silent:
        if silent.code in {126, 127}:
            message = f"There is no Python interpreter {command[0]} on {machine.name}."
            raise UserError(message, hint="Correct the target's python, or environment.python.", place="Python") from None
        raise machine.failed("build the environment of", silent.said) from None
    if "failed" in answer:
        raise _failure(machine, str(answer["failed"]), str(answer["said"]), what)
    return answer


class _Silent(Exception):
    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code = code
        self.said = said


def _listened(machine: RemoteMachine, command: list[str], request: dict[str, Any], follow: Follow) -> dict[str, Any]:
    with machine.connection.channel(command) as channel:
        channel.sendall(json.dumps(request).encode() + b"\n")
        channel.settimeout(0.5)
        waiting, heard = b"", time.monotonic()
        while True:
            if follow.must_stop():
                raise Cancelled("The building of the environment was cancelled.")
            try:
                data = channel.recv(1 << 16)
            except TimeoutError:
                if not machine.connection.is_open or time.monotonic() - heard > _QUIET_S:
                    raise EOFError("it went silent") from None
                continue
            if not data:
                break
            heard = time.monotonic()
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                if line.startswith(_ANSWER):
                    return dict(json.loads(line[1:]))
                follow.say(line.decode("utf-8", "replace"))
        channel.settimeout(10)
        said = b""
        with contextlib.suppress(TimeoutError):
            said = channel.recv_stderr(1 << 16)
        code = channel.recv_exit_status()
        if code < 0:
            raise EOFError("the builder's connection ended")
        raise _Silent(code, said.decode("utf-8", "replace").strip())


def _failure(machine: RemoteMachine, what: str, said: str, place: str) -> UserError | EnvironmentError_:
    """uv's or pip's own reason, condensed, with the one to blame."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = " ".join(" ".join(lines[-6:]).replace("╰─▶", "").replace("×", "").split())[:600].rstrip(".")
    if "no space left on device" in said.lower():
        return EnvironmentError_(f"{what} on {machine.name}: its disk is full.", hint="Free some space there.", place="disk")
    if any(sign.lower() in said.lower() for sign in _OFFLINE):
        hint = "Check the network of that machine, its proxy, and the package index in the settings."
        return EnvironmentError_(f"{what} on {machine.name}: no connection to the package index ({reason}).", hint=hint)
    return UserError(f"{what} on {machine.name}: {reason}.", hint="Correct it and run again.", place=place)
