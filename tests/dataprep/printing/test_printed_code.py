"""Every step as code in every language: it runs where Workbench cannot be imported, and gives what the engine gives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from tests.conftest import Requirement
from tests.dataprep.cases import Case, all_cases
from tests.dataprep.printing.languages import unequal
from tests.dataprep.printing.running import nan_missing, package_of
from tests.spark import need_spark, session, spark_is_there
from workbench.base.errors import UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Package
from workbench.dataprep.printing import Language, print_walked
from workbench.dataprep.printing.walking import Walked, walk

_PYTHON = "runs Python for some or all of its settings, which a query cannot"
CANNOT: dict[tuple[str, Language], str] = {
    (op, "sql"): _PYTHON
    for op in (
        "expand_json", "fuzzy_join", "parse_json", "script_column", "script_filter", "script_frame", "script_partition",
        "script_write", "split_by_example",
    )
} | {
    ("assert_value", language): "an SQL expression is for a database" for language in ("pandas", "polars")
} | {
    (op, "sql"): "DuckDB's COPY does not write it, or not with these options"
    for op in ("write_arrow", "write_csv", "write_excel", "write_json_lines", "write_sql")
}  # fmt: skip
"""What a language cannot say, and why: `print_flow` says it in a sentence."""

CASES = all_cases()


@pytest.fixture(scope="module", autouse=True)
def _spark() -> None:
    """Starts Spark before the first test looks at the threads that run."""
    if spark_is_there():
        session()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("printed")
    (folder / "workbench.toml").write_text('name = "printed"\n')
    return folder


@pytest.fixture(scope="module")
def engine(place: Path) -> Iterator[Engine]:
    with Engine(place, place / "cache") as made:
        yield made


@cache
def _folder(place: Path, number: int, nan: bool) -> tuple[Path, Package]:
    folder = place / f"case_{number}{'' if nan else '_without_nan'}"
    return folder, package_of(CASES[number], folder, nan=nan)


@cache
def _walked(place: Path, number: int, nan: bool) -> Walked:
    folder, package = _folder(place, number, nan)
    return walk(package, None, folder)


@cache
def _expected(engine: Engine, place: Path, number: int, nan: bool) -> pa.Table:
    _, package = _folder(place, number, nan)
    return engine.to_arrow(package, "prepared")


def _check(number: int, language: Language, engine: Engine, place: Path, spark: object = None) -> None:
    case = CASES[number]
    nan = language != "pandas" or not _has_nan(case)
    folder, _ = _folder(place, number, nan)
    try:
        code = print_walked(_walked(place, number, nan), language)
    except UserError as error:
        assert (case.step.op, language) in CANNOT, error.message  # noqa: PT017 (the sentence is what matters)
        return
    before = set(folder.iterdir())
    try:
        assert unequal(language, code, _expected(engine, place, number, nan), spark) == [], code
    finally:
        for made in set(folder.iterdir()) - before:  # what a step has written
            shutil.rmtree(made) if made.is_dir() else made.unlink()


def _refused(number: int, language: Language, place: Path) -> bool:
    try:
        print_walked(_walked(place, number, True), language)
    except UserError:
        return True
    return False


@pytest.mark.parametrize(("op", "language"), CANNOT)
def test_that_what_a_language_is_known_not_to_say_is_refused(op: str, language: Language, place: Path) -> None:
    assert any(_refused(number, language, place) for number, case in enumerate(CASES) if case.step.op == op)


def _has_nan(case: Case) -> bool:
    return any(not nan_missing(table).equals(table) for table in (case.table, *case.others.values()))


def _name(case: Case) -> str:
    return f"{case.step.op}: {case.name}"


@pytest.mark.parametrize("language", ["pandas", "polars", "sql", "ibis"])
@pytest.mark.parametrize("number", range(len(CASES)), ids=[_name(case) for case in CASES])
def test_that_printed_code_gives_what_the_engine_gives(number: int, language: Language, engine: Engine, place: Path) -> None:
    _check(number, language, engine, place)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[_name(case) for case in CASES])
def test_that_printed_pyspark_gives_what_the_engine_gives(number: int, engine: Engine, place: Path, require: Requirement) -> None:
    need_spark(require)
    _check(number, "pyspark", engine, place, session())
