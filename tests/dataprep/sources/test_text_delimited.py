"""Delimited text: every option of its specification, ragged lines, and the quick way that gives the same as the careful one."""

# ruff: noqa: E501 (tables of texts)

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from workbench.base.errors import UserError
from workbench.dataprep.cells import companion, split_error
from workbench.dataprep.columns import ColumnType, quoted
from workbench.dataprep.engine.store import Store
from workbench.dataprep.sources import DelimitedSpec, SourceColumn, detect
from workbench.dataprep.sources.opening import open_file
from workbench.dataprep.sources.reader import Loaded
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.specs import SourceSpec

Cells = list[tuple[Any, ...]]
Errors = dict[tuple[int, str], tuple[str, str | None]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "cache")
    yield made
    made.close()


def loaded(store: Store, path: Path, spec: SourceSpec, sample: Sample | None = None) -> tuple[Cells, Errors, Loaded]:
    """The rows, the error cells by row and column, and what the reader says."""
    reader = open_file(path, spec)
    store.rows("DROP TABLE IF EXISTS t")
    said = reader.load(store, "t", sample=sample, cancel=None, progress=None)
    names = [column.name for column in reader.schema]
    kinds = {column.name: column.type for column in reader.schema}
    shown = [f"{quoted(n)}::VARCHAR" if kinds[n] == "timestamp_tz" else quoted(n) for n in names]
    rows = store.rows(f"SELECT {', '.join(shown)} FROM t ORDER BY rowid")
    held = {row[0] for row in store.rows("DESCRIBE t")}
    errors: Errors = {}
    for name in names:
        if companion(name) in held:
            for number, (text,) in enumerate(store.rows(f"SELECT {quoted(companion(name))} FROM t ORDER BY rowid")):
                if text is not None:
                    errors[number, name] = split_error(text)
    return rows, errors, said


