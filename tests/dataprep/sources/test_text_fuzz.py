"""Damaged and odd text files: a table or one sentence, and the same table whoever reads it."""

# ruff: noqa: E501 (lists of texts)

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.base.errors import WorkbenchError
from workbench.dataprep.columns import quoted
from workbench.dataprep.engine.store import Store
from workbench.dataprep.sources import DelimitedSpec, SourceColumn, detect
from workbench.dataprep.sources.opening import open_file
from workbench.dataprep.sources.readers.delimited import DelimitedReader
from workbench.dataprep.sources.readers.records import rows_of

SECONDS = 2.0
PIECES = [
    b",", b'"', b"\n", b"\r\n", b"\r", b'""', b'","', b"'", b";", b"\t", b"|", b" ", b"", b"\\", b"#", b"\0", b"\xff", b"\xef\xbb\xbf", "é".encode(),
    b"1", b"NA", b"2020-01-02", b"1,5", b"--", b"-----\n", b"x" * 5000, "\u2028".encode(), b"\x0b", b"\x1c", b"\x85", b'"\n', b'\n"', b"\n\n\n",
]  # fmt: skip
TEXTS = [
    b"a,b,c\n1,x,2.5\n2,y,3.5\n3,z,\n" * 3, b"id;name;n\n1;'p;q';5\n2;r;6\n", b"name      born\nAnna      1990-02-01\nBo        1985-11-30\n" * 3,
    b"It was a bright day.\nNobody came.\n", b'a,b\n1,"two\nlines"\n2,"say ""no"""\n', b"| a | b |\n|---|---|\n| 1 | x |\n| 2 | y |\n",
    "n;größe\n1;ä\n2;ö\n".encode("cp1252"), "a,b\n1,2\n3,4\n".encode("utf-16"), b"# c\na\tb\n1\t2\n", b"x\n1\n2\n3\n",
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "cache")
    yield made
    made.close()


def mutated(draw: random.Random, text: bytes) -> bytes:
    data = bytearray(text)
    for _ in range(draw.randint(1, 6)):
        place = draw.randint(0, len(data))
        match draw.randint(0, 3):
            case 0:
                data[place:place] = draw.choice(PIECES)
            case 1:
                del data[place : place + draw.randint(1, 9)]
            case 2:
                data[place : place + 1] = bytes([draw.randrange(256)])
            case _:
                data[place:place] = data[draw.randint(0, len(data)) :][: draw.randint(1, 40)]
    return bytes(data)


def test_that_a_damaged_text_file_gives_a_table_or_one_sentence(tmp_path: Path, store: Store) -> None:
    draw = random.Random(7)
    path = tmp_path / "a.csv"
    until = time.monotonic() + SECONDS
    sentences: list[str] = []
    while time.monotonic() < until:
        content = mutated(draw, draw.choice(TEXTS))
        path.write_bytes(content)
        store.rows("DROP TABLE IF EXISTS t")
        try:
            spec = detect(path)
            reader = open_file(path, spec)
            loaded = reader.load(store, "t", sample=None, cancel=None, progress=None)
        except WorkbenchError as error:
            sentences.append(error.message)
            continue
        assert store.one("SELECT count(*) FROM t")[0] == loaded.rows, content
        assert path.read_bytes() == content
    assert not [sentence for sentence in sentences if "\n" in sentence]


def test_that_the_database_and_we_read_the_same_rows(tmp_path: Path, store: Store) -> None:
    """Where DuckDB takes a file, our own records are the same; else a file would change with one odd line."""
    draw = random.Random(11)
    path = tmp_path / "a.csv"
    signs = ["a", "b", "1", ",", ",", "\n", "\n", '"', '""', '"', " ", "é", '","', "\r\n"]
    spec = DelimitedSpec(columns=(SourceColumn(name="a", type="string"), SourceColumn(name="b", type="string")))
    path.write_text("a,b\n")
    sql = DelimitedReader("a", path, spec).select(path)
    compared = 0
    for _ in range(1000):
        body = "".join(draw.choice(signs) for _ in range(draw.randint(1, 40)))
        path.write_bytes(("a,b\nx,y\n" + body).encode())
        try:
            found = store.rows(sql)
        except WorkbenchError:
            continue
        compared += 1
        ours = [tuple(cell or None for cell in (*row.cells[:2], *filter(None, row.cells[2:]))) for row in rows_of(path, spec)]
        assert found == ours, body
    assert compared > 20


def test_that_a_column_may_have_any_name(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"a""b",\'c,__error__x,SELECT,ä ö,\na,1,2,3,4,5\n')
    reader = open_file(path, detect(path))
    reader.load(store, "t", sample=None, cancel=None, progress=None)
    names = [column.name for column in reader.schema]
    assert len(store.rows(f"SELECT {', '.join(map(quoted, names))} FROM t")) == 1
