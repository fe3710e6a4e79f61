"""Builds environments on a remote machine, from locks. Standard library only, Python 3.8 or newer, Linux.

A script by itself. It reads one line of JSON from stdin and stays only as long as stdin is open: a lost connection, or a user who
cancels, ends it with what it started. Lines about progress go to stdout; the last one is the answer, JSON after `=`.

An environment is `envs/<hash>/`. Its marker is written last, so a build that was killed is begun anew; a lock makes builders of the
same environment wait for one another.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 (Python 3.8 has no other)

_MARKER = "workbench-environment.json"
_UNUSED_S = 60 * 24 * 3600
_DROPPED = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_FROZEN", "UV_LOCKED")


class Failed(Exception):
    """A program ended with an error; `args[0]` says which step, `args[1]` what it wrote."""


def say(line: str) -> None:
    sys.stdout.write(line.replace("\n", " ") + "\n")
    sys.stdout.flush()


def run(command: list[str], what: str, variables: dict[str, str], cwd: str | None = None) -> str:
    """Runs a program; what it writes to stderr is told, what it writes to stdout is the answer."""
    told: list[str] = []
    with subprocess.Popen(
        command, cwd=cwd, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:

        def tell() -> None:
            for raw in process.stderr or ():
                line = raw.decode("utf-8", "replace").rstrip()
                told.append(line)
                if line.strip() and not line.startswith(("warning: Failed to hardlink", "error:", "  cause:")):
                    say(line.strip())

        reader = threading.Thread(target=tell, daemon=True)
        reader.start()
        output = process.stdout.read() if process.stdout else b""
        code = process.wait()
        reader.join(10)
    if code:
        raise Failed(what, "\n".join(told[-60:]))
    return output.decode("utf-8", "replace")


def digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another job builds the same environment there; waiting for it ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def in_use(folder: Path) -> bool:
    """Whether a process here was started with a program of the folder."""
    start = os.fsencode(str(folder) + os.sep)
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().startswith(start):
                return True
    return False


def write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)


class Builder:
    """Builds for one request: `uv` is its path there, or empty; `python` a version or a path."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._root = Path(request["root"]) / "envs"
        self._uv = str(request["uv"])
        self._python = str(request["python"]) or sys.executable
        self._lock = str(request["lock"])
        self._variables = {key: value for key, value in os.environ.items() if key not in _DROPPED}
        self._variables.update({"NO_COLOR": "1", "UV_NO_PROGRESS": "1", "UV_NO_WRAP": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
        self._variables.update(request["variables"])

    def build(self) -> str:
        """The interpreter's path."""
        identity = digest(self._lock, self._python, sys.version, os.uname().machine, "uv" if self._uv else "pip")
        folder = self._root / identity
        marker = folder / _MARKER
        self._root.mkdir(parents=True, exist_ok=True)
        with locked(self._root / (folder.name + ".lock")):
            if not marker.exists():
                began = time.monotonic()
                say("Building the environment there (once for these package versions) ...")
                shutil.rmtree(folder, ignore_errors=True)
                try:
                    self._make(folder)
                except BaseException:
                    shutil.rmtree(folder, ignore_errors=True)
                    raise
                write(marker, json.dumps({"version": 1, "built": time.time()}))
                say(f"The environment is ready after {time.monotonic() - began:.1f} s.")
                remove_unused(self._root, _UNUSED_S)
            os.utime(marker)
        return str(folder / "bin" / "python")

    def _make(self, folder: Path) -> None:
        what = "The environment could not be built"
        if self._uv:
            run([self._uv, "venv", str(folder), "--no-project", "--quiet", "--python", self._python], what, self._variables)
        else:
            run([self._found(what), "-m", "venv", str(folder)], what, self._variables)
        packages = folder / "workbench-lock.txt"
        packages.write_text(self._lock, "utf-8")
        if not any(line[:1].isalnum() for line in self._lock.splitlines()):
            return
        python = str(folder / "bin" / "python")
        if self._uv:
            install = [self._uv, "pip", "install", "--no-deps", "-r", str(packages), "--python", python]
            install += ["--index-strategy", "unsafe-best-match"]
        else:
            install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(packages)]
        run(install, what, self._variables)

    def _found(self, what: str) -> str:
        """The interpreter for venv, which cannot fetch one."""
        if not self._python[:1].isdigit():
            return self._python
        if sys.version.startswith(self._python + "."):
            return sys.executable
        if found := shutil.which("python" + ".".join(self._python.split(".")[:2])):
            return found
        raise Failed(what, f"there is no Python {self._python} there, and no uv to fetch it")


def remove_unused(root: Path, unused_s: float) -> list[str]:
    """Removes environments that no job has asked for in so long, and none runs in; those removed."""
    removed = []
    for marker in sorted(root.glob("*/" + _MARKER)):
        folder = marker.parent
        with contextlib.suppress(OSError):
            if time.time() - marker.stat().st_mtime >= unused_s and not in_use(folder):
                marker.unlink()
                shutil.rmtree(folder, ignore_errors=True)
                removed.append(str(folder))
    return removed


def stay_while_open() -> None:
    """Ends this process and all that it started when stdin is closed."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        os.killpg(os.getpid(), signal.SIGKILL)

    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    threading.Thread(target=wait, daemon=True).start()


def installed() -> str:
    """The packages of this very interpreter, one `name==version` a line."""
    from importlib import metadata

    found = {str(one.metadata["Name"]): str(one.version) for one in metadata.distributions() if one.metadata["Name"]}
    return "".join(f"{name}=={version}\n" for name, version in sorted(found.items(), key=lambda item: item[0].lower()))


def main() -> int:
    request = json.loads(os.fdopen(os.dup(0), "rb", buffering=0).readline())
    stay_while_open()
    try:
        if request["kind"] == "installed":
            answer: dict[str, Any] = {
                "lock": installed(),
                "python": sys.executable,
                "version": ".".join(str(part) for part in sys.version_info[:3]),
            }
        elif request["kind"] == "clean":
            answer = {"removed": remove_unused(Path(request["root"]) / "envs", float(request["unused_s"]))}
        else:
            python = Builder(request).build()
            code = "import platform; print(platform.python_version())"
            version = run([python, "-I", "-S", "-c", code], "The environment's Python does not start", dict(os.environ))
            answer = {"python": python, "version": version.strip()}
    except Failed as error:
        answer = {"failed": error.args[0], "said": error.args[1]}
    except OSError as error:
        answer = {"failed": "The environment could not be built", "said": str(error)}
    say("=" + json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
