"""Steps for models: what they learn, and what they make of values."""

import datetime as dt
import math
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import UserError
from workbench.dataprep.columns import ColumnInfo
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import (
    Bin,
    Convert,
    DateParts,
    Filter,
    Impute,
    ImputeColumn,
    LabelEncode,
    MinMaxScale,
    OneHot,
    Part,
    QuantileTransform,
    RobustScale,
    Skip,
    StepBase,
    TextSize,
    TrainTestSplit,
    ZScore,
)
from workbench.dataprep.steps.models.binning import bin_names
from workbench.dataprep.steps.models.quantiles import knots

NAN = float("nan")


class Bench:
    """Runs steps over tables; steps that learn learn from the first table that they get."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine

    def package(self, *steps: StepBase) -> Package:
        return Package(flows=(Dataflow(id="f", name="flow", source=FileRef(path="data.parquet"), steps=steps),))

    def learned(self, columns: dict[str, Any], *steps: StepBase) -> Any:
        """The last step, learned after the others."""
        pq.write_table(pa.table(columns), self.folder / "data.parquet")
        return self.engine.learn(self.package(*steps), "f", len(steps) - 1)

    def run(self, columns: dict[str, Any], *steps: StepBase) -> dict[str, list[Any]]:
        """The columns that come out; steps are learned first where they are not."""
        pq.write_table(pa.table(columns), self.folder / "data.parquet")
        done: list[StepBase] = []
        for index, step in enumerate(steps):
            done.append(step if step.learned else self.engine.learn(self.package(*done, step), "f", index))
        found: dict[str, list[Any]] = self.engine.to_arrow(self.package(*done), "f").to_pydict()
        return found

    def errors(self, *steps: StepBase) -> dict[str, int]:
        """How many errors each column has."""
        with self.engine.view(self.package(*steps), "f") as view:
            return dict(view.errors)


@pytest.fixture
def bench(project: Path, engine: Engine) -> Bench:
    """A bench in a project."""
    return Bench(project, engine)


COLOURS = {"c": ["red", "blue", None, "red", "green"], "n": [3, 1, 2, None, 3]}


def test_that_categories_are_learned_in_order_and_used_on_new_data(bench: Bench) -> None:
    step = bench.learned(COLOURS, OneHot(column="c"))
    assert step.categories == ("blue", "green", "red")
    assert bench.run({"c": ["red", "violet", None], "z": [1, 2, 3]}, step) == {
        "c": ["red", "violet", None], "c_blue": [0, 0, 0], "c_green": [0, 0, 0], "c_red": [1, 0, 0], "z": [1, 2, 3],
    }  # fmt: skip
    small = bench.run(COLOURS, OneHot(column="n", prefix="", drop_first=True, remove=True))
    assert small == {"c": COLOURS["c"], "2": [0, 0, 1, 0, 0], "3": [1, 0, 0, 0, 1]}


def test_that_new_columns_of_categories_never_clash(bench: Bench) -> None:
    found = bench.run({"c": ["a", "A"], "c_A": [1, 2]}, OneHot(column="c"))
    assert list(found) == ["c", "c_A_2", "c_a_3", "c_A"]


def test_that_too_many_categories_are_not_learned(bench: Bench) -> None:
    with pytest.raises(UserError, match="more than 3 different values"):
        bench.learned({"n": [1, 2, 3, 4]}, OneHot(column="n", most=3))
    with pytest.raises(UserError, match="no values to learn from"):
        bench.learned({"n": pa.array([None, None], pa.int64())}, OneHot(column="n"))


def test_that_labels_count_from_0_and_unknown_ones_are_errors(bench: Bench) -> None:
    step = bench.learned(COLOURS, LabelEncode(column="c"))
    assert bench.run(COLOURS, step)["c_label"] == [2, 0, None, 2, 1]
    new = {"c": ["red", "violet", None]}
    assert bench.run(new, step)["c_label"] == [2, None, None]
    assert bench.errors(step) == {"c_label": 1}
    assert bench.run(new, step.model_copy(update={"unknown": "minus_one", "into": "c"})) == {"c": [2, -1, None]}
    missing = step.model_copy(update={"unknown": "missing"})
    bench.run(new, missing)
    assert bench.errors(missing) == {}


@pytest.mark.parametrize("kind", [pa.float64(), pa.date32(), pa.bool_(), pa.timestamp("us"), pa.int64()])
def test_that_values_of_every_type_are_categories(bench: Bench, kind: Any) -> None:
    of_kind: dict[str, list[Any]] = {
        "double": [0.1, 1e20, None, 0.1], "date32[day]": [dt.date(2020, 1, 1), None, dt.date(1999, 12, 31)],
        "bool": [True, False, None], "timestamp[us]": [dt.datetime.fromisoformat("2020-01-01 10:00:00.000001"), None],
        "int64": [2**53 + 1, 2**53, None],
    }  # fmt: skip
    values = of_kind[str(kind)]
    wanted = sorted({value for value in values if value is not None})
    found = bench.run({"v": pa.array(values, kind)}, LabelEncode(column="v"))["v_label"]
    assert found == [None if value is None else wanted.index(value) for value in values]


NUMBERS = [4.0, -1.0, None, 10.0, 2.5, NAN]
SOUND = np.array([4.0, -1.0, 10.0, 2.5])


def close(found: list[Any], wanted: list[float | None]) -> bool:
    return all(
        one is other is None or (one is not None and other is not None and math.isclose(one, other, abs_tol=1e-12))
        for one, other in zip(found, wanted, strict=True)
    )


def placed(values: np.ndarray) -> list[float | None]:
    """Results in the places of the sound numbers."""
    one, two, three, four = values.tolist()
    return [one, two, None, three, four, None]


def test_that_scales_follow_their_formulas(bench: Bench) -> None:
    data = {"d": NUMBERS}
    assert close(bench.run(data, MinMaxScale(columns=("d",)))["d"], placed((SOUND + 1) / 11))
    wide = MinMaxScale(columns=("d",), low=-1, high=1, suffix="_s")
    assert close(bench.run(data, wide)["d_s"], placed((SOUND + 1) / 11 * 2 - 1))
    assert close(bench.run(data, ZScore(columns=("d",)))["d"], placed((SOUND - SOUND.mean()) / SOUND.std()))
    lower, median, upper = np.percentile(SOUND, [25, 50, 75])
    assert close(bench.run(data, RobustScale(columns=("d",)))["d"], placed((SOUND - median) / (upper - lower)))


@pytest.mark.parametrize("step", [MinMaxScale(columns=("n",)), ZScore(columns=("n",)), RobustScale(columns=("n",))])
def test_that_a_column_of_one_value_becomes_0(bench: Bench, step: StepBase) -> None:
    assert bench.run({"n": [7, 7, None]}, step)["n"] == [0.0, 0.0, None]
    assert bench.run({"n": [0.1] * 10}, step.model_copy())["n"] == [0.0] * 10


def test_that_learned_bounds_stay_on_new_data(bench: Bench) -> None:
    step = bench.learned({"n": [0, 10]}, MinMaxScale(columns=("n",)))
    assert bench.run({"n": [5, 20, -10]}, step)["n"] == [0.5, 2.0, -1.0]
    assert bench.run({"n": [5, 20, -10]}, step.model_copy(update={"clip": True}))["n"] == [0.5, 1.0, 0.0]


def test_that_infinite_numbers_do_not_make_the_scale(bench: Bench) -> None:
    found = bench.run({"d": [0.0, 4.0, math.inf]}, MinMaxScale(columns=("d",)))["d"]
    assert found == [0.0, 1.0, math.inf]


def test_that_an_error_stays_an_error_when_it_is_scaled(bench: Bench) -> None:
    number = Convert(columns=("s",), to="decimal")
    data = {"s": ["1", "x", "3"]}
    step = bench.learned(data, number, MinMaxScale(columns=("s",)))
    assert bench.run(data, number, step)["s"] == [0.0, None, 1.0]
    assert bench.errors(number, step) == {"s": 1}


def reference(values: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """What scikit-learn's QuantileTransformer computes: the mean of the interpolations from both sides."""
    shares = np.linspace(0, 1, len(quantiles))
    found = 0.5 * (np.interp(values, quantiles, shares) - np.interp(-values, -quantiles[::-1], -shares[::-1]))
    found[values >= quantiles[-1]] = 1
    found[values <= quantiles[0]] = 0
    return np.asarray(found)


