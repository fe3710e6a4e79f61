"""Learned programs on the tests' own Spark."""

from collections.abc import Callable, Sequence

import ibis
import pytest

from tests.conftest import Requirement
from tests.spark import need_spark, session
from workbench.byexample.native import to_ibis
from workbench.byexample.tree.nodes import Node

Rows = Sequence[tuple[str | None, ...]]
Difference = tuple[Node, tuple[str | None, ...], str | None]
CompareSpark = Callable[[Sequence[Node], Rows], list[Difference]]


@pytest.fixture
def compare_spark(require: Requirement) -> CompareSpark:
    """Runs programs in one query of Spark: those that differ from the interpreter, with a row and what Spark gives for it."""
    need_spark(require)
    return _compare


def _compare(programs: Sequence[Node], rows: Rows) -> list[Difference]:
    spark = session()
    names = [f"c{number}" for number in range(len(rows[0]))]
    schema = ", ".join(["row bigint", *(f"{name} string" for name in names)])
    spark.createDataFrame([(number, *row) for number, row in enumerate(rows)], schema).createOrReplaceTempView("data")
    table = ibis.table({"row": "int64", **dict.fromkeys(names, "string")}, name="data")
    columns = [table[name] for name in names]
    values = {f"p{number}": to_ibis(program, columns, "pyspark") for number, program in enumerate(programs)}
    found = spark.sql(str(ibis.to_sql(table.select("row", **values), dialect="pyspark", pretty=False))).collect()
    return [
        (program, rows[line["row"]], line[f"p{number}"])
        for number, program in enumerate(programs)
        for line in found
        if program.run(rows[line["row"]]) != line[f"p{number}"]
    ]