def file(tmp_path: Path, content: str | bytes, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def columns(**types: ColumnType) -> tuple[SourceColumn, ...]:
    return tuple(SourceColumn(name=name, type=type_) for name, type_ in types.items())


AB = columns(a="integer", b="string")


def test_that_short_lines_have_error_cells_with_their_line(tmp_path: Path, store: Store) -> None:
    path = file(tmp_path, "a,b,c\n1,x,2.5\n\n2\n3,y\n4,z,1\n")
    rows, errors, said = loaded(store, path, DelimitedSpec(columns=columns(a="integer", b="string", c="decimal")))
    assert rows == [(1, "x", 2.5), (2, None, None), (3, "y", None), (4, "z", 1.0)]
    assert errors == {
        (1, "b"): ("line 4 has 1 of 3 fields", None),
        (1, "c"): ("line 4 has 1 of 3 fields", None),
        (2, "c"): ("line 5 has 2 of 3 fields", None),
    }
    assert said.notes == ("2 lines of a.csv have too few fields for 3 columns (line 4 and 5); missing fields are errors.",)


def test_that_surplus_fields_stay_in_an_error_of_the_last_column(tmp_path: Path, store: Store) -> None:
    path = file(tmp_path, 'a,b\n1,x\n2,y,"p,q",r\n3,"two\nlines"\n4,z,\n')
    rows, errors, said = loaded(store, path, DelimitedSpec(columns=AB))
    assert rows == [(1, "x"), (2, None), (3, "two\nlines"), (4, "z")]  # what is empty is no surplus
    assert errors == {(1, "b"): ("line 3 has 4 of 2 fields", 'y,"p,q",r')}
    assert said.notes[0].startswith("1 line of a.csv has too many fields for 2 columns (line 3)")


def test_that_values_that_do_not_fit_are_errors_that_keep_the_text(tmp_path: Path, store: Store) -> None:
    path = file(tmp_path, "a,b\n1,x\n1.5,y\nten,z\n,w\n2.0,v\n")
    rows, errors, said = loaded(store, path, DelimitedSpec(columns=AB))
    assert rows == [(1, "x"), (None, "y"), (None, "z"), (None, "w"), (2, "v")]
    assert errors == {(1, "a"): ("no whole number", "1.5"), (2, "a"): ("no whole number", "ten")}
    assert said.notes == ("2 values of a in a.csv are no whole number and became errors.",)


def test_that_a_ragged_line_and_a_wrong_value_are_told_both(tmp_path: Path, store: Store) -> None:
    path = file(tmp_path, "a,n\n1,2\n3,x\n4\n")
    rows, errors, said = loaded(store, path, DelimitedSpec(columns=columns(a="integer", n="integer")))
    assert rows == [(1, 2), (3, None), (4, None)]
    assert errors == {(1, "n"): ("no whole number", "x"), (2, "n"): ("line 4 has 1 of 2 fields", None)}
    assert len(said.notes) == 2


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (DelimitedSpec(delimiter="||"), "a||b\n1||x\n2||y\n"),
        (DelimitedSpec(delimiter="<-->!"), "a<-->!b\n1<-->!x\n2<-->!y\n"),
        (DelimitedSpec(delimiter="\t", quote=""), "a\tb\n1\tx\n2\ty\n"),
        (DelimitedSpec(quote="'"), "a,b\n1,'x'\n2,'y'\n"),
        (DelimitedSpec(quote='"', escape="\\"), 'a,b\n1,"x"\n2,y\n'),
        (DelimitedSpec(comment="#"), "# about\na,b\n1,x\n# 7,q\n2,y\n"),
        (DelimitedSpec(comment="//"), "// about\na,b\n1,x\n2,y\n"),
        (DelimitedSpec(comment="#", header_commented=True), "# title\n# a,b\n1,x\n2,y\n"),
        (DelimitedSpec(skip_rows=2), "a report\n\na,b\n1,x\n2,y\n"),
        (DelimitedSpec(footer_rows=2), "a,b\n1,x\n2,y\n\nTotal,3\n"),
        (DelimitedSpec(header=False), "1,x\n2,y\n"),
        (DelimitedSpec(header_rows=2), "a,b\nno.,text\n1,x\n2,y\n"),
        (DelimitedSpec(delimiter=" ", repeated=True), "a  b\n1   x\n2 y\n"),
        (DelimitedSpec(trim=True), "a , b\n1 , x\n 2,  y \n"),
        (DelimitedSpec(delimiter="|", trim=True, framed=True, rules=True), "| a | b |\n|---|---|\n| 1 | x |\n| 2 | y |\n"),
        (DelimitedSpec(), "a,b\r\n1,x\r\n2,y\r\n"),
        (DelimitedSpec(), "a,b\r1,x\r2,y\r"),
        (DelimitedSpec(), "a,b\n1,x\r\n2,y\n"),
        (DelimitedSpec(), "\ufeffa,b\n1,x\n2,y"),
    ],
)
def test_that_each_way_of_writing_a_table_gives_the_same_rows(tmp_path: Path, store: Store, spec: DelimitedSpec, text: str) -> None:
    names = ("a no.", "b text") if spec.header_rows == 2 else ("a", "b")
    types: tuple[ColumnType, ...] = ("integer", "string")
    known = tuple(SourceColumn(name=name, type=type_) for name, type_ in zip(names, types, strict=True))
    path = file(tmp_path, text)
    rows, errors, said = loaded(store, path, spec.model_copy(update={"columns": known}))
    assert rows == [(1, "x"), (2, "y")]
    assert (errors, said) == ({}, Loaded(2))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso8859_15", "latin-1"]
)
def test_that_every_encoding_gives_the_same_text(tmp_path: Path, store: Store, encoding: str) -> None:
    path = file(tmp_path, "a,b\n1,Größe\n2,Ærø\n".encode(encoding))
    rows, errors, _ = loaded(store, path, DelimitedSpec(encoding=encoding, columns=AB))
    assert rows == [(1, "Größe"), (2, "Ærø")]
    assert not errors


@pytest.mark.parametrize(
    ("encoding", "text"), [("cp1251", "Привет"), ("shift_jis", "日本語"), ("gb18030", "中文"), ("koi8_r", "мир")]
)
def test_that_any_codec_of_python_is_read(tmp_path: Path, store: Store, encoding: str, text: str) -> None:
    rows, _, _ = loaded(store, file(tmp_path, f"a,b\n1,{text}\n".encode(encoding)), DelimitedSpec(encoding=encoding, columns=AB))
    assert rows == [(1, text)]


def test_that_an_unknown_encoding_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(UserError, match="no encoding called klingon"):
        loaded(store, file(tmp_path, "a,b\n1,x\n"), DelimitedSpec(encoding="klingon", columns=AB))


def test_that_bytes_that_are_no_text_are_replaced_and_told(tmp_path: Path, store: Store) -> None:
    path = file(tmp_path, b"a,b\n1,x\n2,\xff\n")
    rows, _, said = loaded(store, path, DelimitedSpec(columns=AB))
    assert rows == [(1, "x"), (2, "\ufffd")]
    assert said.notes == ("1 character of a.csv is no valid utf-8 and was replaced by \ufffd.",)


