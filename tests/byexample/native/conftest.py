"""A Spark of the tests' own."""

import atexit
import shutil
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

import ibis
import pytest

from tests.conftest import Requirement
from workbench.byexample.native import to_ibis
from workbench.byexample.tree.nodes import Node

Rows = Sequence[tuple[str | None, ...]]
Difference = tuple[Node, tuple[str | None, ...], str | None]
CompareSpark = Callable[[Sequence[Node], Rows], list[Difference]]


@cache
def _session() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        builder = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.subexpressionElimination.enabled", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        )
        session = builder.config("spark.sql.shuffle.partitions", "1").config("spark.log.level", "OFF").getOrCreate()
    atexit.register(session.stop)
    return session


@pytest.fixture
def compare_spark(require: Requirement) -> CompareSpark:
    """Runs programs in one query of Spark: those that differ from the interpreter, with a row and what Spark gives for it."""
    available = find_spec("pyspark") is not None and shutil.which("java") is not None
    require("spark", available=available, reason="Spark needs pyspark (`uv sync`) and Java")
    return _compare


def _compare(programs: Sequence[Node], rows: Rows) -> list[Difference]:
    session = _session()
    names = [f"c{number}" for number in range(len(rows[0]))]
    schema = ", ".join(["row bigint", *(f"{name} string" for name in names)])
    session.createDataFrame([(number, *row) for number, row in enumerate(rows)], schema).createOrReplaceTempView("data")
    table = ibis.table({"row": "int64", **dict.fromkeys(names, "string")}, name="data")
    columns = [table[name] for name in names]
    values = {f"p{number}": to_ibis(program, columns, "pyspark") for number, program in enumerate(programs)}
    found = session.sql(str(ibis.to_sql(table.select("row", **values), dialect="pyspark", pretty=False))).collect()
    return [
        (program, rows[line["row"]], line[f"p{number}"])
        for number, program in enumerate(programs)
        for line in found
        if program.run(rows[line["row"]]) != line[f"p{number}"]
    ]
