"""What only some targets and projects need: Docker, ssh, Java, conda. A machine without them lacks nothing for local jobs."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from workbench.cli.doctor.finding import Finding

_WAIT_S = 5
_SOCKET = "/var/run/docker.sock"


def check_docker() -> Finding:
    """Asks the engine that jobs would use: that of DOCKER_HOST, or the one on this machine."""
    host = os.environ.get("DOCKER_HOST", "")
    if not host and shutil.which("docker") is None and not Path(_SOCKET).exists():
        return Finding("Docker", "ok", "not found (only targets of the kind docker need it)")
    try:
        version = _engine_version(host or f"unix://{_SOCKET}")
    except PermissionError:
        return Finding("Docker", "warning", "this user may not use it.", 'sudo usermod -aG docker "$USER", then log in again')
    except OSError:
        where = f" at {host}" if host else ""
        return Finding("Docker", "warning", f"the engine{where} does not answer.", "Start it: sudo systemctl start docker")
    return Finding("Docker", "ok", f"{version} ({host or _SOCKET})")


def _engine_version(host: str) -> str:
    """Raises OSError where no engine answers."""
    if sys.platform != "win32" and host.startswith("unix://"):
        import socket

        import httpx

        path = host.removeprefix("unix://")
        # httpx would leave the socket open where nobody listens.
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(path)
        try:
            with httpx.Client(transport=httpx.HTTPTransport(uds=path), timeout=_WAIT_S) as client:
                return str(client.get("http://docker/version").json()["Version"])
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise OSError(str(error)) from error
    import docker
    from docker.errors import DockerException

    try:
        with contextlib.closing(docker.from_env(timeout=_WAIT_S)) as client:
            return str(client.version()["Version"])
    except DockerException as error:
        raise OSError(str(error)) from error


def check_ssh() -> Finding:
    """The keys that a sign-in on another machine can use. Workbench has an ssh client of its own."""
    folder = Path.home() / ".ssh"
    keys = sorted(path.stem for path in folder.glob("id_*.pub")) if folder.is_dir() else []
    parts = [f"keys: {', '.join(keys)}"] if keys else []
    if os.environ.get("SSH_AUTH_SOCK"):
        parts.append("an agent")
    if parts:
        return Finding("ssh", "ok", f"{'; '.join(parts)} (for targets on other machines)")
    return Finding("ssh", "ok", "no key, no agent (targets on other machines need one, or a password)")


def check_java() -> Finding:
    """What PySpark starts: the Java of JAVA_HOME, or the first on the path."""
    home = os.environ.get("JAVA_HOME", "")
    program = shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")
    if program is None and home:
        return Finding("Java", "warning", f"JAVA_HOME is {home}, where there is no Java.", "Correct JAVA_HOME, or take it away.")
    if program is None:
        return Finding("Java", "ok", "not found (only PySpark needs it, version 17 or later)")
    try:
        done = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=_WAIT_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("Java", "warning", f"{program} does not run: {error}.", "Install Java again; only PySpark needs it.")
    said = [line for line in done.stderr.splitlines() if "version" in line]
    version = said[0].split('"')[1] if said and said[0].count('"') >= 2 else "of an unknown version"
    if version.split(".")[0].isdigit() and int(version.split(".")[0]) < 17:
        return Finding("Java", "warning", f"{version} ({program}) is too old for PySpark.", "Install Java 17 or later.")
    return Finding("Java", "ok", f"{version} ({program})")


def check_conda() -> Finding:
    """The program that installs conda packages; none is needed for what PyPI has."""
    for name in ("micromamba", "mamba", "conda"):
        if program := shutil.which(name):
            return Finding("conda", "ok", f"{name} ({program})")
    return Finding("conda", "ok", "not found (only projects with conda packages need micromamba, mamba or conda)")
