"""Steps on whole columns."""

from workbench.dataprep.steps.columns.choosing import Keep, Remove, Rename

__all__ = ["Keep", "Remove", "Rename"]
