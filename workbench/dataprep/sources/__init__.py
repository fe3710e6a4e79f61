"""Data sources: where data are, how they are read, and what is found out about that."""

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
    "detect",
    "locate",
    "project_of",
    "read_json",
    "relative_path",
    "validation_sentence",
]
