"""Steps on whole columns."""

from workbench.dataprep.steps.columns.choosing import Keep, PathColumn, Remove
from workbench.dataprep.steps.columns.naming import CleanNames, NewName, Rename, RenameMany
from workbench.dataprep.steps.columns.placing import Duplicate, Move
from workbench.dataprep.steps.columns.selecting import Selector

__all__ = [
    "CleanNames",
    "Duplicate",
    "Keep",
    "Move",
    "NewName",
    "PathColumn",
    "Remove",
    "Rename",
    "RenameMany",
    "Selector",
]
