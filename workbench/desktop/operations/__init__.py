"""Background work: one mechanism."""

from workbench.desktop.operations.collector import Collector
from workbench.desktop.operations.operations import Operation, Operations
from workbench.desktop.operations.progress import Progress
from workbench.desktop.operations.watchdog import Stall, Watchdog

__all__ = ["Collector", "Operation", "Operations", "Progress", "Stall", "Watchdog"]
