"""Data sources, steps, dataflows, packages, the engine that runs them, and profiles."""
