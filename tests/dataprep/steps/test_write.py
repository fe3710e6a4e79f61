"""Write steps: what stands in the files, byte by byte where that matters, and that nothing half written is left."""

import datetime as dt
import gzip
import json
import threading
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import (
    Convert,
    ScriptColumn,
    StepBase,
    WriteArrow,
    WriteCsv,
    WriteExcel,
    WriteJsonLines,
    WriteParquet,
)

TEXT = 'n,s,d\n1,"a,b",2020-02-29\nx,"say ""hi""",1850-01-01\n3,,2021-01-01\n'


def _package(*steps: StepBase, name: str = "data.csv") -> Package:
    return Package(flows=(Dataflow(id="f", name="flow", source=FileRef(path=name), steps=steps),))


@pytest.fixture
def data(project: Path) -> Path:
    (project / "data.csv").write_text(TEXT)
    return project


TO_NUMBER = Convert(columns=("n",), to="integer")


def _left(project: Path) -> list[str]:
    return sorted(path.name for path in project.iterdir() if path.name not in {"data.csv", "workbench.toml"})


@pytest.mark.parametrize(
    ("options", "content"),
    [
        ({}, b'n,s,d\n1,"a,b",2020-02-29\nERROR,"say ""hi""",1850-01-01\n3,,2021-01-01\n'),
        ({"errors": "", "missing": "NA"}, b'n,s,d\n1,"a,b",2020-02-29\nNA,"say ""hi""",1850-01-01\n3,NA,2021-01-01\n'),
        ({"header": False, "delimiter": ";"}, b'1;a,b;2020-02-29\nERROR;"say ""hi""";1850-01-01\n3;;2021-01-01\n'),
        ({"line_ending": "crlf"}, b'n,s,d\r\n1,"a,b",2020-02-29\r\nERROR,"say ""hi""",1850-01-01\r\n3,,2021-01-01\r\n'),
        ({"quoting": "all"}, b'"n","s","d"\n"1","a,b","2020-02-29"\n"ERROR","say ""hi""","1850-01-01"\n"3",,"2021-01-01"\n'),
        (
            {"quoting": "nonnumeric"},
            b'"n","s","d"\n1,"a,b","2020-02-29"\nERROR,"say ""hi""","1850-01-01"\n3,,"2021-01-01"\n',
        ),
        (
            {"encoding": "utf-16-le", "header": False},
            '1,"a,b",2020-02-29\nERROR,"say ""hi""",1850-01-01\n3,,2021-01-01\n'.encode("utf-16-le"),
        ),
        ({"encoding": "utf-8-sig"}, b'\xef\xbb\xbfn,s,d\n1,"a,b",2020-02-29\nERROR,"say ""hi""",1850-01-01\n3,,2021-01-01\n'),
    ],
)  # fmt: skip
def test_that_csv_is_written_as_it_is_wanted(data: Path, engine: Engine, options: dict[str, Any], content: bytes) -> None:
    report = engine.run(_package(TO_NUMBER, WriteCsv(path="out.csv", **options)), "f")
    assert (data / "out.csv").read_bytes() == content
    assert report.outputs[0].rows == 3
    assert _left(data) == ["out.csv"]


@pytest.mark.parametrize("line_ending", ["lf", "crlf"])
def test_that_csv_is_compressed(data: Path, engine: Engine, line_ending: str) -> None:
    engine.run(_package(WriteCsv(path="out.csv.gz", compression="gzip", line_ending=line_ending)), "f")
    lines = gzip.decompress((data / "out.csv.gz").read_bytes()).decode().splitlines()
    assert lines[0] == "n,s,d"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"quoting": "none"}, "nothing is to be quoted"),
        ({"encoding": "ascii", "quoting": "nonnumeric"}, "'ü' cannot be written in ascii"),
    ],
)  # fmt: skip
def test_that_csv_that_would_be_misread_is_refused_and_nothing_left(
    data: Path, engine: Engine, options: dict[str, Any], message: str
) -> None:
    (data / "data.csv").write_text('a,b\n"x,y",ü\n', "utf-8")
    with pytest.raises(UserError, match=message):
        engine.run(_package(WriteCsv(path="out.csv", **options)), "f")
    assert _left(data) == []


