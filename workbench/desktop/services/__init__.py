"""Deployed services."""
