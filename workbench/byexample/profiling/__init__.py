"""Profiles a column of texts: its patterns, its likely type with the format, and the values that stand out."""

from workbench.byexample.profiling.outliers import Outlier
from workbench.byexample.profiling.patterns import Pattern
from workbench.byexample.profiling.profile import Profile, profile
from workbench.byexample.profiling.types import LikelyType, likely_type

__all__ = ["LikelyType", "Outlier", "Pattern", "Profile", "likely_type", "profile"]
