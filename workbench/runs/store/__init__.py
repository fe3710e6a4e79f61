"""The run store: the one place that writes experiments, runs and what they record."""

from workbench.runs.store.changing import Changing
from workbench.runs.store.creating import Creating
from workbench.runs.store.experiments import Experiments
from workbench.runs.store.finding import Finding
from workbench.runs.store.reading import Reading
from workbench.runs.store.recording import Recording
from workbench.runs.store.trashing import Trashing

__all__ = ["RunStore"]


class RunStore(Creating, Changing, Recording, Reading, Finding, Trashing, Experiments):
    """Records runs; safe in several threads. What a method has returned from is on the disk.

    Methods that write take a `connection` of `database.write()`, so that other tables change in the same transaction; without
    one they share a commit with the writes of other threads.
    """
