"""Which point a sweep tries next: told by the trials so far alone, so that a new server goes on where the last one was."""

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from workbench.jobs.sweeps.space import Point, Value, grid_point, on_step, random_point, rounded, size, steps
from workbench.jobs.sweeps.state import Trial
from workbench.schema import Parameter, SweepSpec

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

_STARTUP = 10  # points by chance before a Bayesian search knows enough to choose
_ATTEMPTS = 200


def next_point(spec: SweepSpec, trials: Sequence[Trial]) -> Point | None:
    """The next point; None when there is none that was not tried. The same trials give the same point."""
    if spec.method == "grid":
        return grid_point(spec, len(trials))
    tried = {_key(trial.point) for trial in trials}
    count = size(spec)
    if count is not None and len(tried) >= count:
        return None
    if spec.method == "bayesian" and len(trials) >= _startup(spec):
        point = _by_study(spec, trials)
        if _key(point) not in tried:
            return point
    random = Random(f"{spec.seed}/{len(trials)}")  # noqa: S311 (to be repeatable, not secret)
    for _ in range(_ATTEMPTS):
        if _key(point := random_point(spec, random)) not in tried:
            return point
    return _first_untried(spec, tried)


def _startup(spec: SweepSpec) -> int:
    return min(_STARTUP, max(3, spec.trials // 3))


def _key(point: Point) -> tuple[tuple[str, str, str], ...]:
    """What makes two points the same: 1 and True are two."""
    return tuple((name, type(value).__name__, str(value)) for name, value in sorted(point.items()))


def _first_untried(spec: SweepSpec, tried: set[tuple[tuple[str, str, str], ...]]) -> Point | None:
    """For the rest of a small space, which chance does not find any more."""
    if (count := size(spec)) is None:
        return None
    return next((point for number in range(count) if (point := grid_point(spec, number)) and _key(point) not in tried), None)


def _by_study(spec: SweepSpec, trials: Sequence[Trial]) -> Point:
    """What Optuna's tree-structured Parzen estimator says. Running trials count as bad ones, so that it looks elsewhere."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {name: _distribution(parameter) for name, parameter in spec.parameters.items()}
    sampler = optuna.samplers.TPESampler(seed=spec.seed * 10_007 + len(trials), constant_liar=True, n_startup_trials=_startup(spec))
    study = optuna.create_study(direction=spec.goal, sampler=sampler)
    for trial in trials:
        if (known := _frozen(spec, trial, space)) is not None:
            study.add_trial(known)
    suggested = study.ask(space).params
    return {name: _value(parameter, suggested[name]) for name, parameter in spec.parameters.items()}


def _frozen(spec: SweepSpec, trial: Trial, space: "dict[str, BaseDistribution]") -> "FrozenTrial | None":
    from optuna.trial import TrialState, create_trial

    params = {name: _coordinate(parameter, trial.point[name]) for name, parameter in spec.parameters.items()}
    if trial.counts:
        # A stopped one too: its best value is a bound that is near enough, and says more than nothing.
        return create_trial(state=TrialState.COMPLETE, value=trial.value, params=params, distributions=space)
    if trial.state in {"running", "again"}:
        return create_trial(state=TrialState.RUNNING, params=params, distributions=space)
    return None


def _distribution(parameter: Parameter) -> "BaseDistribution":
    """Choices are told by their position: Optuna takes 1 and True for the same."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if parameter.values:
        return CategoricalDistribution(range(len(steps(parameter) or ())))
    low, high = parameter.low or 0.0, parameter.high or 0.0
    known = steps(parameter)
    if parameter.integer:
        last = int(known[-1]) if known and not parameter.log else int(high)
        return IntDistribution(int(low), last, log=parameter.log, step=1 if parameter.log else int(parameter.step or 1))
    if parameter.step is not None and known and not parameter.log:
        return FloatDistribution(low, float(known[-1]), step=parameter.step)
    return FloatDistribution(low, high, log=parameter.log)


def _coordinate(parameter: Parameter, value: Value) -> Any:
    if not parameter.values:
        return value
    return next(at for at, one in enumerate(steps(parameter) or ()) if type(one) is type(value) and one == value)


def _value(parameter: Parameter, coordinate: Any) -> Value:
    if parameter.values:
        return (steps(parameter) or [])[int(coordinate)]
    if parameter.integer or parameter.step is not None:
        return on_step(parameter, float(coordinate))
    return rounded(float(coordinate), parameter.low or 0.0, parameter.high or 0.0)
