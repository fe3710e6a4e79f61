"""What differs between two snapshots, a snapshot as a zip file, and removing those that nothing needs."""

import os
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from workbench.base.errors import NotFound
from workbench.projects import Project, SnapshotStore
from workbench.projects.snapshots import FileChange


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "home/snapshots.git")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "project")


def _age(store_path: Path) -> None:
    """As if all that is in the repository was written three hours ago."""
    then = time.time() - 3 * 3600
    for path in (store_path / "objects").rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


def test_that_each_changed_file_has_its_kind_its_lines_and_its_text(store: SnapshotStore, project: Project, tmp_path: Path) -> None:
    folder = project.folder
    (folder / "same.py").write_text("same\n")
    (folder / "old-name.py").write_text("".join(f"line {number}\n" for number in range(50)))
    (folder / "model.bin").write_bytes(b"\0\1\2" * 100)
    (folder / "tricky.txt").write_text("diff --git a/x b/x\n--- a\n")
    (folder / "becomes-link").write_text("text\n")
    (folder / "gone.txt").write_text("gone\n")
    first = store.commit(folder, project.id).commit
    (folder / "old-name.py").rename(folder / "new-name.py")
    (folder / "model.bin").write_bytes(b"\0\1\3" * 100)
    (folder / "tricky.txt").write_text("diff --git a/x b/x\n++ b\n")
    (folder / "becomes-link").unlink()
    (folder / "becomes-link").symlink_to("same.py")
    (folder / "gone.txt").unlink()
    (folder / "Übung\nneu.py").write_text("new\nlines")
    second = store.commit(folder, project.id).commit
    found = {change.path: change for change in store.changes(first, second)}
    shape = {path: (one.kind, one.added, one.removed, one.binary) for path, one in found.items()}
    assert shape == {
        "new-name.py": ("renamed", 0, 0, False),
        "model.bin": ("changed", 0, 0, True),
        "tricky.txt": ("changed", 1, 1, False),
        "becomes-link": ("changed", 1, 1, False),
        "gone.txt": ("removed", 0, 1, False),
        "Übung\nneu.py": ("added", 2, 0, False),
    }
    assert found["new-name.py"].old_path == "old-name.py"
    assert found["tricky.txt"].text.endswith(" diff --git a/x b/x\n---- a\n+++ b\n")
    assert found["model.bin"].text == ""
    assert store.changes(first, first) == ()
    # the texts together are a patch that git takes
    store.checkout(first, tmp_path / "copy")
    patch = "".join(one.text for one in found.values())
    subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=tmp_path / "copy", input=patch, text=True, check=True)
    assert (tmp_path / "copy/new-name.py").exists()
    assert (tmp_path / "copy/tricky.txt").read_text() == (folder / "tricky.txt").read_text()
    assert (tmp_path / "copy/Übung\nneu.py").read_text() == "new\nlines"


def test_that_a_very_long_difference_is_named_and_not_given(store: SnapshotStore, project: Project) -> None:
    first = store.commit(project.folder, project.id).commit
    (project.folder / "a-long.csv").write_text("".join(f"{number},x\n" for number in range(200_000)))
    (project.folder / "b-huge.csv").write_text("x" * 5_000_000)
    (project.folder / "c-short.py").write_text("x\n")
    second = store.commit(project.folder, project.id).commit
    long, huge, short = store.changes(first, second)
    assert (long.cut, long.text, long.added) == (True, "", 200_000)
    assert (huge.binary, huge.text) == (True, "")
    assert short == FileChange("c-short.py", "added", added=1, text=short.text)
    assert short.text.endswith("+x\n")
    with pytest.raises(NotFound):
        store.changes(first, "0" * 40)


def test_that_a_zip_file_holds_every_byte_whatever_the_project_says_about_archives(
    store: SnapshotStore, project: Project, tmp_path: Path
) -> None:
    (project.folder / ".gitattributes").write_text("secret.py export-ignore\nversion.txt export-subst\n*.crlf text eol=crlf\n")
    (project.folder / "secret.py").write_text("x")
    (project.folder / "version.txt").write_text("$Format:%H$")
    (project.folder / "a.crlf").write_bytes(b"one\ntwo\n")
    (project.folder / "Übung.py").write_text("ü")
    commit = store.commit(project.folder, project.id).commit
    store.zip(commit, tmp_path / "deep/run.zip")
    with zipfile.ZipFile(tmp_path / "deep/run.zip") as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        assert set(names) == set(store.files(commit))
        for name in names:
            assert archive.read(name) == store.read(commit, name)
    with pytest.raises(NotFound):
        store.zip("0" * 40, tmp_path / "none.zip")


def test_that_a_repository_of_an_earlier_version_gives_whole_archives_too(
    store: SnapshotStore, project: Project, tmp_path: Path
) -> None:
    store.commit(project.folder, project.id)
    path = tmp_path / "home/snapshots.git"
    (path / "workbench/ready").write_text("1\n")
    (path / "info/attributes").write_text("* -text\n")
    (project.folder / ".gitattributes").write_text("*.py export-ignore\n")
    commit = store.commit(project.folder, project.id).commit
    store.zip(commit, tmp_path / "run.zip")
    assert "train.py" in zipfile.ZipFile(tmp_path / "run.zip").namelist()


def test_that_snapshots_that_nothing_needs_are_removed_and_the_others_are_whole(
    store: SnapshotStore, project: Project, tmp_path: Path
) -> None:
    commits = []
    for number in range(4):
        (project.folder / "data.bin").write_bytes(os.urandom(500_000))
        (project.folder / f"f{number}.py").write_text(f"{number}")
        commits.append(store.commit(project.folder, project.id).commit)
    _age(tmp_path / "home/snapshots.git")
    before = store.size()
    freed = store.clean({commits[1], "0" * 40})
    assert 900_000 < freed < 1_100_000
    assert store.size() == before - freed
    for commit in (commits[0], commits[2]):
        with pytest.raises(NotFound):
            store.files(commit)
    for number in (1, 3):  # the one that is needed, and the latest
        store.checkout(commits[number], tmp_path / f"copy{number}")
        assert (tmp_path / f"copy{number}/f{number}.py").read_text() == str(number)
    assert store.clean({commits[1]}) == 0
    # the project goes on
    (project.folder / "f0.py").write_text("again")
    assert len(store.files(store.commit(project.folder, project.id).commit)) == len(store.files(commits[3]))
    _age(tmp_path / "home/snapshots.git")
    store.clean(set())
    with pytest.raises(NotFound):
        store.files(commits[1])


def test_that_a_snapshot_whose_run_is_still_being_queued_is_not_removed(store: SnapshotStore, project: Project) -> None:
    first = store.commit(project.folder, project.id).commit
    (project.folder / "new.py").write_text("x")
    store.commit(project.folder, project.id)
    store.clean(set())
    assert "train.py" in store.files(first)


def test_that_nothing_is_cleaned_where_nothing_is(store: SnapshotStore, tmp_path: Path) -> None:
    assert store.clean({"0" * 40}) == 0
    assert store.size() == 0
    assert not (tmp_path / "home").exists()
