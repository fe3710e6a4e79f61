"""The space of a sweep: which values a parameter may have, all points of a grid, a point by chance."""

import itertools
import math
import re
from collections.abc import Mapping
from random import Random

from workbench.base.errors import UserError
from workbench.schema import Parameter, SweepSpec

Value = str | int | float | bool
Point = dict[str, Value]

_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_.-]*$")
_LARGEST_POWER = 700.0  # of e, that a float still holds
_MOST_POINTS = 1000  # of a grid: as many as a sweep may have trials


def checked_sweep(spec: SweepSpec | None, place: str) -> SweepSpec:
    """The spec, with as many trials as a grid has points where no number was given. Raises UserError at `place`."""
    if spec is None:
        raise UserError("The run configuration has no sweep.", hint="Add a [sweep] table with the parameters to vary.", place=place)
    if not spec.parameters:
        raise UserError(
            "The sweep varies no parameter.", hint="Add one, such as: [sweep.parameters.rate] values = [0.1, 0.01]", place=place
        )
    for name, parameter in spec.parameters.items():
        if message := _wrong(name, parameter, spec.method):
            raise UserError(message, place=f"{place}: sweep.parameters.{name}")
    if not spec.metric and (spec.method == "bayesian" or spec.stop is not None):
        what = "A Bayesian search" if spec.method == "bayesian" else "Early stopping"
        raise UserError(f"{what} needs a metric.", hint='Name what your script logs: metric = "loss".', place=f"{place}: sweep")
    if spec.method != "grid":
        return spec
    if (count := size(spec)) is None or count > _MOST_POINTS:
        raise UserError(
            f"The grid has {count or 'endlessly many'} points; a sweep has {_MOST_POINTS:,} trials at most.",
            hint='Give fewer values, or take method = "random".',
            place=f"{place}: sweep.parameters",
        )
    given = "trials" in spec.model_fields_set
    return spec.model_copy(update={"trials": min(count, spec.trials) if given else count})


def _wrong(name: str, parameter: Parameter, method: str) -> str:
    """What is wrong with a parameter, in a sentence; empty for a good one."""
    shown = f"The sweep's parameter {name}"
    if not _NAME.match(name):
        return f"{name!r} is no name of an option: it is given to the script as --{name}."
    low, high, step = parameter.low, parameter.high, parameter.step
    ranged = low is not None or high is not None
    normal = parameter.mean is not None or parameter.sd is not None
    if parameter.values:
        if ranged or normal or step is not None or parameter.log or parameter.integer:
            return f"{shown} has values and a range: give one of both."
        return ""
    if step is not None and not (math.isfinite(step) and step > 0):
        return f"{shown} has the step {step}: it must be above 0."
    if normal:
        return (
            f"{shown} has low or high, and mean or sd: give a range or a distribution."
            if ranged
            else _wrong_normal(shown, parameter, method)
        )
    if low is None or high is None:
        return f"{shown} has neither values nor low and high."
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        return f"{shown} goes from {low} to {high}: low must not be above high."
    if parameter.log and low <= 0:
        return f"{shown} is drawn by logarithms, so low must be above 0 (it is {low})."
    if parameter.integer and any(value is not None and value != int(value) for value in (low, high, step)):
        return f"{shown} takes whole numbers, so low, high and step must be whole."
    if method == "grid" and steps(parameter) is None:
        return f"{shown} has endlessly many values: a grid needs values, or a step."
    return ""


def _wrong_normal(shown: str, parameter: Parameter, method: str) -> str:
    mean, sd = parameter.mean, parameter.sd
    if mean is None or sd is None or not (math.isfinite(mean) and math.isfinite(sd) and sd > 0):
        return f"{shown} needs a mean and an sd above 0 (they are {mean} and {sd})."
    if method != "random":
        return f'{shown} is drawn about a mean, which a {method} search cannot: give low and high, or take method = "random".'
    if parameter.integer and parameter.step is not None and parameter.step != int(parameter.step):
        return f"{shown} takes whole numbers, so its step must be whole."
    return ""


