"""What differs between the files of two runs."""

from typing import Literal

from workbench.schema.base import Wire


class FileDiff(Wire):
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


class SnapshotDiff(Wire):
    """From the files of the run `first` to those of the run `second`; both are ids."""

    first: str
    second: str
    files: tuple[FileDiff, ...] = ()