@pytest.mark.parametrize(
    ("decimal", "thousands", "text", "value"),
    [
        (".", "", "1234.5", 1234.5), (",", "", "1234,5", 1234.5), (",", ".", "1.234,5", 1234.5), (".", ",", "1,234,567.5", 1234567.5),
        (".", " ", "1 234.5", 1234.5), (",", " ", "-1\u00a0234,5", -1234.5), (".", "'", "1'234.5", 1234.5), (".", ",", "12", 12.0),
        (".", ",", "1,23", None), (".", ",", ",123", None), (",", ".", "1.5", None), (".", "", "1,5", None), (",", "", "1.5", None),
        (",", ".", "1.234", 1234.0), (",", "", "1.234,5", 1234.5), (".", ",", "12,34,567", None), (".", ",", "+1,000e2", 100000.0),
    ],
)  # fmt: skip
def test_that_decimal_and_thousands_marks_are_understood_and_wrong_ones_refused(
    tmp_path: Path, store: Store, decimal: Any, thousands: str, text: str, value: float | None
) -> None:
    spec = DelimitedSpec(delimiter=";", decimal=decimal, thousands=thousands, columns=columns(x="decimal", b="string"))
    path = file(tmp_path, f"x;b\n{text};y\n")
    rows, errors, _ = loaded(store, path, spec)
    assert rows == [(value, "y")]
    assert errors == ({} if value is not None else {(0, "x"): ("no decimal number", text)})


def test_that_an_escape_that_nobody_uses_is_refused() -> None:
    with pytest.raises(ValueError, match="either doubled or has a backslash"):
        DelimitedSpec(escape="^")


def test_that_the_same_marks_for_both_are_refused() -> None:
    with pytest.raises(ValueError, match="are the same"):
        DelimitedSpec(decimal=",", thousands=",")


@pytest.mark.parametrize(
    ("type_", "format_", "text", "shown"),
    [
        ("date", "%d/%m/%Y", "31/12/2020", "2020-12-31"),
        ("timestamp", "%m/%d/%Y %H:%M", "12/31/2020 23:59", "2020-12-31 23:59:00"),
        ("time", "", "23:59:01", "23:59:01"),
        ("time", "%I:%M %p", "11:59 PM", "23:59:00"),
        ("boolean", "", "yes", "True"),
        ("timestamp_tz", "", "2020-01-02T03:04:05+02:00", "2020-01-02 01:04:05+00"),
        ("timestamp_tz", "%Y-%m-%d %H:%M:%S %z", "2020-01-02 03:04:05 -0130", "2020-01-02 04:34:05+00"),
    ],
)
def test_that_dates_and_times_are_read_in_their_formats(
    tmp_path: Path, store: Store, type_: ColumnType, format_: str, text: str, shown: str
) -> None:
    spec = DelimitedSpec(columns=(SourceColumn(name="x", type=type_, format=format_), SourceColumn(name="b", type="string")))
    path = file(tmp_path, f"x,b\n{text},y\nnothing of it,z\n,w\n")
    rows, errors, _ = loaded(store, path, spec)
    assert [str(row[0]) for row in rows] == [shown, "None", "None"]
    assert list(errors) == [(1, "x")]


def test_that_markers_are_missing_values(tmp_path: Path, store: Store) -> None:
    spec = DelimitedSpec(missing=("", "NA", "-"), columns=AB)
    for text in ("a,b\nNA,-\n1,x\n", "a,b\nNA,-\n1,x\n2\n"):  # the second is read the careful way
        rows, errors, _ = loaded(store, file(tmp_path, text), spec)
        assert rows[:2] == [(None, None), (1, "x")]
        assert not any(number < 2 for number, _ in errors)


def test_that_columns_are_found_by_name_and_new_ones_are_text(tmp_path: Path, store: Store) -> None:
    path = file(tmp_path, "c,b,a\n9,x,1\n")
    reader = open_file(path, DelimitedSpec(columns=columns(a="integer", b="string", d="date")))
    assert [(column.name, column.type) for column in reader.schema] == [("c", "string"), ("b", "string"), ("a", "integer")]
    assert reader.notes == ("a.csv no longer has the column d.",)


def test_that_a_specification_without_columns_reads_all_as_text(tmp_path: Path, store: Store) -> None:
    assert loaded(store, file(tmp_path, "a,b\n1,x\n"), DelimitedSpec())[0] == [("1", "x")]
    assert loaded(store, file(tmp_path, "1,x\n2,y\n"), DelimitedSpec(header=False))[0] == [("1", "x"), ("2", "y")]


@pytest.mark.parametrize("kind", ["top", "random", "percent", "stratified"])
@pytest.mark.parametrize("ragged", [False, True])
def test_that_samples_take_the_same_rows_however_the_file_is_read(tmp_path: Path, store: Store, kind: Any, ragged: bool) -> None:
    lines = [f"{number},{'xyz'[number % 3]}" for number in range(3000)]
    path = file(tmp_path, "a,b\n" + "\n".join(lines) + ("\n3000" if ragged else "\n3000,x") + "\n")
    sample = Sample(kind=kind, count=40, share=0.02, seed=4, by=("b",) if not ragged else ())
    rows, _, said = loaded(store, path, DelimitedSpec(columns=AB), sample)
    assert said.truncated
    assert said.rows == len(rows)
    numbers = [row[0] for row in rows]
    assert numbers == sorted(numbers)
    if kind == "top":
        assert numbers == list(range(40))
    if kind == "random":
        from workbench.dataprep.sources.sampling import scatter

        assert numbers == sorted(sorted(range(3001), key=lambda n: (scatter(n, 4), n))[:40])


