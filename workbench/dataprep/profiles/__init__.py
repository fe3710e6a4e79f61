"""Profiles of columns: counts, extremes, moments, quantiles, histograms, frequent values, patterns."""

from workbench.dataprep.profiles.column import BINS, TOP, Bin, ColumnProfile, Pattern, TopValue
from workbench.dataprep.profiles.computing import profile_columns

__all__ = ["BINS", "TOP", "Bin", "ColumnProfile", "Pattern", "TopValue", "profile_columns"]
