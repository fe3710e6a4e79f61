"""What is found out about a file, and the sentence for one that holds no table."""

from pathlib import Path

import pytest

from workbench.base.errors import NotFound, UserError
from workbench.dataprep.sources import DataSource, SourceSpec, detect


def of(folder: Path, content: str | bytes, name: str = "a.csv") -> SourceSpec:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return detect(path)


def types(spec: SourceSpec) -> dict[str, str]:
    return {column.name: column.type for column in spec.columns}


def test_that_types_are_told_apart(tmp_path: Path) -> None:
    text = "i,x,b,d,t,ts,s,zip\n"
    text += "1,1.5,true,2020-01-02,12:30,2020-01-02T03:04:05Z,ab,01234\n"
    text += "-2,2e3,false,2020-02-03,01:02,2020-01-02 03:04,c,99999\n"
    assert types(of(tmp_path, text)) == {
        "i": "integer", "x": "decimal", "b": "boolean", "d": "date", "t": "time", "ts": "timestamp", "s": "string", "zip": "string",
    }  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_that_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    spec = of(tmp_path, f"name{delimiter}n\nAnn{delimiter}1\nBob{delimiter}2\n")
    assert (spec.delimiter, types(spec)) == (delimiter, {"name": "string", "n": "integer"})


def test_that_a_missing_marker_is_noticed_among_numbers(tmp_path: Path) -> None:
    spec = of(tmp_path, "a,b\n1,x\nNA,y\n3,z\n")
    assert spec.missing == ("", "NA")
    assert types(spec)["a"] == "integer"


def test_that_a_decimal_comma_is_noticed(tmp_path: Path) -> None:
    spec = of(tmp_path, "a;b\n1,5;x\n2,25;y\n")
    assert (spec.decimal, types(spec)["a"]) == (",", "decimal")


def test_that_an_unclear_order_of_day_and_month_is_asked_and_not_guessed(tmp_path: Path) -> None:
    spec = of(tmp_path, "d,n\n01/02/2020,1\n03/04/2020,2\n")
    assert types(spec)["d"] == "string"
    assert [question.choices for question in spec.questions] == [("%d/%m/%Y", "%m/%d/%Y")]
    answered = spec.with_column("d", "date", "%m/%d/%Y")
    assert types(answered)["d"] == "date"
    assert not answered.questions


def test_that_a_day_above_twelve_decides_the_order(tmp_path: Path) -> None:
    spec = of(tmp_path, "d,n\n01/02/2020,1\n13/04/2020,2\n")
    assert (spec.columns[0].type, spec.columns[0].format) == ("date", "%d/%m/%Y")


def test_that_a_file_without_header_gets_numbered_columns(tmp_path: Path) -> None:
    assert types(of(tmp_path, "1,x\n2,y\n")) == {"Column1": "integer", "Column2": "string"}


def test_that_titles_before_the_table_are_skipped(tmp_path: Path) -> None:
    spec = of(tmp_path, "My report\n\na,b,c\n1,2,3\n4,5,6\n")
    assert (spec.skip_rows, list(types(spec))) == (2, ["a", "b", "c"])


@pytest.mark.parametrize(("encoding", "found"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "cp1252")])
def test_that_the_encoding_is_found(tmp_path: Path, encoding: str, found: str) -> None:
    text = "name,n\nJürgen Müller,1\nRené Größe,2\nÅsa Çelik,3\n"
    spec = of(tmp_path, text.encode(encoding))
    assert spec.encoding == found
    assert list(types(spec)) == ["name", "n"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n \n\n", "only blank lines"),
        (b"PK\x03\x04rest of a workbook", "an Excel workbook"),
        (b"\x00\x01\x02\xff" * 100, "is a binary file"),
        (bytes(range(1, 256)) * 20, "is a binary file"),
    ],
)
def test_that_a_file_without_a_table_gives_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as raised:
        of(tmp_path, content)
    assert raised.value.place.endswith("a.csv")
    assert "\n" not in raised.value.message


def test_that_a_file_that_is_not_there_is_said_to_be_moved_or_deleted(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is not there"):
        detect(tmp_path / "gone.csv")


def test_that_a_damaged_parquet_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="damaged Parquet"):
        of(tmp_path, b"PAR1 and then nothing", "a.parquet")


def test_that_a_source_file_keeps_a_relative_path_and_comes_back_equal(project: Path) -> None:
    data = project / "data" / "a.csv"
    data.parent.mkdir()
    data.write_text("a,b\n1,2\n")
    source = DataSource.create(data, project)
    source.save(project / "a.wbsource")
    assert source.path == "data/a.csv"
    assert DataSource.load(project / "a.wbsource") == source


def test_that_the_flights_are_read_as_they_are(samples: Path) -> None:
    spec = detect(samples / "flights.csv")
    assert len(spec.columns) == 19
    assert spec.missing == ("", "NA")
    assert types(spec)["dep_time"] == "integer"
    assert types(spec)["time_hour"] == "timestamp"
    assert types(spec)["tailnum"] == "string"
