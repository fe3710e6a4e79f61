"""A project's uv.lock as plain requirements: its versions, for one platform and Python."""

import json
import sys
from pathlib import Path

from workbench.base.errors import EnvironmentError_, UserError
from workbench.jobs.environments.tools import CancelCheck, Tools

_MARKERS = (
    "import json, os, platform, sys; v = sys.version_info; print(json.dumps({"
    "'implementation_name': sys.implementation.name, 'implementation_version': platform.python_version(), 'os_name': os.name, "
    "'platform_machine': platform.machine(), 'platform_release': platform.release(), 'platform_system': platform.system(), "
    "'platform_version': platform.version(), 'python_full_version': platform.python_version(), "
    "'platform_python_implementation': platform.python_implementation(), 'python_version': '%d.%d' % v[:2], "
    "'sys_platform': sys.platform}))"
)


def exported(tools: Tools, lock: Path, python: str, cancel: CancelCheck | None, platform: str = "") -> str:
    """One `name==version` a line: the project's own dependencies, without those of development, and without hashes.

    With `platform` (as uv names it) for that one, where `python` is a version.

    Needs no network. Raises UserError for a lock that uv cannot read.
    """
    what = f"{lock.name} cannot be read"
    command = ["export", "--frozen", "--no-emit-project", "--no-default-groups", "--no-hashes", "--no-header", "--no-annotate"]
    command += ["--quiet", "--python", sys.executable if platform else python or sys.executable]
    text = tools.uv(command, what, None, cancel, cwd=lock.parent, place=str(lock))
    return _for_this_platform(
        text, _linux_values(python, platform) if platform else _marker_values(tools, python, what, cancel), lock
    )


def refuse_outdated(tools: Tools, lock: Path, cancel: CancelCheck | None) -> None:
    """Raises UserError for a lock whose project asks for something else by now.

    Where uv cannot tell (without a network, or a folder that the project needs), the lock is taken as it is.
    """
    try:
        tools.uv(["lock", "--check", "--quiet", "--python", sys.executable], "", None, cancel, cwd=lock.parent)
    except (UserError, EnvironmentError_) as error:
        if "needs to be updated" not in error.message:
            return
        message = f"{lock.name} is not up to date: pyproject.toml asks for something else by now."
        raise UserError(message, hint="Renew it with: uv lock", place=str(lock)) from error


def _for_this_platform(text: str, values: dict[str, str], lock: Path) -> str:
    from packaging.markers import InvalidMarker, Marker

    lines = []
    for line in text.splitlines():
        requirement, separator, marker = line.partition(" ; ")
        try:
            if not separator or Marker(marker).evaluate(dict(values)):
                lines.append(requirement.rstrip())
        except InvalidMarker as error:
            raise UserError(f"{lock.name} has a condition that is none: {marker}.", place=str(lock)) from error
    return "".join(f"{line}\n" for line in lines)


def _marker_values(tools: Tools, python: str, what: str, cancel: CancelCheck | None) -> dict[str, str]:
    """What the conditions of a lock ask about, told by the interpreter itself."""
    from packaging.markers import default_environment

    if not python:
        return {key: str(value) for key, value in default_environment().items()}
    program = tools.uv(["python", "find", python], what, None, cancel).strip()
    found = json.loads(tools.run([program, "-I", "-c", _MARKERS], what, None, cancel))
    return {str(key): str(value) for key, value in found.items()}


def _linux_values(python: str, platform: str) -> dict[str, str]:
    """What the conditions of a lock ask about, on a Linux machine that is not this one."""
    from packaging.markers import default_environment

    full = python if python.count(".") > 1 else f"{python}.0"
    return {key: str(value) for key, value in default_environment().items()} | {
        "implementation_name": "cpython",
        "implementation_version": full,
        "os_name": "posix",
        "platform_machine": platform.partition("-")[0],
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": full,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": "linux",
    }
