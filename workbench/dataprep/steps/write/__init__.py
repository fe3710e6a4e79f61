"""Steps that write the rows of their place; the rows pass through unchanged."""

from workbench.dataprep.steps.write.base import Write
from workbench.dataprep.steps.write.database import WriteSql
from workbench.dataprep.steps.write.files import WriteArrow, WriteCsv, WriteExcel, WriteFile, WriteJsonLines, WriteParquet

__all__ = ["Write", "WriteArrow", "WriteCsv", "WriteExcel", "WriteFile", "WriteJsonLines", "WriteParquet", "WriteSql"]
