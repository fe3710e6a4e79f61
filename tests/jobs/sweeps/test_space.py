"""What a sweep tries, and in which order."""

import statistics
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from workbench.base.errors import UserError
from workbench.jobs.checks import load_config
from workbench.jobs.sweeps.space import Point, arguments, checked_sweep, random_point, size, steps
from workbench.jobs.sweeps.state import Trial
from workbench.jobs.sweeps.suggesting import next_point
from workbench.projects import Project
from workbench.schema import Parameter, SweepSpec


def _spec(method: str = "random", metric: str = "", **more: Any) -> SweepSpec:
    return checked_sweep(SweepSpec.model_validate({"method": method, "metric": metric, **more}), "runconfig/local.toml")


def _tried(spec: SweepSpec, values: Mapping[int, float] | None = None) -> list[Trial]:
    """All trials of a sweep whose runs end at once."""
    trials: list[Trial] = []
    while len(trials) < spec.trials and (point := next_point(spec, trials)) is not None:
        trials.append(Trial(len(trials) + 1, point, state="finished", value=(values or {}).get(len(trials))))
    return trials


def test_that_a_grid_has_every_combination_once_the_last_parameter_varying_fastest() -> None:
    depth = {"low": 1, "high": 3, "integer": True}
    parameters = {"rate": {"values": [0.1, 0.01]}, "depth": depth, "wide": {"values": [True, False]}}
    trials = _tried(_spec("grid", parameters=parameters))
    assert len(trials) == 12
    assert [trial.point for trial in trials[:3]] == [
        {"rate": 0.1, "depth": 1, "wide": True},
        {"rate": 0.1, "depth": 1, "wide": False},
        {"rate": 0.1, "depth": 2, "wide": True},
    ]
    assert trials[-1].point == {"rate": 0.01, "depth": 3, "wide": False}


def test_that_a_grid_runs_whole_unless_a_number_of_trials_is_given() -> None:
    parameters = {"a": {"low": 0, "high": 49, "integer": True}}
    assert _spec("grid", parameters=parameters).trials == 50
    assert _spec("grid", parameters=parameters, trials=7).trials == 7


def test_that_steps_do_not_gather_the_errors_of_binary_fractions() -> None:
    assert steps(Parameter(low=0.1, high=0.5, step=0.1)) == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert steps(Parameter(low=1, high=10, step=4, integer=True)) == [1, 5, 9]
    assert steps(Parameter(values=(1, True, 1, "1"))) == [1, True, "1"]


def test_that_points_by_chance_lie_in_their_ranges_and_follow_from_the_seed() -> None:
    parameters = {
        "rate": {"low": 1e-5, "high": 0.1, "log": True},
        "units": {"low": 8, "high": 512, "log": True, "integer": True},
        "drop": {"low": 0.0, "high": 0.5},
        "kind": {"values": ["a", "b"]},
    }
    spec = _spec(parameters=parameters, trials=300, seed=4)
    trials = _tried(spec)
    assert all(1e-5 <= trial.point["rate"] <= 0.1 for trial in trials if isinstance(trial.point["rate"], float))
    assert all(type(trial.point["units"]) is int and 8 <= trial.point["units"] <= 512 for trial in trials)
    small = sum(1 for trial in trials if float(trial.point["rate"]) < 1e-3)
    assert 100 < small < 200  # half of the logarithms lie below
    assert [one.point for one in _tried(spec)] == [one.point for one in trials]
    assert _tried(_spec(parameters=parameters, trials=5, seed=5))[0].point != trials[0].point


def test_that_normal_ones_lie_about_their_mean_and_steps_are_kept_among_logarithms() -> None:
    parameters = {
        "shift": {"mean": 10, "sd": 2},
        "scale": {"mean": 0, "sd": 1, "log": True},
        "width": {"mean": 100, "sd": 30, "step": 8, "integer": True},
        "units": {"low": 16, "high": 500, "log": True, "step": 16, "integer": True},
        "rate": {"low": 0.05, "high": 1, "log": True, "step": 0.05},
    }
    spec = _spec(parameters=parameters, trials=400, seed=2)
    points = [trial.point for trial in _tried(spec)]
    shifts = [float(point["shift"]) for point in points]
    assert 9.5 < statistics.fmean(shifts) < 10.5
    assert 1.7 < statistics.stdev(shifts) < 2.3
    assert all(float(point["scale"]) > 0 for point in points)
    assert 150 < sum(1 for point in points if float(point["scale"]) < 1) < 250  # the median of the logarithm is 0
    assert all(type(point["width"]) is int and point["width"] % 8 == 0 for point in points)
    assert all(type(point["units"]) is int and point["units"] in range(16, 500, 16) for point in points)
    assert {point["rate"] for point in points} <= {round(number * 0.05, 2) for number in range(1, 21)}
    del parameters["shift"], parameters["scale"], parameters["width"]
    steered = _spec("bayesian", "loss", parameters=parameters, trials=20)
    for trial in _tried(steered, {number: float(number) for number in range(20)}):
        assert trial.point["units"] in range(16, 500, 16)
        assert trial.point["rate"] in {round(number * 0.05, 2) for number in range(1, 21)}


def test_that_a_small_space_is_tried_without_repetition_and_then_ends() -> None:
    parameters = {"a": {"values": [1, 2, 3]}, "b": {"values": ["x", "y", "z"]}}
    for method in ("random", "bayesian"):
        spec = _spec(method, "loss", parameters=parameters, trials=100)
        trials = _tried(spec, {number: float(number % 4) for number in range(100)})
        assert len(trials) == 9
        assert len({(trial.point["a"], trial.point["b"]) for trial in trials}) == 9


