"""The workspace server: the one door to the workspace."""
