"""The model registry and services."""
