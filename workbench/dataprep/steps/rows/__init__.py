"""Steps on rows."""

from workbench.dataprep.steps.rows.choosing import Choosing
from workbench.dataprep.steps.rows.conditions import Condition, Operator, operator_words, operators_for, plain_operator, takes_value
from workbench.dataprep.steps.rows.duplicates import RemoveDuplicates
from workbench.dataprep.steps.rows.emptiness import RemoveEmptyColumns, RemoveEmptyRows, RemoveMissing
from workbench.dataprep.steps.rows.examples import FilterByExample, MarkedRow
from workbench.dataprep.steps.rows.filter import Filter, FilterExpression
from workbench.dataprep.steps.rows.headers import FirstRowAsHeaders
from workbench.dataprep.steps.rows.order import Sort, SortKey
from workbench.dataprep.steps.rows.places import RowRange, Skip, Top
from workbench.dataprep.steps.rows.sampling import Part, RandomSplit, Sample, StratifiedSample, Stratum

__all__ = [
    "Choosing",
    "Condition",
    "Filter",
    "FilterByExample",
    "FilterExpression",
    "FirstRowAsHeaders",
    "MarkedRow",
    "Operator",
    "Part",
    "RandomSplit",
    "RemoveDuplicates",
    "RemoveEmptyColumns",
    "RemoveEmptyRows",
    "RemoveMissing",
    "RowRange",
    "Sample",
    "Skip",
    "Sort",
    "SortKey",
    "StratifiedSample",
    "Stratum",
    "Top",
    "operator_words",
    "operators_for",
    "plain_operator",
    "takes_value",
]
