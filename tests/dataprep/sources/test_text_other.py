"""Fixed width and plain text: what is detected, what is read, and in which encodings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.base.errors import UserError
from workbench.dataprep.columns import quoted
from workbench.dataprep.engine.store import Store
from workbench.dataprep.sources import FixedWidthSpec, LinesSpec, SourceColumn, detect
from workbench.dataprep.sources.opening import open_file
from workbench.dataprep.sources.samples import first
from workbench.dataprep.sources.source import DataSource
from workbench.dataprep.sources.specs import SourceSpec

TABLE = """name      born        score
Anna      1990-02-01   12.5
Bengt     1985-11-30    7.0
Çelik     2001-07-15  101.25
Dag       1999-01-01     NA
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "cache")
    yield made
    made.close()


def rows(store: Store, path: Path, spec: SourceSpec, count: int | None = None) -> tuple[list[tuple[object, ...]], tuple[str, ...]]:
    reader = open_file(path, spec)
    store.rows("DROP TABLE IF EXISTS t")
    said = reader.load(store, "t", sample=first(count), cancel=None, progress=None)
    names = ", ".join(quoted(column.name) for column in reader.schema)
    return store.rows(f"SELECT {names} FROM t ORDER BY rowid"), said.notes


def file(tmp_path: Path, content: str | bytes, name: str = "a.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_that_columns_of_fixed_width_are_found_with_their_types(tmp_path: Path) -> None:
    spec = detect(file(tmp_path, TABLE))
    assert isinstance(spec, FixedWidthSpec)
    assert spec.starts[0] == 0
    assert [(column.name, column.type) for column in spec.columns] == [("name", "string"), ("born", "date"), ("score", "decimal")]
    assert spec.missing == ("", "NA")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("footer", [0, 1])
def test_that_fixed_width_is_read_in_every_encoding(tmp_path: Path, store: Store, encoding: str, footer: int) -> None:
    spec = detect(file(tmp_path, TABLE))
    path = file(tmp_path, (TABLE + ("Sum\n" if footer else "")).encode(encoding))
    found, notes = rows(store, path, spec.model_copy(update={"encoding": encoding, "footer_rows": footer}))
    assert [(str(row[0]), str(row[1]), row[2]) for row in found] == [
        ("Anna", "1990-02-01", 12.5), ("Bengt", "1985-11-30", 7.0), ("Çelik", "2001-07-15", 101.25), ("Dag", "1999-01-01", None),
    ]  # fmt: skip
    assert not notes


def test_that_the_places_of_columns_can_be_edited(tmp_path: Path, store: Store) -> None:
    spec = FixedWidthSpec(starts=(0, 2, 5), header=False, columns=(SourceColumn(name="code", type="integer"),))
    path = file(tmp_path, "12abcXYZ\n34def\n\nx5  g \n6\n")
    found, notes = rows(store, path, spec)
    assert found == [(12, "abc", "XYZ"), (34, "def", None), (None, "g", None), (6, None, None)]
    assert notes == ("1 value of code in a.txt is no whole number and became an error.",)
    assert [column.name for column in open_file(path, spec).schema] == ["code", "Column2", "Column3"]


def test_that_comments_skipped_lines_and_rules_are_no_rows_of_fixed_width(tmp_path: Path, store: Store) -> None:
    columns = (SourceColumn(name="a", type="string"), SourceColumn(name="b", type="integer"))
    text = "a title\na   b\n--- --\n# no\nx   1\n\ny   2\n"
    for rules in (True, False):
        spec = FixedWidthSpec(starts=(0, 4), skip_rows=1, comment="#", rules=rules, columns=columns)
        path = file(tmp_path, text if rules else text.replace("--- --\n", ""))
        assert rows(store, path, spec)[0] == [("x", 1), ("y", 2)]


@pytest.mark.parametrize("starts", [(), (1, 4), (0, 4, 4), (0, 5, 3)])
def test_that_places_that_do_not_rise_from_0_are_refused(starts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="begin at 0"):
        FixedWidthSpec(starts=starts)


PROSE = "It was a bright day, and cold.\nNobody looked up;\n\n  why should they?\n"


def test_that_prose_is_plain_text_with_a_row_for_each_line(tmp_path: Path, store: Store) -> None:
    path = file(tmp_path, PROSE)
    spec = detect(path)
    assert isinstance(spec, LinesSpec)
    assert [(column.name, column.type) for column in spec.columns] == [("line", "string")]
    expected = [("It was a bright day, and cold.",), ("Nobody looked up;",), ("",), ("  why should they?",)]
    assert rows(store, path, spec)[0] == expected
    reader = open_file(path, spec)
    assert store.rows(reader.scan() or "") == expected


@pytest.mark.parametrize("text", ["a\r\nb\r\n", "a\nb", "a\rb\r", "a\r\nb\n"])
def test_that_every_line_end_ends_a_line(tmp_path: Path, store: Store, text: str) -> None:
    assert rows(store, file(tmp_path, text), LinesSpec())[0] == [("a",), ("b",)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "shift_jis"])
def test_that_plain_text_is_read_in_every_encoding(tmp_path: Path, store: Store, encoding: str) -> None:
    text = "日本\n語" if encoding == "shift_jis" else "Größe\nÆrø"
    assert rows(store, file(tmp_path, text.encode(encoding)), LinesSpec(encoding=encoding))[0] == [(x,) for x in text.split("\n")]


def test_that_lines_are_skipped_at_both_ends_and_comments_left_out(tmp_path: Path, store: Store) -> None:
    path = file(tmp_path, "head\n# no\na\x01b\n'c\nfoot\n")
    assert rows(store, path, LinesSpec(skip_rows=1, comment="#"))[0] == [("a\x01b",), ("'c",), ("foot",)]
    assert rows(store, path, LinesSpec(skip_rows=1, footer_rows=1))[0] == [("# no",), ("a\x01b",), ("'c",)]
    assert rows(store, path, LinesSpec(), 2)[0] == [("head",), ("# no",)]


@pytest.mark.parametrize("spec", [FixedWidthSpec(), LinesSpec()])
def test_that_an_empty_file_is_told(tmp_path: Path, store: Store, spec: SourceSpec) -> None:
    with pytest.raises(UserError, match="is empty"):
        rows(store, file(tmp_path, ""), spec)


def test_that_such_sources_come_back_equal_from_their_files(project: Path) -> None:
    for name, text in (("fixed", TABLE), ("prose", PROSE)):
        data = file(project, text, f"{name}.txt")
        source = DataSource.create(data, project)
        source.save(project / f"{name}.wbsource")
        assert DataSource.load(project / f"{name}.wbsource") == source
