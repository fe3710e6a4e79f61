"""What is found out about a file, and the sentence for one that holds no table."""

# ruff: noqa: E501 (tables of cells)

from pathlib import Path

import pytest

from workbench.base.errors import NotFound, UserError
from workbench.dataprep.sources import DataSource, DelimitedSpec, FixedWidthSpec, LinesSpec, SourceSpec, detect


def found(folder: Path, content: str | bytes, name: str = "a.csv") -> SourceSpec:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return detect(path)


def of(folder: Path, content: str | bytes, name: str = "a.csv") -> DelimitedSpec:
    spec = found(folder, content, name)
    assert isinstance(spec, DelimitedSpec)
    return spec


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


@pytest.mark.parametrize(("encoding", "expected"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "cp1252")])
def test_that_the_encoding_is_found(tmp_path: Path, encoding: str, expected: str) -> None:
    text = "name,n\nJürgen Müller,1\nRené Größe,2\nÅsa Çelik,3\n"
    spec = of(tmp_path, text.encode(encoding))
    assert spec.encoding == expected
    assert list(types(spec)) == ["name", "n"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n \n\n", "only blank lines"),
        (b"PK\x03\x04rest of a workbook", "damaged"),
        (b"\x00\x01\x02\xff" * 100, "is a binary file"),
        (bytes(range(1, 256)) * 20, "is a binary file"),
    ],
)
def test_that_a_file_without_a_table_gives_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as raised:
        found(tmp_path, content)
    assert raised.value.place.endswith("a.csv")
    assert "\n" not in raised.value.message


def test_that_a_file_that_is_not_there_is_said_to_be_moved_or_deleted(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is not there"):
        detect(tmp_path / "gone.csv")


def test_that_a_damaged_parquet_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="damaged Parquet"):
        found(tmp_path, b"PAR1 and then nothing", "a.parquet")


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
    assert isinstance(spec, DelimitedSpec)
    assert len(spec.columns) == 19
    assert spec.missing == ("", "NA")
    assert types(spec)["dep_time"] == "integer"
    assert types(spec)["time_hour"] == "timestamp"
    assert types(spec)["tailnum"] == "string"


def test_that_the_code_page_is_found_where_its_first_letter_stands_far_below(tmp_path: Path) -> None:
    text = "name,n\n" + "Anna,1\n" * 200_000 + "Jürgen Müller,1\nRené Größe,2\n" + "Bo,1\n" * 300_000
    spec = of(tmp_path, text.encode("cp1252"))
    assert spec.encoding == "utf-8"  # no piece that was looked at has it: the reading tells of it
    spec = of(tmp_path, ("name,n\n" + "Anna,1\n" * 20_000 + "Jürgen Müller,1\nRené Größe,2\n").encode("cp1252"))
    assert (spec.encoding, spec.notes) == ("cp1252", ("The file is read as cp1252.",))


@pytest.mark.parametrize(
    ("cells", "marks", "type_"),
    [
        (["1,234.5", "12.0"], (".", ","), "decimal"), (["1.234,5", "12,0"], (",", "."), "decimal"), (["1 234", "12"], (".", " "), "integer"),
        (["1,234", "12"], (".", ","), "integer"), (["1,234", "1234"], (",", ""), "decimal"), (["0,125", "1,250"], (",", ""), "decimal"),
        (["1'234.50", "2"], (".", "'"), "decimal"), (["1.5", "2"], (".", ""), "decimal"), (["12,34,56", "1"], (".", ""), "string"),
        (["192.168.1.1", "10.0.0.1"], (".", ""), "string"), (["1,5", "a"], (".", ""), "string"), (["1.234.567", "1"], (",", "."), "integer"),
    ],
)  # fmt: skip
def test_that_the_marks_in_numbers_are_found(tmp_path: Path, cells: list[str], marks: tuple[str, str], type_: str) -> None:
    spec = of(tmp_path, "n;b\n" + "".join(f"{cell};x\n" for cell in cells))
    assert (spec.decimal, spec.thousands, spec.columns[0].type) == (*marks, type_)


