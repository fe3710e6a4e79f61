"""Steps that bring tables together or reshape them."""

from workbench.dataprep.steps.tables.aggregates import Aggregate
from workbench.dataprep.steps.tables.append import AppendColumns, AppendRows
from workbench.dataprep.steps.tables.fuzzy import FuzzyJoin
from workbench.dataprep.steps.tables.join import How, Join, JoinKey
from workbench.dataprep.steps.tables.matches import MatchCounts, count_matches
from workbench.dataprep.steps.tables.pivot import Pivot, PivotColumn
from workbench.dataprep.steps.tables.suggestions import KeySuggestion, suggest_keys
from workbench.dataprep.steps.tables.summarize import Measure, Summarize
from workbench.dataprep.steps.tables.transpose import Transpose
from workbench.dataprep.steps.tables.unpivot import Unpivot
from workbench.dataprep.steps.tables.window import Window, WindowMeasure

__all__ = [
    "Aggregate", "AppendColumns", "AppendRows", "FuzzyJoin", "How", "Join", "JoinKey", "KeySuggestion", "MatchCounts", "Measure",
    "Pivot", "PivotColumn", "Summarize", "Transpose", "Unpivot", "Window", "WindowMeasure", "count_matches", "suggest_keys",
]  # fmt: skip
