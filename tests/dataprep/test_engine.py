"""The engine on real files: order, cache, cancel, bad input, writing."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import Cancelled, EnvironmentError_, NotFound, UserError
from workbench.base.files import file_digest
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.sources import DataSource
from workbench.dataprep.steps import (
    Condition,
    Convert,
    Derive,
    Example,
    Expression,
    Filter,
    Join,
    JoinKey,
    Keep,
    Remove,
    Rename,
    Sort,
    SortKey,
    StepBase,
    WriteCsv,
    WriteParquet,
)


def package(source: str, *steps: StepBase) -> Package:
    return Package(flows=(Dataflow(id="f", name="flow", source=FileRef(path=source), steps=steps),))


def test_that_ragged_lines_are_kept_counted_and_named(project: Path, engine: Engine) -> None:
    lines = ["a,b,c", *(f"{i},x,{i}" for i in range(50)), "99,y", "100,y,1,2,3", "101,z,7"]
    (project / "r.csv").write_text("\n".join(lines) + "\n")
    with engine.view(package("r.csv"), "f") as view:
        assert view.row_count == 53
        assert view.window(50, 3).columns == (("99", "100", "101"), ("y", "y", "z"), (None, None, "7"))
        (note,) = view.notes
    assert "2 lines of r.csv have too few or too many fields for 3 columns (line 52 and 53)" in note.message


def test_that_values_that_do_not_fit_their_type_are_counted(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("n,s\n1,x\n2,y\n")
    DataSource.create(project / "a.csv", project).save(project / "a.wbsource")
    (project / "a.csv").write_text("n,s\n1,x\nmany,y\n3.5,z\n")
    with engine.view(package("a.wbsource"), "f") as view:
        assert view.window(0, 3).columns[0] == ("1", None, None)
        assert [note.message for note in view.notes] == ["2 values of n in a.csv are no whole number and became errors."]


def test_that_a_conversion_reports_how_many_values_failed(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("n,s\n1,5\n2,y\n3,z\n")
    step = Convert(columns=("s",), to="integer")
    with engine.view(package("a.csv", step), "f") as view:
        (note,) = view.notes
    assert (note.step, note.message) == (step.id, "2 values in s are no whole number and became errors.")


def test_that_a_column_the_file_lacks_is_named_with_step_and_closest_names(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("departure,b\n1,2\n")
    broken = package("a.csv", Keep(columns=("departure",)), Remove(columns=("depature",)))
    with pytest.raises(UserError, match=r"Step 2 \(Remove depature\) cannot run: .*Did you mean departure") as raised:
        engine.view(broken, "f")
    assert raised.value.place == "flow flow, step 2"
    assert [len(found) for found in engine.problems(broken, "f")] == [0, 1]


def test_that_columns_are_found_by_name_when_the_file_has_changed_their_order(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n1,x\n")
    DataSource.create(project / "a.csv", project).save(project / "a.wbsource")
    (project / "a.csv").write_text("b,new,a\nx,q,1\n")
    with engine.view(package("a.wbsource"), "f") as view:
        assert [(column.name, column.type) for column in view.columns] == [("b", "string"), ("new", "string"), ("a", "integer")]


def test_that_a_vanished_file_is_told(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n1,x\n")
    DataSource.create(project / "a.csv", project).save(project / "a.wbsource")
    (project / "a.csv").unlink()
    with pytest.raises(NotFound, match=r"a\.csv is not in"):
        engine.view(package("a.wbsource"), "f")


def test_that_a_file_emptied_later_gives_a_sentence(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n1,x\n")
    DataSource.create(project / "a.csv", project).save(project / "a.wbsource")
    (project / "a.csv").write_text("")
    with pytest.raises(UserError, match="is empty"):
        engine.view(package("a.wbsource"), "f")


def test_that_a_step_looked_at_twice_is_computed_once(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n" + "".join(f"{i},x\n" for i in range(5000)))
    flow = package("a.csv", Sort(keys=(SortKey(column="a", descending=True),)))
    told: list[str] = []
    with engine.view(flow, "f", progress=lambda _, text: told.append(text)):
        pass
    told.clear()
    renamed = package("a.csv", flow.flows[0].steps[0].model_copy(update={"id": "other", "note": "said"}))
    with engine.view(renamed, "f", progress=lambda _, text: told.append(text)) as view:
        assert view.window(0, 1).columns[0] == ("4999",)
    assert not told


def test_that_a_changed_file_is_read_again(project: Path, engine: Engine) -> None:
    for text, expected in (("a,b\n1,x\n", 1), ("a,b\n1,x\n2,y\n", 2)):
        (project / "a.csv").write_text(text)
        with engine.view(package("a.csv"), "f") as view:
            assert view.row_count == expected


def test_that_a_cancelled_step_ends_soon_and_leaves_the_engine_usable(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,k\n" + "".join(f"{i},same\n" for i in range(20_000)))
    huge = package("a.csv", Join(source="a.csv", keys=(JoinKey(left="k", right="k"),)))
    cancel = threading.Event()
    timer = threading.Timer(0.5, cancel.set)
    timer.start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        engine.view(huge, "f", cancel=cancel)
    assert time.monotonic() - began < 5
    timer.join()
    with engine.view(huge, "f", -1) as view:
        assert view.row_count == 20_000


def test_that_many_threads_read_one_view(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n" + "".join(f"{i},x\n" for i in range(20_000)))
    with engine.view(package("a.csv"), "f") as view:
        wrong: list[int] = []

        def read(start: int) -> None:
            offsets = range(start, 20_000, 997)
            wrong.extend(offset for offset in offsets if view.window(offset, 1).columns[0] != (str(offset),))
            view.profile("a")

        threads = [threading.Thread(target=read, args=(i * 31,)) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong


def test_that_the_sample_is_the_first_rows_and_says_so(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n" + "".join(f"{i},x\n" for i in range(500)))
    with engine.view(package("a.csv"), "f", sample_rows=100) as view:
        assert (view.row_count, view.is_sample) == (100, True)
    with engine.view(package("a.csv"), "f", sample_rows=500) as view:
        assert (view.row_count, view.is_sample) == (500, False)


def test_that_the_schema_is_known_without_running(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("t,b\n517,x\n")
    derive = Derive.learn("hours", ("t",), [(("517",), "5AM-6AM")])
    flow = package("a.csv", derive, Keep(columns=("hours", "t")), WriteParquet(path="o.parquet"))
    expected = [("hours", "string"), ("t", "integer")]
    assert [(column.name, column.type) for column in engine.schema_at(flow, "f")] == expected
    assert [column.name for column in engine.schema_at(flow, "f", -1)] == ["t", "b"]
    with engine.view(flow, "f") as view:
        assert [(column.name, column.type) for column in view.columns] == expected


def test_that_a_flow_may_start_from_another_and_write_both_formats(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n3,x\n1,\n2,z\n")
    one = Dataflow(id="1", name="one", source=FileRef(path="a.csv"), steps=(Sort(keys=(SortKey(column="a"),)),))
    steps = (
        WriteCsv(path="out/a.csv", missing="NA"),
        Filter(conditions=(Condition(column="b", operator="is_not_missing"),)),
        WriteParquet(path="out/a.parquet"),
    )
    two = Dataflow(id="2", name="two", source=FlowRef(flow="1"), steps=steps)
    report = engine.run(Package(flows=(one, two)), "2")
    assert (project / "out/a.csv").read_text() == "a,b\n1,NA\n2,z\n3,x\n"
    assert pq.read_table(project / "out/a.parquet").to_pydict() == {"a": [2, 3], "b": ["z", "x"]}
    assert [output.rows for output in report.outputs] == [3, 2]
    assert (report.rows, report.sources[0].path, report.sources[0].rows) == (2, "a.csv", 3)
    assert report.sources[0].digest == file_digest(project / "a.csv")
    assert sorted(path.name for path in (project / "out").iterdir()) == ["a.csv", "a.parquet"]


def test_that_a_parquet_source_keeps_types_and_order(project: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"i": [3, None, 1], "x": [0.5, 1.5, None], "s": ["a", None, "c"]}), project / "a.parquet")
    with engine.view(package("a.parquet"), "f") as view:
        assert [column.type for column in view.columns] == ["integer", "decimal", "string"]
        assert view.window(0, 3).columns == (("3", None, "1"), ("0.5", "1.5", None), ("a", None, "c"))


def test_that_a_job_reads_ignored_data_from_the_original_project(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "data").mkdir()
    (project / "data/a.csv").write_text("a,b\n1,x\n")
    copy = tmp_path / "copy"
    (copy / "data").mkdir(parents=True)
    DataSource.create(project / "data/a.csv", project / "data").save(copy / "data/a.wbsource")
    flow = package("data/a.wbsource", WriteParquet(path="data/out.parquet")).save(copy / "a.wbprep")
    monkeypatch.setenv("WORKBENCH_PROJECT", str(project))
    with Engine(copy, tmp_path / "cache2") as engine:
        report = engine.run(flow, "f")
    assert report.rows == 1
    assert (project / "data/out.parquet").is_file()


def test_that_a_closed_engine_leaves_no_file(project: Path, tmp_path: Path) -> None:
    (project / "a.csv").write_text("a,b\n1,x\n")
    with Engine(project, tmp_path / "cache") as engine, engine.view(package("a.csv"), "f") as view:
        assert list((tmp_path / "cache/steps").iterdir())
        assert view.row_count == 1
    assert not list((tmp_path / "cache/steps").iterdir())


def test_that_what_a_killed_process_left_in_the_cache_is_removed(project: Path, tmp_path: Path) -> None:
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True)
    left = tmp_path / "cache/steps" / f"{process.stdout.strip()}-1700000000-abc.duckdb"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"x")
    (project / "a.csv").write_text("a,b\n1,x\n")
    with Engine(project, tmp_path / "cache") as engine, engine.view(package("a.csv"), "f"):
        assert not left.exists()


_FULL_DISK = """
import resource, sys
from pathlib import Path
from workbench.base.errors import EnvironmentError_
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Package
project = Path(sys.argv[1])
package = Package.load(project / "a.wbprep")
with Engine(project, project.parent / "cache") as engine:
    engine.view(package, "f", -1).close()
    limit = 200_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        engine.run(package, "f")
    except EnvironmentError_ as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX's")
