"""The project folder, git, snapshots and templates."""

from workbench.projects.git import clone
from workbench.projects.gitstate import GitInfo, git_state
from workbench.projects.project import Project
from workbench.projects.snapshots import Restored, Snapshot, SnapshotStore
from workbench.projects.templates import Template, templates

__all__ = ["GitInfo", "Project", "Restored", "Snapshot", "SnapshotStore", "Template", "clone", "git_state", "templates"]
