"""Steps on rows."""

from workbench.dataprep.steps.rows.conditions import Condition, Operator, operator_words, operators_for
from workbench.dataprep.steps.rows.filter import Filter
from workbench.dataprep.steps.rows.order import RemoveDuplicates, Sort, SortKey
from workbench.dataprep.steps.rows.places import Top

__all__ = ["Condition", "Filter", "Operator", "RemoveDuplicates", "Sort", "SortKey", "Top", "operator_words", "operators_for"]
