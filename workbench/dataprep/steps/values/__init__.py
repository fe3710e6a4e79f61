"""Steps that repair values."""

from workbench.dataprep.steps.values.missing import FillMissing
from workbench.dataprep.steps.values.replace import Replace
from workbench.dataprep.steps.values.texts import Trim

__all__ = ["FillMissing", "Replace", "Trim"]
