"""The state of the user's own git repository: remote, branch, commit, and what is not committed. Nothing is written there."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workbench.base.files import file_digest
from workbench.projects.configsecrets import diff_without_secrets
from workbench.projects.git import git_program, without_password

DIFF_LIMIT = 1_000_000
"""So many bytes of a difference are kept."""

_CONFIG = {
    # Neither a watcher that git would start in the repository, nor a program that shows differences in its own way.
    "core.fsmonitor": "false",
    "core.quotePath": "false",
    "diff.external": "",
    # What is big is said to differ, and not compared.
    "core.bigFileThreshold": "10m",
    # git-lfs keeps a copy in the repository of every file that it is shown; other filters only convert.
    "filter.lfs.clean": "",
    "filter.lfs.process": "",
    "filter.lfs.required": "false",
}


@dataclass(frozen=True)
class GitInfo:
    """Where the user's repository stands; all empty where there is none. `remote` carries no password.

    `diff`: what differs from the commit, staged or not, submodules too, as unified text; files that git does not know are not in
    it. More than 1 MB is cut, and that is said at its end. The secrets of run configurations are blacked out.
    """

    remote: str = ""
    branch: str = ""
    commit: str = ""
    dirty: bool = False
    diff: str = ""


def git_state(folder: Path) -> GitInfo:
    """The state of the repository that `folder` is in. Raises EnvironmentError_ where git is missing."""
    program = git_program()
    top = _ask(program, folder, "rev-parse", "--show-toplevel").rstrip(b"\n")
    if not top:
        return GitInfo()
    root = Path(os.fsdecode(top))
    remote = _remote(program, root)
    commit, branch, changed = _status(program, root)
    if not commit:
        return GitInfo(remote, branch)
    same = _same_in_lfs(program, root, changed)
    parts = [] if set(changed) <= same else [_diff(program, root, same)]
    # One that is not checked out is an empty folder: git would find this very repository there.
    inner = {name: git_state(root / name) for name in _submodules(program, root) if (root / name / ".git").exists()}
    parts += [f"# In the submodule {name}:\n{state.diff}" for name, state in inner.items() if state.dirty]
    return GitInfo(remote, branch, commit, bool(parts), _capped(diff_without_secrets("".join(parts))))


def _status(program: str, root: Path) -> tuple[str, str, dict[str, bytes]]:
    """Commit, branch, and the changed files that git knows, each with its two letters of state."""
    records = _ask(
        program, root, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=no", "--ignore-submodules=dirty"
    ).split(b"\0")
    commit = branch = ""
    changed: dict[str, bytes] = {}
    waiting = iter(records)
    for record in waiting:
        kind, _, rest = record.partition(b" ")
        if kind == b"#":
            key, _, value = os.fsdecode(rest).partition(" ")
            commit = value if key == "branch.oid" and value != "(initial)" else commit
            branch = value if key == "branch.head" and value != "(detached)" else branch
        elif kind in {b"1", b"2", b"u"}:
            fields = rest.split(b" ", {b"1": 7, b"2": 8, b"u": 9}[kind])
            changed[os.fsdecode(fields[-1])] = fields[0]
            if kind == b"2":
                next(waiting, None)  # where a renamed file came from
    return commit, branch, changed


def _remote(program: str, root: Path) -> str:
    urls: dict[str, str] = {}
    for record in _ask(program, root, "config", "-z", "--get-regexp", r"^remote\..*\.url$").split(b"\0"):
        key, _, value = os.fsdecode(record).partition("\n")
        urls.setdefault(key.removeprefix("remote.").removesuffix(".url"), value)
    return without_password(urls.get("origin") or next(iter(urls.values()), ""))


def _submodules(program: str, root: Path) -> list[str]:
    if not (root / ".gitmodules").is_file():
        return []
    found = _ask(program, root, "config", "-z", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.path$")
    return [os.fsdecode(record.partition(b"\n")[2]) for record in found.split(b"\0") if record]


def _same_in_lfs(program: str, root: Path, changed: dict[str, bytes]) -> set[str]:
    """Files of git-lfs that only seem changed: what git holds is their digest, which is compared here without git-lfs."""
    modified = [name for name, state in changed.items() if state == b".M"]
    if not modified or not (root / ".gitattributes").exists():
        return set()
    given = b"".join(os.fsencode(name) + b"\0" for name in modified)
    fields = _ask(program, root, "check-attr", "-z", "--stdin", "filter", given=given).split(b"\0")
    same = set()
    for name, value in zip(map(os.fsdecode, fields[::3]), fields[2::3], strict=False):
        path = root / name
        if value == b"lfs" and path.is_file() and not path.is_symlink():
            pointer = _ask(program, root, "cat-file", "blob", f":{name}")[:1000].decode("utf-8", "replace")
            if f"oid {file_digest(path)}" in pointer.splitlines():
                same.add(name)
    return same


def _diff(program: str, root: Path, without: set[str]) -> str:
    command = ["diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--", "."]
    command += [f":(exclude,top,literal){name}" for name in sorted(without)]
    with subprocess.Popen(
        _command(program, *command),
        cwd=root,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        text = process.stdout.read(DIFF_LIMIT + 1) if process.stdout else b""
        if len(text) > DIFF_LIMIT:
            process.kill()
    return text.decode("utf-8", "replace")


def _capped(text: str) -> str:
    data = text.encode()
    if len(data) <= DIFF_LIMIT:
        return text
    kept = data[:DIFF_LIMIT].decode("utf-8", "ignore")
    return f"{kept[: kept.rfind(chr(10)) + 1]}# The difference is longer than 1 MB: the rest is not kept.\n"


def _ask(program: str, folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What git prints; empty where it fails, e.g. outside a repository."""
    try:
        done = subprocess.run(
            _command(program, *arguments), cwd=folder, env=_environment(), input=given, capture_output=True, check=False
        )
    except OSError:  # the folder is gone
        return b""
    return done.stdout if done.returncode == 0 else b""


def _command(program: str, *arguments: str) -> list[str]:
    return [program, *(part for key, value in _CONFIG.items() for part in ("-c", f"{key}={value}")), *arguments]


def _environment() -> dict[str, str]:
    """Without what a git that called us set; without it `git status` would write the refreshed index of the repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith("GIT_CONFIG_")}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