def test_that_quantiles_spread_numbers_as_in_scikit_learn(bench: Bench) -> None:
    random = np.random.default_rng(0)
    values = np.round(random.exponential(size=300), 1)
    step = bench.learned({"d": values}, QuantileTransform(columns=("d",), count=20))
    learned = np.array(step.quantiles[0].values)
    assert np.allclose(learned, np.percentile(values, np.linspace(0, 100, 20)))
    new = np.concatenate([values, learned, [-5.0, 100.0, 0.05, 0.33]])
    found = np.array(bench.run({"d": new}, step)["d"])
    assert np.allclose(found, reference(new, learned), atol=1e-12)
    normal = bench.run({"d": new}, step.model_copy(update={"output": "normal"}))["d"]
    wanted = [statistics.NormalDist().inv_cdf(min(max(share, 1e-7), 1 - 1e-7)) for share in found.tolist()]
    assert np.allclose(normal, wanted, atol=1e-12)


def test_that_equal_quantiles_are_one_knot() -> None:
    assert knots([1, 2, 2, 2, 3]) == [(1, 0, 0), (2, 0.25, 0.75), (3, 1, 1)]


def test_that_bins_have_their_lower_end(bench: Bench) -> None:
    data = {"n": [0, 2, 4, 9, 10, None]}
    step = bench.learned(data, Bin(column="n", count=5))
    assert step.edges == (0, 2, 4, 6, 8, 10)
    assert bench.run(data, step)["n_bin"] == ["[0, 2)", "[2, 4)", "[4, 6)", "[8, 10]", "[8, 10]", None]
    assert bench.run({"n": [-5, 99]}, step)["n_bin"] == ["[0, 2)", "[8, 10]"]
    assert bench.run({"n": [-5, 99, 3]}, step.model_copy(update={"outside": "missing", "numbered": True}))["n_bin"] == [
        None,
        None,
        1,
    ]
    strict = step.model_copy(update={"outside": "error"})
    bench.run({"n": [-5, 99, 3]}, strict)
    assert bench.errors(strict) == {"n_bin": 2}


