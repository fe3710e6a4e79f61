"""Isolated Python environments, made with uv: requirements are resolved to a lock, one environment is built per lock and shared.

An environment is `envs/<hash of lock, Python and platform>/`. Its marker file is written last, so a build that was killed is begun
anew; a file lock makes builders of the same environment wait for one another, in this process and in others.
"""

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from workbench.base.errors import Cancelled, EnvironmentError_, UserError, WorkbenchError
from workbench.base.files import disk_error, write_atomic, write_json
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import kill_tree

Say = Callable[[str], None]
"""Takes a line about what is being done."""
CancelCheck = Callable[[], bool]
"""Says whether the user wants to stop."""

_MARKER = "workbench-environment.json"
_LOCK_LIFETIME_S = 24 * 3600
_OFFLINE = ("error sending request", "dns error", "connection refused", "failed to fetch", "tcp connect error", "timed out")
_DISK_FULL = ("no space left on device", "os error 28", "disk quota exceeded")


class PackageSettings(Protocol):
    """What an environment needs of the settings (`base.settings.Settings` has it)."""

    @property
    def ca_bundle(self) -> str: ...

    @property
    def package_index(self) -> str: ...


class EnvironmentBuilder:
    """Resolves requirements and builds environments. May be used from any thread and process."""

    def __init__(self, paths: WorkspacePaths, settings: PackageSettings) -> None:
        self._root = paths.environments
        self._settings = settings

    def resolve(
        self,
        requirements: Path | str | None,
        *,
        extra: Sequence[str] = (),
        constraints: str = "",
        python: str = "",
        say: Say | None = None,
        cancel: CancelCheck | None = None,
    ) -> str:
        """The lock: one `name==version` a line, for this platform and `python` (a version, a path, or empty: as Workbench's).

        `requirements`: a requirements.txt or pyproject.toml, or its text; `extra`: further requirements; `constraints`: a lock
        whose versions must hold. An answer is kept for a day, so that runs of one afternoon agree and need no network; later,
        without a network, the old answer is used and said. Raises UserError (not resolvable: the reason) or EnvironmentError_
        (offline).
        """
        shown = requirements.name if isinstance(requirements, Path) else "The requirements"
        text = _requirements_text(requirements)
        key = _digest("lock", text, *extra, constraints, _python_identity(python), self._settings.package_index)
        kept = self._root / "locks" / f"{key}.txt"
        known = kept.read_text("utf-8") if kept.exists() else None
        if known is not None and time.time() - kept.stat().st_mtime < _LOCK_LIFETIME_S:
            return known
        try:
            lock = self._compile(requirements, extra, constraints, python, shown, cancel)
        except EnvironmentError_ as error:
            if known is None or "disk" in error.message:
                raise
            if say:
                say(f"{error.message} Using the package versions found before.")
            return known
        if local := next((line for line in lock.splitlines() if line.startswith((".", "-e ", "--editable"))), ""):
            message = f"{shown} asks for a local folder or file ({local}), which a run's environment cannot share."
            hint = "Name published packages; scripts import the project's own modules without installing them."
            raise UserError(message, hint=hint, place=str(requirements) if isinstance(requirements, Path) else "")
        write_atomic(kept, lock)
        return lock

    def ensure(self, lock: str, python: str = "", say: Say | None = None, cancel: CancelCheck | None = None) -> Path:
        """The interpreter of the environment with exactly the packages of `lock`; builds it when it is not there yet.

        Raises UserError (a package that cannot be built), EnvironmentError_ (disk, network), Cancelled.
        """
        folder = self._root / _digest("env", lock, _python_identity(python))
        marker = folder / _MARKER
        if marker.exists():
            return _used(folder)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, str(folder)) from error
        with _locked(self._root / f"{folder.name}.lock", say, cancel):
            if marker.exists():
                return _used(folder)
            began = time.monotonic()
            if say:
                say("Building the environment (once for these package versions) ...")
            shutil.rmtree(folder, ignore_errors=True)
            try:
                self._build(folder, lock, python, say, cancel)
            except WorkbenchError:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            write_json(marker, {"version": 1, "python": python, "packages": len(lock.splitlines()), "built": time.time()})
            if say:
                say(f"The environment is ready after {time.monotonic() - began:.1f} s.")
        return _used(folder)

    def installed(self, python: Path | str) -> str:
        """The lock of an interpreter that is not ours: what is installed there, one `name==version` a line."""
        return self._uv(["pip", "freeze", "--python", str(python)], "The packages could not be listed", None, None)

    def _compile(
        self,
        requirements: Path | str | None,
        extra: Sequence[str],
        constraints: str,
        python: str,
        shown: str,
        cancel: CancelCheck | None,
    ) -> str:
        with tempfile.TemporaryDirectory(prefix="workbench-") as temporary:
            files: list[str] = []
            if isinstance(requirements, Path):
                files.append(str(requirements.absolute()))
            elif requirements:
                files.append(_written(Path(temporary, "requirements.txt"), requirements))
            if extra:
                files.append(_written(Path(temporary, "extra-requirements.txt"), "\n".join(extra) + "\n"))
            if not files:
                return ""
            command = ["pip", "compile", *files, "--no-header", "--no-annotate", "--quiet"]
            command += ["--python", python] if python else ["--python", sys.executable]
            if constraints:
                command += ["--constraints", _written(Path(temporary, "constraints.txt"), constraints)]
            place = str(requirements) if isinstance(requirements, Path) else ""
            cwd = requirements.absolute().parent if isinstance(requirements, Path) else None
            return self._uv(command, f"{shown} cannot be resolved", None, cancel, cwd=cwd, place=place)

    def _build(self, folder: Path, lock: str, python: str, say: Say | None, cancel: CancelCheck | None) -> None:
        what = "The environment could not be built"
        create = ["venv", str(folder), "--no-project", "--quiet", "--python", python or sys.executable]
        self._uv(create, what, say, cancel)
        packages = folder / "workbench-lock.txt"
        write_atomic(packages, lock)
        if any(line.strip() and not line.lstrip().startswith("#") for line in lock.splitlines()):
            install = ["pip", "sync", str(packages), "--python", str(_interpreter(folder))]
            self._uv(install, what, say, cancel)

    def _uv(
        self,
        arguments: Sequence[str],
        what: str,
        say: Say | None,
        cancel: CancelCheck | None,
        *,
        cwd: Path | None = None,
        place: str = "",
    ) -> str:
        """Runs uv and returns its output; its lines about progress go to `say`."""
        if cancel and cancel():
            raise Cancelled("The building of the environment was cancelled.")
        with tempfile.TemporaryDirectory(prefix="workbench-") as temporary:
            out, err = Path(temporary, "out"), Path(temporary, "err")
            with out.open("wb") as out_file, err.open("wb") as err_file:
                process = subprocess.Popen(
                    [uv_program(), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=out_file,
                    stderr=err_file,
                    cwd=cwd,
                    env=self._environment(),
                )
                told = 0
                while True:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(timeout=0.1)
                    ended = process.returncode is not None
                    if say:
                        told = _tell_new_lines(err, told, say)
                    if ended:
                        break
                    if cancel and cancel():
                        kill_tree(process.pid, grace=1)
                        process.wait()
                        raise Cancelled("The building of the environment was cancelled.")
            if process.returncode:
                raise _failure(what, err.read_text("utf-8", "replace"), place)
            return out.read_text("utf-8", "replace")

    def _environment(self) -> dict[str, str]:
        dropped = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "UV_FROZEN", "UV_LOCKED"}
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        kept |= {"NO_COLOR": "1", "UV_NO_PROGRESS": "1"}
        if self._settings.ca_bundle:
            kept["SSL_CERT_FILE"] = self._settings.ca_bundle
        if self._settings.package_index:
            kept["UV_DEFAULT_INDEX"] = self._settings.package_index
        return kept