@pytest.mark.parametrize(
    ("cells", "type_", "format_"),
    [
        (["2020-01-02T03:04:05+02:00", "2020-01-02T03:04:05-01:00"], "timestamp_tz", ""), (["2020-01-02T03:04:05Z"], "timestamp", ""),
        (["2020-01-02T03:04:05+02:00", "2020-01-02T03:04:05"], "string", ""), (["11:59 PM", "1:05 AM"], "time", "%I:%M %p"),
        (["10/Oct/2000:13:55:36 -0700"], "timestamp_tz", "%d/%b/%Y:%H:%M:%S %z"), (["31.12.2020 23:59"], "timestamp", "%d.%m.%Y %H:%M"),
        (["12345678901234567890", "1"], "string", ""), (["00123", "45678"], "string", ""), (["2020-02-30"], "string", ""),
        (["Jan 5, 2021", "Feb 6, 2021"], "date", "%b %d, %Y"), (["yes", "no", "NA"], "boolean", ""), (["2020-01-02", "NULL"], "date", ""),
    ],
)  # fmt: skip
def test_that_types_and_formats_are_found(tmp_path: Path, cells: list[str], type_: str, format_: str) -> None:
    spec = of(tmp_path, "x;b\n" + "".join(f"{cell};y\n" for cell in cells))
    assert (spec.columns[0].type, spec.columns[0].format) == (type_, format_)


def test_that_a_date_and_time_of_unclear_order_is_asked_too(tmp_path: Path) -> None:
    spec = of(tmp_path, "d,n\n01/02/2020 10:00,1\n03/04/2020 11:30,2\n")
    assert [question.choices for question in spec.questions] == [("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")]
    assert types(spec)["d"] == "string"


def test_that_what_is_odd_about_a_file_is_found_and_kept(tmp_path: Path) -> None:
    spec = of(tmp_path, "# made by hand\na|b|c\n1|x|2\n3|'y|z'|4\n5|w|6\n# end\n")
    assert (spec.delimiter, spec.quote, spec.comment, spec.header) == ("|", "'", "#", True)
    spec = of(tmp_path, "id,name,n\n1,a,5\n2,b,6\n3,c,7\n\nTotal,,18\n")
    assert spec.header
    spec = of(tmp_path, "a||b||c\n1||2||3\n4||5||6\n7||8||9\n")
    assert (spec.delimiter, types(spec)) == ("||", {"a": "integer", "b": "integer", "c": "integer"})


def test_that_blank_lines_above_the_header_are_skipped(tmp_path: Path) -> None:
    spec = of(tmp_path, "\n\na,b\n1,2\n3,4\n")
    assert (spec.skip_rows, types(spec)) == (2, {"a": "integer", "b": "integer"})


def test_that_one_column_of_a_csv_file_is_a_table_and_of_a_text_file_lines(tmp_path: Path) -> None:
    assert types(of(tmp_path, "name\nAnna\nBo\n")) == {"name": "string"}
    assert types(of(tmp_path, "1\n2\n3\n")) == {"Column1": "integer"}
    assert isinstance(found(tmp_path, "Nobody came.\nSo we went home again.\nIt rained.\n", "a.txt"), LinesSpec)


def test_that_fixed_width_is_told_from_blanks_between(tmp_path: Path) -> None:
    text = "id  name        qty\n1   Bolt M8      10\n2   Nut           5\n3   Gear wheel    7\n"
    spec = found(tmp_path, text, "a.txt")
    assert isinstance(spec, FixedWidthSpec)
    assert types(spec) == {"id": "integer", "name": "string", "qty": "integer"}


def test_that_an_unfinished_header_quote_is_noted(tmp_path: Path) -> None:
    spec = of(tmp_path, '"a","b\n1,2\n3,4\n')
    assert any("begins with a quote" in note for note in spec.notes)
