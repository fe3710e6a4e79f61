"""Sources of every kind as the beginning of a flow, in the engine."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.sources import DataSource, Sample, auto_read_file
from workbench.dataprep.steps import Expression, WriteParquet

ROWS: list[dict[str, Any]] = [{"n": number, "s": f"ä{number}"} for number in range(50)]
TEXT = "n,s\n" + "".join(f"{row['n']},{row['s']}\n" for row in ROWS)


def excel(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["n", "s"], *(list(row.values()) for row in ROWS)):
        book.active.append(row)
    book.save(path)


def folder(path: Path) -> None:
    path.mkdir()
    lines = TEXT.splitlines()
    (path / "p2.csv").write_text("\n".join([lines[0], *lines[26:]]) + "\n")
    (path / "p1.csv").write_text("\n".join(lines[:26]) + "\n")


def database(path: Path) -> None:
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (n INTEGER, s TEXT)")
        connection.executemany("INSERT INTO t VALUES (:n, :s)", ROWS)
        connection.commit()


SOURCES: dict[str, Callable[[Path], object]] = {
    "a.json": lambda path: path.write_text(json.dumps(ROWS)),
    "a.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, ROWS))),
    "a.parquet": lambda path: pq.write_table(pa.Table.from_pylist(ROWS), path),
    "a.feather": lambda path: feather.write_feather(pa.Table.from_pylist(ROWS), str(path)),
    "a.xlsx": excel,
    "a.csv.gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode())),
    "a.db": database,
    "folder": folder,
    "a.py": lambda path: path.write_text("import pandas as pd\ndf = pd.DataFrame([{'n': n, 's': f'ä{n}'} for n in range(50)])\n"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_that_a_flow_runs_on_it_in_order_and_in_full(project: Path, engine: Engine, name: str) -> None:
    SOURCES[name](project / name)
    auto_read_file(project / name, project).save(project / "a.wbsource")
    steps = (Expression(column="twice", sql="n * 2"), WriteParquet(path="out.parquet"))
    package = Package(flows=(Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=steps),))
    with engine.view(package, "f", sample_rows=10) as view:
        assert view.arrow().to_pylist() == [{**row, "twice": 2 * row["n"]} for row in ROWS[:10]]
    report = engine.run(package, "f")
    assert (report.rows, pq.read_table(project / "out.parquet").to_pylist()) == (
        50,
        [{**row, "twice": 2 * row["n"]} for row in ROWS],
    )


def test_that_error_cells_of_a_source_stay_errors_in_the_flow(project: Path, engine: Engine) -> None:
    (project / "a.jsonl").write_text('{"n":1}\n{"n":"x"}\nbroken\n')
    source = DataSource.create(project / "a.jsonl", project)
    source.model_copy(update={"spec": source.spec.with_column("n", "integer")}).save(project / "a.wbsource")
    step = Expression(column="twice", sql="n * 2")
    package = Package(flows=(Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=(step,)),))
    with engine.view(package, "f") as view:
        assert view.arrow().to_pylist() == [{"n": 1, "twice": 2}, {"n": None, "twice": None}, {"n": None, "twice": None}]
        assert any("2 values of n in a.jsonl are errors" in note.message for note in view.notes)


def test_that_no_write_step_replaces_a_file_of_a_folder_that_is_read(project: Path, engine: Engine) -> None:
    folder(project / "folder")
    steps = (WriteParquet(path="folder/p1.csv"),)
    package = Package(flows=(Dataflow(name="f", source=FileRef(path="folder"), steps=steps),))
    with pytest.raises(UserError, match=r"would overwrite p1\.csv"):
        engine.run(package, "f")
    assert (project / "folder" / "p1.csv").read_text().startswith("n,s\n0,ä0\n")


def test_that_samples_are_read_from_every_kind(project: Path, engine: Engine) -> None:
    for name, write in SOURCES.items():
        write(project / name)
        package = Package(flows=(Dataflow(name="f", source=FileRef(path=name)),))
        with engine.view(package, "f", sample=Sample(kind="random", count=7, seed=5)) as view:
            drawn = [row["n"] for row in view.arrow().to_pylist()]
        assert drawn == sorted(drawn)
        assert len(drawn) == 7