def test_that_bins_of_equal_frequency_hold_equally_many_rows(bench: Bench) -> None:
    found = bench.run({"n": list(range(100))}, Bin(column="n", method="equal_frequency", count=4, numbered=True))["n_bin"]
    assert [found.count(at) for at in range(4)] == [25, 25, 25, 25]
    assert bench.learned({"n": [1, 1, 1, 1, 9]}, Bin(column="n", method="equal_frequency", count=4)).edges == (1, 9)
    assert bench.learned({"n": [3, 3]}, Bin(column="n")).edges == (2.5, 3.5)


def test_that_bins_are_named_as_short_as_tells_them_apart() -> None:
    assert bin_names((0, 0.5, 1e6)) == ("[0, 0.5)", "[0.5, 1e+06]")
    assert bin_names((1.00001, 1.00002, 2)) == ("[1.00001, 1.00002)", "[1.00002, 2]")
    assert bin_names((0, 1 / 3, 1)) == ("[0, 0.3333)", "[0.3333, 1]")


def test_that_missing_values_are_filled_by_what_was_learned(bench: Bench) -> None:
    data = {"g": ["a", "a", "b", "b", None, "c"], "n": [1, 4, 10, None, None, None], "s": ["x", None, "y", "y", "x", "y"]}
    columns = (ImputeColumn(column="n", method="mean"), ImputeColumn(column="s", method="mode"))
    assert bench.run(data, Impute(columns=columns)) == data | {"n": [1, 4, 10, 5, 5, 5], "s": ["x", "y", "y", "y", "x", "y"]}
    by_group = bench.learned(data, Impute(columns=columns[:1], by=("g",), indicator=True))
    found = bench.run(data, by_group)
    assert found["n"] == [1, 4, 10, 10, 5, 5]
    assert found["n_was_missing"] == [0, 0, 0, 1, 1, 1]
    assert list(found) == ["g", "n", "n_was_missing", "s"]
    assert bench.run({"g": ["b", "new"], "n": pa.array([None, None], pa.int64())}, by_group)["n"] == [10, 5]


