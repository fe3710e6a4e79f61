"""Profiles beside what pandas says of the same values."""

import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.base.errors import Cancelled
from workbench.dataprep.engine import Engine
from workbench.dataprep.profiles import ColumnProfile, computing


@pytest.fixture
def frame(project: Path) -> pd.DataFrame:
    """A thousand rows of every kind, also as Parquet."""
    chance = np.random.default_rng(3)
    made = pd.DataFrame(
        {
            "whole": pd.array([None if n % 17 == 0 else n % 13 for n in range(1000)], dtype="Int64"),
            "decimal": [float("nan") if n % 19 == 0 else value for n, value in enumerate(chance.gamma(2, 3, 1000))],
            "text": [None if n % 11 == 0 else ("" if n % 7 == 0 else f"AB-{n % 40:03d}") for n in range(1000)],
            "day": pd.date_range("2020-01-01", periods=1000).date,
            "yes": [n % 3 == 0 for n in range(1000)],
        }
    )
    made.to_parquet(project / "a.parquet")
    return made


@pytest.mark.parametrize("grouped", [200_000, 0], ids=["from groups", "from estimates"])
def test_that_numbers_have_the_moments_that_pandas_finds(
    project: Path, engine: Engine, frame: pd.DataFrame, grouped: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computing, "_GROUPED", grouped)
    with engine.preview(project / "a.parquet", sample_rows=None) as view:
        found = view.profiles()
    for name in ("whole", "decimal"):
        values, profile = frame[name].dropna().astype(float), found[name]
        assert (profile.count, profile.missing, profile.errors) == (1000, 1000 - len(values), 0)
        assert profile.mean == pytest.approx(values.mean())
        assert profile.deviation == pytest.approx(values.std())
        assert profile.skewness == pytest.approx(values.skew())
        assert profile.kurtosis == pytest.approx(values.kurt())
        assert sum(bar.count for bar in profile.histogram) == len(values)
        assert profile.exact is bool(grouped)
        assert profile.quantiles[0.5] == pytest.approx(values.quantile(0.5), rel=1e-9 if grouped else 0.1)
        assert profile.distinct == pytest.approx(values.nunique(), rel=0 if grouped else 0.1)
    if grouped:
        assert dict(found["decimal"].quantiles) == pytest.approx(
            frame["decimal"].quantile(list(found["decimal"].quantiles)).to_dict()
        )


@pytest.mark.parametrize("grouped", [200_000, 0], ids=["from groups", "from estimates"])
def test_that_texts_have_their_frequent_values_and_patterns(
    project: Path, engine: Engine, frame: pd.DataFrame, grouped: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computing, "_GROUPED", grouped)
    with engine.preview(project / "a.parquet", sample_rows=None) as view:
        profile = view.profile("text")
    counts = frame["text"].value_counts()
    assert profile.missing == frame["text"].isna().sum()
    assert profile.empty == counts[""]
    assert (profile.top[0].value, profile.top[0].count) == ("", counts[""])
    assert {value.value: value.count for value in profile.top} == {value.value: counts[value.value] for value in profile.top}
    assert (profile.minimum, profile.maximum) == ("", "AB-039")
    assert profile.patterns[0].example.startswith("AB-")
    assert profile.patterns[0].share == pytest.approx(1)


def test_that_dates_have_a_histogram_and_no_moments(project: Path, engine: Engine, frame: pd.DataFrame) -> None:
    with engine.preview(project / "a.parquet", sample_rows=None) as view:
        profile, answer = view.profile("day"), view.profile("yes")
    assert (profile.minimum, profile.maximum, profile.mean) == ("2020-01-01", "2022-09-26", None)
    assert sum(bar.count for bar in profile.histogram) == 1000
    assert [(value.value, value.count) for value in answer.top] == [("false", 666), ("true", 334)]


def test_that_errors_are_counted_apart_from_missing_values(project: Path, engine: Engine) -> None:
    from workbench.dataprep.package import Dataflow, FileRef, Package
    from workbench.dataprep.steps import Convert

    (project / "a.csv").write_text("n,s\n1,5\n2,y\n3,\n4,z\n")
    flow = Dataflow(name="f", source=FileRef(path="a.csv"), steps=(Convert(columns=("s",), to="integer"),))
    with engine.view(Package(flows=(flow,)), "f") as view:
        profile = view.profile("s")
    assert (profile.count, profile.missing, profile.errors, profile.distinct) == (4, 1, 2, 1)


def test_that_profiles_come_one_by_one_are_kept_and_can_be_cancelled(project: Path, engine: Engine, frame: pd.DataFrame) -> None:
    seen: list[str] = []
    cancel = threading.Event()

    def deliver(profile: ColumnProfile) -> None:
        seen.append(profile.name)
        if len(seen) == 2:
            cancel.set()

    with engine.preview(project / "a.parquet", sample_rows=None) as view:
        with pytest.raises(Cancelled):
            view.profiles(deliver=deliver, cancel=cancel)
        assert seen == ["whole", "decimal"]
        again = view.profiles()
        assert list(again) == list(frame.columns)
        assert view.profile("whole") is again["whole"]


def test_that_a_column_of_missing_values_and_one_of_one_value_have_profiles(project: Path, engine: Engine) -> None:
    pd.DataFrame({"none": pd.array([None, None], dtype="Float64"), "one": [4, 4], "inf": [np.inf, -np.inf]}).to_parquet(
        project / "b.parquet"
    )
    with engine.preview(project / "b.parquet", sample_rows=None) as view:
        found = view.profiles()
    assert (found["none"].missing, found["none"].distinct, found["none"].mean) == (2, 0, None)
    assert (found["one"].mean, found["one"].deviation, found["one"].histogram) == (4.0, 0.0, ())
    assert found["inf"].distinct == 0
