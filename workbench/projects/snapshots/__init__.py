"""Snapshots: a commit of the whole project folder before every run, in the workspace's own bare git repository."""

from workbench.projects.snapshots.comparing import FileChange
from workbench.projects.snapshots.store import SIZE_LIMIT, Restored, Snapshot, SnapshotStore

__all__ = ["SIZE_LIMIT", "FileChange", "Restored", "Snapshot", "SnapshotStore"]
