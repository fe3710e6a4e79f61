"""Steps on rows and for models after steps that made errors and gaps: the same on both engines."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import Requirement
from tests.spark import need_spark, session, spark_is_there
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.spark import SparkEngine
from workbench.dataprep.steps import (
    Bin,
    Convert,
    FilterExpression,
    FirstRowAsHeaders,
    Impute,
    ImputeColumn,
    ImputeValue,
    LabelEncode,
    OneHot,
    Quantiles,
    QuantileTransform,
    RandomSplit,
    RemoveDuplicates,
    RemoveEmptyRows,
    RemoveMissing,
    RowRange,
    Sample,
    Skip,
    Sort,
    SortKey,
    StepBase,
    StratifiedSample,
    Stratum,
    TrainTestSplit,
)

TABLE = pa.table(
    {
        "s": ["1", "x", None, "30", "x", "y", "1", "nan", "2.5", "", "7", "-3"],
        "g": ["a", "b", "a", None, "b", "b", "a", "a", "c", "a", None, "b"],
        "n": list(range(12)),
    }
)
ERRORS = Convert(columns=("s",), to="decimal")
GAPS = FilterExpression(sql="n % 4 <> 1")
AFTER_ERRORS: dict[str, StepBase] = {
    "condition on errors": FilterExpression(sql="s IS NULL OR s > 1"),
    "no errors": RemoveMissing(what="errors"),
    "no missing values": RemoveMissing(),
    "neither": RemoveMissing(columns=("s", "g"), what="both", action="keep"),
    "no empty rows": RemoveEmptyRows(),
    "duplicates": RemoveDuplicates(columns=("s",)),
    "greatest": RemoveDuplicates(columns=("g",), keep="greatest", by="s"),
    "sorted": Sort(keys=(SortKey(column="s", descending=True), SortKey(column="g"))),
    "strata of errors": StratifiedSample(by=("s",), fraction=0.5, seed=3),
    "listed strata": StratifiedSample(by=("s",), strata=(Stratum(values=("1",), fraction=1), Stratum(values=(None,), fraction=1))),
    "one-hot": OneHot(column="s", categories=("1", "30")),
    "labels": LabelEncode(column="s", labels=("1", "30")),
    "minus one": LabelEncode(column="s", labels=("1", "30"), unknown="minus_one", into="s"),
    "quantiles": QuantileTransform(columns=("s",), output="normal", quantiles=(Quantiles(column="s", values=(-3, 1, 7, 30)),)),
    "bins": Bin(column="s", edges=(0, 2, 8), outside="error"),
    "filled": Impute(columns=(ImputeColumn(column="s"),), values=(ImputeValue(column="s", value="2.5"),), indicator=True),
    "filled by errors": Impute(
        columns=(ImputeColumn(column="g", method="mode"),),
        by=("s",),
        values=(ImputeValue(column="g", value="?"), ImputeValue(column="g", group=(None,), value="!")),
    ),
    "headers": FirstRowAsHeaders(names=("eins", "zwei", "drei")),
    "strata in parts": TrainTestSplit(stratify=("s",)),
}
AFTER_GAPS: dict[str, StepBase] = {
    "skip": Skip(count=2),
    "range": RowRange(first=2, last=4, action="remove"),
    "sample": Sample(fraction=0.5, seed=9),
    "count": Sample(count=3, seed=9),
    "part": RandomSplit(seed=9),
    "parts": TrainTestSplit(seed=9),
    "groups": TrainTestSplit(by=("g",), seed=9),
}
FLOWS: dict[str, tuple[StepBase, ...]] = {
    **{name: (ERRORS, step) for name, step in AFTER_ERRORS.items()},
    **{name: (GAPS, Sort(keys=(SortKey(column="g"),)), step) for name, step in AFTER_GAPS.items()},
}


@pytest.fixture(scope="module", autouse=True)
def _spark() -> None:
    """Starts Spark before the first test looks at the threads that run."""
    if spark_is_there():
        session()


@pytest.mark.parametrize("name", FLOWS)
def test_that_errors_and_gaps_are_the_same_on_both_engines(name: str, project: Path, engine: Engine, require: Requirement) -> None:
    need_spark(require)
    pq.write_table(TABLE, project / "data.parquet")
    package = Package(flows=(Dataflow(id="f", name="flow", source=FileRef(path="data.parquet"), steps=FLOWS[name]),))
    with engine.view(package, "f") as view:
        expected = view.arrow(with_errors=True).to_pydict()
    with SparkEngine(session(), project) as spark:
        found = spark.with_errors(package, "f").toArrow().to_pydict()
    held = {column: values for column, values in found.items() if not column.startswith("__") or any(values)}
    assert held.keys() == expected.keys()
    for column, values in expected.items():
        assert held[column] == pytest.approx(values) if _numeric(values) else held[column] == values, column


def _numeric(values: list[object]) -> bool:
    return any(isinstance(value, float) for value in values)
