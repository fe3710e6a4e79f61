"""The local engine: dataflows on DuckDB."""

from workbench.dataprep.engine.engine import Engine

__all__ = ["Engine"]
