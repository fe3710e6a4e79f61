"""Data sources: where data are, how they are read, and what is found out about that."""

from workbench.dataprep.sources.detecting import auto_read_file
from workbench.dataprep.sources.passwords import set_password
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.source import DataSource, detect, locate, project_of, read_json, relative_path, validation_sentence
from workbench.dataprep.sources.specs import (
    MISSING_MARKERS,
    AnySpec,
    DelimitedSpec,
    FixedWidthSpec,
    Frozen,
    LinesSpec,
    ParquetSpec,
    Question,
    SourceColumn,
    SourceSpec,
    TableTextSpec,
    TextSpec,
)

__all__ = [
    "MISSING_MARKERS",
    "AnySpec",
    "DataSource",
    "DelimitedSpec",
    "FixedWidthSpec",
    "Frozen",
    "LinesSpec",
    "ParquetSpec",
    "Question",
    "Sample",
    "SourceColumn",
    "SourceSpec",
    "TableTextSpec",
    "TextSpec",
    "auto_read_file",
    "detect",
    "locate",
    "project_of",
    "read_json",
    "relative_path",
    "set_password",
    "validation_sentence",
]
