"""Where outputs are looked for, and what becomes of a link that a script has put in their place."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.conftest import Workspace
from workbench.jobs.folder import RunFolder
from workbench.jobs.outputs import collect_outputs, list_outputs, output_folders, outputs_so_far, read_outputs
from workbench.projects import Project
from workbench.schema import JobRequest, RunStatus


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "private.txt").write_text("private")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "run")
    (made.work).mkdir(parents=True)
    return made


def test_that_outputs_that_are_a_link_are_not_looked_into_while_the_script_runs(folder: RunFolder, elsewhere: Path) -> None:
    (folder.work / "outputs").symlink_to(elsewhere)
    folder.outputs.mkdir()
    assert output_folders(folder) == (folder.outputs,)
    assert outputs_so_far(folder) == []


def test_that_the_link_of_a_script_that_runs_as_the_user_is_followed_at_the_end(folder: RunFolder, elsewhere: Path) -> None:
    (folder.work / "outputs").symlink_to(elsewhere)
    collect_outputs(folder)
    assert [one["path"] for one in list_outputs(folder.outputs)] == ["private.txt"]
    assert (elsewhere / "private.txt").exists()


@pytest.mark.parametrize("place", ["work/outputs", "outputs"])
def test_that_the_link_of_a_script_in_a_container_is_dropped(folder: RunFolder, elsewhere: Path, place: str) -> None:
    (folder.path / place).symlink_to(elsewhere)
    collect_outputs(folder, follow=False)
    assert list_outputs(folder.outputs) == []
    assert not folder.outputs.is_symlink()
    assert (elsewhere / "private.txt").read_text() == "private"


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_that_names_that_are_no_text_become_text(folder: RunFolder) -> None:
    made = folder.work / "outputs"
    made.mkdir()
    Path(os.fsdecode(os.fsencode(made) + b"/d\xfe")).mkdir()
    for name in (b"bad\xff.txt", b"bad%FF.txt", b"d\xfe/in\xff.txt", "straße\n😀.txt".encode()):
        Path(os.fsdecode(os.fsencode(made) + b"/" + name)).write_text("x")
    assert [one["path"] for one in outputs_so_far(folder)] == ["bad%FF.txt", "straße\n😀.txt"]
    collect_outputs(folder)
    assert sorted(one["path"] for one in read_outputs(folder)) == [
        "bad%FF-1.txt",
        "bad%FF.txt",
        "d%FE/in%FF.txt",
        "straße\n😀.txt",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_that_a_job_with_such_names_in_project_and_outputs_has_its_end(
    workspace: Workspace, project: Project, request_for: Callable[..., JobRequest], tmp_path: Path
) -> None:
    (project.folder / "runconfig/local.toml").write_text('[environment]\nkind = "workbench"\n')
    (project.folder / os.fsdecode(b"data\xff.csv")).write_text("a")
    (project.folder / os.fsdecode(b"big\xff.csv")).write_bytes(b"a" * 1_100_000)
    workspace.settings = workspace.settings.model_copy(update={"snapshot_file_mb": 1})
    request = request_for("import os\nos.makedirs(b'outputs', exist_ok=True)\nopen(b'outputs/bad\\xff.txt', 'w').close()\n")
    with workspace.manager() as manager:
        plan = manager.plan(request)
        assert "data%FF.csv" in [one.path for one in plan.files]
        run = workspace.end_of(manager.submit(request).id)
        assert (run.status, [one.path for one in run.artifacts]) == (RunStatus.FINISHED, ["bad%FF.txt"])
        assert run.left_out == ("big%FF.csv",)
        assert "data%FF.csv" in manager.restore(run.id, tmp_path / "back").changed
        (project.folder / os.fsdecode(b"data\xff.csv")).write_text("b")
        other = workspace.end_of(manager.submit(request).id)
        changed = manager.snapshots.changes(run.snapshot, other.snapshot)
        assert [(one.path, one.added, one.removed) for one in changed] == [("data%FF.csv", 1, 1)]
    assert (tmp_path / "back" / os.fsdecode(b"data\xff.csv")).read_text() == "a"
