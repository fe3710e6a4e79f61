"""`workbench.prep` and `workbench.source`: prepared data in scripts, in scoring, in jobs and on Spark."""

import importlib
import json
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import workbench
import workbench.dataprep as dataprep
from tests.conftest import Requirement
from tests.spark import need_spark, session
from workbench.base.files import file_digest
from workbench.dataprep.building import close_engines
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.sources import DataSource
from workbench.dataprep.steps import Expression, MinMaxScale, WriteCsv
from workbench.dataprep.steps.models.scaling import Bounds


@pytest.fixture
def package(project: Path) -> Path:
    """A package with a learned step: what a model was trained on."""
    (project / "train.csv").write_text("x,s\n0,a\n10,b\n5,\n")
    DataSource.create(project / "train.csv", project).save(project / "train.wbsource")
    steps = (
        MinMaxScale(columns=("x",), bounds=(Bounds(column="x", low=0, high=10),)),
        Expression(column="t", sql="upper(s)"),
        WriteCsv(path="out.csv"),
    )
    flows = (
        Dataflow(name="plain", source=FileRef(path="train.csv")),
        Dataflow(name="model", source=FileRef(path="train.wbsource"), steps=steps),
    )
    Package(flows=flows).save(project / "p.wbprep")
    return project / "p.wbprep"


@pytest.fixture(params=["here", "there"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """In this process, and as in an environment without Workbench."""
    if request.param == "there":
        real = importlib.import_module

        def without(name: str, package: str | None = None) -> ModuleType:
            if name.startswith("workbench.dataprep"):
                raise ModuleNotFoundError(name)
            return real(name, package)

        monkeypatch.setattr("workbench.sdk.data.importlib.import_module", without)
        monkeypatch.setenv("WORKBENCH_PYTHON", sys.executable)
    return str(request.param)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that this process is part of: the file of its events."""
    folder = tmp_path / "run"
    folder.mkdir()
    monkeypatch.setenv("WORKBENCH_RUN_ID", "r")
    monkeypatch.setenv("WORKBENCH_RUN_DIR", str(folder))
    return folder / "events.jsonl"


def spark_rows(frame: Any) -> list[Any]:
    """The rows of a Spark DataFrame."""
    return list(frame.collect())


def _events(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_that_a_package_is_read_and_nothing_written(package: Path, way: str) -> None:
    frame = workbench.prep(package)
    assert frame["x"].tolist() == [0.0, 1.0, 0.5]
    assert frame["t"].tolist()[:2] == ["A", "B"]
    assert workbench.prep(package, "plain", sample=1)["x"].tolist() == [0]
    assert len(workbench.prep(package, sample=True)) == 3
    assert not (package.parent / "out.csv").exists()


@pytest.mark.parametrize(
    "rows",
    [
        pd.DataFrame({"x": [20, 5], "s": ["q", None]}),
        pl.DataFrame({"x": [20, 5], "s": ["q", None]}),
        pa.table({"x": [20, 5], "s": ["q", None]}),
        [{"x": 20, "s": "q"}, {"x": 5, "s": None}],
    ],
    ids=["pandas", "polars", "arrow", "rows"],
)
def test_that_frames_stand_in_for_sources_with_the_learned_constants(package: Path, way: str, rows: Any) -> None:
    frame = workbench.prep(package, inputs={"train": rows})
    assert frame["x"].tolist() == [2.0, 0.5]
    assert frame["t"].tolist()[0] == "Q"
    close_engines()


def test_that_a_source_is_named_by_its_path_too(package: Path) -> None:
    assert workbench.prep(package, inputs={"train.wbsource": [{"x": 3, "s": "a"}]})["x"].tolist() == [0.3]
    close_engines()


@pytest.mark.keeps_threads  # those of Spark
def test_that_the_same_package_gives_a_spark_frame_in_a_session(package: Path, run: Path, require: Requirement) -> None:
    need_spark(require)
    spark = session()
    frame = workbench.prep(package, spark=spark)
    assert [tuple(row) for row in spark_rows(frame)] == [(0.0, "a", "A"), (1.0, "b", "B"), (0.5, None, None)]
    assert _events(run)[0]["flow"] == "model"
    other = workbench.prep(package, inputs={"train": pd.DataFrame({"x": [2], "s": ["q"]})}, spark=spark)
    assert [row["x"] for row in spark_rows(other)] == [0.2]
    flow = dataprep.open_package(package).filter("x > 0.4")
    assert [row["x"] for row in spark_rows(flow.to_spark(spark))] == flow.to_pandas()["x"].tolist()
    close_engines()


def test_that_files_stand_in_for_sources(package: Path, way: str, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("x,s\n1,z\n")
    assert workbench.prep(package, inputs={"train": tmp_path / "new.csv"})["x"].tolist() == [0.1]
    close_engines()


def test_that_scoring_is_quick_after_the_first_call(package: Path) -> None:
    workbench.prep(package, inputs={"train": pd.DataFrame({"x": [1], "s": ["a"]})})
    times = []
    for number in range(10):
        began = time.perf_counter()
        frame = workbench.prep(package, inputs={"train": pd.DataFrame({"x": [number], "s": ["a"]})})
        times.append(time.perf_counter() - began)
        assert frame["x"].tolist() == [number / 10]
    close_engines()
    assert sorted(times)[5] < 0.5


def test_that_a_run_records_what_was_read(package: Path, way: str, run: Path) -> None:
    workbench.prep(package, "model")
    workbench.source(package.parent / "train.wbsource")
    prepared, source = _events(run)
    assert (prepared["kind"], prepared["data_kind"], prepared["name"], prepared["flow"]) == ("input", "prep", "p", "model")
    assert (prepared["path"], prepared["digest"], prepared["rows"]) == ("p.wbprep", file_digest(package), 3)
    assert [(each["path"], each["rows"]) for each in prepared["sources"]] == [("train.csv", 3)]
    assert (source["data_kind"], source["name"], source["path"], source["rows"]) == ("file", "train", "train.wbsource", 3)


def test_that_a_source_is_read_as_its_definition_says(package: Path, way: str) -> None:
    frame = workbench.source(package.parent / "train.wbsource")
    assert frame["x"].tolist() == [0, 10, 5]
    assert workbench.source(package.parent / "train.csv", sample=2)["s"].tolist() == ["a", "b"]


def test_that_failures_are_one_sentence(package: Path, way: str) -> None:
    for call, words in (
        (lambda: workbench.prep(package, "nope"), "There is no dataflow nope in the package"),
        (lambda: workbench.prep("nothing.wbprep"), "The data preparation nothing.wbprep failed: "),
        (lambda: workbench.source("nothing.csv"), "The data source nothing.csv failed: "),
    ):
        with pytest.raises(RuntimeError, match=words) as raised:
            call()
        assert "\n" not in str(raised.value)


def test_that_other_things_cannot_be_handed_to_another_process(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "workbench.dataprep.reading", None)
    with pytest.raises(RuntimeError, match="cannot be read here, since this Python has no"):
        workbench.prep(package)
    monkeypatch.setenv("WORKBENCH_PYTHON", sys.executable)
    with pytest.raises(TypeError, match="The input train must be a path, a data frame or rows as dictionaries, not int"):
        workbench.prep(package, inputs={"train": 3})
    with pytest.raises(RuntimeError, match="cannot be read here, since this Python has no"):
        workbench.prep(package, spark=object())
