"""Files that printed programs write hold what the engine writes; what a language cannot write is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from tests.dataprep.printing.running import executed
from workbench.base.errors import UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.printing import Language, print_flow
from workbench.dataprep.steps import Convert, Trim, Write, WriteCsv, WriteParquet

_ROWS = pa.table(
    {
        "n": pa.array([1, -40, None, 9007199254740993], pa.int64()),
        "x, y": [0.5, 1e20, None, -3.0],
        "s": ['a,"b"', "", None, "NA;\nü"],
        "d": [dt.date(2020, 2, 29), None, dt.date(1850, 1, 1), dt.date(2021, 12, 31)],
        "t": pa.array([1582934400000000, 1577881800005000, None, None], pa.timestamp("us")),
        "b": [True, False, None, True],
    }
)
_PYTHON: list[Language] = ["pandas", "polars", "ibis"]


def _written(project: Path, engine: Engine, step: Write, language: Language) -> tuple[Path, Path]:
    """What the engine writes and what the program writes."""
    pq.write_table(_ROWS, project / "rows.parquet")
    flow = Dataflow(name="rows", source=FileRef(path="rows.parquet"), steps=(step,))
    package = Package(flows=(flow,))
    engine.run(package, flow.id)
    wanted = (project / "out").rename(project / "wanted")
    code = print_flow(package, None, language, project)
    if language == "sql":
        import duckdb

        with duckdb.connect() as connection:
            connection.execute(code)
    else:
        scope = executed(code)
        if language == "ibis":
            scope["con"].disconnect()
    return project / "out", wanted


_EASY: list[dict[str, Any]] = [
    {},
    {"delimiter": ";", "missing": "NA", "header": False},
    {"quoting": "all", "compression": "gzip"},
]
_HARD: list[dict[str, Any]] = [
    {"quoting": "nonnumeric", "line_ending": "crlf"},
    {"encoding": "utf-16-le", "missing": "-"},
    {"encoding": "utf-8-sig", "line_ending": "cr"},
    {"compression": "bz2"},
]


@pytest.mark.filterwarnings("ignore:.*arrow_table.*:DeprecationWarning")  # Ibis calls DuckDB by an old name
@pytest.mark.parametrize("language", _PYTHON)
@pytest.mark.parametrize("options", [*_EASY, *_HARD], ids=str)
def test_that_printed_programs_write_the_same_csv(
    project: Path, engine: Engine, language: Language, options: dict[str, Any]
) -> None:
    found, wanted = _written(project, engine, WriteCsv(path="out", **options), language)
    assert _unpacked(found, options) == _unpacked(wanted, options)


@pytest.mark.parametrize("options", _EASY, ids=str)
def test_that_sql_writes_the_same_csv(project: Path, engine: Engine, options: dict[str, Any]) -> None:
    found, wanted = _written(project, engine, WriteCsv(path="out", **options), "sql")
    assert _unpacked(found, options) == _unpacked(wanted, options)


def _unpacked(path: Path, options: dict[str, Any]) -> bytes:
    with pa.input_stream(str(path), compression=options.get("compression")) as stream:
        return bytes(stream.read())


@pytest.mark.parametrize("options", _HARD, ids=str)
def test_that_sql_refuses_a_csv_that_duckdb_does_not_write(project: Path, engine: Engine, options: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="cannot be printed for SQL: DuckDB writes"):
        _written(project, engine, WriteCsv(path="out", **options), "sql")


@pytest.mark.parametrize("language", ["pandas", "polars", "sql"])
def test_that_values_which_must_be_quoted_are_refused_where_nothing_is_quoted(
    project: Path, engine: Engine, language: Language
) -> None:
    pq.write_table(_ROWS, project / "rows.parquet")
    step = WriteCsv(path="out", quoting="none")
    package = Package(flows=(Dataflow(name="rows", source=FileRef(path="rows.parquet"), steps=(step,)),))
    with pytest.raises((UserError, ValueError), match=r"must be quoted: x, y|DuckDB writes"):
        executed(print_flow(package, None, language, project))
    assert not (project / "out").exists()


@pytest.mark.parametrize("language", [*_PYTHON, "sql", "pyspark"])
def test_that_a_program_says_that_error_cells_are_missing_where_they_had_a_text_of_their_own(
    project: Path, language: Language
) -> None:
    pq.write_table(_ROWS, project / "rows.parquet")
    steps = (Trim(columns=("s",)), Convert(columns=("s",), to="integer"))

    def printed(errors: str) -> str:
        step = WriteCsv(path="out", errors=errors)
        flow = Dataflow(name="rows", source=FileRef(path="rows.parquet"), steps=(*steps, step))
        return print_flow(Package(flows=(flow,)), None, language, project)

    remark = "are missing values here, not 'ERROR'"
    assert (remark in printed("ERROR"), remark in printed("")) == (True, False)


@pytest.mark.filterwarnings("ignore:.*arrow_table.*:DeprecationWarning")  # Ibis calls DuckDB by an old name
@pytest.mark.parametrize("language", [*_PYTHON, "sql"])
@pytest.mark.parametrize("compression", ["zstd", "snappy", "gzip", "lz4", "uncompressed"])
def test_that_printed_programs_write_the_same_parquet(project: Path, engine: Engine, language: Language, compression: Any) -> None:
    step = WriteParquet(path="out", compression=compression, clean_names=True)
    found, wanted = (pq.ParquetFile(path) for path in _written(project, engine, step, language))
    with found, wanted:
        assert found.schema_arrow.names == wanted.schema_arrow.names == ["n", "x_ y", "s", "d", "t", "b"]
        assert found.metadata.row_group(0).column(2).compression == wanted.metadata.row_group(0).column(2).compression
        assert found.read().cast(wanted.schema_arrow).equals(wanted.read())
        assert [str(kind).replace("large_", "") for kind in found.schema_arrow.types] == [
            str(kind) for kind in wanted.schema_arrow.types
        ]


@pytest.mark.filterwarnings("ignore:.*arrow_table.*:DeprecationWarning")  # Ibis calls DuckDB by an old name
@pytest.mark.parametrize("language", [*_PYTHON, "sql"])
def test_that_printed_programs_write_the_same_folders_of_parquet(project: Path, engine: Engine, language: Language) -> None:
    found, wanted = _written(project, engine, WriteParquet(path="out", partition_by=("b", "n")), language)
    assert _parts(found) == _parts(wanted)


def _parts(folder: Path) -> dict[str, list[dict[str, Any]]]:
    parts = {path.parent.relative_to(folder).as_posix(): path for path in folder.rglob("*.parquet")}
    return {
        part: ds.dataset(path, format="parquet").to_table(columns=["x, y", "s", "d", "t"]).to_pylist()
        for part, path in parts.items()
    }
