"""The PySpark snippet adds the column that the program gives, in a real Spark."""

import atexit
import shutil
import sys
import warnings
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.byexample.trees import Cells, programs
from tests.conftest import Requirement
from workbench.byexample.printing.pyspark_code import to_pyspark
from workbench.byexample.tree.nodes import Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.numbers import Arithmetic, FormatNumber, Number
from workbench.byexample.tree.texts import Case, Part, Replace

pytestmark = pytest.mark.keeps_threads  # Spark's gateway lives as long as the process
NAMES = ("Full `Name`", "v0.a", "SELECT")
ROWS: list[Cells] = [
    ("Ada Lovelace", "2031-01-07", "12.5"),
    ("Grace Hopper", "7", None),
    ("", None, "é"),
    (None, "2024-02-29", "12"),
]


@cache
def _session() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        builder = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.pyspark.python", sys.executable)
        )
        builder = builder.config("spark.sql.codegen.wholeStage", "false").config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        session = builder.config("spark.sql.shuffle.partitions", "1").config("spark.log.level", "OFF").getOrCreate()
    atexit.register(session.stop)
    return session


@pytest.fixture
def spark(require: Requirement) -> Any:
    """A Spark of this process."""
    available = find_spec("pyspark") is not None and shutil.which("java") is not None
    require("spark", available=available, reason="Spark needs pyspark (`uv sync`) and Java")
    return _session()


def in_spark(spark: Any, root: Node, rows: list[Cells], output: str = "the `new` one") -> list[str | None]:
    """The column that the snippet adds."""
    quoted = ", ".join(f"`{name.replace('`', '``')}` string" for name in NAMES)
    scope: dict[str, Any] = {
        "df": spark.createDataFrame([(*row, number) for number, row in enumerate(rows)], f"{quoted}, position int")
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(to_pyspark(root, NAMES, output), "snippet.py", "exec"), scope)
        return [row[output] for row in sorted(scope["df"].collect(), key=lambda row: row["position"])]


@pytest.mark.parametrize(
    "root",
    [
        Concat((Case(Part(Column(0), " ", -1), "lower"), Constant(", \\ \"'{"), Part(Column(0), " ", 0))),
        FormatNumber(Arithmetic(Number(Column(2)), "/", Number(Part(Column(1), "-", -1))), 2, 2),
        FirstOf((Replace(Column(2), "", "-"), Constant("none"))),
    ],
)
def test_that_typical_programs_run_in_spark(spark: Any, root: Node) -> None:
    assert in_spark(spark, root, ROWS) == [root.run(row) for row in ROWS]


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(case=programs(depth=1))
def test_that_spark_gives_what_the_program_gives(spark: Any, case: tuple[Node, list[Cells]]) -> None:
    root, rows = case
    assert in_spark(spark, root, rows) == [root.run(row) for row in rows], to_pyspark(root, NAMES)
