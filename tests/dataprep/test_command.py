"""`python -m workbench.dataprep`, and `workbench.prep` through it."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import workbench
from workbench.base.files import file_digest
from workbench.dataprep.__main__ import main
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import Keep, Remove, WriteParquet


@pytest.fixture
def saved(project: Path) -> Path:
    (project / "a.csv").write_text("a,b\n1,x\n2,y\n")
    flows = (
        Dataflow(name="plain", source=FileRef(path="a.csv")),
        Dataflow(name="written", source=FileRef(path="a.csv"), steps=(Keep(columns=("b",)), WriteParquet(path="out.parquet"))),
    )
    Package(flows=flows).save(project / "p.wbprep")
    return project / "p.wbprep"


def test_that_read_writes_the_rows_and_the_report(saved: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "o.parquet", tmp_path / "r.json"
    assert main(["read", str(saved), "--flow", "plain", "--out", str(out), "--report", str(report)]) == 0
    assert pq.read_table(out).to_pydict() == {"a": [1, 2], "b": ["x", "y"]}
    told = json.loads(report.read_text())
    assert told["sources"] == [{"path": "a.csv", "digest": file_digest(saved.parent / "a.csv"), "rows": 2, "size": 12}]
    assert (told["kind"], told["name"], told["path"], told["flow"], told["rows"]) == ("prep", "p", "p.wbprep", "plain", 2)
    assert told["digest"] == file_digest(saved)
    assert not (saved.parent / "out.parquet").exists()


def test_that_run_runs_the_flows_that_write_and_records_them_in_a_job(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    monkeypatch.setenv("WORKBENCH_RUN_ID", "r")
    monkeypatch.setenv("WORKBENCH_RUN_DIR", str(run))
    assert main(["run", str(saved)]) == 0
    assert pq.read_table(saved.parent / "out.parquet").to_pydict() == {"b": ["x", "y"]}
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    assert [event["kind"] for event in events] == ["metric", "metric", "input"]
    assert "written: 2 rows, 1 columns" in capsys.readouterr().out


def test_that_a_failure_is_one_line_on_stderr_and_an_exit_code(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = Package.load(saved)
    broken = package.flows[0].with_steps((Remove(columns=("zz",)),))
    package.with_flow(broken).save(saved)
    assert main(["run", str(saved), "--flow", "plain"]) == 1
    error = capsys.readouterr().err
    assert "There is no column zz" in error
    assert error.count("\n") == 1


def test_that_a_script_reads_prepared_data_as_a_data_frame(saved: Path) -> None:
    frame = workbench.prep(saved, "plain")
    assert frame["a"].tolist() == [1, 2]


def test_that_the_process_ends_quietly(saved: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "workbench.dataprep", "read", str(saved), "--out", str(tmp_path / "o.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
