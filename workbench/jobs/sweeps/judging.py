"""Looks at the running trials of sweeps, each time one has logged enough, and says which are to be stopped early."""

from collections.abc import Iterable

from workbench.base.errors import NotFound
from workbench.jobs.sweeps.state import ChildState, SweepState, Trial
from workbench.jobs.sweeps.stopping import judged_at, why_to_stop
from workbench.runs import RunStore
from workbench.schema import RunStatus, SweepSpec


class Judge:
    """Used by the scheduler's thread alone. What it knows can be read again from the store."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._judged: dict[str, int] = {}
        """After how many values each trial was judged last."""
        self._series: dict[str, list[float]] = {}
        """The values of trials that have ended."""

    def stops_any(self, spec: SweepSpec, state: SweepState, found: dict[str, ChildState]) -> bool:
        """Notes at the running trials why they are to be stopped; whether any is."""
        if spec.stop is None:
            return False
        stopped = False
        for trial in state.running:
            child = found.get(trial.run_id)
            at = judged_at(spec.stop, child.count) if child and child.status is RunStatus.RUNNING and not trial.stop else 0
            if at <= self._judged.get(trial.run_id, 0):
                continue
            self._judged[trial.run_id] = at
            others = [self._values(one, spec.metric) for one in state.trials if one is not trial and one.run_id]
            own = self._values(trial, spec.metric)
            trial.stop = why_to_stop(spec.stop, spec.goal, spec.metric, own, others)
            stopped |= bool(trial.stop)
        return stopped

    def forget(self, run_ids: Iterable[str]) -> None:
        """Drops what is kept of trials whose sweep has ended."""
        for run_id in run_ids:
            self._judged.pop(run_id, None)
            self._series.pop(run_id, None)

    def _values(self, trial: Trial, metric: str) -> list[float]:
        if trial.run_id in self._series:
            return self._series[trial.run_id]
        try:
            values = list(self._store.series(trial.run_id, metric, max_points=0).values)
        except NotFound:
            values = []
        if trial.state != "running":
            self._series[trial.run_id] = values
        return values
