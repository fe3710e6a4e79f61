"""Every step on DuckDB and on Spark: the same rows in the same order, the same types, the same errors."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.conftest import Requirement
from tests.dataprep.cases import Case, all_cases
from tests.dataprep.drawing import tables
from tests.spark import need_spark, session, spark_is_there
from workbench.dataprep.columns import column_of
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.spark import SparkEngine
from workbench.dataprep.steps import STEPS

CASES = all_cases()


@pytest.fixture(scope="module", autouse=True)
def _spark() -> None:
    """Starts Spark before the first test looks at the threads that run."""
    if spark_is_there():
        session()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parity")
    (folder / "workbench.toml").write_text('name = "parity"\n')
    return folder


@pytest.fixture(scope="module")
def engine(place: Path) -> Iterator[Engine]:
    with Engine(place, place / "cache") as made:
        yield made


def package_of(case: Case, table: pa.Table, folder: Path) -> Package:
    """The case as a package over Parquet files in the folder."""
    pq.write_table(table, folder / "case.parquet")
    for name, other in case.others.items():
        pq.write_table(other, folder / name)
    return Package(flows=(Dataflow(id="f", name="flow", source=FileRef(path="case.parquet"), steps=(*case.before, case.step)),))


def compare(case: Case, table: pa.Table, engine: Engine, folder: Path) -> None:
    """Runs the step on both engines. Raises AssertionError with the first difference."""
    package = package_of(case, table, folder)
    with engine.view(package, "f") as view:
        expected = view.arrow(with_errors=True)
        schema = view.columns
    with SparkEngine(session(), folder) as spark:
        rows = spark.table(package, "f")
        declared = rows.schema()
        found = spark.computed(rows).toArrow()
    assert [(c.name, c.type) for c in schema] == [
        (name, column_of(name, kind).type) for name, kind in declared.items() if not name.startswith("__")
    ]
    empty = [name for name in found.column_names if name.startswith("__error__") and found[name].null_count == found.num_rows]
    found = found.drop_columns(empty)
    assert sorted(found.column_names) == sorted(expected.column_names)
    assert found.num_rows == expected.num_rows
    for name in expected.column_names:
        ours, theirs = map(_plain, expected[name].to_pylist()), map(_plain, found[name].to_pylist())
        for row, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            assert _same(one, other), f"{name}, row {row}: DuckDB {one!r}, Spark {other!r}"


def _plain(value: Any) -> Any:
    if hasattr(value, "tzinfo") and hasattr(value, "year"):
        return value.replace(tzinfo=None)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_that_a_step_gives_the_same_on_both_engines(case: Case, engine: Engine, place: Path, require: Requirement) -> None:
    need_spark(require)
    if not case.drawn:
        compare(case, case.table, engine, place)
        return

    @settings(
        max_examples=1, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(tables(case.table.schema))
    def with_drawn_rows(drawn: pa.Table) -> None:
        compare(case, pa.concat_tables([case.table, drawn]), engine, place)

    with_drawn_rows()


def test_that_every_step_has_a_case() -> None:
    assert set(STEPS) == {case.step.op for case in CASES}
