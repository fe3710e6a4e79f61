"""Which trials are not worth going on."""

import math
from collections.abc import Sequence

import pytest

from workbench.jobs.sweeps.stopping import judged_at, why_to_stop
from workbench.schema import EarlyStop


def _why(policy: str, own: Sequence[float], others: Sequence[Sequence[float]], goal: str = "minimize", **more: object) -> str:
    rule = EarlyStop.model_validate({"policy": policy, "delay": 2, **more})
    return why_to_stop(rule, goal, "loss", own, others)


def test_that_a_trial_is_judged_after_the_delay_and_then_at_each_interval() -> None:
    rule = EarlyStop(policy="median", delay=4, every=3)
    assert [judged_at(rule, count) for count in range(10)] == [0, 0, 0, 0, 0, 0, 6, 6, 6, 9]
    halving = EarlyStop(policy="asha", delay=2, factor=3)
    assert [judged_at(halving, count) for count in (1, 2, 5, 6, 17, 18)] == [0, 2, 2, 6, 6, 18]


def test_that_the_median_rule_needs_five_others_and_stops_what_is_worse_than_the_median_of_their_means() -> None:
    others = [[value, value] for value in (1.0, 2.0, 3.0, 4.0)]
    assert _why("median", [9, 9], others) == ""
    others.append([5.0, 5.0, 100.0])
    assert _why("median", [9, 3.0], others) == ""  # its best value counts
    assert _why("median", [9, 3.1], others) == (
        "Stopped early: its best loss of 2 values, 3.1, is worse than 3, the median of the means of 5 other trials."
    )
    assert _why("median", [9], others) == ""
    assert "worse than 3" in _why("median", [1, 2.9], others, goal="maximize")
    assert _why("median", [1, 3.1], others, goal="maximize") == ""


def test_that_the_bandit_rule_compares_with_the_best_at_the_same_place() -> None:
    others: list[list[float]] = [[5, 1.0, 0.1], [9, 9]]
    assert _why("bandit", [2, 1.09], others, slack=0.1) == ""
    assert "worse than the best one, 1, by more than 10%" in _why("bandit", [2, 1.11], others, slack=0.1)
    assert _why("bandit", [2, 1.11], [], slack=0.1) == ""
    assert _why("bandit", [2, 1.4], others, slack_amount=0.5) == ""
    assert "by more than 0.5" in _why("bandit", [2, 1.6], others, slack_amount=0.5)
    assert "by more than 10%" in _why("bandit", [0.5, 0.7], [[0.8, 0.8]], goal="maximize", slack=0.1)


def test_that_truncation_ends_the_worst_share() -> None:
    others = [[value, value] for value in (1.0, 2.0, 3.0, 4.0)]
    assert "among the worst 20% of 5 trials" in _why("truncation", [9, 5.0], others, share=0.2)
    assert _why("truncation", [9, 3.5], others, share=0.2) == ""
    assert "among the worst 40%" in _why("truncation", [9, 3.5], others, share=0.4)
    assert _why("truncation", [9, 9], others[:2], share=0.2) == ""  # a fifth of three is nobody


def test_that_halving_keeps_the_best_part_at_each_rung() -> None:
    others = [[value, value] for value in (1.0, 2.0, 3.0, 4.0, 5.0)]
    assert _why("asha", [9, 1.5], others, factor=3) == ""
    assert "not among the best 2 of 6 trials" in _why("asha", [9, 2.5], others, factor=3)
    assert _why("asha", [9, 9], others[:1], factor=3) == ""


@pytest.mark.parametrize("policy", ["median", "bandit", "truncation", "asha"])
def test_that_a_trial_without_a_number_is_the_worst(policy: str) -> None:
    others = [[1.0, 1.0] for _ in range(9)]
    assert _why(policy, [math.nan, math.nan], others)
    assert _why(policy, [math.nan, 0.5], others) == ""
