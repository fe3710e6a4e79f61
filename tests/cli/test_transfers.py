"""`workbench run import|export`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "results.csv"
    path.write_text("name,depth,accuracy\n" + "".join(f"run {at},{at},{at / 10}\n" for at in range(10)))
    return path


def test_that_the_command_line_brings_runs_in_and_writes_them_out(cli: Cli, table: Path, tmp_path: Path) -> None:
    answer = cli("run", "import", table, "--experiment", "mine")
    assert answer.code == 0, answer.err
    assert "a row is a run (10 runs)" in answer.err
    assert "10 runs came in" in answer.err
    again = json.loads(cli("run", "import", table, "--experiment", "mine", "--output", "json").out)
    assert (again["added"], again["present"]) == ([], 10)
    answer = cli("run", "export", "metrics.accuracy > 0.75", tmp_path / "best")
    assert "2 runs and" in answer.err
    assert (tmp_path / "best" / "metrics.parquet").is_file()
    refused = cli("run", "export", "metrics.accuracy >", tmp_path / "none")
    assert refused.code == 1
    assert "column" in refused.err
    assert not (tmp_path / "none").exists()
