"""Notebooks and the console on a kernel of the project."""
