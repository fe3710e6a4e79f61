"""Steps that change types."""

from workbench.dataprep.steps.types.convert import Convert

__all__ = ["Convert"]