def test_that_parquet_has_missing_values_for_errors_and_says_so(data: Path, engine: Engine) -> None:
    report = engine.run(_package(TO_NUMBER, WriteParquet(path="a.parquet"), WriteArrow(path="b.arrow")), "f")
    expected = {
        "n": [1, None, 3],
        "s": ["a,b", 'say "hi"', None],
        "d": [dt.date(2020, 2, 29), dt.date(1850, 1, 1), dt.date(2021, 1, 1)],
    }
    assert pq.read_table(data / "a.parquet").to_pydict() == expected
    assert feather.read_table(data / "b.arrow").to_pydict() == expected
    assert any(note.message == "1 error in n is missing in a.parquet." for note in report.notes)


def test_that_an_arrow_stream_is_one(data: Path, engine: Engine) -> None:
    engine.run(_package(WriteArrow(path="b.arrows", stream=True, compression="zstd")), "f")
    with pa.ipc.open_stream(str(data / "b.arrows")) as reader:
        assert reader.read_all().num_rows == 3


def test_that_column_names_are_cleaned_on_demand(data: Path, engine: Engine) -> None:
    (data / "data.csv").write_text('"a,b","a;b",c=d\n1,2,3\n')
    engine.run(_package(WriteParquet(path="a.parquet", clean_names=True)), "f")
    assert pq.read_table(data / "a.parquet").column_names == ["a_b", "a_b_2", "c_d"]


def test_that_a_partitioned_set_is_replaced_as_a_whole(data: Path, engine: Engine) -> None:
    (data / "data.csv").write_text("k,v\na,1\nb,2\na,3\n,4\n")
    step = WriteParquet(path="out", partition_by=("k",))
    first = engine.run(_package(step), "f").outputs[0]
    found = ds.dataset(data / "out", partitioning="hive").to_table().to_pydict()
    assert sorted(zip(found["k"], found["v"], strict=True), key=str) == [("a", 1), ("a", 3), ("b", 2), (None, 4)]
    assert (data / "out/_SUCCESS").exists()
    assert (first.path, first.rows) == (data / "out", 4)
    (data / "data.csv").write_text("k,v\nc,1\n")
    engine.run(_package(step), "f")
    assert sorted(path.name for path in (data / "out").iterdir()) == ["_SUCCESS", "k=c"]
    assert _left(data) == ["out"]


def test_that_a_folder_of_something_else_is_never_replaced(data: Path, engine: Engine) -> None:
    (data / "out").mkdir()
    (data / "out/mine.txt").write_text("x")
    for marker in (False, True):
        if marker:
            (data / "out/_SUCCESS").touch()
        with pytest.raises(UserError, match="holds something else"):
            engine.run(_package(WriteParquet(path="out", partition_by=("n",))), "f")
    assert (data / "out/mine.txt").read_text() == "x"
    with pytest.raises(UserError, match=r"would overwrite data\.csv|holds something else"):
        engine.run(_package(WriteParquet(path=".", partition_by=("n",))), "f")


def test_that_json_lines_are_valid_json(data: Path, engine: Engine) -> None:
    table = pa.table({"x": [1.5, float("nan"), float("inf"), None], "s": ["ü", 'a"b', None, "\n"], "l": [[1], [], None, [2, 3]]})
    pq.write_table(table, data / "t.parquet")
    engine.run(_package(WriteJsonLines(path="t.jsonl"), name="t.parquet"), "f")
    rows = [json.loads(line) for line in (data / "t.jsonl").read_text("utf-8").splitlines()]
    assert [row["x"] for row in rows] == [1.5, None, None, None]
    assert [row["s"] for row in rows] == ["ü", 'a"b', None, "\n"]
    assert [row["l"] for row in rows] == [[1], [], None, [2, 3]]


