"""The bare repository of all snapshots.

Plain git with a directory, index and configuration of its own: the user's repository, index, branches, hooks and configuration
are never touched, and no filter or line-ending setting changes a byte. A cached index per folder makes the second snapshot of a
big project cheap. Snapshots of one project are serialised by a file lock; those of different projects run in parallel.

A snapshot is a commit without a parent. The latest of each project is what `refs/projects/` names; the others are kept by their
runs alone, and removed by `clean` when no run is left that needs them.
"""

import contextlib
import hashlib
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from workbench.base.clock import utc_now
from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.files import disk_error, readable_name, write_atomic
from workbench.projects.configsecrets import is_config, with_secrets_of
from workbench.projects.git import git_program
from workbench.projects.snapshots.comparing import FileChange, changes
from workbench.projects.snapshots.ignoring import write_excludes
from workbench.projects.snapshots.indexing import count, update_index
from workbench.projects.snapshots.process import Git, clean_environment, failure, joined, result
from workbench.projects.snapshots.restoring import put_aside

SIZE_LIMIT = 50_000_000
"""Bigger files are left out of a snapshot, and named; the workspace's settings can say another limit."""

_LAYOUT = "2\n"
# The strongest attributes: no filter, line ending or keyword of the project's changes what is kept or given out.
_ATTRIBUTES = "* -text -eol -filter -ident -working-tree-encoding -export-ignore -export-subst\n"
_RULES = "2"
"""Of what an index holds: 2 since run configurations are kept without their secrets."""
_GRACE = "2.hours.ago"
"""Younger objects are never removed: a snapshot that is being taken, or whose run is being queued."""


