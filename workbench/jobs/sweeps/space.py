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
        if message := _wrong(name, parameter, grid=spec.method == "grid"):
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


def _wrong(name: str, parameter: Parameter, *, grid: bool) -> str:
    """What is wrong with a parameter, in a sentence; empty for a good one."""
    shown = f"The sweep's parameter {name}"
    if not _NAME.match(name):
        return f"{name!r} is no name of an option: it is given to the script as --{name}."
    low, high, step = parameter.low, parameter.high, parameter.step
    if parameter.values:
        if low is not None or high is not None or step is not None or parameter.log or parameter.integer:
            return f"{shown} has values and a range: give one of both."
        return ""
    if low is None or high is None:
        return f"{shown} has neither values nor low and high."
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        return f"{shown} goes from {low} to {high}: low must not be above high."
    if parameter.log and low <= 0:
        return f"{shown} is drawn by logarithms, so low must be above 0 (it is {low})."
    if step is not None and not (math.isfinite(step) and step > 0):
        return f"{shown} has the step {step}: it must be above 0."
    if parameter.log and step is not None:
        return f"{shown} has both log and step: give one of both."
    if parameter.integer and any(value is not None and value != int(value) for value in (low, high, step)):
        return f"{shown} takes whole numbers, so low, high and step must be whole."
    if grid and steps(parameter) is None:
        return f"{shown} has endlessly many values: a grid needs values, or a step."
    return ""


def steps(parameter: Parameter) -> list[Value] | None:
    """All values of a parameter; None where they are endlessly many (or too many to list)."""
    if parameter.values:
        # True == 1 in Python, but they are two arguments.
        return list({(type(value), value): value for value in parameter.values}.values())
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
    low, high = parameter.low or 0.0, parameter.high or 0.0
    if parameter.integer:
        if not parameter.log:
            return random.randint(int(low), int(high))
        # Half a number on either side, so that the ends are drawn as often as the others.
        drawn = math.exp(random.uniform(math.log(low - 0.5 if low > 0.5 else low), math.log(high + 0.5)))
        return int(min(max(round(drawn), low), high))
    if parameter.log:
        return rounded(math.exp(random.uniform(math.log(low), math.log(high))), low, high)
    return rounded(random.uniform(low, high), low, high)


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
