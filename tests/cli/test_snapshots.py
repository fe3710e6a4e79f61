"""The files that runs were made from, and the environments, from the command line and over HTTP."""

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.base.errors import NotFound, UserError
from workbench.base.files import file_digest
from workbench.client import Client
from workbench.projects import Project
from workbench.schema import RunEnd, RunOpen


@pytest.fixture
def project(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two runs, between which a file was changed, one renamed and two added, one of them too big."""
    folder = Project.create(tmp_path / "small").folder
    monkeypatch.chdir(folder)
    (folder / "old-name.py").write_text("".join(f"line {number}\n" for number in range(30)))
    (folder / "script.py").write_text("print('first')\n")
    with Client.connect(home) as client:
        client.end_run(client.open_run(RunOpen(pid=os.getpid(), project=str(folder))).id, RunEnd())
        (folder / "script.py").write_text("print('second')\n")
        (folder / "old-name.py").rename(folder / "new-name.py")
        (folder / "image.png").write_bytes(b"\x89PNG\0\1\2")
        with (folder / "big.dat").open("wb") as file:
            file.truncate(60_000_000)
        client.end_run(client.open_run(RunOpen(pid=os.getpid(), project=str(folder))).id, RunEnd())
    return folder


def test_that_a_diff_of_two_runs_is_a_patch_with_names_or_json(cli: Cli, project: Path, tmp_path: Path) -> None:
    answer = cli("run", "diff", "1", "2")
    assert answer.code == 0
    assert "-print('first')\n+print('second')\n" in answer.out
    assert "image.png: added, not text." in answer.err
    assert cli("run", "restore", "1", "--to", tmp_path / "first").code == 0
    subprocess.run(["git", "apply", "-"], cwd=tmp_path / "first", input=answer.out, text=True, check=True)
    assert (tmp_path / "first/script.py").read_text() == "print('second')\n"
    names = cli("run", "diff", "1", "2", "--names").out
    assert "old-name.py -> new-name.py" in names
    assert "binary" in names
    files = {one["path"]: one for one in cli("run", "diff", "2", "1", "--output", "json").json["files"]}
    assert (files["script.py"]["added"], files["script.py"]["removed"], files["image.png"]["kind"]) == (1, 1, "removed")
    same = cli("run", "diff", "1", "1")
    assert (same.code, same.out) == (0, "")
    assert "do not differ" in same.err
    assert cli("run", "diff", "1", "9").code == 1


def test_that_a_snapshot_is_written_as_a_zip_file_in_place_of_what_was_there(cli: Cli, project: Path, tmp_path: Path) -> None:
    target = tmp_path / "made/run-1.zip"
    target.parent.mkdir()
    target.write_text("not a zip file")
    answer = cli("run", "snapshot", "1", "--zip", target)
    assert answer.code == 0, answer.err
    folder = cli("run", "snapshot", "1", "--zip", tmp_path)
    assert (folder.code, "is a folder" in folder.err) == (1, True)
    with zipfile.ZipFile(target) as archive:
        assert archive.read("script.py") == b"print('first')\n"
        assert "old-name.py" in archive.namelist()
    digest = file_digest(target)
    assert "left them out: big.dat" in cli("run", "snapshot", "2", "--zip", tmp_path / "run-2.zip").err
    assert cli("run", "snapshot", "9", "--zip", target).code == 1
    assert file_digest(target) == digest
    assert [path.name for path in target.parent.iterdir()] == ["run-1.zip"]


def test_that_the_server_keeps_no_zip_file_and_says_which_run_has_no_snapshot(project: Path, home: Path, tmp_path: Path) -> None:
    with Client.connect(home, start=False) as client:
        run = client.runs().runs[0]
        client.download_snapshot(run.id, tmp_path / "a.zip")
        opened = client.open_run(RunOpen(pid=os.getpid(), experiment="elsewhere"))
        with pytest.raises(UserError, match="has no snapshot of its files"):
            client.download_snapshot(opened.id, tmp_path / "b.zip")
        with pytest.raises(UserError, match="has no snapshot of its files"):
            client.diff(run.id, opened.id)
        with pytest.raises(NotFound):
            client.diff(run.id, "0" * 32)
    assert not (tmp_path / "b.zip").exists()
    assert not list((home / "cache").glob("zip-*"))


def test_that_a_job_says_what_it_left_out_and_its_environment_is_listed_and_not_cleaned(cli: Cli, project: Path) -> None:
    answer = cli("submit", "script.py")
    assert answer.code == 0
    assert "Not in the run's copy of the project (too big, not readable, or a repository of its own): big.dat\n" in answer.err
    (listed,) = cli("env", "list", "--output", "json").json
    assert listed["packages"] == 0
    answer = cli("env", "list")
    assert listed["id"][:8] in answer.out
    assert "GB in all" in answer.err
    assert cli("env", "clean", "--yes").code == 1
    assert cli("env", "clean", "--unused-days", "0").code == 1  # nobody to ask
    answer = cli("env", "clean", "--unused-days", "0", "--limit-gb", "0", "--yes")
    assert (answer.code, answer.err.strip()) == (0, "Removed 0 environments (0.0 GB).")  # it was just used
    assert Path(listed["folder"]).is_dir()