@dataclass(frozen=True)
class Snapshot:
    """A commit in the snapshot repository: how many files it holds, and the names of those left out (too big, or not readable).

    Names here and in `Restored` are text: bytes of them that are no UTF-8 read `%FF`.
    """

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

    def commit(self, folder: Path, project_id: str, message: str = "", *, size_limit: int = SIZE_LIMIT) -> Snapshot:
        """Records the folder as it is now; an unchanged folder gives the commit that is there already.

        Left out: what `.gitignore` and `.wbignore` name, `outputs/`, environments, files over `size_limit` bytes (named in the
        result, as are files that cannot be read, and git repositories inside that are no submodules). Run configurations are kept
        without the secrets in them.
        """
        self._open()
        key = hashlib.sha256(project_id.encode()).hexdigest()[:32]
        place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        # Under another limit, or with other rules, every file must be looked at again.
        limit = "" if size_limit == SIZE_LIMIT else f"-{size_limit}"
        index = self._state / f"{key}-{place}{limit}-{_RULES}.index"
        ref = f"refs/projects/{key}"
        with FileLock(self._state / f"{key}.lock"):
            excludes = self._state / f"{key}-{place}.exclude"
            write_excludes(folder.absolute(), excludes)
            git = Git(self._path, folder, index, {"core.excludesFile": str(excludes)})
            git.unlock()  # only the holder of our lock writes this index
            asking = git.start("for-each-ref", "--format=%(objectname) %(tree)", ref)
            try:
                left_out = update_index(git, size_limit)
            except EnvironmentError_ as error:
                if "index file" not in error.message and "bad index" not in error.message:
                    raise
                index.unlink(missing_ok=True)
                left_out = update_index(git, size_limit)
            finally:
                latest, _ = result(asking)
            known, _, known_tree = latest.decode().strip().partition(" ")
            left_out = tuple(map(readable_name, left_out))
            tree = git.text("write-tree")
            if known and known_tree == tree:
                return Snapshot(known, count(git), left_out)
            commit = git.text("commit-tree", tree, "-m", message or "Snapshot")
            git.run("update-ref", ref, commit, known or "0" * len(commit))
            return Snapshot(commit, count(git), left_out)

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

        What it overwrites is moved to `.workbench/restored-<time>/` of the folder first. Secrets that a run configuration is kept
        without stay as they are in the folder.
        """
        with self._at(commit, folder) as git:
            # A fresh index knows no file's times: everything is compared by content once.
            git.run("update-index", "--refresh", "-q", check=False)
            changed = git.names("ls-files", "-z", "--modified", "--deleted")
            filled = self._filled(commit, folder, changed)
            changed = [name for name in changed if name not in filled or filled[name] != (folder / name).read_bytes()]
            modes = {name: (folder / name).stat().st_mode & 0o777 for name in filled}
            if not changed:
                return Restored(None, ())
            kept = folder / ".workbench" / f"restored-{utc_now():%Y%m%d-%H%M%S-%f}"
            try:
                put_aside(folder, changed, kept)
            except OSError as error:
                raise disk_error(error, f"The copy of what is overwritten, {kept},") from error
            git.run("checkout-index", "--force", "--quiet", "-z", "--stdin", given=joined(changed))
            for name in filled.keys() & set(changed):
                write_atomic(folder / name, filled[name], mode=modes[name])
        return Restored(kept if kept.exists() else None, tuple(map(readable_name, changed)))

    def _filled(self, commit: str, folder: Path, names: Sequence[str]) -> dict[str, bytes]:
        """The run configurations among the files, with the secrets that those in the folder have now."""
        found = {}
        for name in filter(is_config, names):
            with contextlib.suppress(OSError):  # it is gone: there is nothing to take them from
                present = (folder / name).read_bytes()
                found[name] = with_secrets_of(self.read(commit, name), present)
        return found

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

    def sizes(self, commit: str) -> dict[str, int]:
        """The paths of a snapshot, as text, with their bytes."""
        listed = self._plain(commit).names("ls-tree", "-r", "-l", "-z", commit)
        parted = (line.partition("\t") for line in listed)
        return {readable_name(name): int(fields.split()[-1]) for fields, _, name in parted}

    def changes(self, first: str, second: str) -> tuple[FileChange, ...]:
        """The files that differ between two snapshots, by name, each with its unified difference. Raises NotFound."""
        git = self._plain(first, {"core.bigFileThreshold": "2m"})
        self._plain(second)
        return changes(git, first, second)

    def zip(self, commit: str, target: Path) -> None:
        """Writes the files of a snapshot as a zip file. Raises NotFound, EnvironmentError_."""
        git = self._plain(commit)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, str(target)) from error
        git.run("archive", "--format=zip", f"--output={target.absolute()}", commit)

    def clean(self, needed: Collection[str]) -> int:
        """Removes the snapshots that are not in `needed`; how many bytes that gave back.

        The latest of each project stays, and all that is younger than two hours. Raises EnvironmentError_.
        """
        if not (self._state / "ready").exists():
            return 0
        git = Git(self._path, self._path, self._state / "none.index")
        with FileLock(self._state / "clean.lock"):
            before = self._bytes(git)
            present = set(git.text("for-each-ref", "--format=%(refname:lstrip=2)", "refs/needed/").split())
            listed = git.run("cat-file", "--batch-check", given="".join(f"{commit}\n" for commit in needed).encode())
            wanted = {fields[0] for fields in map(str.split, listed.decode().splitlines()) if fields[1:2] == ["commit"]}
            orders = [f"create refs/needed/{commit} {commit}" for commit in sorted(wanted - present)]
            orders += [f"delete refs/needed/{commit}" for commit in sorted(present - wanted)]
            git.run("update-ref", "--stdin", given="".join(f"{order}\n" for order in orders).encode())
            git.run("gc", "--quiet", f"--prune={_GRACE}")
            return max(0, before - self._bytes(git))

    def size(self) -> int:
        """The bytes that all snapshots take."""
        return self._bytes(Git(self._path, self._path, self._state / "none.index")) if (self._state / "ready").exists() else 0

    def _bytes(self, git: Git) -> int:
        counted = dict(line.split(": ", 1) for line in git.text("count-objects", "-v").splitlines() if ": " in line)
        return 1024 * (int(counted.get("size", 0)) + int(counted.get("size-pack", 0)))

    def _plain(self, commit: str, config: dict[str, str] | None = None) -> Git:
        git = Git(self._path, self._path, self._state / "none.index", config)
        known = commit and all(c in "0123456789abcdef" for c in commit) and self._path.is_dir()
        if not known or git.run("cat-file", "-t", commit, check=False).strip() != b"commit":
            raise NotFound(f"The snapshot {commit[:12] or '(none)'} is not in this workspace.", place=str(self._path))
        return git

    @contextlib.contextmanager
    def _at(self, commit: str, folder: Path) -> Iterator[Git]:
        """Git at `folder` with an index of its own that holds the snapshot."""
        self._plain(commit)
        with tempfile.TemporaryDirectory(prefix="workbench-index-") as temporary:
            git = Git(self._path, folder, Path(temporary, "index"))
            git.run("read-tree", commit)
            yield git

    def _open(self) -> None:
        ready = self._state / "ready"
        with contextlib.suppress(OSError):
            if ready.read_text("utf-8") == _LAYOUT:
                return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._path.with_name(self._path.name + ".lock")):
                if ready.exists() and ready.read_text("utf-8") == _LAYOUT:
                    return
                command = [git_program(), "init", "--bare", "--quiet", "--template=", str(self._path)]
                done = subprocess.run(command, capture_output=True, text=True, env=clean_environment(), check=False)
                if done.returncode:
                    raise failure("init", done.stderr)
                write_atomic(self._path / "info" / "attributes", _ATTRIBUTES)
                write_atomic(ready, _LAYOUT)
        except OSError as error:
            raise disk_error(error, str(self._path)) from error
