"""SQL scalars of the user: safe, typed, with error cells, and the same on Spark."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import Requirement
from tests.dataprep.cases.creating import VALUES
from tests.dataprep.expressions import IN_BATCHES, NATIVE
from tests.dataprep.test_parity import _plain, _same
from tests.spark import need_spark, session
from workbench.dataprep.columns import ColumnInfo, column_of
from workbench.dataprep.engine import Engine
from workbench.dataprep.expressions.allowed import refusal, tells_time
from workbench.dataprep.expressions.on_spark import why_not
from workbench.dataprep.expressions.typed import can_fail
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.scalars import scalar_problem, scalar_type
from workbench.dataprep.spark import SparkEngine
from workbench.dataprep.steps import Expression

Run = Callable[..., list[tuple[str | None, ...]]]


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("read_text('/etc/passwd')", "read_text cannot be used here"),
        ("getenv('HOME')", "getenv cannot be used here"),
        ("query('select 1')", "query cannot be used here"),
        ("current_setting('memory_limit')", "current_setting cannot be used here"),
        ("pg_sleep(9)", "pg_sleep cannot be used here"),
        ("main.upper(a)", "upper cannot be used here"),
        ("nextval('s')", "nextval cannot be used here"),
        ("json_serialize_sql('select 1')", "cannot be used here"),
        ("list_transform([1], lambda x: getenv('HOME'))", "getenv cannot be used here"),
        ("random() < 0.5", "other values on each run"),
        ("uper(a)", "no function uper. Did you mean upper"),
        ("(select 1)", "queries do not belong here"),
        ("a in (select 1)", "queries do not belong here"),
        ("exists(select 1)", "queries do not belong here"),
        ("columns('a')", "queries do not belong here"),
        ("*", "queries do not belong here"),
        ("$1", "queries do not belong here"),
        ("sum(a)", "many rows"),
        ("count(*)", "many rows"),
        ("row_number() over ()", "other rows"),
    ],
)
def test_that_what_looks_outside_of_the_row_is_refused(sql: str, sentence: str) -> None:
    assert sentence in refusal(sql)


@pytest.mark.parametrize("sql", ["user", "current_user", "session_user"])
def test_that_words_of_the_session_are_only_columns(sql: str) -> None:
    assert scalar_problem((ColumnInfo("a", "string"),), sql)
    assert scalar_problem((ColumnInfo(sql, "string"),), f'"{sql}"') == ""


def test_that_the_time_of_the_run_is_told() -> None:
    assert all(tells_time(sql) for sql in ("now()", "current_date", "today() - d", "current_timestamp"))
    assert not any(tells_time(sql) for sql in ("d", "date '2020-01-01'", "upper(a)"))


def _schema() -> tuple[ColumnInfo, ...]:
    import ibis

    return tuple(column_of(name, kind) for name, kind in ibis.memtable(VALUES).schema().items())


@pytest.mark.parametrize("sql", NATIVE)
def test_that_an_expression_has_a_form_on_spark(sql: str) -> None:
    assert scalar_problem(_schema(), sql) == ""
    assert why_not(_schema(), sql) == ""


@pytest.mark.parametrize("sql", IN_BATCHES)
def test_that_it_is_said_where_spark_needs_duckdb(sql: str) -> None:
    assert scalar_problem(_schema(), sql) == ""
    (problem,) = Expression(column="n", sql=sql).limits(_schema(), "pyspark")
    assert problem.severity == "info"
    assert Expression(column="n", sql=sql).limits(_schema(), "duckdb") == []


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("i * 1.5", "float64"),
        ("i // j", "int64"),
        ("i / j", "float64"),
        ("d + 1", "date"),
        ("sign(x)", "int64"),
        ("i > 0", "boolean"),
    ],
)
def test_that_results_are_typed(sql: str, kind: str) -> None:
    assert scalar_type(_schema(), sql) == kind


@pytest.mark.parametrize(("sql", "can"), [("x + y", False), ("upper(s)", False), ("i + 1", True), ("cast(s as integer)", True)])
def test_that_only_what_can_fail_is_tried(sql: str, can: bool) -> None:
    assert can_fail(_schema(), sql) is can


def test_that_a_value_that_cannot_be_computed_is_an_error_cell(project: Path, engine: Engine) -> None:
    (project / "data.csv").write_text("s,n\n1,2\nx,0\n,1\n")
    steps = (
        Expression(column="m", sql="cast(s as integer)"),
        Expression(column="k", sql="m + 1"),
        Expression(column="n", sql="8 // n"),
    )
    flow = Dataflow(name="data", source=FileRef(path="data.csv"), steps=steps)
    with engine.view(Package(flows=(flow,)), "data") as view:
        table = view.arrow(with_errors=True)
    assert table["m"].to_pylist() == [1, None, None]
    assert table["__error__m"].to_pylist() == [None, "cannot be computed\x1fx", None]
    assert table["k"].to_pylist() == [2, None, None]
    assert table["__error__k"].to_pylist() == [None, "cannot be computed\x1fx", None]
    assert table["n"].to_pylist() == [4, None, 8]
    assert table["__error__n"].to_pylist() == [None, "cannot be computed\x1f0", None]


def test_that_a_column_is_replaced_whatever_the_case_of_its_name(run_steps: Run) -> None:
    assert run_steps("a,b\n1,x\n", Expression(column="A", sql="b || '!'")) == [("x!", "x")]


@pytest.mark.keeps_threads
def test_that_all_expressions_give_the_same_on_spark(project: Path, engine: Engine, require: Requirement) -> None:
    need_spark(require)
    pq.write_table(VALUES, project / "values.parquet")
    every = [*NATIVE, *IN_BATCHES]
    with SparkEngine(session(), project) as spark:
        for start in range(0, len(every), 12):
            steps = tuple(Expression(column=f"e{number}", sql=sql) for number, sql in enumerate(every[start : start + 12]))
            package = Package(flows=(Dataflow(id="f", name="f", source=FileRef(path="values.parquet"), steps=steps),))
            with engine.view(package, "f") as view:
                expected = view.arrow(with_errors=True)
            found = spark.with_errors(package, "f").toArrow()
            for step in steps:
                for name in (step.column, f"__error__{step.column}"):
                    ours, theirs = (
                        table[name].to_pylist() if name in table.column_names else [None] * VALUES.num_rows
                        for table in (expected, found)
                    )
                    for one, other in zip(map(_plain, ours), map(_plain, theirs), strict=True):
                        assert _same(one, other), f"{step.sql}: DuckDB {ours}, Spark {theirs}"
