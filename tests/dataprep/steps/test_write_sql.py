"""Writing tables of databases: SQLite here; what other databases need is in their own transactions."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import Convert, StepBase, WriteSql


def _package(*steps: StepBase, name: str = "data.csv") -> Package:
    return Package(flows=(Dataflow(id="f", name="flow", source=FileRef(path=name), steps=steps),))


def _rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def data(project: Path) -> Path:
    (project / "data.csv").write_text('n,a b,d\n1,"x\'y",2020-02-29\nx,ü,1850-01-01\n3,,\n')
    return project


NUMBERS = Convert(columns=("n",), to="integer")


def test_that_a_table_is_made_replaced_and_appended_to(data: Path, engine: Engine) -> None:
    report = engine.run(_package(NUMBERS, WriteSql(table="my table", path="out/shop.db")), "f")
    database = data / "out/shop.db"
    expected = [(1, "x'y", "2020-02-29"), (None, "ü", "1850-01-01"), (3, None, None)]
    assert _rows(database, 'SELECT * FROM "my table"') == expected
    assert (report.outputs[0].path, report.outputs[0].rows) == (None, 3)
    assert report.outputs[0].shown == "the table my table of out/shop.db"
    assert any("1 error in n" in note.message for note in report.notes)
    with pytest.raises(UserError, match=r"There is the table my table of out/shop\.db already"):
        engine.run(_package(NUMBERS, WriteSql(table="my table", path="out/shop.db")), "f")
    engine.run(_package(NUMBERS, WriteSql(table="my table", path="out/shop.db", mode="append")), "f")
    assert _rows(database, 'SELECT * FROM "my table"') == expected * 2
    engine.run(_package(NUMBERS, WriteSql(table="my table", path="out/shop.db", mode="replace")), "f")
    assert _rows(database, 'SELECT * FROM "my table"') == expected


def test_that_types_and_nested_values_are_kept(data: Path, engine: Engine) -> None:
    table = pa.table({"x": [1.5, float("nan"), None], "b": [True, False, None], "l": [[1, 2], [], None]})
    pq.write_table(table, data / "t.parquet")
    engine.run(_package(WriteSql(table="t", path="t.db"), name="t.parquet"), "f")
    assert _rows(data / "t.db", "SELECT * FROM t") == [(1.5, 1, "[1, 2]"), (None, 0, "[]"), (None, None, None)]


def test_that_nothing_is_half_written(data: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"i": list(range(200_000))}), data / "t.parquet")
    with closing(sqlite3.connect(data / "t.db")) as connection:
        connection.execute("CREATE TABLE t (i INTEGER)")
        connection.execute("INSERT INTO t VALUES (7)")
        connection.commit()
    for mode in ("replace", "append"):
        cancel = threading.Event()

        def stop(share: float, text: str, cancel: threading.Event = cancel) -> None:
            if share > 0.1:
                cancel.set()

        with pytest.raises(Cancelled):
            engine.run(_package(WriteSql(table="t", path="t.db", mode=mode), name="t.parquet"), "f", stop, cancel)
        assert _rows(data / "t.db", "SELECT * FROM t") == [(7,)]
    with closing(sqlite3.connect(data / "t.db")) as connection:
        connection.execute("CREATE TABLE u (i INTEGER CHECK (i < 150000))")
        connection.commit()
    with pytest.raises(UserError, match="The table u could not be written: CHECK constraint failed"):
        engine.run(_package(WriteSql(table="u", path="t.db", mode="append"), name="t.parquet"), "f")
    assert _rows(data / "t.db", "SELECT count(*) FROM u") == [(0,)]
    with pytest.raises(UserError, match=r"The table t of t\.db has no column n, a b and d"):
        engine.run(_package(WriteSql(table="t", path="t.db", mode="append")), "f")


def test_that_failures_are_sentences_and_leave_no_file(data: Path, engine: Engine) -> None:
    (data / "not.db").write_text("no database" * 100)
    with pytest.raises(UserError, match="damaged"):
        engine.run(_package(WriteSql(table="t", path="not.db")), "f")
    with pytest.raises(EnvironmentError_):
        engine.run(_package(WriteSql(table="t", path="data.csv/x.db")), "f")
    far = WriteSql(table="t", dialect="postgresql", host="127.0.0.1", port=1, user="u", database="d")
    with pytest.raises(EnvironmentError_, match="cannot be reached"):
        engine.run(_package(far), "f")
    assert [p.message for p in engine.problems(_package(WriteSql(table="")), "f")[0]] == [
        "Give the table to write.",
        "Give the file of the SQLite database.",
    ]
