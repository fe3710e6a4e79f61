"""Deleted runs can be brought back until the trash is emptied."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.client import Client
from workbench.projects import Project
from workbench.schema import RunEnd, RunOpen


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = Project.create(tmp_path / "small").folder
    monkeypatch.chdir(folder)
    return folder


def _numbers(cli: Cli) -> list[int]:
    return [run["number"] for run in cli("run", "list", "--output", "json").json]


def test_that_a_deleted_run_comes_back_with_its_children_until_the_trash_is_emptied(cli: Cli, project: Path, home: Path) -> None:
    (project / "script.py").write_text("print('ran')\n")
    assert cli("submit", "script.py").code == 0
    with Client.connect(home, start=False) as client:
        parent = client.runs().runs[0]
        child = client.open_run(RunOpen(pid=os.getpid(), project=str(project), parent_id=parent.id))
        folder = home / "runs" / parent.id
        assert folder.is_dir()
        refused = cli("run", "delete", "1")
        assert refused.code == 1  # its child runs
        assert "is running" in refused.err
        client.end_run(child.id, RunEnd())
        answer = cli("run", "delete", "1")
        assert "Run 1 is in the trash with its child" in answer.err
        assert _numbers(cli) == []
        assert sorted(run["number"] for run in cli("run", "trash", "--output", "json").json) == [1, 2]
        assert cli("run", "undelete", "7").code == 1
        assert cli("run", "undelete", "1").code == 0
        assert sorted(_numbers(cli)) == [1, 2]
        assert "The trash is empty." in cli("run", "trash").err
        cli("run", "delete", parent.id[:8])
        assert cli("run", "trash", "--empty").code == 1  # nobody to ask
        assert cli("run", "trash", "--empty", "--older-than-days", "1", "--yes").err.startswith("Deleted 0 runs")
        assert folder.is_dir()
        emptied = cli("run", "trash", "--empty", "--yes", "--output", "json").json
        assert set(emptied["runs"]) == {parent.id, child.id}
        assert not folder.exists()
        assert client.trashed_runs() == ()
        assert cli("run", "undelete", "1").code == 1
