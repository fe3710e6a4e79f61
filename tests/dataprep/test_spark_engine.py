"""Whole flows on Spark beside DuckDB: sources read by Spark itself, joins of flows, errors, notes, samples."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import Requirement
from tests.spark import need_spark, session, spark_is_there
from workbench.base.errors import UserError
from workbench.dataprep.columns import ROW
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.sources import DataSource
from workbench.dataprep.spark import SparkEngine
from workbench.dataprep.spark.sql import to_sql
from workbench.dataprep.steps import (
    Condition,
    Convert,
    Derive,
    Expression,
    Filter,
    Join,
    JoinKey,
    Keep,
    Measure,
    Rename,
    Summarize,
    WriteParquet,
)


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    if spark_is_there():
        session()


@pytest.fixture
def spark(project: Path, require: Requirement) -> Iterator[SparkEngine]:
    need_spark(require)
    with SparkEngine(session(), project) as made:
        yield made


def test_that_a_csv_file_is_read_by_spark_with_the_same_values_and_errors(
    project: Path, engine: Engine, spark: SparkEngine
) -> None:
    rows = [
        "1,2.5,a,2020-01-02,true",
        'x,NA,"b\nc",2021-02-30,no',
        ",1e3, d ,,yes",
        '9007199254740993,-0.0,"say ""hi""",1999-12-31,',
    ]
    (project / "a.csv").write_text("n,d,t,day,yes\n" + "\n".join(["5,1.0,z,2020-01-01,true"] * 30 + rows) + "\n")
    source = DataSource.create(project / "a.csv", project)
    spec = source.spec.with_column("n", "integer").with_column("d", "decimal").with_column("day", "date")
    spec = spec.with_column("yes", "boolean").with_column("t", "string").model_copy(update={"missing": ("", "NA")})
    source.model_copy(update={"spec": spec}).save(project / "a.wbsource")
    package = Package(flows=(Dataflow(name="f", source=FileRef(path="a.wbsource")),))
    with engine.view(package, "f") as view:
        expected = view.arrow(with_errors=True)
    found = spark.with_errors(package, "f").toArrow()
    held = [name for name in found.column_names if found[name].null_count < found.num_rows]
    assert sorted(held) == sorted(expected.column_names)
    for name in expected.column_names:
        assert found[name].to_pylist() == expected[name].to_pylist(), name


def test_that_a_package_of_several_flows_gives_the_same_rows(project: Path, engine: Engine, spark: SparkEngine) -> None:
    (project / "a.csv").write_text("k,time,n\n" + "".join(f"{'abc'[i % 3]},{i % 24 * 100 + 5},{i}\n" for i in range(500)))
    pq.write_table(pa.table({"k": ["a", "b", "d"], "w": ["1", "two", "4"]}), project / "b.parquet")
    window = Derive.learn("hour", ("time",), [(("515",), "5AM-6AM"), (("1905",), "7PM-8PM")], [("5",), ("1205",)])
    small = Dataflow(id="b", name="b", source=FileRef(path="b.parquet"), steps=(Convert(columns=("w",), to="integer"),))
    big = Dataflow(
        id="a",
        name="a",
        source=FileRef(path="a.csv"),
        steps=(
            Filter(conditions=(Condition(column="n", operator="greater", value="7"),)),
            window,
            Join(flow="b", keys=(JoinKey(left="k", right="k"),), how="left"),
            Expression(column="x", sql="n // 3"),
        ),
    )
    end = Dataflow(
        id="e",
        name="e",
        source=FlowRef(flow="a"),
        steps=(
            Summarize(by=("hour", "k"), measures=(Measure(column="x", aggregate="sum"), Measure(aggregate="count"))),
            Rename(column="k", to="key"),
            WriteParquet(path="never.parquet"),
        ),
    )
    package = Package(flows=(small, big, end))
    for flow in ("a", "e"):
        assert spark.frame(package, flow).toArrow().to_pylist() == engine.to_arrow(package, flow).to_pylist()
    assert not (project / "never.parquet").exists()
    assert spark.frame(package, "a", 0).columns == ["k", "time", "n"]
    assert spark.frame(package, "a", -1, sample_rows=10).count() == 10


def test_that_a_step_that_cannot_run_is_named_before_anything_runs(project: Path, spark: SparkEngine) -> None:
    (project / "a.csv").write_text("a,b\n1,2\n")
    flow = Dataflow(name="f", source=FileRef(path="a.csv"), steps=(Keep(columns=("c",)),))
    with pytest.raises(UserError, match=r"Step 1 \(Keep only c\) cannot run on Spark: There is no column c") as raised:
        spark.frame(Package(flows=(flow,)), "f")
    assert raised.value.place == "flow f, step 1"


def test_that_the_session_of_the_user_keeps_its_settings(project: Path, spark: SparkEngine) -> None:
    session().conf.set("spark.sql.session.timeZone", "Europe/Berlin")
    try:
        with SparkEngine(session(), project):
            assert session().conf.get("spark.sql.session.timeZone") == "Europe/Berlin"
    finally:
        session().conf.unset("spark.sql.session.timeZone")


def test_that_a_file_in_many_pieces_keeps_the_order_of_its_rows(project: Path, spark: SparkEngine, engine: Engine) -> None:
    pq.write_table(pa.table({"n": list(range(50_000))}), project / "a.parquet", row_group_size=1000)
    package = Package(flows=(Dataflow(name="f", source=FileRef(path="a.parquet"), steps=(Expression(column="m", sql="n + 1"),)),))
    frame = spark.table(package, "f")
    found = spark._session.sql(to_sql(frame)).toArrow()
    assert found[ROW].to_pylist() == found["n"].to_pylist()


def test_that_a_flow_of_a_hundred_steps_runs(project: Path, spark: SparkEngine) -> None:
    (project / "a.csv").write_text("n\n1\n")
    steps = tuple(Expression(column="n", sql="n + 1") for _ in range(100))
    package = Package(flows=(Dataflow(name="f", source=FileRef(path="a.csv"), steps=steps),))
    assert spark.frame(package, "f").collect()[0][0] == 101
