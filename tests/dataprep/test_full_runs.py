"""Full runs, and what the engine keeps: the same result by one query as over tables, and nothing computed twice."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.sources import DataSource, Sample
from workbench.dataprep.steps import (
    Condition,
    Derive,
    Expression,
    Filter,
    Join,
    JoinKey,
    Keep,
    Measure,
    Rename,
    Sort,
    SortKey,
    StepBase,
    Summarize,
    WriteParquet,
)

OUT = WriteParquet(path="out.parquet")
WINDOW = Derive.learn("hour", ("time",), [(("515",), "5AM-6AM"), (("1905",), "7PM-8PM")], [(("30"),), ("1200",)])
FLOWS: dict[str, tuple[StepBase, ...]] = {
    "only filtered": (Filter(conditions=(Condition(column="n", operator="greater", value="100"),)), Keep(columns=("n", "k"))),
    "derived, then sorted": (WINDOW, Sort(keys=(SortKey(column="k"),))),
    "derived in the order of the file": (WINDOW, Keep(columns=("hour", "n"))),
    "joined and summarized": (
        WINDOW,
        Join(source="b.csv", keys=(JoinKey(left="k", right="k"),), how="left"),
        Expression(column="both", sql="n + w"),
        Summarize(by=("hour", "k"), measures=(Measure(column="both", aggregate="sum"), Measure(aggregate="count"))),
    ),
}


@pytest.fixture
def data(project: Path) -> Path:
    """A file of 30,000 rows, and a small one."""
    rows = "\n".join(f"{n},{'abcde'[n % 5]},{(n * 7) % 24 * 100 + n % 60}" for n in range(30_000))
    (project / "a.csv").write_text(f"n,k,time\n{rows}\n")
    (project / "b.csv").write_text("k,w\na,1\nb,2\na,3\n")
    DataSource.create(project / "a.csv", project).save(project / "a.wbsource")
    return project


@pytest.mark.parametrize("name", FLOWS)
def test_that_one_query_gives_what_the_tables_give(data: Path, engine: Engine, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=(*FLOWS[name], OUT))
    package = Package(flows=(flow,))
    expected = engine.to_arrow(package, "f")
    monkeypatch.setattr(Engine, "_materialise_source", _refuse(Engine._materialise_source, "a"))
    report = engine.run(package, "f")
    found = pq.read_table(data / "out.parquet")
    assert found.to_pylist() == expected.to_pylist()
    assert {source.path: source.rows for source in report.sources}["a.csv"] == 30_000
    assert report.rows == expected.num_rows


def _refuse(real: Callable[..., object], name: str) -> Callable[..., object]:
    """A table of the whole source must not be made."""

    def load(self: Engine, plan: object, reader: object) -> object:
        assert getattr(reader, "name", "") != name
        return real(self, plan, reader)

    return load


def test_that_a_value_that_does_not_fit_is_met_on_the_way_and_becomes_an_error(data: Path, engine: Engine) -> None:
    with (data / "a.csv").open("a") as file:
        file.write("many,a,10\n")
    flow = Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=(Keep(columns=("n",)), OUT))
    report = engine.run(Package(flows=(flow,)), "f")
    assert report.notes[0].message == "1 value of n in a.csv is no whole number and became an error."
    assert pq.read_table(data / "out.parquet")["n"].to_pylist()[-2:] == [29_999, None]


def test_that_editing_the_last_of_twenty_steps_computes_one(data: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[StepBase] = [Expression(column=f"c{number}", sql=f"n + {number}") for number in range(19)]
    done: list[tuple[int, int]] = []
    real = Engine._compute

    def compute(self: Engine, plan: object, node: object, start: int, last: int, table: object) -> object:
        done.append((start, last))
        return real(self, plan, node, start, last, table)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "_compute", compute)
    for number in range(3):
        last = Expression(column="last", sql=f"n * {number}")
        flow = Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=(*steps, last))
        engine.view(Package(flows=(flow,)), "f").close()
    assert done == [(-1, 19), (-1, 18), (18, 19), (18, 19)]


def test_that_an_expensive_step_is_kept_while_later_ones_are_edited(data: Path, engine: Engine) -> None:
    sort = Sort(keys=(SortKey(column="k"),))
    for number in range(2):
        steps = (sort, Expression(column="x", sql=f"n + {number}"), Keep(columns=("x",)))
        engine.view(Package(flows=(Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=steps),)), "f").close()
    package = Package(flows=(Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=(sort,)),))
    plan, node = engine._plan(package, "f")
    assert engine._tables.get(plan.key(node, 0)) is not None


def test_that_a_flow_of_two_hundred_steps_runs(data: Path, engine: Engine) -> None:
    steps = tuple(Expression(column="n", sql="n + 1") for _ in range(200))
    flow = Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=(*steps, OUT))
    engine.run(Package(flows=(flow,)), "f")
    assert pq.read_table(data / "out.parquet")["n"][0].as_py() == 200


def test_that_a_flow_can_start_from_a_flow_of_another_package(data: Path, engine: Engine) -> None:
    (data / "other").mkdir()
    raw = Dataflow(id="raw", name="raw", source=FileRef(path="a.wbsource"), steps=(Rename(column="n", to="number"),))
    Package(flows=(raw,)).save(data / "raw.wbprep")
    flow = Dataflow(name="f", source=FlowRef(flow="raw", package="../raw.wbprep"), steps=(Keep(columns=("number",)),))
    package = Package(flows=(flow,)).save(data / "other" / "p.wbprep")
    with engine.view(Package.load(data / "other" / "p.wbprep"), "f") as view:
        assert (view.row_count, [column.name for column in view.columns]) == (30_000, ["number"])
    assert package.flow("f").references() == []


def test_that_a_circle_through_two_packages_is_named(data: Path, engine: Engine) -> None:
    one = Dataflow(id="1", name="one", source=FlowRef(flow="2", package="b.wbprep"))
    Package(flows=(one,)).save(data / "a.wbprep")
    two = Dataflow(id="2", name="two", source=FlowRef(flow="1", package="a.wbprep"))
    Package(flows=(two,)).save(data / "b.wbprep")
    with pytest.raises(UserError, match="in a circle: one → two → one"):
        engine.view(Package.load(data / "a.wbprep"), "one")


def test_that_inputs_stand_in_for_sources(data: Path, tmp_path: Path) -> None:
    flow = Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=(WINDOW, Keep(columns=("hour",))))
    (tmp_path / "c.csv").write_text("n,k,time\n1,a,1400\n")
    frame = pa.table({"k": ["a"], "time": [515], "n": [1]})
    for stand_in in (str(tmp_path / "c.csv"), frame, frame.to_pandas()):
        with Engine(data, tmp_path / "cache", inputs={"a.wbsource": stand_in}) as engine:
            assert engine.to_arrow(Package(flows=(flow,)), "f").num_rows == 1


def test_that_views_work_on_the_active_sample_and_full_runs_on_all_rows(data: Path, engine: Engine) -> None:
    source = DataSource.load(data / "a.wbsource")
    some = Sample(name="some", kind="random", count=500, seed=3)
    source.model_copy(update={"samples": (some,), "active_sample": "some"}).save(data / "a.wbsource")
    flow = Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=(Keep(columns=("n",)), OUT))
    package = Package(flows=(flow,))
    with engine.view(package, "f") as view:
        assert (view.row_count, view.is_sample) == (500, True)
    with engine.view(package, "f", sample=Sample(kind="full")) as view:
        assert view.row_count == 30_000
    assert engine.run(package, "f").rows == 30_000


def test_that_a_memory_limit_is_kept_by_spilling(data: Path, tmp_path: Path) -> None:
    flow = Dataflow(name="f", source=FileRef(path="a.wbsource"), steps=(Sort(keys=(SortKey(column="k"),)),))
    with Engine(data, tmp_path / "cache", memory_limit="200MB", threads=1) as engine:
        assert engine.to_arrow(Package(flows=(flow,)), "f").num_rows == 30_000
        assert engine._store.one("SELECT current_setting('memory_limit'), current_setting('threads')") == ("95.3 MiB", 1)
    assert not list((tmp_path / "cache").rglob("*.spill"))


def test_that_an_amount_of_memory_that_is_none_is_said(data: Path, tmp_path: Path) -> None:
    flow = Dataflow(name="f", source=FileRef(path="a.wbsource"))
    with Engine(data, tmp_path / "cache", memory_limit="much") as engine, pytest.raises(UserError, match="'much' is no amount"):
        engine.to_arrow(Package(flows=(flow,)), "f")
