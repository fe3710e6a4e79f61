"""Drift: what becomes of a flow whose data are no longer as they were when it was made.

`examine(engine, package, flow, mode)` compares each source with its definition and gives a `DriftReport`: the changes, and for
every step whether it runs as intended, how it is adapted, or why it cannot run. Nothing is changed on disk: an adapted package
stands in the report, with the sources as they are to be read now.
"""

from workbench.dataprep.drift.examining import examine
from workbench.dataprep.drift.report import DriftReport, Mode, SourceChange, StepVerdict

__all__ = ["DriftReport", "Mode", "SourceChange", "StepVerdict", "examine"]
