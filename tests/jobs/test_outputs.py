"""Where outputs are looked for, and what becomes of a link that a script has put in their place."""

from pathlib import Path

import pytest

from workbench.jobs.folder import RunFolder
from workbench.jobs.outputs import collect_outputs, list_outputs, output_folders, outputs_so_far


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
