"""What differs between two snapshots, file by file."""

from dataclasses import dataclass
from typing import Literal

from workbench.base.files import readable_name
from workbench.projects.snapshots.process import Git

TEXT_LIMIT = 1_000_000
"""So many characters of differences are given in all; the files after that are named only."""

_OPTIONS = ("--no-color", "--no-ext-diff", "--no-textconv", "--full-index", "--find-renames", "-l1000")
_KINDS: dict[str, Literal["added", "removed", "renamed", "changed"]] = {"A": "added", "D": "removed", "R": "renamed"}


@dataclass(frozen=True)
class FileChange:
    """A file that differs. `text`: the unified difference; empty for a binary or very large file, and where `cut` says so."""

    path: str
    kind: Literal["added", "removed", "renamed", "changed"]
    old_path: str = ""
    """Where a renamed file was."""
    added: int = 0
    """Lines."""
    removed: int = 0
    binary: bool = False
    cut: bool = False
    """The difference is too long to be given."""
    text: str = ""


def changes(git: Git, first: str, second: str) -> tuple[FileChange, ...]:
    """The files that differ, by name."""
    entries = _entries(git.run("diff", *_OPTIONS, "--raw", "-z", first, second, "--"))
    patch = git.run("diff", *_OPTIONS, first, second, "--").decode("utf-8", "replace")
    # Content lines begin with a blank, +, - or \\: this line begins a file and nothing else.
    parts = iter(f"diff --git {part}" for part in ("\n" + patch).split("\ndiff --git ")[1:])
    found = []
    given = 0
    for status, path, old_path in entries:
        # A file that became a link, or the other way round, has two parts: one goes, one comes.
        own = [next(parts, "").rstrip("\n") + "\n" for _ in range(2 if status == "T" else 1)]
        text = "".join(own)
        counted = [_counts(part) for part in own]
        binary = any(part is None for part in counted)
        cut = not binary and given + len(text) > TEXT_LIMIT
        given += 0 if binary or cut else len(text)
        found.append(
            FileChange(
                path=path,
                kind=_KINDS.get(status, "changed"),
                old_path=old_path,
                added=sum(part[0] for part in counted if part),
                removed=sum(part[1] for part in counted if part),
                binary=binary,
                cut=cut,
                text="" if binary or cut else text,
            )
        )
    return tuple(found)


def _counts(part: str) -> tuple[int, int] | None:
    """How many lines a part of a patch adds and removes; None for a binary file."""
    lines = part.split("\n")
    start = next((number for number, line in enumerate(lines) if line.startswith("@@ ")), len(lines))
    if any(line.startswith("Binary files ") for line in lines[:start]):
        return None
    return sum(line.startswith("+") for line in lines[start:]), sum(line.startswith("-") for line in lines[start:])


def _entries(raw: bytes) -> list[tuple[str, str, str]]:
    """Status letter, path and, of a renamed file, its old path."""
    fields = iter(readable_name(raw.decode("utf-8", "surrogateescape")).split("\0"))
    found = []
    for field in fields:
        if not field:
            continue
        status = field.rpartition(" ")[2][:1]
        name = next(fields)
        found.append((status, next(fields), name) if status in {"R", "C"} else (status, name, ""))
    return found
