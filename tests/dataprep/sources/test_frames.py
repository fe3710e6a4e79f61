"""Data frames and other files that stand in for a source."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.dataprep.sources.conftest import Reading
from workbench.base.errors import UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.sources import DataSource
from workbench.dataprep.sources.readers.frame import FrameReader


@pytest.fixture
def declared(project: Path) -> str:
    """A source with the columns when (date), n (integer), s (string)."""
    (project / "orders.csv").write_text("when,n,s\n2020-01-02,1,x\n2020-01-03,2,y\n")
    DataSource.create(project / "orders.csv", project).save(project / "orders.wbsource")
    return "orders.wbsource"


ROWS = [(dt.date(2020, 5, 6), 7, "é"), (None, None, None)]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"s": ["é", None], "n": [7, None], "when": [dt.date(2020, 5, 6), None]}),
        pd.DataFrame({"when": ["2020-05-06", None], "n": ["7", None], "s": ["é", None]}),
        pd.DataFrame({"when": pd.to_datetime(pd.Series(["2020-05-06", None])), "n": [7.0, None], "s": ["é", None]}).set_axis(
            [5, 5]
        ),
        pl.DataFrame({"s": ["é", None], "when": [dt.date(2020, 5, 6), None], "n": pl.Series([7, None], dtype=pl.UInt8)}),
        pl.LazyFrame({"s": ["é", None], "when": [dt.date(2020, 5, 6), None], "n": [7, None]}),
        pa.table({"n": [7, None], "s": ["é", None], "when": [dt.date(2020, 5, 6), None]}),
        [{"when": "2020-05-06", "n": 7, "s": "é"}, {"when": None, "n": None, "s": None}],
        [["2020-05-06", 7, "é"], [None, None, None]],
        {"when": ["2020-05-06", None], "n": [7, None], "s": ["é", None]},
    ],
)
def test_that_anything_like_a_table_stands_in_for_a_source(declared: str, read: Reading, frame: Any) -> None:
    found = read(declared, inputs={"orders": frame})
    assert found.types == {"when": "date", "n": "integer", "s": "string"}
    assert found.rows == ROWS
    assert not found.errors


def test_that_values_that_do_not_fit_are_error_cells(declared: str, read: Reading) -> None:
    frame = pd.DataFrame({"when": ["soon", "2020-01-01"], "n": [1.5, 2], "s": [1, "a"]})
    found = read(declared, inputs={declared: frame})
    assert found.rows == [(None, None, "1"), (dt.date(2020, 1, 1), 2, "a")]
    assert found.errors == {(0, "when"): ("no date", "soon"), (0, "n"): ("no whole number", "1.5")}


def test_that_missing_columns_are_told_and_new_ones_come_last(declared: str, read: Reading) -> None:
    found = read(declared, inputs={"orders": pd.DataFrame({"new": [True], "n": [1]})})
    assert found.types == {"n": "integer", "new": "boolean"}
    assert any("no longer has the columns when and s" in note for note in found.notes)


def test_that_a_data_file_stands_in_too_and_its_values_get_the_declared_types(project: Path, declared: str, read: Reading) -> None:
    (project / "other.csv").write_text("n;s;when\n3;z;2021-01-01\nq;w;2021-01-02\n")
    found = read(declared, inputs={"orders": str(project / "other.csv")})
    assert [dict(zip(found.types, row, strict=True)) for row in found.rows] == [
        {"n": 3, "s": "z", "when": dt.date(2021, 1, 1)}, {"n": None, "s": "w", "when": dt.date(2021, 1, 2)},
    ]  # fmt: skip
    assert found.errors == {(1, "n"): ("no whole number", "q")}
    other = project / "other.json"
    other.write_text('[{"when":"2021-01-01","n":"5","s":7}]')
    found = read(declared, inputs={"orders": other})
    assert [dict(zip(found.types, row, strict=True)) for row in found.rows] == [{"when": dt.date(2021, 1, 1), "n": 5, "s": "7"}]


def test_that_a_frame_stands_in_for_what_is_not_there(read: Reading) -> None:
    found = read("gone.csv", inputs={"gone": pd.DataFrame({"a": [1, 2], "b": [[1], None]})})
    assert (found.types, found.rows) == ({"a": "integer", "b": "list"}, [(1, [1]), (2, None)])


def test_that_what_is_no_table_is_refused_in_one_sentence(read: Reading) -> None:
    with pytest.raises(UserError, match="What was given for x is no table: it is a int"):
        read("x.csv", inputs={"x": 5})
    with pytest.raises(UserError, match="What was given for x cannot be read as a table"):
        read("x.csv", inputs={"x": [1, 2]})


def test_that_the_key_depends_on_the_values_only() -> None:
    one, same, other = (FrameReader("x", pd.DataFrame({"a": [1, value]})) for value in (2, 2, 3))
    assert one.key == same.key
    assert one.key != other.key


def test_that_an_engine_takes_frames_as_inputs(project: Path, declared: str, tmp_path: Path) -> None:
    package = Package(flows=(Dataflow(name="f", source=FileRef(path=declared)),))
    with Engine(
        project, tmp_path / "other", inputs={"orders": pd.DataFrame({"n": [5], "s": ["x"], "when": ["2020-01-01"]})}
    ) as engine:
        assert engine.to_arrow(package, "f").to_pylist() == [{"when": dt.date(2020, 1, 1), "n": 5, "s": "x"}]
