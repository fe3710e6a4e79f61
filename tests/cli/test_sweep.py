"""Sweeps, dry runs and lineage from the command line, against a real server."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.waiting import until
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import Keep, WriteParquet

pytestmark = pytest.mark.usefixtures("server")

SEARCH = """
script = "train.py"
[environment]
kind = "workbench"
[sweep]
method = "grid"
metric = "loss"
[sweep.parameters]
rate.values = [0.5, 0.25]
"""
TRAIN = "import sys, workbench\nworkbench.log('loss', float(sys.argv[-1]))\n"


def test_that_a_sweep_is_started_followed_and_shown(cli: Cli, project: Path) -> None:
    (project / "train.py").write_text(TRAIN)
    (project / "runconfig" / "search.toml").write_text(SEARCH)
    answer = cli("submit", "--sweep", "--config", "search")
    assert answer.code == 0, answer.err
    assert "Trial 2 (run 3): rate=0.25\n" in answer.out
    assert "2 trials: the best loss is 0.25 in run 3 (rate=0.25).\n" in answer.out
    shown = cli("sweep", "show", "1", "--best", "--output", "json").json
    assert [(trial["values"], trial["value"]) for trial in shown["trials"]] == [({"rate": 0.25}, 0.25), ({"rate": 0.5}, 0.5)]
    text = cli("sweep", "show", "1").out
    assert "grid sweep  finished" in text
    assert "*2" in text
    answer = cli("sweep", "stop", "1")
    assert (answer.code, "The sweep is over: it is finished." in answer.err) == (1, True)
    answer = cli("sweep", "resume", "1")
    assert (answer.code, "All 2 trials of the sweep were run." in answer.err) == (1, True)
    answer = cli("sweep", "show", "2")
    assert (answer.code, "The run is not a sweep." in answer.err) == (1, True)


def test_that_a_sweep_has_its_place_in_the_queue_by_the_command_line(cli: Cli, project: Path) -> None:
    (project / "train.py").write_text(TRAIN)
    (project / "runconfig" / "search.toml").write_text(SEARCH)
    assert cli("target", "pause", "local").code == 0
    assert cli("submit", "--sweep", "--config", "search", "--priority", "4", "--retries", "1", "--detach").code == 0
    queue = until(lambda: cli("job", "list", "--output", "json").json)
    assert [(job["priority"], job["attempts"]) for job in queue] == [(4, 2)] * len(queue)
    assert cli("job", "priority", "1", "9").err.strip() == "The trials of the sweep 1 have priority 9, those to come too."
    assert {job["priority"] for job in cli("job", "list", "--output", "json").json} == {9}
    assert cli("submit", "--retries", "11", "train.py").code == 2
    assert cli("sweep", "stop", "1").code == 0
    assert cli("target", "resume", "local").code == 0


def test_that_a_dry_run_shows_the_plan_and_runs_nothing(cli: Cli, project: Path) -> None:
    answer = cli("submit", "--dry-run", "--env", "DB_PASSWORD=abcdefgh", "train.py", "--rate", "3")
    assert answer.code == 0, answer.err
    assert "target       local (local)\nstarts       At once, on local.\n" in answer.out
    assert "command      python train.py --rate 3\n" in answer.out
    assert "DB_PASSWORD=••••••" in answer.out
    assert "train.py" in answer.out.partition("files")[2]
    assert cli("submit", "--dry-run", "--output", "json", "train.py").json["kind"] == "local"
    assert cli("run", "list", "--output", "json").json == []


def test_that_the_way_from_a_run_to_its_preparation_and_back_is_found(cli: Cli, project: Path) -> None:
    (project / "data.csv").write_text("a,b\n1,x\n2,y\n")
    steps = (Keep(columns=("a",)), WriteParquet(path="made.parquet"))
    package = project / "prep.wbprep"
    Package(flows=(Dataflow(name="clean", source=FileRef(path="data.csv"), steps=steps),)).save(package)
    before = package.read_bytes()
    assert cli("submit", "prep.wbprep").code == 0
    again = cli("submit", "prep.wbprep")
    assert "Run 2 finished" in again.err
    assert "Nothing has changed since run 1: its result counts." in cli("run", "show", "2").out
    assert [row["package"] for row in cli("prep", "runs", package, "--output", "json").json] == ["as now", "as now"]
    package.write_text(package.read_text().replace("clean", "cleaned"))
    assert "changed since" in cli("prep", "runs", package).out
    answer = cli("run", "lineage", "1", "--package", project / "old.wbprep")
    assert answer.code == 0, answer.err
    assert "data data.csv -> preparation prep.wbprep -> run 1" in answer.out
    assert "prep prep.wbprep, dataflow clean, 2 rows" in answer.out
    assert "   1. Keep only a  " in answer.out
    assert "  read data.csv, 2 rows  " in answer.out
    assert f"  wrote {project / 'made.parquet'}, 2 rows  " in answer.out
    assert (project / "old.wbprep").read_bytes() == before
    found = cli("run", "lineage", "2", "--output", "json").json
    assert found["result_of"] == cli("run", "show", "1", "--output", "json").json["id"]
    assert found["inputs"][0]["steps"][0]["op"] == "keep"
