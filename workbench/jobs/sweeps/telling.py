"""What a sweep tells the user: the lines of its log, the sentence of its end, its trials as they are shown."""

from collections.abc import Iterable, Iterator

from workbench.jobs.sweeps.space import shown
from workbench.jobs.sweeps.state import ChildState, SweepState, Trial
from workbench.schema import RunStatus, SweepSpec, SweepTrial

_WORDS = {"finished": "finished", "stopped": "was stopped", "failed": "failed", "lost": "was lost", "cancelled": "was cancelled"}


def lines_of_ended(trials: Iterable[Trial], metric: str) -> Iterator[str]:
    """How trials ended, for the sweep's log."""
    for trial in trials:
        value = f", {metric} {trial.value:.6g}" if trial.value is not None else ""
        why = f": {trial.reason}" if trial.reason else ""
        yield f"Trial {trial.number} (run {trial.run_number}) {_WORDS[trial.state]}{value}{why}"


def lines_of_new(trials: Iterable[Trial]) -> Iterator[str]:
    """Which trials were queued, for the sweep's log."""
    for trial in trials:
        yield f"Trial {trial.number} (run {trial.run_number}): {shown(trial.point)}"


def end_of(spec: SweepSpec, state: SweepState) -> tuple[RunStatus, str]:
    """How a sweep without further trials ended, in a sentence."""
    count = len(state.trials)
    best = state.best(spec.goal)
    good = sum(1 for trial in state.trials if trial.state in {"finished", "stopped"})
    failed, lost = (sum(1 for trial in state.trials if trial.state == one) for one in ("failed", "lost"))
    done = f"{count} trial{'' if count == 1 else 's'}"
    if failed:
        done += f", {failed} of them failed"
    if lost:
        done += f", {lost} of them lost (resuming the sweep runs those again)"
    found = f"the best {spec.metric} is {best.value:.6g} in run {best.run_number} ({shown(best.point)})" if best else ""
    left = len(state.trials) < spec.trials or any(trial.state in {"cancelled", "again"} for trial in state.trials)
    if state.cancelled and left:
        return RunStatus.CANCELLED, ": ".join(filter(None, (f"{state.ending} after {done}", found))) + "."
    begin = f"{state.ending}; {done}" if state.ending and not state.cancelled else done
    status = RunStatus.FINISHED if good and (best or not spec.metric) else RunStatus.FAILED
    first = next((trial.reason for trial in state.trials if trial.state in {"failed", "lost"}), "")
    if status is RunStatus.FAILED:
        found = f"none gave a {spec.metric}" if spec.metric and not first else f"the first: {first.rstrip('.')}" if first else ""
    return status, ": ".join(filter(None, (begin, found))) + "."


def shown_trial(trial: Trial, child: ChildState | None) -> SweepTrial:
    """A trial as it is now: `child` is what the store has of its run."""
    running = trial.state == "running"
    state = child.status.value if running and child else "queued" if trial.state == "again" else trial.state
    return SweepTrial(
        number=trial.number,
        run_id=trial.run_id,
        run_number=trial.run_number,
        values=trial.point,
        state=state,
        value=child.best if running and child else trial.value,
        reason=trial.reason,
    )
