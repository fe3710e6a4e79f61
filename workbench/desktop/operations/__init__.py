"""Background work: one mechanism."""

from workbench.desktop.operations.operations import Operation, Operations
from workbench.desktop.operations.progress import Progress

__all__ = ["Operation", "Operations", "Progress"]
