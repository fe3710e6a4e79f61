"""Runs that go for good, out of the trash or one by one: records, folders, and the snapshots that nothing needs any more."""

import shutil
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from workbench.base.paths import WorkspacePaths
from workbench.projects import SnapshotStore
from workbench.runs import Database, RunStore
from workbench.runs.tables import runs, services


@dataclass(frozen=True)
class Emptied:
    """What was deleted: the ids of the runs, and the bytes that their snapshots gave back."""

    runs: tuple[str, ...]
    snapshot_bytes: int


def empty_trash(
    database: Database, store: RunStore, paths: WorkspacePaths, snapshots: SnapshotStore, older_than: datetime | None = None
) -> Emptied:
    """Deletes for good what went into the trash before `older_than` (None: all of it). Raises EnvironmentError_ (disk, git)."""
    gone = store.empty_trash(older_than)
    for run_id in gone:
        shutil.rmtree(paths.run(run_id), ignore_errors=True)
    return Emptied(gone, snapshots.clean(needed_snapshots(database)) if gone else 0)


def delete_run(database: Database, store: RunStore, paths: WorkspacePaths, snapshots: SnapshotStore, run_id: str) -> None:
    """Deletes an ended run for good. Raises NotFound, Conflict for one that waits or runs, and EnvironmentError_ (disk, git)."""
    snapshot = store.get(run_id).snapshot
    store.delete(run_id)
    shutil.rmtree(paths.run(run_id), ignore_errors=True)
    if snapshot and snapshot not in (needed := needed_snapshots(database)):
        snapshots.clean(needed)


def needed_snapshots(database: Database) -> set[str]:
    """The snapshots of all runs, also of those in the trash, and of the services, which outlive their runs."""
    with database.read() as connection:
        needed = set(connection.execute(sa.select(runs.c.snapshot).distinct()).scalars())
        needed |= {str(spec.get("snapshot") or "") for spec in connection.execute(sa.select(services.c.spec)).scalars()}
    return needed - {""}
