"""More of data preparations on the command line: checks, learning again, other inputs, Spark, and data sources."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.conftest import Requirement
from tests.spark import need_spark, session
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import STEPS, Convert, MinMaxScale, Remove, ScriptColumn, WriteCsv, WriteParquet


@pytest.fixture
def package(project: Path) -> Path:
    (project / "data").mkdir(exist_ok=True)
    (project / "data" / "a.csv").write_text("x,s\n1,1\n3,b\n2,\n", "utf-8")
    steps = (Convert(columns=("s",), to="integer"), MinMaxScale(columns=("x",)), WriteCsv(path="data/out.csv"))
    path = project / "data" / "a.wbprep"
    Package(flows=(Dataflow(name="a", source=FileRef(path="a.csv"), steps=steps),)).save(path)
    return path


def test_that_a_check_names_what_is_wrong_and_ends_with_one(cli: Cli, package: Path) -> None:
    answer = cli("prep", "check", package)
    assert answer.code == 1
    assert answer.out.startswith("error: a, step 2 (")
    assert "learn it" in answer.out
    assert cli("prep", "learn", package).code == 0
    assert cli("prep", "check", package).out == "Every step can run.\n"
    assert cli("prep", "check", package, "--engine", "spark", "--output", "json").json == []
    content = Package.load(package)
    flow = content.flows[0].with_steps((Remove(columns=("zz",)), ScriptColumn(column="c", code="row.x +")))
    content.with_flow(flow).save(package)
    found = cli("prep", "check", package, "--output", "json").json
    assert [(row["step"], row["severity"]) for row in found] == [(1, "error"), (2, "error")]
    assert found[0]["message"].startswith("There is no column zz here.")


def test_that_learning_again_is_explicit_and_saved(cli: Cli, package: Path) -> None:
    learned = cli("prep", "learn", package, "--output", "json").json
    assert [(row["step"], row["op"], row["changed"]) for row in learned] == [(2, "min_max_scale", True)]
    step = Package.load(package).flows[0].steps[1]
    assert isinstance(step, MinMaxScale)
    assert (step.bounds[0].low, step.bounds[0].high) == (1.0, 3.0)
    (package.parent / "a.csv").write_text("x,s\n1,1\n5,b\n", "utf-8")
    cli("prep", "run", package)
    assert Package.load(package).flows[0].steps[1] == step
    assert "learned anew" in cli("prep", "learn", package, "--step", "2").out
    assert "as before" in cli("prep", "learn", package).out
    assert "does not learn" in cli("prep", "learn", package, "--step", "1").out
    assert cli("prep", "learn", package, "--step", "9").code == 1


def test_that_other_files_stand_in_and_samples_cut(cli: Cli, package: Path) -> None:
    cli("prep", "learn", package)
    (package.parent / "new.csv").write_text("x,s\n2,7\n2,8\n", "utf-8")
    values = cli("prep", "run", package, "--input", f"a={package.parent / 'new.csv'}", "--memory-limit", "1GB", "-o", "json").json
    assert values["rows"] == 2
    assert (package.parent / "out.csv").read_text("utf-8") == "x,s\n0.5,7\n0.5,8\n"
    assert cli("prep", "run", package, "--sample", "1", "--output", "json").json["rows"] == 1
    assert "SOURCE=PATH" in cli("prep", "run", package, "--input", "wrong").err


def test_that_code_is_printed_in_other_languages(cli: Cli, package: Path) -> None:
    cli("prep", "learn", package)
    for language in ("pandas", "polars"):
        code = cli("prep", "code", package, "--to", language).out
        compile(code, "flow.py", "exec")
        assert "workbench" not in code.lower().replace("workbench.dataprep", "")
    assert "SELECT" in cli("prep", "code", package, "--to", "sql").out.upper()


def test_that_all_steps_are_listed_in_groups(cli: Cli) -> None:
    rows = cli("prep", "steps", "--output", "json").json
    assert [row["step"] for row in rows] == list(STEPS)
    assert all(row["group"] and row["text"] for row in rows)
    assert "min_max_scale" in cli("prep", "steps").out


def test_that_a_source_is_detected_saved_and_shown(cli: Cli, project: Path) -> None:
    (project / "d.csv").write_text("day;n\n2020-01-31;1\n2020-02-29;2\n", "utf-8")
    answer = cli("source", "detect", project / "d.csv", "--save", project / "d.wbsource")
    assert answer.code == 0
    for part in ("delimited", "delimiter: ;", "day", "date"):
        assert part in answer.out
    assert json.loads((project / "d.wbsource").read_text())["path"] == "d.csv"
    assert cli("source", "detect", project / "d.wbsource", "-o", "json").json["spec"]["kind"] == "delimited"
    shown = cli("source", "show", project / "d.wbsource", "--rows", "1", "-o", "json").json
    assert shown["rows"] == [["2020-01-31", "1"]]
    assert [column["type"] for column in shown["columns"]] == ["date", "integer"]
    assert "2020-02-29" in cli("source", "show", project / "d.csv").out
    missing = cli("source", "show", project / "nothing.csv")
    assert missing.code == 1
    assert "nothing.csv" in missing.err


@pytest.fixture
def kept_session(monkeypatch: pytest.MonkeyPatch, require: Requirement) -> None:
    """The session of all tests, which the command does not end."""
    need_spark(require)
    spark = session()
    monkeypatch.setattr("workbench.dataprep.spark.start_session", lambda _master: spark)
    monkeypatch.setattr(type(spark), "stop", lambda _self: None)


@pytest.mark.keeps_threads  # those of Spark
def test_that_spark_runs_and_writes_the_same(cli: Cli, package: Path, kept_session: None) -> None:
    cli("prep", "learn", package)
    content = Package.load(package)
    flow = content.flows[0]
    steps = (*flow.steps, WriteParquet(path="data/parts", partition_by=("x",)), WriteParquet(path="data/one.parquet"))
    content.with_flow(flow.with_steps(steps)).save(package)
    cli("prep", "run", package)
    expected = (package.parent / "out.csv").read_text("utf-8")
    (package.parent / "out.csv").unlink()
    values = cli("prep", "run", package, "--engine", "spark", "-o", "json").json
    assert (package.parent / "out.csv").read_text("utf-8") == expected == "x,s\n0.0,1\n1.0,ERROR\n0.5,\n"
    assert values["rows"] == 3
    assert [output["rows"] for output in values["outputs"]] == [3, 3, 3]
    assert sorted(path.name for path in (package.parent / "parts").iterdir() if path.is_dir()) == ["x=0.0", "x=0.5", "x=1.0"]


def test_that_drift_is_told_and_a_strict_run_refuses(cli: Cli, package: Path) -> None:
    cli("prep", "learn", package)
    assert cli("prep", "drift", package).out.strip()
    (package.parent / "a.csv").write_text("y,s\n1,1\n", "utf-8")
    told = cli("prep", "drift", package)
    assert (told.code, "x" in told.out) == (1, True)
    assert cli("prep", "run", package, "--drift", "strict").code == 1
