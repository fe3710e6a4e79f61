"""Sweeps: many runs of one script over a space of parameters."""

from typing import Literal

from pydantic import Field

from workbench.schema.base import Wire


class Parameter(Wire):
    """What a parameter may be: one of `values`, a number from `low` to `high`, or one about `mean` (normally, by `sd`).

    `log`: the logarithms (base e) are drawn so, and have that mean and deviation; `integer`: whole numbers only; `step`: only low,
    low + step, ..., about a mean only multiples of it.
    """

    values: tuple[str | int | float | bool, ...] = ()
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    log: bool = False
    integer: bool = False
    step: float | None = None


class EarlyStop(Wire):
    """When a trial is ended before its end, judged by its metric's values so far.

    `median`: worse than the median of the others' running means (of 5 or more trials); `bandit`: worse than the best by more than
    `slack` (a share of it) or `slack_amount`; `truncation`: among the worst `share` at that step; `asha`: not among the best
    1/`factor` at a rung.
    """

    policy: Literal["median", "bandit", "truncation", "asha"]
    delay: int = Field(5, ge=0, description="So many values are waited for first")
    every: int = Field(1, ge=1, description="Judged at each so many values")
    slack: float = Field(0.1, gt=0)
    slack_amount: float | None = Field(None, gt=0)
    share: float = Field(0.2, gt=0, lt=1)
    factor: int = Field(3, ge=2)


class SweepSpec(Wire):
    """The `[sweep]` table of a run configuration. Parameters are given to the script as `--name value`."""

    method: Literal["grid", "random", "bayesian"] = "random"
    metric: str = Field("", description="What is compared; needed but for a grid or random search without early stopping")
    goal: Literal["minimize", "maximize"] = "minimize"
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    trials: int = Field(20, ge=1, le=1000, description="At most so many runs")
    parallel: int = Field(2, ge=1, le=100, description="So many at once")
    seed: int = 0
    time_limit_s: int = Field(0, ge=0, description="For the whole sweep; 0: no limit")
    stop: EarlyStop | None = None
