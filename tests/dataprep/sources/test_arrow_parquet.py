"""Parquet and Arrow files."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from tests.dataprep.sources.conftest import Reading
from workbench.base.errors import NotFound, UserError
from workbench.dataprep.sources import DataSource, detect
from workbench.dataprep.sources.samples import Sample


def mixed() -> pa.Table:
    return pa.table(
        {
            "i": pa.array([1, None], pa.int16()),
            "u": pa.array([2**63 + 1, 3], pa.uint64()),
            "dec": [Decimal("1.50"), None],
            "ts": pa.array([dt.datetime(2020, 1, 2, 3), None], pa.timestamp("ns")),  # noqa: DTZ001
            "tz": pa.array([dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC), None], pa.timestamp("us", "Europe/Berlin")),
            "n": [{"a b": 1, "l": [1, 2]}, None],
            "cat": pa.array(["x", "y"]).dictionary_encode(),
            "__row__": [7, 8],
        }
    )


TYPES = {
    "i": "integer", "u": "integer", "dec": "decimal", "ts": "timestamp", "tz": "timestamp_tz", "n": "struct", "cat": "string",
    "row__": "integer",
}  # fmt: skip
ROWS = [
    (1, None, 1.5, dt.datetime(2020, 1, 2, 3), dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC), {"a b": 1, "l": [1, 2]}, "x", 7),  # noqa: DTZ001
    (None, 3, None, None, None, None, "y", 8),
]


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "a.arrows"])
def test_that_types_are_ours_and_what_is_too_large_is_an_error_cell(project: Path, read: Reading, name: str) -> None:
    path = project / name
    if name.endswith("parquet"):
        pq.write_table(mixed(), path)
    elif name.endswith("feather"):
        feather.write_feather(mixed(), str(path))
    else:
        with pa.ipc.new_stream(path, mixed().schema) as writer:
            writer.write_table(mixed())
    found = read(name)
    assert found.types == TYPES
    assert found.rows == ROWS
    assert found.errors == {(0, "u"): ("no whole number", str(2**63 + 1))}


def test_that_durations_and_other_types_come_as_text(project: Path, read: Reading) -> None:
    feather.write_feather(pa.table({"d": pa.array([3600, None], pa.duration("s")), "z": pa.nulls(2)}), str(project / "a.feather"))
    found = read("a.feather")
    assert found.types == {"d": "string", "z": "string"}
    assert found.rows[1] == (None, None)


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_that_a_column_can_be_read_as_another_type(project: Path, read: Reading, kind: str) -> None:
    table = pa.table({"s": ["12", "x", None], "n": [{"a": 1}, None, {"a": 2}]})
    path = project / f"a.{kind}"
    pq.write_table(table, path) if kind == "parquet" else feather.write_feather(table, str(path))
    found = read(DataSource.create(path, project, detect(path).with_column("s", "integer").with_column("n", "string")))
    assert found.rows == [(12, '{"a":1}'), (None, None), (None, '{"a":2}')]
    assert found.errors == {(1, "s"): ("no whole number", "x")}


def test_that_columns_that_came_and_went_are_told(project: Path, read: Reading) -> None:
    pq.write_table(pa.table({"a": [1], "b": [2]}), project / "a.parquet")
    source = DataSource.create(project / "a.parquet", project)
    pq.write_table(pa.table({"c": ["x"], "a": [1.5]}), project / "a.parquet")
    found = read(source)
    assert found.types == {"a": "integer", "c": "string"}
    assert found.rows == [(None, "x")]
    assert found.errors == {(0, "a"): ("no whole number", "1.5")}
    assert "a.parquet no longer has the column b." in found.notes
    assert "a.parquet has the new column c." in found.notes


def test_that_a_partitioned_folder_is_one_table_with_the_folders_as_columns(project: Path, read: Reading) -> None:
    for year, month in ((2020, 2), (2020, 10), (2021, 1)):
        folder = project / "set" / f"year={year}" / f"month={month}"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"n": [year * 100 + month]}), folder / "part.parquet")
    (project / "set" / "_SUCCESS").write_text("")
    found = read("set")
    assert sorted(found.types.items()) == [("month", "integer"), ("n", "integer"), ("year", "integer")]
    assert [dict(zip(found.types, row, strict=True)) for row in found.rows] == [
        {"n": 202002, "year": 2020, "month": 2}, {"n": 202010, "year": 2020, "month": 10}, {"n": 202101, "year": 2021, "month": 1},
    ]  # fmt: skip
    with_path = read(DataSource.create(project / "set", project, path_column="Path"))
    assert [row[0] for row in with_path.rows][:2] == ["year=2020/month=2/part.parquet", "year=2020/month=10/part.parquet"]


def test_that_files_of_a_folder_are_appended_by_name_and_their_differences_told(project: Path, read: Reading) -> None:
    (project / "set").mkdir()
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), project / "set" / "part1.parquet")
    pq.write_table(pa.table({"b": ["z"], "a": [1.5], "c": [True]}), project / "set" / "part2.parquet")
    found = read("set")
    assert found.rows == [(1.0, "x", None), (2.0, "y", None), (1.5, "z", True)]
    assert "part2.parquet adds the column c." in found.notes
    assert "part2.parquet has a as decimal number, not whole number." in found.notes


def test_that_the_first_rows_are_those_of_the_first_file(project: Path, read: Reading) -> None:
    (project / "set").mkdir()
    for number in (1, 2, 10):
        rows = range(number * 1000, number * 1000 + 100)
        pq.write_table(pa.table({"a": list(rows)}), project / "set" / f"p{number}.parquet", row_group_size=7)
    found = read("set", sample=Sample(kind="top", count=150))
    assert [row[0] for row in found.rows] == [*range(1000, 1100), *range(2000, 2050)]
    assert found.truncated


def test_that_what_is_damaged_or_gone_is_told_in_one_sentence(project: Path, read: Reading) -> None:
    (project / "a.parquet").write_bytes(b"PAR1" + b"\0" * 50)
    with pytest.raises(UserError, match=r"a\.parquet is a damaged Parquet file"):
        detect(project / "a.parquet")
    (project / "a.arrow").write_bytes(b"ARROW1\0\0" + b"\1" * 50)
    with pytest.raises(UserError, match=r"a\.arrow is a damaged Arrow file"):
        detect(project / "a.arrow")
    pq.write_table(pa.table({"a": [1]}), project / "b.parquet")
    source = DataSource.create(project / "b.parquet", project)
    (project / "b.parquet").unlink()
    with pytest.raises(NotFound, match="is not"):
        read(source)
