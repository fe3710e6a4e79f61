"""Notebook kernels and their recorder."""
