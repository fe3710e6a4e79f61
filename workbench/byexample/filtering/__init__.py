"""Learns which rows to keep from rows that were marked to be kept or dropped."""

from workbench.byexample.filtering.learning import FilterAlternative, LearnedFilter, learn_filter
from workbench.byexample.filtering.rowfilter import Filter

__all__ = ["Filter", "FilterAlternative", "LearnedFilter", "learn_filter"]
