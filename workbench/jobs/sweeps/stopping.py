"""Early stopping: whether a trial is worth going on, by its metric's values so far and those of the others.

The policies are those of the Azure service's hyperparameter tuning (median, bandit, truncation) and of successive halving that
waits for nobody (Li et al., A System for Massively Parallel Hyperparameter Tuning, 2020). Values are counted, not their steps.
"""

import math
import statistics
from collections.abc import Sequence

from workbench.schema import EarlyStop

_MEDIAN_OF = 5


def judged_at(rule: EarlyStop, count: int) -> int:
    """After how many values a trial with `count` of them is judged; 0: not yet."""
    if rule.policy == "asha":
        rung = max(1, rule.delay)
        while rung * rule.factor <= count:
            rung *= rule.factor
        return rung if rung <= count else 0
    at = count // rule.every * rule.every
    return at if at >= max(1, rule.delay) else 0


def why_to_stop(rule: EarlyStop, goal: str, metric: str, own: Sequence[float], others: Sequence[Sequence[float]]) -> str:
    """Why a trial with the values `own` is to be stopped, in a sentence; empty when it is to go on."""
    at = judged_at(rule, len(own))
    if not at:
        return ""
    sign = 1.0 if goal == "minimize" else -1.0
    mine = _best(own, at, sign)
    peers = [one for one in others if len(one) >= at]
    told = f"Stopped early: its best {metric} of {at} values, {sign * mine:.6g},"
    bests = [_best(one, at, sign) for one in peers]
    if rule.policy == "median":
        means = [mean for one in peers if math.isfinite(mean := _mean(one, at, sign))]
        if len(means) >= _MEDIAN_OF and mine > (median := statistics.median(means)):
            return f"{told} is worse than {sign * median:.6g}, the median of the means of {len(means)} other trials."
    elif rule.policy == "bandit":
        best = min(bests, default=math.inf)
        amount = rule.slack_amount
        if math.isfinite(best) and mine > best + (rule.slack * abs(best) if amount is None else amount):
            more = f"{rule.slack:.0%}" if amount is None else f"{amount:g}"
            return f"{told} is worse than the best one, {sign * best:.6g}, by more than {more}."
    elif rule.policy == "truncation":
        cut = math.floor(rule.share * (len(bests) + 1))
        if cut and _better(bests, mine) >= len(bests) + 1 - cut:
            return f"{told} is among the worst {rule.share:.0%} of {len(bests) + 1} trials."
    elif len(bests) + 1 >= rule.factor:
        kept = max(1, (len(bests) + 1) // rule.factor)
        if _better(bests, mine) >= kept:
            return f"{told} is not among the best {kept} of {len(bests) + 1} trials."
    return ""


def _best(values: Sequence[float], at: int, sign: float) -> float:
    """The best of the first `at` values, where less is better; infinity without a number."""
    return min((sign * value for value in values[:at] if not math.isnan(value)), default=math.inf)


def _mean(values: Sequence[float], at: int, sign: float) -> float:
    kept = [sign * value for value in values[:at] if math.isfinite(value)]
    return math.fsum(kept) / len(kept) if kept else math.nan


def _better(bests: Sequence[float], mine: float) -> int:
    """How many others are better."""
    return sum(1 for one in bests if one < mine)
