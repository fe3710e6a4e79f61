"""The typed client of the workspace server."""
