"""Snapshots: a commit of the whole project folder before every run, in the workspace's own bare git repository.

Plain git with a directory, index and configuration of its own: the user's repository, index, branches, hooks and configuration
are never touched, and no filter or line-ending setting changes a byte. A cached index per folder makes the second snapshot of a
big project cheap. Snapshots of one project are serialised by a file lock; those of different projects run in parallel.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from workbench.base.clock import utc_now
from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.files import disk_error, write_atomic
from workbench.projects.git import git_program

SIZE_LIMIT = 50_000_000
"""Bigger files are left out of a snapshot, and named."""

_ALWAYS_IGNORED = "/outputs/\n/.workbench/\n.venv/\n__pycache__/\n.ipynb_checkpoints/\n.DS_Store\n"
_CONFIG = {
    "core.bare": "false",
    "core.autocrlf": "false",
    "core.safecrlf": "false",
    "core.longpaths": "true",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "core.untrackedCache": "false",
    # Objects reach the disk before the run is queued, in one flush however many there are.
    "core.fsync": "committed,loose-object",
    "core.fsyncMethod": "batch",
    "gc.auto": "0",
}


@dataclass(frozen=True)
class Snapshot:
    """A commit in the snapshot repository: how many files it holds, and the names of those left out (too big, or not readable)."""

    commit: str
    files: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Restored:
    """What restoring changed: the files written, and the folder with what they overwrote (None when nothing was)."""

    kept_in: Path | None
    changed: tuple[str, ...]


class SnapshotStore:
    """The bare repository with all snapshots of a workspace. May be used from any thread and process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state = path / "workbench"

    def commit(self, folder: Path, project_id: str, message: str = "") -> Snapshot:
        """Records the folder as it is now; an unchanged folder gives the commit that is there already.

        Left out: what `.gitignore` and `.wbignore` name, `outputs/`, environments, files over 50 MB (named in the result).
        """
        self._open()
        key = hashlib.sha256(project_id.encode()).hexdigest()[:32]
        place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        index = self._state / f"{key}-{place}.index"
        with FileLock(self._state / f"{key}.lock"):
            # Only the holder of the lock writes this index: a lock file of git's is what a killed one left.
            index.with_name(index.name + ".lock").unlink(missing_ok=True)
            excludes = self._state / f"{key}-{place}.exclude"
            _write_excludes(folder, excludes)
            git = _Git(self._path, folder, index, {"core.excludesFile": str(excludes)})
            try:
                left_out = _update_index(git)
            except EnvironmentError_ as error:
                if "index file" not in error.message and "bad index" not in error.message:
                    raise
                index.unlink(missing_ok=True)
                left_out = _update_index(git)
            return self._record(git, f"refs/projects/{key}", message, left_out)

    def _record(self, git: "_Git", ref: str, message: str, left_out: tuple[str, ...]) -> Snapshot:
        tree = git.text("write-tree")
        count = git.run("ls-files", "-z").count(b"\0")
        parent, _, known_tree = git.text("for-each-ref", "--format=%(objectname) %(tree)", ref).partition(" ")
        if parent and known_tree == tree:
            return Snapshot(parent, count, left_out)
        parents = ["-p", parent] if parent else []
        commit = git.text("commit-tree", tree, *parents, "-m", message or "Snapshot")
        git.run("update-ref", ref, commit, parent or "0" * len(commit))
        return Snapshot(commit, count, left_out)

    def checkout(self, commit: str, folder: Path) -> None:
        """Writes the files of a snapshot into an empty (or new) folder."""
        if folder.exists() and any(folder.iterdir()):
            raise UserError(f"The folder {folder} is not empty.", hint="Choose a new folder.", place=str(folder))
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, str(folder)) from error
        with self._at(commit, folder) as git:
            git.run("checkout-index", "--all", "--force", "--quiet")

    def restore(self, commit: str, folder: Path) -> Restored:
        """Makes the files of the snapshot in `folder` what they were; files that came later stay.

        What it overwrites is moved to `.workbench/restored-<time>/` of the folder first.
        """
        with self._at(commit, folder) as git:
            # A fresh index knows no file's times: everything is compared by content once.
            git.run("update-index", "--refresh", "-q", check=False)
            changed = git.names("ls-files", "-z", "--modified", "--deleted")
            if not changed:
                return Restored(None, ())
            kept = folder / ".workbench" / f"restored-{utc_now():%Y%m%d-%H%M%S-%f}"
            try:
                _keep(folder, changed, kept)
            except OSError as error:
                raise disk_error(error, f"The copy of what is overwritten, {kept},") from error
            git.run("checkout-index", "--force", "--quiet", "-z", "--stdin", given=_joined(changed))
        return Restored(kept if kept.exists() else None, tuple(changed))

    def read(self, commit: str, path: str) -> bytes:
        """The bytes of one file of a snapshot. Raises NotFound."""
        git = self._plain(commit)
        clean = path.replace("\\", "/").removeprefix("./")
        try:
            return git.run("cat-file", "blob", f"{commit}:{clean}")
        except EnvironmentError_ as error:
            raise NotFound(f"The snapshot {commit[:8]} has no file {path}.", place=path) from error

    def files(self, commit: str) -> list[str]:
        """The paths of a snapshot, with forward slashes."""
        return self._plain(commit).names("ls-tree", "-r", "-z", "--name-only", commit)

    def diff(self, first: str, second: str) -> str:
        """The differences between two snapshots as a unified diff; empty when they are equal."""
        git = self._plain(first)
        self._plain(second)
        return git.run("diff", "--no-color", "--no-ext-diff", "--no-textconv", first, second, "--").decode("utf-8", "replace")

    def _plain(self, commit: str) -> "_Git":
        git = _Git(self._path, self._path, self._state / "none.index")
        known = commit and all(c in "0123456789abcdef" for c in commit) and self._path.is_dir()
        if not known or git.run("cat-file", "-t", commit, check=False).strip() != b"commit":
            raise NotFound(f"The snapshot {commit[:12] or '(none)'} is not in this workspace.", place=str(self._path))
        return git

    @contextlib.contextmanager
    def _at(self, commit: str, folder: Path) -> Iterator["_Git"]:
        """Git at `folder` with an index of its own that holds the snapshot."""
        self._plain(commit)
        with tempfile.TemporaryDirectory(prefix="workbench-index-") as temporary:
            git = _Git(self._path, folder, Path(temporary, "index"))
            git.run("read-tree", commit)
            yield git

    def _open(self) -> None:
        if (self._state / "ready").exists():
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._path.with_name(self._path.name + ".lock")):
                if (self._state / "ready").exists():
                    return
                command = [git_program(), "init", "--bare", "--quiet", "--template=", str(self._path)]
                done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
                if done.returncode:
                    raise _failure("init", done.stderr)
                # The strongest attributes: no filter, line ending or keyword of the project's changes what is kept.
                attributes = "* -text -eol -filter -ident -working-tree-encoding\n"
                write_atomic(self._path / "info" / "attributes", attributes)
                write_atomic(self._state / "ready", "1\n")
        except OSError as error:
            raise disk_error(error, str(self._path)) from error


