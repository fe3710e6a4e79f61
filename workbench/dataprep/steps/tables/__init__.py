"""Steps that bring tables together or reshape them."""

from workbench.dataprep.steps.tables.join import How, Join, JoinKey
from workbench.dataprep.steps.tables.summarize import Aggregate, Measure, Summarize

__all__ = ["Aggregate", "How", "Join", "JoinKey", "Measure", "Summarize"]
