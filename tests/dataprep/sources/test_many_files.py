"""Folders, patterns and lists of files, and packed ones."""

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from tests.dataprep.sources.conftest import Reading
from workbench.base.errors import NotFound, UserError
from workbench.dataprep.sources import DataSource, detect
from workbench.dataprep.sources.detecting import auto_read_file
from workbench.dataprep.sources.places import natural
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.specs import DelimitedSpec


def put(project: Path, **files: str) -> Path:
    folder = project / "data"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_that_numbers_in_names_count_by_their_value() -> None:
    assert sorted(["b10", "b9", "a1", "b", "B2"], key=natural) == ["B2", "a1", "b", "b9", "b10"]


def test_that_the_files_of_a_folder_are_appended_by_name_in_natural_order(project: Path, read: Reading) -> None:
    put(project, p10="b,a\nz,9\n", p2="a,b,c\n3,y,2020-01-02\n", p1="a,b\n1,x\n")
    found = read("data")
    assert [row[:2] for row in found.rows] == [(1, "x"), (3, "y"), (9, "z")]
    assert found.types == {"a": "integer", "b": "string", "c": "date"}
    assert "p2.csv adds the column c." in found.notes


def test_that_the_path_column_is_the_first(project: Path, read: Reading) -> None:
    put(project, p1="a,Path\n1,own\n", p2="a,Path\n2,own\n")
    found = read(DataSource.create(project / "data", project, path_column="Path"))
    assert found.types == {"Path": "string", "a": "integer"}
    assert found.rows == [("p1.csv", 1), ("p2.csv", 2)]
    assert read(DataSource.create(project / "data" / "p1.csv", project, path_column="File")).rows == [("p1.csv", 1, "own")]


def test_that_error_cells_of_each_file_stay_at_their_rows(project: Path, read: Reading) -> None:
    put(project, p1="a,b\n1,x\n2,y\n", p2="a,b\nq,z\n4,w\n")
    spec = detect(project / "data" / "p1.csv")
    found = read(DataSource.create(project / "data", project, spec, path_column="File"))
    assert found.rows == [("p1.csv", 1, "x"), ("p1.csv", 2, "y"), ("p2.csv", None, "z"), ("p2.csv", 4, "w")]
    assert found.errors == {(2, "a"): ("no whole number", "q")}


def test_that_a_pattern_and_a_list_name_files(project: Path, read: Reading) -> None:
    folder = put(project, p1="a\n1\n", p2="a\n2\n", q1="a\n3\n")
    assert read("data/p*.csv").rows == [(1,), (2,)]
    source = DataSource.create([folder / "q1.csv", folder / "p1.csv"], project)
    assert source.files == ("data/q1.csv", "data/p1.csv")
    assert read(source).rows == [(3,), (1,)]
    with pytest.raises(NotFound, match=r"No file matches data/x\*"):
        read("data/x*.csv")


def test_that_files_of_another_kind_are_left_out_and_told(project: Path, read: Reading) -> None:
    folder = put(project, p1="a\n1\n", p2="a\n2\n")
    (folder / "readme.md").write_text("# hello")
    (folder / "_SUCCESS").write_text("")
    found = read("data")
    assert found.rows == [(1,), (2,)]
    assert "Not read, since of another kind: readme.md." in found.notes


def test_that_only_the_first_file_has_a_header_where_that_is_said(project: Path, read: Reading) -> None:
    put(project, p1="a,b\n1,x\n", p2="2,y\n3,z\n")
    spec = detect(project / "data" / "p1.csv").model_copy(update={"header_mode": "first"})
    assert read(DataSource.create(project / "data", project, spec)).rows == [(1, "x"), (2, "y"), (3, "z")]


def test_that_other_names_in_later_files_count_by_place_where_all_are_to_have_the_same_header(project: Path, read: Reading) -> None:
    put(project, p1="a,b\n1,x\n", p2="A1,B1\n2,y\n", p3="b,a\nz,3\n")
    spec = detect(project / "data" / "p1.csv").model_copy(update={"header_mode": "same"})
    found = read(DataSource.create(project / "data", project, spec))
    assert [row[:2] for row in found.rows] == [(1, "x"), (2, "y"), (3, "z")]
    assert "p2.csv has other column names: those of the first file are taken." in found.notes


def test_that_types_of_all_files_are_put_together(project: Path) -> None:
    put(project, p1="a,b,c\n1,1,x\n", p2="a,b,c\n1.5,x,y\n")
    spec = detect(project / "data")
    assert [column.type for column in spec.columns] == ["decimal", "string", "string"]
    assert isinstance(spec, DelimitedSpec)
    assert spec.header_mode == "every"


