"""Bringing the cached index of a project up to date: only what is new, changed or gone is looked at closely."""

import contextlib
import os
import re
import stat
import struct
import tempfile
from pathlib import Path

from workbench.projects.configsecrets import is_config, without_secrets
from workbench.projects.snapshots.process import Git, Unstable, joined, result, split

_PACKED_FROM = 200
_PACKED_SIZE = 10_000_000
_UNREADABLE = re.compile(r"^warning: could not open directory '(.+)': ", re.MULTILINE)


def update_index(git: Git, size_limit: int) -> tuple[str, ...]:
    """Brings the index to the state of the folder, but for what is too big or not readable, whose names it returns.

    Of run configurations with secrets it holds a copy in which those are blacked out.
    """
    candidates, dropped, left_out = _walk(git)
    submodules = _submodules(git.root)
    taken = []
    for name in candidates:
        if name.endswith("/") and name.rstrip("/") in submodules:
            taken += _files_inside(git, name)
        elif name.endswith("/"):
            left_out.append(name)  # another git repository inside the project: its files are its own
        elif _fits(git.root / name, size_limit):
            taken.append(name)
        else:
            left_out.append(name)
            dropped.append(name)
    taken = [name for name in taken if not (is_config(name) and _take_without_secrets(git, name))]
    if taken:
        if len(taken) >= _PACKED_FROM:
            _write_pack(git, taken)
        _take(git, taken)
    if dropped:
        git.run("update-index", "--force-remove", "-z", "--stdin", given=joined(dropped))
    return tuple(sorted(set(left_out)))


def _walk(git: Git, attempts: int = 5) -> tuple[list[str], list[str], list[str]]:
    """What is new, changed or gone; what is ignored since it was taken; and folders that cannot be read."""
    # Both walks at once. What is ignored now can hide in a folder whose own ignore file ignores itself.
    walking = git.start("ls-files", "-z", "--others", "--modified", "--exclude-standard")
    checking = git.start("ls-files", "-z", "--cached", "--ignored", "--exclude-standard")
    try:
        try:
            found, warnings = result(walking)
        finally:
            ignored, _ = result(checking)
    except Unstable:
        if attempts == 1:
            raise
        return _walk(git, attempts - 1)
    return split(found), split(ignored), _UNREADABLE.findall(warnings)


def _take(git: Git, names: list[str]) -> None:
    """Puts files into the index, or takes those out that are gone. One that changes meanwhile is found, and read by ourselves."""
    try:
        git.run("update-index", "--add", "--remove", "--replace", "-z", "--stdin", given=joined(names))
    except Unstable:
        git.unlock()
        if len(names) == 1:
            _take_copy(git, names[0])
            return
        half = len(names) // 2
        _take(git, names[:half])
        _take(git, names[half:])


def _take_without_secrets(git: Git, name: str) -> bool:
    """Takes a run configuration that holds secrets, without them; False for one that holds none."""
    path = git.root / name
    try:
        content = without_secrets(path.read_bytes()) if path.is_file() and not path.is_symlink() else None
    except OSError:
        return False
    if content is None:
        return False
    _put(git, name, content, path.stat().st_mode)
    return True


def _take_copy(git: Git, name: str) -> None:
    """Puts what a file holds at one moment into the index; the next snapshot looks at it again."""
    path = git.root / name
    try:
        content, mode = path.read_bytes(), path.stat().st_mode
    except OSError:  # gone meanwhile
        git.run("update-index", "--force-remove", "-z", "--stdin", given=joined([name]))
        return
    _put(git, name, content, mode)


def _put(git: Git, name: str, content: bytes, mode: int) -> None:
    """Puts an entry into the index that is looked at again by the next snapshot, since it has none of the file's times."""
    blob = git.run("hash-object", "-w", "--stdin", given=content).strip()
    kind = b"100755" if mode & stat.S_IXUSR else b"100644"
    git.run("update-index", "-z", "--add", "--replace", "--index-info", given=b"%s %s\t%s\0" % (kind, blob, os.fsencode(name)))


def count(git: Git) -> int:
    """How many files the index holds, told by its header."""
    try:
        with git.index.open("rb") as file:
            return int(struct.unpack(">4sII", file.read(12))[2])
    except FileNotFoundError:  # an empty project never had one
        return 0


def _fits(path: Path, size_limit: int) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return True  # gone: to be taken out
    return not stat.S_ISREG(found.st_mode) or (found.st_size <= size_limit and os.access(path, os.R_OK))


def _submodules(root: Path) -> set[str]:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return set(re.findall(r"^\s*path\s*=\s*(.+?)/?\s*$", (root / ".gitmodules").read_text("utf-8"), re.MULTILINE))
    return set()


def _files_inside(git: Git, name: str) -> list[str]:
    """The files of a submodule, with those of its own submodules. Once they are in the index, git goes into it by itself."""
    with tempfile.TemporaryDirectory(prefix="workbench-index-") as temporary:
        inner = git.beside(git.root / name, Path(temporary, "index"))
        submodules = _submodules(inner.root)
        files = []
        for one in inner.names("ls-files", "-z", "--others", "--exclude-standard"):
            if not one.endswith("/"):
                files.append(name + one)
            elif one.rstrip("/") in submodules:
                files += _files_inside(git, name + one)
        return files


def _write_pack(git: Git, names: list[str]) -> None:
    """Writes many new files as one pack first: thousands of small objects would be a file each. The index then finds them there."""
    with tempfile.TemporaryFile() as stream:
        for name in names:
            path = git.root / name
            with contextlib.suppress(OSError):
                if not path.is_symlink() and path.is_file() and path.stat().st_size <= _PACKED_SIZE:
                    content = path.read_bytes()
                    stream.write(b"blob\ndata %d\n" % len(content))
                    stream.write(content)
                    stream.write(b"\n")
        stream.write(b"done\n")
        stream.seek(0)
        git.feed(stream, "fast-import", "--quiet", "--done", "--depth=0")