def steps(parameter: Parameter) -> list[Value] | None:
    """All values of a parameter; None where they are endlessly many (or too many to list)."""
    if parameter.values:
        # True == 1 in Python, but they are two arguments.
        return list({(type(value), value): value for value in parameter.values}.values())
    if parameter.mean is not None:
        return None
    low, high = parameter.low or 0.0, parameter.high or 0.0
    width = parameter.step or (1.0 if parameter.integer else None)
    if width is None:
        return [low] if low == high else None
    count = math.floor((high - low) / width + 1e-9) + 1
    if count > 1_000_000:
        return None
    if parameter.integer:
        return [int(low) + number * int(width) for number in range(count)]
    return [float(f"{low + number * width:.12g}") for number in range(count)]


def size(spec: SweepSpec) -> int | None:
    """How many points the space has; None: endlessly many."""
    counts = [steps(parameter) for parameter in spec.parameters.values()]
    return None if any(one is None for one in counts) else math.prod(len(one) for one in counts if one is not None)


def grid_point(spec: SweepSpec, number: int) -> Point | None:
    """The point of a grid by its number; the last parameter varies fastest. None behind the last."""
    axes = [steps(parameter) or [] for parameter in spec.parameters.values()]
    found = next(itertools.islice(itertools.product(*axes), number, None), None)
    return None if found is None else dict(zip(spec.parameters, found, strict=True))


def random_point(spec: SweepSpec, random: Random) -> Point:
    """A point by chance."""
    return {name: _drawn(parameter, random) for name, parameter in spec.parameters.items()}


def _drawn(parameter: Parameter, random: Random) -> Value:
    known = None if parameter.log else steps(parameter)
    if known is not None:
        return known[random.randrange(len(known))]
    if parameter.mean is not None:
        drawn = random.gauss(parameter.mean, parameter.sd or 0.0)
        return on_step(parameter, math.exp(min(drawn, _LARGEST_POWER)) if parameter.log else drawn)
    low, high = parameter.low or 0.0, parameter.high or 0.0
    if parameter.step is not None:
        return on_step(parameter, math.exp(random.uniform(math.log(low), math.log(high))))
    if parameter.integer:
        if not parameter.log:
            return random.randint(int(low), int(high))
        # Half a number on either side, so that the ends are drawn as often as the others.
        drawn = math.exp(random.uniform(math.log(low - 0.5 if low > 0.5 else low), math.log(high + 0.5)))
        return int(min(max(round(drawn), low), high))
    if parameter.log:
        return rounded(math.exp(random.uniform(math.log(low), math.log(high))), low, high)
    return rounded(random.uniform(low, high), low, high)


def on_step(parameter: Parameter, value: float) -> Value:
    """The nearest value that the parameter's step and range allow."""
    low, high, width = parameter.low or 0.0, parameter.high, parameter.step or (1.0 if parameter.integer else None)
    if width is None:
        return float(f"{value:.6g}")
    number = round((value - low) / width)
    if high is not None:
        number = min(max(number, 0), math.floor((high - low) / width + 1e-9))
    nearest = low + number * width
    return int(nearest) if parameter.integer else float(f"{nearest:.12g}")


def rounded(value: float, low: float, high: float) -> float:
    """A number of six digits: short enough for a command line, and still within the range."""
    return min(max(float(f"{value:.6g}"), low), high)


def text(value: Value) -> str:
    """A value as an argument: `true` and `false`, and numbers so that they are read back as the same."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def arguments(point: Mapping[str, Value]) -> tuple[str, ...]:
    """`--name value` for each parameter."""
    return tuple(part for name, value in point.items() for part in (f"--{name}", text(value)))


def shown(point: Mapping[str, Value]) -> str:
    """`rate=0.1, depth=3`"""
    return ", ".join(f"{name}={text(value)}" for name, value in point.items())
