"""The project folder, git, snapshots and templates."""