def test_that_a_sample_is_one_of_all_files(project: Path, read: Reading) -> None:
    put(project, **{f"p{number}": "a\n" + "".join(f"{number * 100 + row}\n" for row in range(100)) for number in range(3)})
    top = read("data", sample=Sample(kind="top", count=150))
    assert ([row[0] for row in top.rows], top.truncated) == (list(range(150)), True)
    drawn = read("data", sample=Sample(kind="random", count=20, seed=3))
    assert (len(drawn.rows), drawn.truncated) == (20, True)
    assert drawn.rows == read("data", sample=Sample(kind="random", count=20, seed=3)).rows


def test_that_an_empty_file_among_others_has_no_rows(project: Path, read: Reading) -> None:
    put(project, p0="", p1="a\n1\n", p2="a\n2\n")
    assert read("data").rows == [(1,), (2,)]


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: pa.compress(data, codec="zstd", asbytes=True),
}


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize(("name", "text"), [("a.csv", "a,b\n1,x\n2,y\n"), ("a.jsonl", '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n')])
def test_that_packed_files_are_read(project: Path, read: Reading, suffix: str, name: str, text: str) -> None:
    path = project / f"{name}.{suffix}"
    path.write_bytes(PACKED[suffix](text.encode()))
    before = path.read_bytes()
    found = read(path.name)
    assert found.rows == [(1, "x"), (2, "y")]
    assert path.read_bytes() == before
    assert found.reader.files == (path,)


def test_that_the_entries_of_an_archive_are_appended(project: Path, read: Reading) -> None:
    with zipfile.ZipFile(project / "a.zip", "w") as archive:
        archive.writestr("in/p2.csv", "a\n2\n")
        archive.writestr("in/p1.csv", "a\n1\n")
        archive.writestr("__MACOSX/p1.csv", "junk")
        archive.writestr("readme.md", "x")
    assert read("a.zip").rows == [(1,), (2,)]
    found = read(DataSource.create(project / "a.zip", project, archive="*2.csv", path_column="File"))
    assert found.rows == [("a.zip/in/p2.csv", 2)]
    with pytest.raises(UserError, match=r"The archive a\.zip has no entry that matches \*\.json"):
        DataSource.create(project / "a.zip", project, archive="*.json")


def test_that_packed_files_in_a_folder_are_read_too(project: Path, read: Reading) -> None:
    folder = put(project, p1="a\n1\n")
    (folder / "p2.csv.gz").write_bytes(gzip.compress(b"a\n2\n"))
    assert read("data").rows == [(1,), (2,)]


@pytest.mark.parametrize("suffix", PACKED)
def test_that_a_damaged_archive_is_told_in_one_sentence(project: Path, suffix: str) -> None:
    path = project / f"a.csv.{suffix}"
    packed = PACKED[suffix](b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n * 7919 % 10007) for n in range(5000)))
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UserError) as raised:
        detect(path)
    assert raised.value.message.startswith(f"a.csv.{suffix} is a damaged archive: ")
    (project / "b.csv.gz.gz").write_bytes(gzip.compress(gzip.compress(b"a\n1\n")))
    with pytest.raises(UserError, match="is packed twice"):
        detect(project / "b.csv.gz.gz")


def test_that_everything_about_data_is_found_out_at_once(project: Path, read: Reading) -> None:
    put(project, p1="a;b\n1,5;x\n", p2="a;b\n2,5;y\n")
    source = auto_read_file(project / "data", project)
    assert (source.name, source.path) == ("data", "data")
    source.save(project / "data.wbsource")
    assert read("data.wbsource").rows == [(1.5, "x"), (2.5, "y")]
    assert auto_read_file(str(project / "data" / "p*.csv")).name == "p"


def test_that_brackets_in_a_name_are_no_pattern_where_the_file_is_there(project: Path, read: Reading) -> None:
    (project / "a[1].csv").write_text("n\n1\n")
    assert read("a[1].csv").rows == [(1,)]
    DataSource.create(project / "a[1].csv", project).save(project / "b[1].wbsource")
    assert read("b[1].wbsource").rows == [(1,)]


def test_that_a_relative_pattern_counts_from_the_working_folder(
    project: Path, read: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(project, p1="a\n1\n", p2="a\n2\n")
    monkeypatch.chdir(project / "data")
    source = auto_read_file("p*.csv", project)
    assert source.path == "data/p*.csv"
    assert read(source).rows == [(1,), (2,)]


def test_that_an_empty_folder_is_told(project: Path) -> None:
    (project / "nothing").mkdir()
    with pytest.raises(UserError, match="holds no data files"):
        detect(project / "nothing")
