"""The Python of a job on a remote machine: an environment built there with uv, or an interpreter that is there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled, UserError
from workbench.base.paths import WorkspacePaths
from workbench.jobs.drivers.base import Follow
from workbench.jobs.drivers.ssh.connection import Connection
from workbench.jobs.drivers.ssh.remote import RemoteMachine
from workbench.jobs.environments import EnvironmentBuilder, is_conda, uv_program
from workbench.jobs.environments.tools import failure
from workbench.jobs.localpython import PackageSettings

if TYPE_CHECKING:
    from workbench.jobs.folder import JobSpec, RunFolder
    from workbench.schema.target import SshSpec

_QUIET_S = 1800.0
_ANSWER = b"="
_VERSION = re.compile(r"^\d+(\.\d+)*$")


@dataclass(frozen=True)
class RemotePython:
    """An interpreter there."""

    path: str
    version: str
    lock: str
    is_ours: bool
    """Built by us: `path` lies in the `bin` of an environment."""


def remote_python(machine: RemoteMachine, folder: RunFolder, spec: JobSpec, follow: Follow) -> RemotePython:
    """The interpreter for the job. Raises UserError, EnvironmentError_, Cancelled.

    What the project asks for is resolved here, for that machine's platform and Python; the environment is built there.
    """
    named = machine.connection.spec.python or (spec.python if spec.environment == "interpreter" else "")
    builder = _builder(machine)
    if named:
        answer = _built(machine, [named, "-I", "-X", "utf8", builder], {"kind": "installed"}, named, follow)
        return RemotePython(str(answer["python"]), str(answer["version"]), str(answer["lock"]), is_ours=False)
    if spec.environment == "workbench":
        message = f"{spec.script} needs Workbench's own Python, which is not on {machine.name}."
        raise UserError(message, hint="Run it on the target local.", place="environment.kind")
    lock = _resolved(machine, folder, spec, follow)
    request = {
        "kind": "build",
        "root": machine.folder(),
        "uv": remote_uv(machine, follow),
        "python": spec.python,
        "lock": lock,
        "variables": _package_variables(machine, spec),
    }
    answer = _built(machine, [str(machine.probe()["python"]), "-I", "-X", "utf8", builder], request, spec.requirements, follow)
    return RemotePython(str(answer["python"]), str(answer["version"]), lock, is_ours=True)


def clean_target(spec: SshSpec, secret: str | None, home: Path, unused_days: float) -> list[str]:  # noqa: ARG001 (every kind has these)
    """Removes environments on the machine that no job has asked for in so long; their folders."""
    with Connection(spec, secret) as connection:
        machine = RemoteMachine(connection)
        request = {"kind": "clean", "root": machine.folder(), "unused_s": unused_days * 86400}
        command = [str(machine.probe()["python"]), "-I", "-X", "utf8", _builder(machine)]
        answer = _built(machine, command, request, "", Follow(lambda _line: None, lambda: False))
    return [str(one) for one in answer["removed"]]


def _builder(machine: RemoteMachine) -> str:
    return machine.put_program("builder.py", Path(__file__).with_name("builder.py").read_bytes())


def _resolved(machine: RemoteMachine, folder: RunFolder, spec: JobSpec, follow: Follow) -> str:
    from workbench.jobs.drivers.docker.image import ImageFacts

    requirements = folder.work / spec.requirements
    if not requirements.is_file():
        message = f"The requirements file {spec.requirements} is not in the run's copy of the project: it is ignored."
        raise UserError(message, hint="Take it out of .gitignore or .wbignore.")
    known = machine.probe()
    version = spec.python or str(known["version"])
    if not _VERSION.match(version):
        done = machine.connection.run([version, "-I", "-c", "import platform; print(platform.python_version())"])
        if done.code:
            message = f"There is no Python interpreter {version} on {machine.name}."
            raise UserError(message, hint="Correct environment.python.", place="environment.python")
        version = done.output.decode("ascii", "replace").strip()
    builder = EnvironmentBuilder(WorkspacePaths(Path(spec.home)), PackageSettings(spec.ca_bundle, spec.package_index))
    platform_name = ImageFacts(str(known["machine"]), str(known["libc"])).platform
    lock = builder.resolve(requirements, python=version, platform=platform_name, say=follow.say, cancel=follow.must_stop)
    if is_conda(lock):
        hint = "Name an interpreter there that has them, or move what PyPI has into the list under pip."
        raise UserError(f"{spec.requirements} asks for packages of conda, which are not installed on {machine.name}.", hint=hint)
    return lock


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
        raise failure(f"{answer['failed']} on {machine.name}", str(answer["said"]), what, machine.name)
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
