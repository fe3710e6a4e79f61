"""Which kind of file it is, told by what it holds and not by its name."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import UserError
from workbench.dataprep.sources import detect
from workbench.dataprep.sources.kinds import looks_like_json
from workbench.dataprep.sources.naming import harmless

TABLE = pa.table({"a": [1, 2]})


def excel(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2]):
        book.active.append(row)
    book.save(path.with_suffix(".xlsx"))
    shutil.move(path.with_suffix(".xlsx"), path)


@pytest.mark.parametrize(
    ("name", "write", "kind"),
    [
        ("a.txt", lambda path: pq.write_table(TABLE, path), "parquet"),
        ("a.bin", lambda path: feather.write_feather(TABLE, str(path)), "arrow"),
        ("a.zip", excel, "excel"),
        ("a.txt", lambda path: path.write_text('[{"a": 1}]'), "json"),
        ("a.data", lambda path: path.write_text('{"a": 1}\n{"a": 2}\n'), "json"),
        ("a.csv", lambda path: path.write_text("[x],y\n[1],2\n"), "delimited"),
        ("a.txt", lambda path: path.write_text("{curly},b\n1,2\n"), "delimited"),
        ("a.py", lambda path: path.write_text("df = None"), "script"),
    ],
)
def test_that_the_content_decides(tmp_path: Path, name: str, write: Callable[[Path], object], kind: str) -> None:
    write(tmp_path / name)
    assert detect(tmp_path / name).kind == kind


@pytest.mark.parametrize(
    ("text", "is_json"),
    [
        (b'{"a": 1}', True), (b'  [\n {"a": 1}', True), (b"[]", True), (b"[1, 2, 3]\n", True), (b"{}", True),
        (b"[section]\nkey=1", False), (b"[1],2\n", False), (b"{a},b\n", False), (b"a,b\n", False), (b"", False),
    ],
)  # fmt: skip
def test_that_json_is_told_from_other_text(text: bytes, is_json: bool) -> None:
    assert looks_like_json(text, ".txt") is is_json


def test_that_an_archive_of_nothing_is_told(tmp_path: Path) -> None:
    import zipfile

    zipfile.ZipFile(tmp_path / "a.zip", "w").close()
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04" + b"x" * 50)
    for name in ("a.zip", "b.zip"):
        with pytest.raises(UserError):
            detect(tmp_path / name)


def test_that_names_of_columns_are_unique_ignoring_case_and_never_hidden() -> None:
    given = ["a", "A", "", None, " ", "__row__", "__ROW__", "__error__a", 5, "x\0y", "\ud800"]
    assert harmless(given) == ["a", "A_2", "Column3", "Column4", "Column5", "row__", "ROW___2", "error__a", "5", "xy", "?"]