def test_that_a_full_disk_gives_a_sentence_and_leaves_the_old_file(project: Path) -> None:
    (project / "a.csv").write_text("a,b\n" + "".join(f"{i * 7919 % 1_000_003},{i * 104729 % 999_983}\n" for i in range(200_000)))
    package("a.csv", WriteCsv(path="out.csv")).save(project / "a.wbprep")
    (project / "out.csv").write_text("old")
    done = subprocess.run([sys.executable, "-c", _FULL_DISK, str(project)], capture_output=True, text=True, check=False)
    assert "disk is full" in done.stdout, done.stderr
    assert (project / "out.csv").read_text() == "old"
    assert not list(project.glob(".out.csv*"))


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(__import__("os"), "geteuid"), reason="POSIX permissions")
def test_that_a_folder_in_the_way_gives_a_sentence(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n1,x\n")
    (project / "out").mkdir()
    with pytest.raises(UserError, match="is a folder"):
        engine.run(package("a.csv", WriteCsv(path="out")), "f")
    (project / "file").write_text("x")
    with pytest.raises(EnvironmentError_):
        engine.run(package("a.csv", WriteCsv(path="file/out.csv")), "f")


def test_that_profiles_count_and_bin(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text(
        "n,s,d\n" + "".join(f"{i},{'ab'[i % 2]},2020-01-{i % 28 + 1:02d}\n" for i in range(100)) + ",,\n"
    )
    with engine.view(package("a.csv"), "f") as view:
        number, text, date = (view.profile(name) for name in ("n", "s", "d"))
    assert (number.count, number.missing, number.distinct, number.minimum, number.maximum) == (101, 1, 100, "0", "99")
    assert (number.mean, number.quartiles) == (49.5, (24.75, 49.5, 74.25))
    assert sum(found.count for found in number.histogram) == 100
    assert [(top.value, top.count) for top in text.top] == [("a", 50), ("b", 50)]
    assert sum(found.count for found in date.histogram) == 100


def test_that_flights_join_the_weather_in_order_and_a_big_table_scrolls(samples: Path, home: Path, tmp_path: Path) -> None:
    for name in ("flights", "weather"):
        DataSource.create(samples / f"{name}.csv", tmp_path).save(tmp_path / f"{name}.wbsource")
    steps = (
        Filter(conditions=(Condition(column="arr_delay", operator="is_not_missing"),)),
        Derive.learn("hours", ("sched_dep_time",), [(("517",), "5AM-6AM"), (("1733",), "5PM-6PM")]),
        Join(
            source="weather.wbsource",
            keys=(JoinKey(left="origin", right="origin"), JoinKey(left="time_hour", right="time_hour")),
            how="left",
        ),
        WriteParquet(path="out.parquet"),
    )
    flow = package("flights.wbsource", *steps)
    with Engine(tmp_path, tmp_path / "cache") as engine:
        began = time.monotonic()
        report = engine.run(flow, "f")
        assert time.monotonic() - began < 60
        assert report.rows == 327_346
        with engine.view(flow, "f") as view:
            times = []
            for offset in (0, 160_000, 327_000):
                start = time.monotonic()
                view.window(offset, 100)
                times.append(time.monotonic() - start)
            assert max(times) < 0.5
            first = view.window(0, 3)
            names = [column.name for column in view.columns]
            assert first.columns[names.index("dep_time")] == ("517", "533", "542")
            assert first.columns[names.index("hours")] == ("5AM-6AM", "5AM-6AM", "5AM-6AM")
    assert pq.read_metadata(tmp_path / "out.parquet").num_rows == 327_346


@pytest.mark.parametrize("write", [WriteCsv(path="a.csv"), WriteParquet(path="./sub/../a.csv")])
def test_that_a_write_step_never_overwrites_what_the_flow_reads(project: Path, engine: Engine, write: StepBase) -> None:
    (project / "a.csv").write_text("a,b\n1,2\n")
    (project / "sub").mkdir()
    with pytest.raises(UserError, match=r"would overwrite a\.csv, which the dataflow reads"):
        engine.run(package("a.csv", Remove(columns=("b",)), write), "f")
    assert (project / "a.csv").read_text() == "a,b\n1,2\n"


def test_that_an_expression_that_fails_on_a_value_gives_an_error_there(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n1,x\n2,7\n")
    steps = (Rename(column="a", to="c"), Expression(column="n", sql="CAST(b AS INTEGER)"))
    with engine.view(package("a.csv", *steps), "f") as view:
        assert view.window(0, 2).columns[2] == (None, "7")
        assert dict(view.errors) == {"n": 1}


def test_that_a_folder_that_takes_no_file_is_named(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n1,x\n")
    (project / "out").write_text("a file, not a folder")
    with pytest.raises(EnvironmentError_, match=r"out"):
        engine.run(package("a.csv", WriteParquet(path="out/b.parquet")), "f")


def test_that_contradicting_examples_of_a_saved_step_are_named(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n1,x\n")
    examples = (Example(inputs=("1",), output="x"), Example(inputs=("1",), output="y"))
    with pytest.raises(UserError, match="Examples 1 and 2 contradict each other"):
        engine.run(package("a.csv", Derive(column="d", inputs=("a",), examples=examples)), "f")


def test_that_a_quote_that_is_never_closed_is_noted(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text('"a","b\n1,2\n3,4\n')
    with engine.view(package("a.csv"), "f") as view:
        assert any("quote" in note.message for note in view.notes)


def test_that_a_sample_is_spread_over_the_rows_and_misses_no_value_of_a_regular_column(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("id,k\n" + "".join(f"x{i},{i % 50}\n" for i in range(60_000)))
    with engine.view(package("a.csv"), "f") as view:
        regular = view.sample(["k"])
        assert sorted(int(row[0] or "") for row in regular.rows) == list(range(50))
        assert not regular.whole
        ids = view.sample(["id"], 500)
        assert len(ids.rows) == len(set(ids.rows)) <= 500
        assert [row[0] for row in ids.rows] == [f"x{place}" for place in ids.places]
        assert max(ids.places) > 55_000
        assert ids == view.sample(["id"], 500)


def test_that_a_small_table_is_sampled_whole_with_counts(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\nx,1\n,2\nx,1\nx,\n")
    with engine.view(package("a.csv"), "f") as view:
        found = view.sample(["a", "b"])
        assert found.rows == (("x", "1"), (None, "2"), ("x", None))
        assert (found.places, found.counts, found.whole) == ((0, 1, 3), (2, 1, 1), True)
        assert view.places(["a", "b"], [("x", None), (None, "2"), ("y", "1")]) == {("x", None): 3, (None, "2"): 1}
        assert view.places(["a"], []) == {}


def test_that_rows_without_an_answer_are_counted_and_one_of_each_shape_named(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("t\n517\nlater\nnever\n\n12:30\n")
    derive = Derive.learn("hours", ("t",), [(("517",), "5AM-6AM")])
    with engine.view(package("a.csv", derive), "f") as view:
        answers = view.window(0, 5).columns[1]
        found = view.unanswered("hours", ["t"])
    missing = [row for row, (text, answer) in enumerate(zip(("517", "later", "never", None, "12:30"), answers, strict=True))
               if text and answer is None]  # fmt: skip
    assert found.count == len(missing) >= 2
    assert found.rows[0] == 1
    assert 2 not in found.rows
