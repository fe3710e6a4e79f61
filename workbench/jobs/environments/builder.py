"""Resolving what a project asks for, and building an environment from the lock.

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
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from workbench.base.errors import Cancelled, EnvironmentError_, UserError, WorkbenchError
from workbench.base.files import disk_error, write_atomic, write_json
from workbench.base.paths import WorkspacePaths
from workbench.jobs.environments import conda, kept, locks
from workbench.jobs.environments.kept import MARKER, KeptEnvironment
from workbench.jobs.environments.tools import CancelCheck, PackageSettings, Say, Tools
from workbench.jobs.environments.uvlock import exported, refuse_outdated
from workbench.jobs.environments.wanted import Wanted, wanted

_LOCK_LIFETIME_S = 24 * 3600
_LOCAL = re.compile(r"^[ \t]*(?:(?:-e|--editable)[ \t=]+)?(?:\.{1,2}(?:[/\\]\S*|\[\S*)?|file:\S+)[ \t]*(?:#.*)?$", re.MULTILINE)
_VERSION = re.compile(r"[0-9]+\.[0-9]+(?:\.[0-9]+)?")


class EnvironmentBuilder:
    """Resolves requirements and builds environments. May be used from any thread and process."""

    def __init__(self, paths: WorkspacePaths, settings: PackageSettings) -> None:
        self._paths = paths
        self._root = paths.environments
        self._settings = settings
        self._tools = Tools(settings)

    def resolve(
        self,
        requirements: Path | str | None,
        *,
        extra: Sequence[str] = (),
        constraints: str = "",
        python: str = "",
        platform: str = "",
        say: Say | None = None,
        cancel: CancelCheck | None = None,
    ) -> str:
        """The lock: one `name==version` a line, for this platform and `python` (a version, a path, or empty: as Workbench's).

        `requirements`: a requirements.txt, a pyproject.toml (the uv.lock beside it counts), a uv.lock, a conda environment file, or
        the text of requirements or of a lock; `extra`: further requirements; `constraints`: a lock whose versions must hold.
        With `platform` (as uv names it, e.g. `x86_64-manylinux_2_36`) it is for that one and the version `python`, which need not
        be here. Where the project asks for another Python, or for packages of conda, the lock says so (see `locks`).

        An answer is kept for a day, so that runs of one afternoon agree and need no network; later, without a network, the old
        answer is used and said.
        Raises UserError (not resolvable: the reason), EnvironmentError_ (offline, or a program is missing), Cancelled.
        """
        asked = wanted(requirements)
        if not asked.place.endswith(".toml") and (named := _LOCAL.search(asked.content)):
            raise _local(asked, named[0].strip())  # it may not be there where the run's copy is
        chosen = python or asked.python or locks.python_of(asked.text)
        parts = [asked.shown, asked.content, *extra, constraints, _python_identity(chosen), self._settings.package_index]
        key = _digest("lock", python, *parts, *([platform] if platform else []))
        known_file = self._root / "locks" / f"{key}.txt"
        known = known_file.read_text("utf-8") if known_file.exists() else None
        if known is not None and time.time() - known_file.stat().st_mtime < _LOCK_LIFETIME_S:
            return known
        try:
            lock = locks.with_python(self._lock(asked, extra, constraints, chosen, platform, say, cancel), "" if python else chosen)
        except EnvironmentError_ as error:
            if known is None or "disk" in error.message:
                raise
            if say:
                say(f"{error.message} Using the package versions found before.")
            return known
        if local := next((line for line in lock.splitlines() if line.startswith((".", "/", "-e ", "--editable"))), ""):
            raise _local(asked, local)
        write_atomic(known_file, lock)
        return lock

    def ensure(self, lock: str, python: str = "", say: Say | None = None, cancel: CancelCheck | None = None) -> Path:
        """The interpreter of the environment with exactly the packages of `lock`; builds it when it is not there yet.

        Without `python` it is the one that the lock asks for, else Workbench's. Raises UserError (a package that cannot be built),
        EnvironmentError_ (disk, network), Cancelled.
        """
        python = python or locks.python_of(lock)
        folder = self._root / _digest("env", lock, _python_identity(python))
        marker = folder / MARKER
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
            content = {"packages": locks.packages(lock), "built": time.time(), "size": kept.folder_size(folder)}
            write_json(marker, {"version": 1, "python": python or platform.python_version(), **content})
            if say:
                say(f"The environment is ready after {time.monotonic() - began:.1f} s.")
        self._keep_within_limit(say)
        return _used(folder)

    def installed(self, python: Path | str) -> str:
        """The lock of an interpreter that is not ours: what is installed there, one `name==version` a line."""
        return self._tools.uv(["pip", "freeze", "--python", str(python)], "The packages could not be listed")

    def has_python(self, python: str) -> bool:
        """Whether this machine has a Python of that version (or range, or path): another one is fetched when it is needed."""
        try:
            self._tools.uv(["python", "find", "--no-python-downloads", python], "The interpreter was not found")
        except WorkbenchError:
            return False
        return True

    @contextlib.contextmanager
    def using(self, python: Path) -> Iterator[None]:
        """Keeps the environment of `python` on disk for as long as the block lasts, or this process lives.

        To be entered as soon as `ensure` has given the interpreter. Does nothing for an interpreter that is not ours.
        """
        with kept.leased(self._root, python):
            yield

    def kept(self) -> list[KeptEnvironment]:
        """The environments on disk, the latest used first."""
        return kept.listed(self._root)

    def clean(self, *, unused_days: float | None = None, limit_gb: float | None = None) -> list[KeptEnvironment]:
        """Removes environments unused for so many days, then the longest unused until the rest takes `limit_gb`; says which.

        Never one that is in use, or was within the last hour. What is asked for again is built anew.
        """
        return kept.clean(
            self._root,
            unused_s=None if unused_days is None else unused_days * 86400,
            limit=None if limit_gb is None else round(limit_gb * 1e9),
        )

    def _keep_within_limit(self, say: Say | None) -> None:
        """After a build: the setting of the workspace, whoever builds."""
        from workbench.base.settings import load_settings  # a runner starts without pydantic

        with contextlib.suppress(UserError, OSError):
            removed = self.clean(limit_gb=load_settings(self._paths.settings).environments_gb)
            if removed and say:
                freed = sum(one.size for one in removed) / 1e9
                say(f"Removed {len(removed)} environments that were unused for long ({freed:.1f} GB; setting environments_gb).")

    def _lock(
        self,
        asked: Wanted,
        extra: Sequence[str],
        constraints: str,
        python: str,
        platform: str,
        say: Say | None,
        cancel: CancelCheck | None,
    ) -> str:
        if locks.is_conda(asked.text):
            # The lock of a run that had conda's packages: they stay as they are.
            conda_part, pip = locks.conda_parts(asked.text)
            used = self.ensure(asked.text, python, say, cancel)
            return self._above_conda(asked, conda_part.splitlines()[1:], pip, used, extra, constraints, cancel)
        if asked.conda and platform:
            message = f"{asked.shown} asks for conda packages ({', '.join(asked.conda)}): only jobs on this machine can have them."
            hint = "Use the target local, or move what PyPI has too into the list under pip."
            raise UserError(message, hint=hint, place=asked.place)
        if asked.conda:
            with conda.solved(
                self._tools, self._root, asked.conda, asked.channels, python, asked.shown, say, cancel, asked.place
            ) as (addresses, used):
                return self._above_conda(asked, addresses, asked.text, used, extra, constraints, cancel)
        if asked.locked is None:
            return self._compile(asked, asked.file, asked.text, extra, constraints, python, cancel, platform)
        if not self._settings.package_index:  # with one of our own uv takes every lock for outdated
            refuse_outdated(self._tools, asked.locked, cancel)
        text = exported(self._tools, asked.locked, python, cancel, platform)
        return self._compile(asked, None, text, extra, constraints, python, cancel, platform) if extra or constraints else text

    def _above_conda(
        self,
        asked: Wanted,
        addresses: Sequence[str],
        text: str,
        python: Path,
        extra: Sequence[str],
        constraints: str,
        cancel: CancelCheck | None,
    ) -> str:
        """The lock of conda's packages and of those from PyPI, which keep to what conda has installed for `python`."""
        present = conda.python_packages(self._tools, python, cancel)
        held = "".join(f"{name}=={version}\n" for name, version in present.items())
        above = self._compile(asked, None, text, extra, f"{constraints}\n{held}", str(python), cancel)
        names = {name.lower().replace("_", "-") for name in present}
        rest = [line for line in above.splitlines() if line.partition("==")[0].strip() not in names]
        return locks.conda_lock(addresses, "".join(f"{line}\n" for line in rest))

    def _compile(
        self,
        asked: Wanted,
        file: Path | None,
        text: str,
        extra: Sequence[str],
        constraints: str,
        python: str,
        cancel: CancelCheck | None,
        platform: str = "",
    ) -> str:
        with tempfile.TemporaryDirectory(prefix="workbench-") as temporary:
            files = [str(file)] if file else []
            if text:
                files.append(_written(Path(temporary, "requirements.txt"), text))
            if extra:
                files.append(_written(Path(temporary, "extra-requirements.txt"), "\n".join(extra) + "\n"))
            if not files:
                return ""
            command = ["pip", "compile", *files, "--no-header", "--no-annotate", "--quiet"]
            if platform:
                command += ["--python", sys.executable, "--python-version", python, "--python-platform", platform]
            elif _VERSION.fullmatch(python) and not self.has_python(python):
                # It is fetched when the environment is built: resolving needs its version alone.
                command += ["--python", sys.executable, "--python-version", python]
            else:
                command += ["--python", python or sys.executable]
            if constraints:
                command += ["--constraints", _written(Path(temporary, "constraints.txt"), constraints)]
            what = f"{asked.shown} cannot be resolved"
            lock = self._tools.uv(command, what, None, cancel, cwd=asked.folder, place=asked.place)
        where = locks.index_lines(asked.content, asked.shown, asked.place)
        return "".join(f"{line}\n" for line in where) + locks.with_hashes(lock, asked.content)

    def _build(self, folder: Path, lock: str, python: str, say: Say | None, cancel: CancelCheck | None) -> None:
        what = "The environment could not be built"
        pip = lock
        if locks.is_conda(lock):
            explicit, pip = locks.conda_parts(lock)
            conda.create(self._tools, folder, explicit, say, cancel)
            interpreter = conda.conda_python(folder)
        else:
            self._tools.uv(
                ["venv", str(folder), "--no-project", "--quiet", "--python", python or sys.executable], what, say, cancel
            )
            interpreter = _interpreter(folder)
        packages = folder / "workbench-lock.txt"
        write_atomic(packages, pip)
        if locks.packages(pip):
            # Not `sync`, which would take conda's own packages away.
            install = ["pip", "install", "--no-deps", "--requirement", str(packages), "--python", str(interpreter)]
            if pip.startswith("-"):  # several indexes: the versions are fixed, so it does not matter which one has them
                install += ["--index-strategy", "unsafe-best-match"]
            self._tools.uv(install, what, say, cancel)


def _local(asked: Wanted, line: str) -> UserError:
    message = f"{asked.shown} asks for a local folder or file ({line}), which a run's environment cannot share."
    hint = "Name published packages; scripts import the project's own modules without installing them."
    return UserError(message, hint=hint, place=asked.place)


def _interpreter(folder: Path) -> Path:
    if (folder / "conda-meta").is_dir():
        return conda.conda_python(folder)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _used(folder: Path) -> Path:
    """Notes the use, which decides what is cleaned first."""
    with contextlib.suppress(OSError):
        os.utime(folder / MARKER)
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