class _Git:
    """git with the snapshot repository, a work tree and an index file; nothing of the user's configuration."""

    def __init__(self, repository: Path, work_tree: Path, index: Path, config: dict[str, str] | None = None) -> None:
        settings = {**_CONFIG, **(config or {})}
        self._command = [git_program(), *(part for key, value in settings.items() for part in ("-c", f"{key}={value}"))]
        self._environment = {
            **_environment(),
            "GIT_DIR": str(repository),
            "GIT_WORK_TREE": str(work_tree),
            "GIT_INDEX_FILE": str(index),
        }
        self.root = work_tree

    def run(self, *arguments: str, given: bytes | None = None, check: bool = True) -> bytes:
        done = subprocess.run(
            [*self._command, *arguments], cwd=self.root, env=self._environment, input=given or b"", capture_output=True, check=False
        )
        if check and done.returncode:
            raise _failure(arguments[0], done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def text(self, *arguments: str) -> str:
        return self.run(*arguments).decode().strip()

    def names(self, *arguments: str, given: bytes | None = None) -> list[str]:
        """The NUL-separated names that git prints, each once."""
        return list(dict.fromkeys(os.fsdecode(name) for name in self.run(*arguments, given=given).split(b"\0") if name))


def _environment() -> dict[str, str]:
    """The environment without any git setting of the user's or the caller's (a hook may have started us)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") and name != "EMAIL"}
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in (("NAME", "Workbench"), ("EMAIL", "-"))}
    return {**kept, **who, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1", "LC_ALL": "C"}


def _update_index(git: _Git) -> tuple[str, ...]:
    """Brings the index to the state of the folder, but for files that are too big or not readable, whose names it returns."""
    root = git.root
    # One walk: files that are new or changed, and those gone (update-index --remove takes them out).
    candidates = git.names("ls-files", "-z", "--others", "--modified", "--exclude-standard")
    taken, dropped, left_out = [], [], []
    for name in candidates:
        path = root / name
        if name.endswith("/"):
            left_out.append(name)  # a git repository inside the project: its files are its own
        elif path.is_symlink() or not path.exists() or (path.stat().st_size <= SIZE_LIMIT and os.access(path, os.R_OK)):
            taken.append(name)
        else:
            left_out.append(name)
            dropped.append(name)
    # What was taken once and is ignored since.
    dropped += git.names("ls-files", "-z", "--cached", "--ignored", "--exclude-standard")
    if taken:
        git.run("update-index", "--add", "--remove", "--replace", "-z", "--stdin", given=_joined(taken))
    if dropped:
        git.run("update-index", "--force-remove", "-z", "--stdin", given=_joined(dropped))
    return tuple(sorted(left_out))


def _write_excludes(folder: Path, target: Path) -> None:
    """Joins what is always ignored, the user's private excludes and `.wbignore`, which wins."""
    parts = [_ALWAYS_IGNORED]
    for path in (folder / ".git" / "info" / "exclude", folder / ".wbignore"):
        with contextlib.suppress(OSError):
            parts.append(path.read_text("utf-8", errors="surrogateescape"))
    content = "\n".join(parts).encode("utf-8", errors="surrogateescape")
    if not target.exists() or target.read_bytes() != content:
        write_atomic(target, content)


def _keep(folder: Path, names: Sequence[str], kept: Path) -> None:
    """Moves what stands where the files will be written to `kept`."""
    for name in names:
        parts = Path(name).parts
        for depth in range(1, len(parts) + 1):
            path = folder.joinpath(*parts[:depth])
            if not path.is_symlink() and not path.exists():
                break
            if depth < len(parts) and path.is_dir() and not path.is_symlink():
                continue
            target = kept.joinpath(*parts[:depth])
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
            break
    if kept.exists():
        # So that the user's repository does not show what was put aside.
        (folder / ".workbench" / ".gitignore").write_text("*\n", encoding="utf-8")


def _joined(names: Sequence[str]) -> bytes:
    return b"".join(os.fsencode(name) + b"\0" for name in names)


def _failure(command: str, stderr: str) -> EnvironmentError_:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    reason = next(
        (line for line in reversed(lines) if line.startswith(("fatal:", "error:"))), lines[-1] if lines else "no reason given"
    )
    if "No space left on device" in stderr or "Disk quota exceeded" in stderr:
        return EnvironmentError_(
            "The disk is full: the snapshot of the project could not be written.", hint="Free some space and try again."
        )
    return EnvironmentError_(f"The snapshot of the project failed in git {command}: {reason}.")