def uv_program() -> str:
    """The path of uv. Raises EnvironmentError_ when it is missing."""
    import uv

    try:
        return os.fspath(uv.find_uv_bin())
    except FileNotFoundError as error:
        if found := shutil.which("uv"):
            return found
        raise EnvironmentError_("uv, which builds environments, was not found.", hint="Install it with: pip install uv") from error


def environment_variables(python: Path) -> dict[str, str]:
    """What a process in the environment of `python` finds in its variables: its programs first, its packages only."""
    dropped = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "CONDA_PREFIX"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    kept["PATH"] = os.pathsep.join([str(python.parent), kept.get("PATH", os.defpath)])
    if (python.parent.parent / "pyvenv.cfg").exists():
        kept["VIRTUAL_ENV"] = str(python.parent.parent)
    return kept


def _interpreter(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _used(folder: Path) -> Path:
    """Notes the use, which decides what is cleaned first."""
    with contextlib.suppress(OSError):
        os.utime(folder / _MARKER)
    return _interpreter(folder)


@contextlib.contextmanager
def _locked(path: Path, say: Say | None, cancel: CancelCheck | None) -> Iterator[None]:
    lock = FileLock(path)
    waiting = False
    while True:
        try:
            lock.acquire(timeout=0.2)
            break
        except Timeout:
            if not waiting and say:
                say("Another job builds the same environment; waiting for it ...")
            waiting = True
            if cancel and cancel():
                raise Cancelled("The wait for the environment was cancelled.") from None
    try:
        yield
    finally:
        lock.release()


def _written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def _python_identity(python: str) -> str:
    """What makes two environments of one lock different."""
    machine = f"{sys.platform}-{platform.machine()}"
    version = f"{sys.implementation.name}-{platform.python_version()}-{sys.base_prefix}"
    return f"{machine}-{python or version}"


def _requirements_text(requirements: Path | str | None) -> str:
    """The text of the requirements and of all files that they include, to tell whether anything changed."""
    if not isinstance(requirements, Path):
        return requirements or ""
    seen: dict[Path, str] = {}
    waiting = [requirements]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen[path] = path.read_text("utf-8", "replace")
        if path.suffix != ".toml":
            included = re.findall(r"^\s*(?:-r|-c|--requirements?|--constraints?)[\s=]+(\S+)", seen[path], re.MULTILINE)
            waiting += [path.parent / name for name in included]
    if requirements not in seen:
        raise UserError(f"There is no requirements file {requirements.name}.", place=str(requirements))
    return json.dumps([[path.name, text] for path, text in sorted(seen.items())])


def _tell_new_lines(path: Path, told: int, say: Say) -> int:
    with path.open("rb") as file:
        file.seek(told)
        data = file.read()
    end = data.rfind(b"\n") + 1
    for line in data[:end].decode("utf-8", "replace").splitlines():
        if line.strip() and not line.startswith(("warning: Failed to hardlink", "error:", "  cause:")):
            say(line.strip())
    return told + end


def _failure(what: str, stderr: str, place: str) -> WorkbenchError:
    """uv's own reason, condensed into one sentence, with the one to blame."""
    low = stderr.lower()
    if any(sign in low for sign in _DISK_FULL):
        return EnvironmentError_(f"{what}: the disk is full.", hint="Free some space and try again.")
    blocks = re.split(r"^\s*(?:error|cause|hint):|^\s*[×╰├][─▶ ]*|^\s*help:", stderr, flags=re.MULTILINE)
    parts = [" ".join(block.split()) for block in blocks if block.strip()]
    if any(sign in low for sign in _OFFLINE):
        address = re.search(r"https?://[^/\s`)]+", stderr)
        where = f" at {_host(address[0])}" if address else ""
        reason = parts[-1].rstrip(".") if parts else "no answer"
        hint = "Check the network, the proxy and the package index in the settings."
        return EnvironmentError_(f"{what}: no connection to the package index{where} ({reason}).", hint=hint)
    because = next((part for part in parts if part.startswith("Because ")), "")
    reason = because or ": ".join(part.rstrip(".:") for part in parts[:2]) or "uv gave no reason"
    reason = reason.removesuffix(", we can conclude that your requirements are unsatisfiable.")
    reason = reason[0].lower() + reason[1:] if reason.startswith("Because") else reason
    hint = "Correct the requirement and run again." if because else ""
    return UserError(f"{what}: {reason.rstrip('.')}.", hint=hint, place=place)


def _host(address: str) -> str:
    return address.rpartition("@")[2].removeprefix("https://").removeprefix("http://")
