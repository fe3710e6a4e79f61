"""A sweep as it stands: its run, and what became of each point."""

from workbench.schema.base import Wire
from workbench.schema.run import Run
from workbench.schema.sweep import SweepSpec


class SweepTrial(Wire):
    """One point of a sweep, and what became of it."""

    number: int
    """From 1."""
    run_id: str
    run_number: int
    values: dict[str, str | int | float | bool]
    state: str
    """As its run's, or `stopped` (early)."""
    value: float | None = None
    """The best value of the sweep's metric so far."""
    reason: str = ""


class Sweep(Wire):
    """All of a sweep."""

    run: Run
    """The parent of the trials' runs."""
    spec: SweepSpec
    trials: tuple[SweepTrial, ...] = ()
    best: int | None = None
    """The number of the best trial."""
    ending: str = ""
    """Why no more trials are started; empty while they are."""