def test_that_a_workbook_holds_typed_cells(data: Path, engine: Engine) -> None:
    table = pa.table(
        {
            "i": [1, 10**15 + 1, None],
            "x": [0.5, float("nan"), float("inf")],
            "b": [True, False, None],
            "d": [dt.date(2020, 2, 29), dt.date(1850, 1, 1), None],
            "t": [dt.datetime.fromisoformat("2020-01-01T12:30:00"), None, None],
            "s": ["=1+1", "http://x", "ü"],
            "e": ["1", "x", None],
        }
    )
    pq.write_table(table, data / "t.parquet")
    engine.run(_package(Convert(columns=("e",), to="integer"), WriteExcel(path="t.xlsx", sheet="My data"), name="t.parquet"), "f")
    sheet = openpyxl.load_workbook(data / "t.xlsx")["My data"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("i", "x", "b", "d", "t", "s", "e")
    assert rows[1] == (
        1,
        0.5,
        True,
        dt.datetime.fromisoformat("2020-02-29"),
        dt.datetime.fromisoformat("2020-01-01T12:30:00"),
        "=1+1",
        1,
    )
    assert rows[2] == ("1000000000000001", None, False, "1850-01-01", None, "http://x", "ERROR")
    assert rows[3] == (None, "inf", None, None, None, "ü", None)
    assert sheet["F2"].data_type == "s"
    assert _left(data) == ["t.parquet", "t.xlsx"]


def test_that_a_sheet_too_small_is_a_sentence(data: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"i": pa.array(range(1_048_576))}), data / "t.parquet")
    with pytest.raises(UserError, match="room for 1,048,575 rows, these are 1,048,576"):
        engine.run(_package(WriteExcel(path="t.xlsx"), name="t.parquet"), "f")
    pq.write_table(pa.table({"s": ["x" * 40_000]}), data / "t.parquet")
    with pytest.raises(UserError, match="A text in s has 40,000 characters"):
        engine.run(_package(WriteExcel(path="t.xlsx"), name="t.parquet"), "f")
    assert _left(data) == ["t.parquet"]


@pytest.mark.parametrize(
    "step",
    [
        WriteCsv(path="o", line_ending="crlf"),
        WriteExcel(path="o.xlsx"),
        WriteArrow(path="o"),
        WriteParquet(path="o", partition_by=("k",)),
    ],
)  # fmt: skip
def test_that_cancelling_leaves_the_old_file(data: Path, engine: Engine, step: StepBase) -> None:
    pq.write_table(pa.table({"i": pa.array(range(300_000)), "k": [1] * 300_000}), data / "t.parquet")
    cancel = threading.Event()

    def stop(share: float, text: str) -> None:
        if text.startswith("Writing o"):
            cancel.set()

    with pytest.raises(Cancelled):
        engine.run(_package(step, name="t.parquet"), "f", stop, cancel)
    assert _left(data) == ["t.parquet"]


@pytest.mark.parametrize("path", ["data.csv", "./sub/../data.csv"])
@pytest.mark.parametrize("kind", [WriteCsv, WriteJsonLines, WriteArrow, WriteParquet])
def test_that_a_file_that_is_read_is_never_replaced(data: Path, engine: Engine, path: str, kind: type[Any]) -> None:
    with pytest.raises(UserError, match=r"Step 1 \(Write to .*\) would overwrite data\.csv"):
        engine.run(_package(kind(path=path)), "f")
    assert (data / "data.csv").read_text() == TEXT


def test_that_several_writers_stand_anywhere(data: Path, engine: Engine) -> None:
    steps = (
        WriteCsv(path="1.csv"),
        ScriptColumn(column="k", code="row.n * 2"),
        WriteCsv(path="out/2.csv"),
        WriteJsonLines(path="3.jsonl"),
    )
    report = engine.run(_package(*steps), "f")
    assert [output.shown for output in report.outputs] == [str(data / each) for each in ("1.csv", "out/2.csv", "3.jsonl")]
    assert (data / "1.csv").read_text() == TEXT
    assert (data / "out/2.csv").read_text().splitlines()[1] == '1,"a,b",2020-02-29,11'


def test_that_a_place_that_takes_nothing_is_a_sentence(data: Path, engine: Engine) -> None:
    (data / "file").write_text("x")
    for step in (WriteExcel(path="file/o.xlsx"), WriteParquet(path="file/o", partition_by=("n",)), WriteArrow(path="file/o")):
        with pytest.raises(EnvironmentError_, match="file"):
            engine.run(_package(step), "f")


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (WriteCsv(path=""), "Give the file to write."),
        (WriteCsv(path="a", delimiter="||"), "The delimiter must be one character."),
        (WriteCsv(path="a", encoding="utf-9"), "utf-9 is no encoding that is known, such as utf-8 or cp1252."),
        (WriteExcel(path="a.xls"), "The name of an Excel file must end with .xlsx."),
        (WriteExcel(path="a.xlsx", sheet="a/b"), "The name of a sheet has 1 to 31 characters"),
        (WriteParquet(path="a", partition_by=("z",)), "There is no column z here."),
        (WriteParquet(path="a", partition_by=("n", "s", "d")), "At least one column must be left"),
    ],
)
def test_that_wrong_settings_are_said_before(data: Path, engine: Engine, step: StepBase, message: str) -> None:
    assert engine.problems(_package(step), "f")[0][0].message.startswith(message)
