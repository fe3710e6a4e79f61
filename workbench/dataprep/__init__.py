"""Data preparation: sources, steps, dataflows, the package file, the engine on DuckDB, profiles, code."""