@pytest.mark.parametrize(
    ("method", "filled"), [("mean", 3.0), ("median", 2.0), ("min", 0.5), ("max", 6.5), ("mode", 0.5), ("constant", -1.5)]
)
def test_that_each_way_of_filling_has_its_value(bench: Bench, method: Any, filled: float) -> None:
    step = Impute(columns=(ImputeColumn(column="d", method=method, value="-1.5"),))
    assert bench.run({"d": [0.5, 6.5, 2.0, NAN, None]}, Filter(conditions=(), enabled=False), step)["d"][:3] == [0.5, 6.5, 2.0]
    assert bench.run({"d": [0.5, 6.5, 2.0, NAN, None]}, step)["d"][3:] == [filled, filled]


def test_that_errors_are_not_filled(bench: Bench) -> None:
    number = Convert(columns=("s",), to="integer")
    step = bench.learned({"s": ["1", "x", None]}, number, Impute(columns=(ImputeColumn(column="s"),), indicator=True))
    assert bench.run({"s": ["1", "x", None]}, number, step) == {"s": [1, None, 1], "s_was_missing": [0, 0, 1]}


def test_that_parts_of_dates_are_those_of_the_calendar(bench: Bench) -> None:
    days = [dt.date(1900, 1, 1) + dt.timedelta(days=97 * at) for at in range(600)]
    step = DateParts(
        column="d",
        parts=("year", "quarter", "month", "day", "weekday", "is_weekend", "iso_year", "iso_week", "day_of_year", "weekday_name"),
        prefix="",
    )
    found = bench.run({"d": days}, step)
    assert found["weekday"] == [day.isoweekday() for day in days]
    assert found["is_weekend"] == [day.isoweekday() > 5 for day in days]
    assert list(zip(found["iso_year"], found["iso_week"], strict=True)) == [day.isocalendar()[:2] for day in days]
    assert found["day_of_year"] == [day.timetuple().tm_yday for day in days]
    assert found["quarter"] == [(day.month + 2) // 3 for day in days]
    assert found["weekday_name"] == [day.strftime("%A") for day in days]


def test_that_a_part_on_a_circle_is_its_sine_and_cosine(bench: Bench) -> None:
    moments = [dt.datetime.fromisoformat(f"2020-01-01 {hour:02}:00:00") for hour in range(24)]
    found = bench.run({"m": moments}, DateParts(column="m", parts=("hour_sin", "hour_cos"), remove=True))
    assert list(found) == ["m_hour_sin", "m_hour_cos"]
    assert np.allclose(found["m_hour_sin"], [math.sin(2 * math.pi * hour / 24) for hour in range(24)], atol=1e-14)
    assert found["m_hour_cos"][6] == 0.0


def test_that_rows_are_divided_to_one_row(bench: Bench) -> None:
    data = {"n": list(range(1001)), "g": [at % 3 for at in range(1001)]}
    found = bench.run(data, TrainTestSplit(seed=1))
    assert found["n"] == data["n"]
    assert found["split"].count("train") == 801
    other = bench.run(data, TrainTestSplit(seed=2))["split"]
    assert other != found["split"]
    parts = (Part(name="train", share=6), Part(name="test", share=3), Part(name="validation", share=1))
    strata = bench.run(data, TrainTestSplit(parts=parts, stratify=("g",)))
    for group, size in ((0, 334), (1, 334), (2, 333)):
        of_group = [part for part, g in zip(strata["split"], strata["g"], strict=True) if g == group]
        assert abs(of_group.count("train") - 0.6 * size) <= 1
        assert abs(of_group.count("validation") - 0.1 * size) <= 1


def test_that_groups_stay_together_and_in_their_part_in_other_tables(bench: Bench) -> None:
    users = [f"user {at % 50}" for at in range(500)]
    step = TrainTestSplit(by=("user",), seed=3)
    found = bench.run({"user": users, "n": list(range(500))}, step)
    part = dict(zip(found["user"], found["split"], strict=True))
    assert all(part[user] == one for user, one in zip(found["user"], found["split"], strict=True))
    assert set(part.values()) == {"train", "test"}
    later = bench.run({"user": users, "n": list(range(500))}, Skip(count=123), step)
    assert all(part[user] == one for user, one in zip(later["user"], later["split"], strict=True))


def test_that_sizes_of_texts_are_counted(bench: Bench) -> None:
    found = bench.run({"t": ["two words", "", None, "a\nb"]}, TextSize(column="t", sizes=("characters", "words", "lines")))
    assert found["t_characters"] == [9, 0, None, 3]
    assert found["t_words"] == [2, 0, None, 2]
    assert found["t_lines"] == [1, 0, None, 2]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (OneHot(column="s"), "has not looked at the data"),
        (OneHot(column="n", categories=("x",)), "not a value that n can have"),
        (OneHot(column="s", categories=("a", "a")), "listed twice"),
        (OneHot(column="l", categories=("a",)), "no single values"),
        (OneHot(column="x"), "no column x"),
        (LabelEncode(column="s", into="n", labels=("a",)), "There is a column n already"),
        (MinMaxScale(columns=()), "at least one column"),
        (MinMaxScale(columns=("s",)), "s holds no numbers"),
        (MinMaxScale(columns=("n",)), "has not looked at the data"),
        (MinMaxScale(columns=("n",), low=1, high=1), "must be less"),
        (MinMaxScale(columns=("n",), suffix="_x"), "has not looked"),
        (QuantileTransform(columns=("n",), count=1), "between 2 and 1,000"),
        (Bin(column="n"), "has not looked"),
        (Bin(column="n", method="own"), "Give the ends"),
        (Bin(column="n", edges=(2, 1)), "ascending order"),
        (Bin(column="n", edges=(1, 2), labels=("a", "b")), "2 labels for 1 bins"),
        (Impute(columns=()), "at least one column"),
        (Impute(columns=(ImputeColumn(column="s"),)), "so it has no mean"),
        (Impute(columns=(ImputeColumn(column="n"),)), "has not looked"),
        (Impute(columns=(ImputeColumn(column="n"),), by=("n",)), "by groups of itself"),
        (Impute(columns=(ImputeColumn(column="n", method="constant", value="x"),)), "not a value that n can have"),
        (DateParts(column="n"), "no dates or times"),
        (DateParts(column="d", parts=("hour",)), "has no hour"),
        (TrainTestSplit(parts=(Part(name="a", share=1),)), "at least two parts"),
        (TrainTestSplit(by=("s",), stratify=("n",)), "not both"),
        (TrainTestSplit(by=("l",)), "cannot tell which rows belong together"),
        (TrainTestSplit(into="S"), "There is a column S already"),
        (TextSize(column="n"), "holds no text"),
    ],
)
def test_that_a_step_that_cannot_run_says_why(step: StepBase, sentence: str) -> None:
    schema = (
        ColumnInfo("s", "string"),
        ColumnInfo("n", "integer"),
        ColumnInfo("d", "date"),
        ColumnInfo("l", "list", "array<string>"),
    )
    assert any(sentence in problem.message for problem in step.check(schema))
    assert step.describe()