def _search(method: str, trials: int) -> float:
    """The best of a smooth function with one minimum, as a sweep would find it."""
    parameters = {"x": {"low": -5, "high": 5}, "y": {"low": 1e-4, "high": 1, "log": True}, "kind": {"values": ["good", "bad"]}}
    spec = _spec(method, "loss", parameters=parameters, trials=trials, seed=1)
    done: list[Trial] = []
    for number in range(trials):
        point = next_point(spec, done)
        assert point is not None
        done.append(Trial(number + 1, point, state="finished", value=_loss(point)))
    return min(trial.value or 0.0 for trial in done)


def _loss(point: Point) -> float:
    import math

    return (float(point["x"]) - 2) ** 2 + (math.log10(float(point["y"])) + 2) ** 2 + (0.0 if point["kind"] == "good" else 5.0)


def test_that_a_bayesian_search_comes_nearer_than_chance() -> None:
    assert _search("bayesian", 40) < _search("random", 40)


def test_that_a_bayesian_search_is_told_by_its_trials_alone_and_looks_away_from_running_ones() -> None:
    parameters = {"x": {"low": 0, "high": 1}, "n": {"low": 1, "high": 100, "integer": True}, "flag": {"values": [True, 1]}}
    spec = _spec("bayesian", "loss", parameters=parameters, trials=30)
    random = Random(0)
    done = [Trial(number, random_point(spec, random), state="finished", value=number / 7) for number in range(1, 12)]
    done[3].state, done[3].value = "failed", None
    done[4].state = "stopped"
    first = next_point(spec, done)
    assert first is not None
    assert first == next_point(spec, done)
    assert type(first["n"]) is int
    assert next_point(spec, [*done, Trial(12, first)]) != first


def test_that_values_are_given_as_options() -> None:
    assert arguments({"rate": 1e-05, "depth": 3, "wide": True, "kind": "a b"}) == (
        "--rate", "1e-05", "--depth", "3", "--wide", "true", "--kind", "a b",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sweep", "message"),
    [
        ({}, "The sweep varies no parameter."),
        ({"parameters": {"a b": {"values": [1]}}}, "'a b' is no name of an option"),
        ({"parameters": {"a": {}}}, "has neither values nor low and high"),
        ({"parameters": {"a": {"values": [1], "low": 1}}}, "has values and a range"),
        ({"parameters": {"a": {"low": 2, "high": 1}}}, "low must not be above high"),
        ({"parameters": {"a": {"low": 0, "high": 1, "log": True}}}, "low must be above 0"),
        ({"parameters": {"a": {"low": 0, "high": 1, "step": 0}}}, "step 0.0: it must be above 0"),
        ({"parameters": {"a": {"low": 0.5, "high": 1, "integer": True}}}, "must be whole"),
        ({"parameters": {"a": {"mean": 1, "low": 1}}}, "give a range or a distribution"),
        ({"parameters": {"a": {"mean": 1}}}, "needs a mean and an sd above 0"),
        ({"parameters": {"a": {"mean": 1, "sd": 2, "integer": True, "step": 0.5}}}, "its step must be whole"),
        ({"parameters": {"a": {"mean": 1, "sd": 2}}, "method": "bayesian", "metric": "loss"}, "which a bayesian search cannot"),
        ({"parameters": {"a": {"low": 0, "high": 1}}, "method": "grid"}, "endlessly many values"),
        ({"parameters": {"a": {"low": 0, "high": 2000, "integer": True}}, "method": "grid"}, "The grid has 2001 points"),
        ({"parameters": {"a": {"values": [1]}}, "method": "bayesian"}, "A Bayesian search needs a metric."),
        ({"parameters": {"a": {"values": [1]}}, "stop": {"policy": "median"}}, "Early stopping needs a metric."),
    ],
)
def test_that_a_wrong_sweep_is_refused_with_a_sentence(sweep: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as caught:
        checked_sweep(SweepSpec.model_validate(sweep), "runconfig/local.toml")
    assert message in caught.value.message
    assert caught.value.place.startswith("runconfig/local.toml")


def test_that_the_size_of_a_space_is_known_where_it_has_an_end() -> None:
    assert size(_spec(parameters={"a": {"values": [1, 2]}, "b": {"low": 0, "high": 1, "step": 0.25}})) == 10
    assert size(_spec(parameters={"a": {"low": 0, "high": 1}})) is None


@pytest.mark.parametrize("template", ["blank", "flights"])
def test_that_the_sweep_in_a_new_project_s_configuration_holds_once_its_marks_are_taken_away(tmp_path: Path, template: str) -> None:
    project = Project.create(tmp_path / "new", name="new", template=template)
    path = project.folder / "runconfig/local.toml"
    head, mark, sweep = path.read_text("utf-8").partition("# [sweep]\n")
    path.write_text(head + (mark + sweep).replace("\n# ", "\n").removeprefix("# "), "utf-8")
    config = load_config(project)
    spec = checked_sweep(config.sweep, "runconfig/local.toml")
    script = (project.folder / config.script).read_text("utf-8")
    for name in spec.parameters:
        assert f'"--{name}"' in script
    assert f'"{spec.metric}"' in script
    assert next_point(spec, ()) is not None
