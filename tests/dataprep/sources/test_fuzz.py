"""Damaged files of every kind: a table, or one sentence; never another exception, a hang or a changed file."""

import gzip
import json
import random
import sqlite3
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import WorkbenchError
from workbench.dataprep.engine.store import Store
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.sources import DataSource, Sample, detect
from workbench.dataprep.sources.opening import open_file
from workbench.dataprep.steps import Filter, Rename

SECONDS = 1.3
"""How long each kind is tried."""
LONGEST_S = 20.0
"""No damaged file of a few kilobytes takes so long."""

TABLE = pa.table(
    {
        "i": [1, 2, None] * 20,
        "x": [1.5, None, 2.5] * 20,
        "s": ["é", "b,c", None] * 20,
        "l": [[1], [], None] * 20,
        "d": [b"a", b"", None] * 20,
    }
)
ROWS = [{"i": n, "x": n / 3, "s": f"ä{n}", "d": "2020-01-02", "n": {"a": [n], "b": None}} for n in range(30)]


def csv(path: Path) -> None:
    path.write_text("i,x,s,d\n" + "".join(f'{n},{n / 3},"ä, {n}",2020-01-{n % 28 + 1:02}\n' for n in range(60)))


def excel(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["a", "b"], *([n, f"t{n}"] for n in range(20))]:
        book.active.append(row)
    book.save(path)


def stream(path: Path) -> None:
    with pa.ipc.new_stream(path, TABLE.schema) as writer:
        writer.write_table(TABLE)


def database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", [(n, f"x{n}") for n in range(100)])
    connection.commit()
    connection.close()


def packed(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * 7919 % 101) for n in range(300))))


def archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.csv", "a,b\n1,2\n" * 40)
        file.writestr("b.csv", "a,b\n1,2\n" * 40)


FILES: dict[str, Callable[[Path], object]] = {
    "a.csv": csv,
    "a.json": lambda path: path.write_text(json.dumps(ROWS)),
    "a.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, ROWS))),
    "doc.json": lambda path: path.write_text(json.dumps({"meta": 1, "data": {"rows": ROWS[:5]}}, indent=1)),
    "a.parquet": lambda path: pq.write_table(TABLE, path),
    "a.feather": lambda path: feather.write_feather(TABLE, str(path), compression="uncompressed"),
    "b.feather": lambda path: feather.write_feather(TABLE, str(path), compression="lz4"),
    "a.arrows": stream,
    "a.xlsx": excel,
    "a.db": database,
    "a.csv.gz": packed,
    "a.zip": archive,
}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four changes: flipped, cut out, put in, doubled, cut off, or a number set to an extreme."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if not found:
            break
        at = chance.randrange(len(found))
        length = chance.choice((1, 1, 2, 4, 16, 200))
        match chance.randrange(7):
            case 0:
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                del found[at : at + length]
            case 2:
                found[at:at] = chance.randbytes(length)
            case 3:
                found[at:at] = found[at : at + length]
            case 4 if chance.random() < 0.3:
                del found[at:]
            case 5:
                found[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0"))
            case _:
                found[at : at + 1] = chance.choice((b'"', b",", b"\n", b"{", b"]", b"\0", b"9", b"\\", b"\xe9", b"-"))
    return bytes(found)


def outcome(act: Callable[[], object]) -> str:
    """What came of it: `read`, or the sentence."""
    began = time.monotonic()
    try:
        act()
    except WorkbenchError as error:
        sentence = str(error)
        assert "\n" not in sentence, sentence
        assert "Traceback" not in sentence
    else:
        sentence = "read"
    assert time.monotonic() - began < LONGEST_S
    return sentence


@pytest.mark.parametrize("name", FILES)
def test_that_a_damaged_file_is_a_table_or_one_sentence_and_stays_as_it_is(home: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    path = folder / name
    FILES[name](path)
    whole = path.read_bytes()
    sound = detect(path)
    store = Store(tmp_path / "cache")
    chance = random.Random(name)
    tried, read = 0, 0
    deadline = time.monotonic() + SECONDS
    try:
        while time.monotonic() < deadline or tried < 5:
            tried += 1
            data = damaged(whole, chance)
            path.write_bytes(data)

            def load(number: int = tried) -> None:
                spec = detect(path) if number % 2 else sound
                reader = open_file(path, spec)
                table = f"t{number}"
                try:
                    reader.load(store, table, sample=None, cancel=None, progress=None)
                finally:
                    store.rows(f"DROP TABLE IF EXISTS {table}")

            read += outcome(load) == "read"
            assert path.read_bytes() == data
            assert sorted(each.name for each in folder.iterdir()) == [name]
    finally:
        store.close()
    assert tried >= 5


@pytest.mark.parametrize("kind", ["wbsource", "wbprep"])
def test_that_a_damaged_definition_is_read_or_told_in_one_sentence_and_stays_as_it_is(tmp_path: Path, kind: str) -> None:
    csv(tmp_path / "a.csv")
    path = tmp_path / f"a.{kind}"
    source = DataSource.create(tmp_path / "a.csv", tmp_path)
    source = source.model_copy(update={"samples": (Sample(name="s"),), "active_sample": "s"})
    if kind == "wbsource":
        source.save(path)
    else:
        steps = (Rename(column="i", to="j"), Filter(conditions=()))
        Package(flows=(Dataflow(name="f", source=FileRef(path="a.csv"), steps=steps),)).save(path)
    whole = path.read_bytes()
    chance = random.Random(kind)
    deadline = time.monotonic() + SECONDS
    outcomes = set()
    while time.monotonic() < deadline:
        data = damaged(whole, chance) if chance.random() < 0.5 else restructured(whole, chance)
        path.write_bytes(data)
        outcomes.add(outcome(lambda: DataSource.load(path) if kind == "wbsource" else Package.load(path)))
        assert path.read_bytes() == data
    assert "read" in outcomes
    assert len(outcomes) > 3


def restructured(data: bytes, chance: random.Random) -> bytes:
    """Sound JSON with one value replaced by something of another kind."""
    document = json.loads(data)
    places: list[tuple[object, object]] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                places.append((value, key))
                walk(inner)
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                places.append((value, number))
                walk(inner)

    walk(document)
    parent, key = chance.choice(places)
    strange: list[object] = [None, -1, 10**30, 1.5, "", "x" * 1000, [], {}, [[[]]], {"a": {"b": 1}}, True, "\ud800", float("nan")]
    parent[key] = chance.choice(strange)  # type: ignore[index]
    return json.dumps(document).encode()
