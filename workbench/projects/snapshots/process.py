"""git with a repository, index and configuration of its own: nothing of the user's is read or written but the project's files."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from workbench.base.errors import EnvironmentError_
from workbench.projects.git import git_program

_CONFIG = {
    "core.bare": "false",
    "core.autocrlf": "false",
    "core.safecrlf": "false",
    "core.longpaths": "true",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "core.untrackedCache": "false",
    "core.fsmonitor": "false",
    # Objects reach the disk before the run is queued, in one flush however many there are.
    "core.fsync": "committed,loose-object",
    "core.fsyncMethod": "batch",
    # Quick rather than small: a run waits for it.
    "pack.compression": "1",
    "gc.auto": "0",
}

_UNSTABLE = ("unstable object source", "short read while indexing", "file changed")


class Unstable(EnvironmentError_):
    """A file changed while git read it: worth another try."""


class Git:
    """git with the snapshot repository, a work tree and an index file."""

    def __init__(self, repository: Path, work_tree: Path, index: Path, config: dict[str, str] | None = None) -> None:
        self._repository, self._config = repository, config
        settings = {**_CONFIG, **(config or {})}
        self._command = [git_program(), *(part for key, value in settings.items() for part in ("-c", f"{key}={value}"))]
        self._environment = {
            **clean_environment(),
            "GIT_DIR": str(repository),
            "GIT_WORK_TREE": str(work_tree),
            "GIT_INDEX_FILE": str(index),
        }
        self.root = work_tree
        self.index = index

    def run(self, *arguments: str, given: bytes | None = None, check: bool = True) -> bytes:
        """What it prints. Raises EnvironmentError_ with its reason, unless `check` is off."""
        done = subprocess.run(
            [*self._command, *arguments], cwd=self.root, env=self._environment, input=given or b"", capture_output=True, check=False
        )
        if check and done.returncode:
            raise failure(arguments[0], done.stderr.decode("utf-8", "replace"), done.returncode)
        return done.stdout

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """The same beside us: to be ended with `result`."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*self._command, *arguments], cwd=self.root, env=self._environment, stdin=pipe, stdout=pipe, stderr=pipe
        )

    def feed(self, stream: IO[bytes], *arguments: str) -> None:
        """Runs it on an open file. Raises EnvironmentError_."""
        done = subprocess.run(
            [*self._command, *arguments], cwd=self.root, env=self._environment, stdin=stream, capture_output=True, check=False
        )
        if done.returncode:
            raise failure(arguments[0], done.stderr.decode("utf-8", "replace"))

    def beside(self, work_tree: Path, index: Path) -> "Git":
        """The same with another work tree and index."""
        return Git(self._repository, work_tree, index, self._config)

    def unlock(self) -> None:
        """Removes what a git that was killed left beside the index; only for whoever holds the project's lock."""
        self.index.with_name(self.index.name + ".lock").unlink(missing_ok=True)

    def text(self, *arguments: str) -> str:
        return self.run(*arguments).decode().strip()

    def names(self, *arguments: str, given: bytes | None = None) -> list[str]:
        """The NUL-separated names that git prints, each once."""
        return split(self.run(*arguments, given=given))


def result(process: "subprocess.Popen[bytes]") -> tuple[bytes, str]:
    """What a process that was started prints, and what it warns of. Raises EnvironmentError_."""
    with process:
        out, err = process.communicate()
    warnings = err.decode("utf-8", "surrogateescape")
    if process.returncode:
        raise failure("ls-files", warnings, process.returncode)
    return out, warnings


def split(output: bytes) -> list[str]:
    """NUL-separated names, each once."""
    return list(dict.fromkeys(os.fsdecode(name) for name in output.split(b"\0") if name))


def joined(names: Sequence[str]) -> bytes:
    """Names as git takes them from its input."""
    return b"".join(os.fsencode(name) + b"\0" for name in names)


def clean_environment() -> dict[str, str]:
    """The environment without any git setting of the user's or the caller's (a hook may have started us)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") and name != "EMAIL"}
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in (("NAME", "Workbench"), ("EMAIL", "-"))}
    return {**kept, **who, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1", "LC_ALL": "C"}


def failure(command: str, stderr: str, code: int = 1) -> EnvironmentError_:
    """git's own reason in a sentence."""
    if code < 0 or any(sign in stderr for sign in _UNSTABLE):  # a file cut short under its eyes kills git
        return Unstable("Files of the project change all the time: they could not be copied.", hint="Try again.")
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    reason = next(
        (line for line in reversed(lines) if line.startswith(("fatal:", "error:"))), lines[-1] if lines else "no reason given"
    )
    if "No space left on device" in stderr or "Disk quota exceeded" in stderr:
        return EnvironmentError_(
            "The disk is full: the snapshot of the project could not be written.", hint="Free some space and try again."
        )
    return EnvironmentError_(f"The snapshot of the project failed in git {command}: {reason}.")
