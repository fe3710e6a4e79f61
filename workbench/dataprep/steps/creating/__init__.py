"""Steps that make columns."""

from workbench.dataprep.steps.creating.derive import Derive, Example
from workbench.dataprep.steps.creating.expression import Expression
from workbench.dataprep.steps.creating.split import Split

__all__ = ["Derive", "Example", "Expression", "Split"]
