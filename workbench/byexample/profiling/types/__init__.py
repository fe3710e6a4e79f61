"""The likely type of a column of texts, with its format, its doubts and what does not fit."""

from workbench.byexample.profiling.types.kinds import LikelyType
from workbench.byexample.profiling.types.likely import likely_type

__all__ = ["LikelyType", "likely_type"]
