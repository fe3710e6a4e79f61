"""Steps that write the rows of their place; the rows pass through unchanged."""

from workbench.dataprep.steps.write.files import Write, WriteCsv, WriteParquet

__all__ = ["Write", "WriteCsv", "WriteParquet"]
