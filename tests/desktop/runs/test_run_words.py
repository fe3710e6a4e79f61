"""How runs read: durations, moments, numbers, columns, filters, which value is best."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workbench.base.errors import UserError
from workbench.desktop.runs.better import best_index, higher_is_better
from workbench.desktop.runs.columns import RunColumn, available_columns, first_columns, is_constant, words_of
from workbench.desktop.runs.comparerows import compare_rows
from workbench.desktop.runs.request import ConfigChoice, RunChoices, RunWay, read_request
from workbench.desktop.widgets.recordmodel import ordered
from workbench.desktop.wording import duration_text, moment_text, number_text, size_text
from workbench.schema import MetricSummary, RunComparison, RunStatus, RunSummary

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


def summary(number: int, **values: object) -> RunSummary:
    base = {
        "id": f"id{number}",
        "number": number,
        "name": "",
        "experiment_id": "e",
        "experiment": "flights",
        "project": "/p",
        "status": RunStatus.FINISHED,
        "script": "train.py",
        "created": NOW,
        "started": NOW,
        "ended": NOW + timedelta(seconds=number),
    }
    return RunSummary.model_validate({**base, **values})


def metric(key: str, last: float) -> dict[str, MetricSummary]:
    return {key: MetricSummary(key=key, last=last, last_step=3, min=last, max=last, count=4)}


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0.84, "0.8 s"), (42, "42 s"), (185, "3 min 05 s"), (7800, "2 h 10 min"), (-3, "")]
)
def test_that_a_duration_reads_in_the_unit_that_fits(seconds: float | None, text: str) -> None:
    assert duration_text(seconds) == text


def test_that_recent_moments_are_told_by_their_distance() -> None:
    assert moment_text(NOW - timedelta(seconds=20), NOW) == "just now"
    assert moment_text(NOW - timedelta(minutes=5), NOW) == "5 min ago"
    assert moment_text(NOW - timedelta(days=1), NOW).startswith("Yesterday")
    assert moment_text(None, NOW) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.0, "1,234"), (0.81234567, "0.8123"), (0.5, "0.5000"), (math.nan, "NaN"), (math.inf, "∞"), (0.00001234, "1.234e-05")],
)
def test_that_a_number_has_the_places_that_one_can_compare(value: float, text: str) -> None:
    assert number_text(value) == text


def test_that_a_size_reads_in_its_unit() -> None:
    assert [size_text(12), size_text(2_600), size_text(5_200_000)] == ["12 B", "2.6 kB", "5.2 MB"]


@pytest.mark.parametrize(("key", "better"), [("valid/auc", True), ("test_log_loss", False), ("rmse", False), ("rows", None)])
def test_that_the_direction_of_a_metric_comes_from_its_name(key: str, better: bool | None) -> None:
    assert higher_is_better(key) is better


def test_that_the_best_value_needs_a_direction_and_a_difference() -> None:
    assert best_index("auc", ["0.8", "0.9", ""]) == 1
    assert best_index("loss", ["0.8", "0.9", "0.3"]) == 2
    assert best_index("auc", ["0.8", "0.8"]) is None
    assert best_index("rows", ["1", "2"]) is None


def test_that_measures_of_unseen_data_are_the_first_metric_columns() -> None:
    metrics = {**metric("train/loss", 0.1), **metric("rows", 10), **metric("test/auc", 0.9)}
    runs = [summary(1, metrics=metrics, params={"depth": "3"}), summary(2, metrics=metrics, params={"depth": "4"})]
    chosen = [column.key for column in first_columns(runs) if column.group != "run"]
    assert chosen == ["metric:test/auc", "metric:train/loss", "metric:rows", "param:depth"]
    assert {"tag:a", "param:depth"} - {column.key for column in available_columns(runs)} == {"tag:a"}


def test_that_a_column_is_constant_only_among_several_runs() -> None:
    one = [summary(1, params={"depth": "3"})]
    assert not is_constant(RunColumn("param:depth"), one)
    assert is_constant(RunColumn("param:depth"), [*one, summary(2, params={"depth": "3"})])


def test_that_missing_values_have_no_place_in_the_order() -> None:
    column = RunColumn("metric:auc")
    runs = [
        summary(1),
        summary(2, metrics=metric("auc", math.nan)),
        summary(3, metrics=metric("auc", 0.5)),
        summary(4, metrics=metric("auc", math.inf)),
        summary(5, metrics=metric("auc", 0.7)),
    ]
    assert [run.number for run in ordered(runs, column.sorter(), descending=True)] == [4, 5, 3, 2, 1]
    assert [run.number for run in ordered(runs, column.sorter(), descending=False)] == [3, 5, 4, 2, 1]


def test_that_a_parameter_sorts_numbers_as_numbers_and_before_texts() -> None:
    runs = [summary(at, params={"depth": text}) for at, text in enumerate(("none", "10", "9", "Auto", "1e-3"))]
    assert [run.number for run in ordered([*runs, summary(5)], RunColumn("param:depth").sorter(), descending=False)] == [
        4,
        2,
        1,
        3,
        0,
        5,
    ]


def test_that_a_filter_finds_names_numbers_and_parameters() -> None:
    run = summary(12, name="Deeper", params={"depth": "8"})
    words = words_of(run)
    assert all(word in words for word in ("deep", "#12", "depth=8", "local"))
    assert "depth=9" not in words
    assert "flights" not in words  # the experiment's name would find every run of the project


def test_that_only_differing_rows_are_shown_and_the_best_is_marked() -> None:
    runs = (summary(1), summary(2))
    rows = (
        ("run", "number", ("1", "2"), True),
        ("params", "depth", ("3", "3"), False),
        ("metrics", "auc", ("0.81234", "0.9"), True),
    )
    shown = compare_rows(RunComparison(runs=runs, rows=rows), only_differences=True)
    assert [(row.name, row.values, row.best, row.heads) for row in shown] == [("auc", ("0.8123", "0.9000"), 1, True)]
    assert [row.name for row in compare_rows(RunComparison(runs=runs, rows=rows), only_differences=False)] == ["auc", "depth"]


def test_that_a_missing_script_is_said_with_its_name(tmp_path: Path) -> None:
    choices = RunChoices(str(tmp_path), {"local": ConfigChoice()}, ())
    with pytest.raises(UserError, match=r"no file trian\.py") as raised:
        read_request(choices, "local", "trian.py", "")
    assert raised.value.place == "script"


def test_that_an_open_quotation_mark_is_said(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("")
    choices = RunChoices(str(tmp_path), {"local": ConfigChoice()}, ())
    with pytest.raises(UserError, match="quotation mark is not closed"):
        read_request(choices, "local", "train.py", "--name 'two")
    assert read_request(choices, "local", "train.py", "--name 'two words'").arguments == ("--name", "two words")


def test_that_a_configuration_with_a_sweep_starts_the_sweep_unless_one_run_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("")
    (tmp_path / "flights.wbprep").write_text("")
    choices = RunChoices(str(tmp_path), {"search": ConfigChoice("train.py", (), "gpu-box", sweep=True)}, ())
    assert read_request(choices, "search", "train.py", "").sweep
    assert not read_request(choices, "search", "train.py", "", RunWay(once=True)).sweep
    with pytest.raises(UserError, match="is a sweep") as raised:
        read_request(choices, "search", "flights.wbprep", "")
    assert raised.value.place == "script"


def test_that_a_chosen_target_and_priority_go_into_the_request(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("")
    choices = RunChoices(str(tmp_path), {"remote": ConfigChoice("train.py", (), "gpu-box")}, ())
    request = read_request(choices, "remote", "train.py", "", RunWay(target="local", priority=10))
    assert (request.target, request.priority) == ("local", 10)
    assert read_request(choices, "remote", "train.py", "", RunWay(target="gpu-box")).target == ""


def test_that_large_numbers_are_written_with_a_power_of_ten() -> None:
    assert number_text(1.7e300) == "1.700e+300"
    assert number_text(-2.5e15) == "-2.500e+15"
