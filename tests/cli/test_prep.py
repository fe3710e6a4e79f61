"""Data preparations on the command line: what they do, what comes out, and what is wrong with them."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import Condition, Derive, Filter, WriteCsv


@pytest.fixture
def package(project: Path) -> Path:
    """Four departures, one of them without a time, and a package that keeps the others and derives a column."""
    (project / "data").mkdir(exist_ok=True)
    (project / "data" / "times.csv").write_text("time,who\n515,a\n1905,b\n,c\n630,d\n", "utf-8")
    steps = (
        Filter(conditions=(Condition(column="time", operator="is_not_missing"),)),
        Derive.learn("window", ("time",), [(("515",), "5AM-6AM"), (("1905",), "7PM-8PM")]),
        WriteCsv(path="data/out.csv"),
    )
    path = project / "data" / "times.wbprep"
    Package(flows=(Dataflow(name="times", source=FileRef(path="times.csv"), steps=steps),)).save(path)
    return path


def test_that_steps_and_first_rows_are_shown(cli: Cli, package: Path) -> None:
    shown = cli("prep", "show", package).out
    for part in ("time is not missing", "Derive window from time", "5AM-6AM", "6AM-7AM"):
        assert part in shown
    values = cli("prep", "show", package, "--rows", "2", "--output", "json").json
    assert [step["op"] for step in values["flows"][0]["steps"]] == ["filter", "derive", "write_csv"]
    assert [column["name"] for column in values["columns"]] == ["time", "window", "who"]
    assert values["rows"] == [["515", "5AM-6AM", "a"], ["1905", "7PM-8PM", "b"]]


def test_that_running_writes_the_files(cli: Cli, package: Path) -> None:
    answer = cli("prep", "run", package)
    assert answer.code == 0
    assert "3 rows" in answer.out
    assert (package.parent / "out.csv").read_text("utf-8").splitlines()[1:] == ["515,5AM-6AM,a", "1905,7PM-8PM,b", "630,6AM-7AM,d"]
    assert cli("prep", "run", package, "--output", "json").json["rows"] == 3


def test_that_the_code_reads_the_data(cli: Cli, package: Path) -> None:
    code = cli("prep", "code", package).out
    compile(code, "load.py", "exec")
    assert "workbench.prep" in code
    assert "times.wbprep" in code


def test_that_an_unknown_flow_gives_the_known_ones(cli: Cli, package: Path) -> None:
    answer = cli("prep", "show", package, "--flow", "nope")
    assert answer.code == 1
    assert "times" in answer.err


def test_that_a_damaged_package_is_a_sentence_and_stays(cli: Cli, package: Path) -> None:
    package.write_text('{"version": 1, "flows": [', "utf-8")
    answer = cli("prep", "run", package)
    assert answer.code == 1
    assert "damaged" in answer.err
    assert package.read_text("utf-8") == '{"version": 1, "flows": ['


def test_that_a_missing_data_file_is_named(cli: Cli, package: Path) -> None:
    (package.parent / "times.csv").unlink()
    answer = cli("prep", "show", package)
    assert answer.code == 1
    assert "times.csv" in answer.err
