"""Runs: list, details, comparison, and the run bar."""
