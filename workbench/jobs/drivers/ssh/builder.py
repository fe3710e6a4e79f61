"""Resolves requirements and builds environments on a remote machine. Standard library only, Python 3.8 or newer, Linux.

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
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 (Python 3.8 has no other)

_MARKER = "workbench-environment.json"
_LOCK_LIFETIME_S = 24 * 3600
_DROPPED = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_FROZEN", "UV_LOCKED")


class Failed(Exception):
    """A program ended with an error; `args[0]` says which step, `args[1]` what it wrote."""


def say(line: str) -> None:
    sys.stdout.write(line.replace("\n", " ") + "\n")
    sys.stdout.flush()


def run(command: list[str], what: str, variables: dict[str, str], cwd: str | None = None, *, quiet: bool = False) -> str:
    """Runs a program; what it writes to stderr is told, what it writes to stdout is the answer."""
    process = subprocess.Popen(
        command, cwd=cwd, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    told: list[str] = []

    def tell() -> None:
        for raw in process.stderr or ():
            line = raw.decode("utf-8", "replace").rstrip()
            told.append(line)
            if line.strip() and not quiet and not line.startswith(("warning: Failed to hardlink", "error:", "  cause:")):
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


def requirements_text(path: Path, seen: set[Path]) -> str:
    """The text of the requirements and of all files that they include, to tell whether anything changed."""
    if path in seen or not path.is_file():
        return ""
    seen.add(path)
    text = path.read_text("utf-8", "replace")
    if path.suffix == ".toml":
        return text + requirements_text(path.with_name("uv.lock"), seen)
    names = re.findall(r"^\s*(?:-r|-c|--requirements?|--constraints?)[\s=]+(\S+)", text, re.MULTILINE)
    return text + "".join(requirements_text(path.parent / name, seen) for name in names)


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


def write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)


class Builder:
    """Builds for one request."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._root = Path(request["root"]) / "envs"
        self._uv = str(request["uv"])
        self._python = str(request["python"]) or sys.executable
        self._file = Path(request["requirements"])
        self._variables = {key: value for key, value in os.environ.items() if key not in _DROPPED}
        self._variables.update({"NO_COLOR": "1", "UV_NO_PROGRESS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
        self._variables.update(request["variables"])
        self._text = requirements_text(self._file, set())
        self._identity = digest(self._python, sys.version, os.uname().machine)
        (self._root / "locks").mkdir(parents=True, exist_ok=True)

    def build(self) -> dict[str, str]:
        lock = self._lock() if self._uv else ""
        folder = self._root / digest(lock or self._text, self._identity, "uv" if self._uv else "pip")
        with locked(self._root / (folder.name + ".lock")):
            if not (folder / _MARKER).exists():
                began = time.monotonic()
                say("Building the environment there (once for these package versions) ...")
                shutil.rmtree(folder, ignore_errors=True)
                try:
                    lock = self._with_uv(folder, lock) if self._uv else self._with_pip(folder)
                except BaseException:
                    shutil.rmtree(folder, ignore_errors=True)
                    raise
                write(folder / "workbench-lock.txt", lock)
                write(folder / _MARKER, json.dumps({"version": 1, "built": time.time()}))
                say(f"The environment is ready after {time.monotonic() - began:.1f} s.")
            os.utime(folder / _MARKER)
            lock = (folder / "workbench-lock.txt").read_text("utf-8")
        return {"lock": lock, "python": str(folder / "bin" / "python")}

    def _lock(self) -> str:
        """The resolved versions; an answer is kept for a day."""
        kept = self._root / "locks" / (digest(self._text, self._identity) + ".txt")
        if kept.exists() and time.time() - kept.stat().st_mtime < _LOCK_LIFETIME_S:
            return kept.read_text("utf-8")
        what = self._file.name + " cannot be resolved"
        cwd = str(self._file.parent)
        if self._file.suffix == ".toml" and self._file.with_name("uv.lock").exists():
            command = [
                self._uv,
                "export",
                "--frozen",
                "--no-emit-project",
                "--no-dev",
                "--no-hashes",
                "--no-header",
                "--no-annotate",
            ]
            exported = self._root / "locks" / f".export-{os.getpid()}.txt"
            exported.write_text(run(command, what, self._variables, cwd, quiet=True), "utf-8")
        else:
            exported = self._file
        try:
            command = [
                self._uv,
                "pip",
                "compile",
                str(exported),
                "--no-header",
                "--no-annotate",
                "--quiet",
                "--python",
                self._python,
            ]
            lock = run(command, what, self._variables, cwd, quiet=True)
        finally:
            if exported != self._file:
                exported.unlink()
        write(kept, lock)
        return lock

    def _with_uv(self, folder: Path, lock: str) -> str:
        what = "The environment could not be built"
        run([self._uv, "venv", str(folder), "--no-project", "--quiet", "--python", self._python], what, self._variables)
        packages = folder / "packages.txt"
        packages.write_text(lock, "utf-8")
        if any(line.strip() and not line.lstrip().startswith("#") for line in lock.splitlines()):
            install = [self._uv, "pip", "sync", str(packages), "--python", str(folder / "bin" / "python")]
            run(install, what, self._variables)
        return lock

    def _with_pip(self, folder: Path) -> str:
        what = "The environment could not be built"
        if self._file.suffix == ".toml":
            raise Failed(what, "without uv on that machine, requirements must stand in a requirements.txt")
        run([self._python, "-m", "venv", str(folder)], what, self._variables)
        python = str(folder / "bin" / "python")
        run([python, "-m", "pip", "install", "--quiet", "-r", str(self._file)], what, self._variables, str(self._file.parent))
        return run([python, "-m", "pip", "freeze"], what, self._variables)


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
            answer = {
                "lock": installed(),
                "python": sys.executable,
                "version": ".".join(str(part) for part in sys.version_info[:3]),
            }
        else:
            answer = Builder(request).build()
            code = "import platform; print(platform.python_version())"
            version = [answer["python"], "-I", "-S", "-c", code]
            answer["version"] = run(version, "The environment's Python does not start", dict(os.environ)).strip()
    except Failed as error:
        answer = {"failed": error.args[0], "said": error.args[1]}
    except OSError as error:
        answer = {"failed": "The environment could not be built", "said": str(error)}
    say("=" + json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
