"""The trash: runs that were deleted and can be brought back."""

from pydantic import Field

from workbench.schema.base import Wire


class EmptyRequest(Wire):
    """Deletes for good what has been in the trash for `older_than_days` (0: all of it)."""

    older_than_days: float = Field(0, ge=0, le=100_000)


class TrashEmptied(Wire):
    """What was deleted for good: the ids of the runs, and the bytes that snapshots no run needs gave back."""

    runs: tuple[str, ...]
    snapshot_bytes: int = 0
