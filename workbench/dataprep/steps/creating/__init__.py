"""Steps that make columns."""

from workbench.dataprep.steps.creating.combine import Combine, CombineByExample
from workbench.dataprep.steps.creating.derive import Derive, Example
from workbench.dataprep.steps.creating.expand import ExpandList, ExpandStruct, Explode
from workbench.dataprep.steps.creating.expand_json import ExpandJson, ParseJson
from workbench.dataprep.steps.creating.expression import Expression
from workbench.dataprep.steps.creating.extract import ExtractByExample, ExtractNumbers, ExtractPattern, Mark
from workbench.dataprep.steps.creating.parts import ExtractParts
from workbench.dataprep.steps.creating.split import Split, SplitPattern, SplitWidths
from workbench.dataprep.steps.creating.split_example import SplitByExample, SplitExample

__all__ = [
    "Combine",
    "CombineByExample",
    "Derive",
    "Example",
    "ExpandJson",
    "ExpandList",
    "ExpandStruct",
    "Explode",
    "Expression",
    "ExtractByExample",
    "ExtractNumbers",
    "ExtractParts",
    "ExtractPattern",
    "Mark",
    "ParseJson",
    "Split",
    "SplitByExample",
    "SplitExample",
    "SplitPattern",
    "SplitWidths",
]