def test_that_a_big_file_keeps_the_order_of_its_rows_on_all_threads(tmp_path: Path, store: Store) -> None:
    path = file(tmp_path, "a,b\n" + "".join(f"{number},{'x' * (number % 90)}\n" for number in range(400_000)))
    loaded(store, path, DelimitedSpec(columns=AB))
    assert store.one("SELECT count(*), sum((a = rowid)::INT) FROM t") == (400_000, 400_000)
    _, _, said = loaded(store, path, DelimitedSpec(columns=AB), Sample(kind="percent", share=0.01))
    assert store.one("SELECT sum((length(coalesce(b, '')) = a % 90)::INT), count(*) FROM t") == (said.rows, said.rows)


def test_that_a_long_file_is_read_piece_by_piece_where_quotes_span_lines(tmp_path: Path, store: Store) -> None:
    body = "".join(f'{number},"{"y" * 60}\n{number}"\n' if number % 5 else f"{number},x\n" for number in range(60_000))
    path = file(tmp_path, "a,b\n" + body + "7\n")
    rows, errors, _ = loaded(store, path, DelimitedSpec(columns=AB))
    assert len(rows) == 60_001
    assert all(
        number == row[0] and (row[1] or "").endswith(str(number) if number % 5 else "x") for number, row in enumerate(rows[:-1])
    )
    line = 2 + 60_000 + 48_000
    assert errors == {(60_000, "b"): (f"line {line} has 1 of 2 fields", None)}


EDGES = [
    "0", "-0", "+5", "007", "1.0", "1.5", "1e3", "1E400", "-1e-400", " 7", "7 ", "1_000", "0x1F", "1,5", "9007199254740993", "9007199254740992",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "12345678901234567890", "nan", "NaN", "inf", "-inf", "Infinity", ".5", "5.",
    "1e", "--1", "1.5.2", "true", "TRUE", "t", "yes", "1", "off", "2020-02-29", "2021-02-29", "2020-1-2", "2020-01-02 03:04:05",
    "2020-01-02T03:04", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05.123456789", "2020-01-02 03:04:05+02", "2020-01-02T24:00:00", "20200102",
    "02/01/2020", "0001-01-01", "9999-12-31", "10000-01-01", "-0044-03-15", "2020-01-02 ", "12:30", "24:00:00", "1:2:3", "epoch", "infinity",
    "Jan 2 2020", "1.7976931348623157e308", "4.9e-324", "0.1", "123456789.123456789", "١٢", "２", "1 000", "$5", "5%", "(5)", "2020/01/02", "2020-01",
]  # fmt: skip


@pytest.mark.parametrize("type_", ["integer", "decimal", "boolean", "date", "time", "timestamp", "timestamp_tz"])
def test_that_the_quick_way_gives_what_the_careful_one_gives_or_refuses(tmp_path: Path, store: Store, type_: ColumnType) -> None:
    path = file(tmp_path, "x;b\n" + "".join(f"{text};{number}\n" for number, text in enumerate(EDGES)))
    careful, errors, _ = loaded(store, path, DelimitedSpec(delimiter=";", columns=columns(x=type_, b="string")))
    values = dict(enumerate(row[0] for row in careful))
    different = []
    for number, text in enumerate(EDGES):
        one = file(tmp_path, f"x;b\n{text};y\n", "one.csv")
        sql = open_file(one, DelimitedSpec(delimiter=";", columns=columns(x=type_, b="string"))).scan()
        assert sql is not None
        try:
            value = store.one(sql.replace('"x" AS "x"', '"x"') if type_ != "timestamp_tz" else f"SELECT x::VARCHAR FROM ({sql})")[0]
        except UserError:
            continue
        if (number, "x") in errors or repr(value) != repr(values[number]):
            different.append((text, value, values[number], errors.get((number, "x"))))
    assert not different


def test_that_the_quick_way_refuses_ragged_lines(tmp_path: Path, store: Store) -> None:
    for text in ("a,b\n1,x\n2\n", "a,b\n1,x\n2,y,z\n"):
        sql = open_file(file(tmp_path, text), DelimitedSpec(columns=AB)).scan()
        assert sql is not None
        with duckdb.connect() as connection, pytest.raises(duckdb.Error):
            connection.execute(sql).fetchall()


def test_that_what_detection_finds_is_read_without_error(samples: Path, store: Store) -> None:
    _, errors, said = loaded(store, samples / "weather.csv", detect(samples / "weather.csv"))
    assert (errors, said.truncated) == ({}, False)
