"""Home: the ways to a project."""
