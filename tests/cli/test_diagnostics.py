"""What explains a run, in one zip file."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.projects import Project


@pytest.fixture
def project(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose script fails."""
    folder = Project.create(tmp_path / "small").folder
    monkeypatch.chdir(folder)
    (folder / "train.py").write_text("import os\nprint('token', os.environ['API_TOKEN'])\nraise ValueError('no data')\n")
    (folder / "runconfig/own.toml").write_text(
        'script = "train.py"\n[environment]\nkind = "workbench"\n[variables]\nAPI_TOKEN = "hush-hush-hush"\n'
    )
    return folder


def test_that_a_failed_run_is_explained_by_one_file_without_its_secrets(cli: Cli, project: Path, tmp_path: Path) -> None:
    assert cli("submit", "-c", "own").code == 1
    target = tmp_path / "sent/run.zip"
    answer = cli("run", "diagnostics", "1", "--zip", target)
    assert answer.code == 0, answer.err
    assert [one.name for one in target.parent.iterdir()] == ["run.zip"]
    with zipfile.ZipFile(target) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    assert {"run.json", "job.json", "target.json", "machine.json", "packages.txt", "files.zip", "logs/stderr.txt"} <= content.keys()
    assert json.loads(content["run.json"])["status"] == "failed"
    assert [one["status"] for one in json.loads(content["job.json"])["history"]][-1] == "failed"
    assert b"no data" in content["logs/stderr.txt"]
    assert b"token" in content["logs/stdout.txt"]
    with zipfile.ZipFile(io.BytesIO(content["files.zip"])) as files:
        assert "train.py" in files.namelist()
        content |= {name: files.read(name) for name in files.namelist()}
    assert not [name for name, data in content.items() if b"hush" in data]
    assert cli("run", "diagnostics", "1", "--zip", tmp_path / "less.zip", "--no-files").code == 0
    with zipfile.ZipFile(tmp_path / "less.zip") as archive:
        assert "files.zip" not in archive.namelist()
    wrong = cli("run", "diagnostics", "1", "--zip", tmp_path)
    assert wrong.code == 1
    assert "is a folder" in wrong.err
