"""Whatever the user's own repository is in the middle of, a snapshot takes the files as they are and touches nothing of git's."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.projects.conftest import state_of
from workbench.projects import Project, SnapshotStore

Git = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "home/snapshots.git")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "project")


@pytest.fixture
def untouched(project: Project) -> Callable[[Callable[[], None]], None]:
    """Does something and holds the project's folder, with its .git, against what it was."""

    def check(work: Callable[[], None]) -> None:
        before = state_of(project.folder)
        work()
        assert state_of(project.folder) == before

    return check


def test_that_a_merge_in_progress_is_taken_as_it_is(
    store: SnapshotStore, project: Project, git: Git, untouched: Callable[[Callable[[], None]], None]
) -> None:
    folder = project.folder
    git(folder, "switch", "-q", "-c", "theirs")
    (folder / "train.py").write_text("theirs\n")
    git(folder, "commit", "-qam", "theirs")
    git(folder, "switch", "-q", "main")
    (folder / "train.py").write_text("ours\n")
    git(folder, "commit", "-qam", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(folder, "merge", "theirs")
    (folder / ".git/index.lock").write_text("another git is at work")

    def take() -> None:
        commit = store.commit(folder, project.id).commit
        assert b"<<<<<<<" in store.read(commit, "train.py")

    untouched(take)


def test_that_files_of_submodules_are_taken_and_other_repositories_are_named(
    store: SnapshotStore, project: Project, tmp_path: Path, git: Git, untouched: Callable[[Callable[[], None]], None]
) -> None:
    inner, library = Project.create(tmp_path / "inner").folder, Project.create(tmp_path / "library").folder
    allowed = ("-c", "protocol.file.allow=always", "submodule", "--quiet")
    git(library, *allowed, "add", str(inner), "deep")
    git(library, "commit", "-qm", "deep")
    git(project.folder, *allowed, "add", str(library), "lib")
    git(project.folder, *allowed, "update", "--init", "--recursive")
    Project.create(tmp_path / "own").folder.rename(project.folder / "own")
    (project.folder / "lib/.gitignore").write_text("*.log\n")
    (project.folder / "lib/a.log").write_text("x")

    def take() -> None:
        snapshot = store.commit(project.folder, project.id)
        assert snapshot.left_out == ("own/",)
        files = set(store.files(snapshot.commit))
        assert {"lib/train.py", "lib/deep/train.py"} <= files
        assert not [name for name in files if name.startswith("own/") or name.endswith((".log", "/.git"))]

    untouched(take)
    (project.folder / "lib/deep/train.py").write_text("changed")
    (project.folder / "lib/new.py").write_text("new")
    (project.folder / "lib/requirements.txt").unlink()
    commit = store.commit(project.folder, project.id).commit
    assert store.read(commit, "lib/deep/train.py") == b"changed"
    assert "lib/new.py" in store.files(commit)
    assert "lib/requirements.txt" not in store.files(commit)


def test_that_a_worktree_keeps_to_the_private_excludes_of_its_repository(
    store: SnapshotStore, project: Project, tmp_path: Path, git: Git, untouched: Callable[[Callable[[], None]], None]
) -> None:
    exclude = project.folder / ".git/info/exclude"
    exclude.parent.mkdir(exist_ok=True)
    exclude.write_text("*.private\n")
    git(project.folder, "worktree", "add", "-q", str(tmp_path / "beside"))
    for name in ("a.private", "b.py"):
        (tmp_path / "beside" / name).write_text("x")

    def take() -> None:
        files = store.files(store.commit(tmp_path / "beside", project.id).commit)
        assert "b.py" in files
        assert "a.private" not in files

    untouched(take)


def test_that_a_project_in_a_repository_keeps_to_the_ignore_files_above_it(
    store: SnapshotStore, project: Project, git: Git
) -> None:
    root = project.folder
    folder = Project.create(root / "team/flights").folder
    (root / ".gitignore").write_text("*.tmp\n/team/flights/big/\n/big-elsewhere\n**/cache/\n!keep.tmp\n# a remark\n")
    (root / "team/.gitignore").write_text("flights/secret.txt\nother/x.txt\n")
    for name in ("a.tmp", "keep.tmp", "big/x", "cache/y", "secret.txt", "sub/big/z", "x.txt", "big-elsewhere"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    files = set(store.files(store.commit(folder, "inner").commit))
    known = {"a.tmp", "keep.tmp", "big/x", "cache/y", "secret.txt", "sub/big/z", "x.txt", "big-elsewhere"}
    assert files & known == {"keep.tmp", "sub/big/z", "x.txt", "big-elsewhere"}
    # as git itself sees it
    seen = git(root, "ls-files", "--others", "--exclude-standard", "team/flights").split()
    assert files & known == {name.removeprefix("team/flights/") for name in seen} & known


def test_that_a_sparse_checkout_gives_what_is_there(
    store: SnapshotStore, project: Project, git: Git, untouched: Callable[[Callable[[], None]], None]
) -> None:
    for name in ("wanted/a.py", "absent/b.py"):
        (project.folder / name).parent.mkdir()
        (project.folder / name).write_text("x")
    git(project.folder, "add", ".")
    git(project.folder, "commit", "-qm", "two folders")
    git(project.folder, "sparse-checkout", "set", "wanted")

    def take() -> None:
        files = store.files(store.commit(project.folder, project.id).commit)
        assert "wanted/a.py" in files
        assert "absent/b.py" not in files

    untouched(take)


def test_that_no_filter_of_the_repository_runs(
    store: SnapshotStore, project: Project, git: Git, untouched: Callable[[Callable[[], None]], None], tmp_path: Path
) -> None:
    (project.folder / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n*.py export-ignore\n")
    for key in ("clean", "smudge", "process"):
        git(project.folder, "config", f"filter.lfs.{key}", f"touch {project.folder}/.git/was-called; cat")
    (project.folder / "a.bin").write_bytes(b"large")

    def take() -> None:
        commit = store.commit(project.folder, project.id).commit
        assert store.read(commit, "a.bin") == b"large"
        store.checkout(commit, tmp_path / "copy")
        store.zip(commit, tmp_path / "copy.zip")

    untouched(take)
    assert not (project.folder / ".git/was-called").exists()


def test_that_links_and_strange_names_come_back_and_a_pipe_is_no_file(
    store: SnapshotStore, project: Project, tmp_path: Path
) -> None:
    folder = project.folder
    names = ["line\nbreak.py", "Übung 'x' \"y\".py", "-n", " leading", "tab\there", "🦆.py", "a\\b"]
    for name in names:
        (folder / name).write_text(name)
    (folder / "to-file").symlink_to("train.py")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "to-folder").symlink_to(tmp_path)
    (folder / "executable.sh").write_text("#!/bin/sh\n")
    (folder / "executable.sh").chmod(0o755)
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"not-utf8-\xff.py")).write_text("x")
    snapshot = store.commit(folder, project.id)
    assert {*names, "to-file", "dangling", "to-folder"} <= set(store.files(snapshot.commit))
    assert "pipe" not in store.files(snapshot.commit)
    store.checkout(snapshot.commit, tmp_path / "copy")
    for name in names:
        assert (tmp_path / "copy" / name).read_text() == name
    assert (tmp_path / "copy/to-file").readlink() == Path("train.py")
    assert (tmp_path / "copy/dangling").is_symlink()
    assert (tmp_path / "copy/to-folder").readlink() == tmp_path
    assert os.access(tmp_path / "copy/executable.sh", os.X_OK)
    assert (tmp_path / "copy" / os.fsdecode(b"not-utf8-\xff.py")).exists()


def test_that_a_folder_whose_ignore_file_ignores_itself_leaves_the_next_snapshot(store: SnapshotStore, project: Project) -> None:
    (project.folder / "cache").mkdir()
    (project.folder / "cache/x").write_text("x")
    assert "cache/x" in store.files(store.commit(project.folder, project.id).commit)
    (project.folder / "cache/.gitignore").write_text("*\n")
    assert "cache/x" not in store.files(store.commit(project.folder, project.id).commit)


def test_that_many_new_files_are_one_pack_and_a_change_is_small(store: SnapshotStore, project: Project, tmp_path: Path) -> None:
    for number in range(1000):
        (project.folder / f"f{number}.txt").write_text(f"{number}\n")
    (project.folder / "empty").write_bytes(b"")
    snapshot = store.commit(project.folder, project.id)
    objects = tmp_path / "home/snapshots.git/objects"
    assert len(list(objects.glob("pack/*.pack"))) == 1
    assert len(list(objects.glob("??/*"))) < 50
    assert store.sizes(snapshot.commit)["f999.txt"] == 4
    store.checkout(snapshot.commit, tmp_path / "copy")
    assert (tmp_path / "copy/f777.txt").read_text() == "777\n"
    assert (tmp_path / "copy/empty").read_bytes() == b""


def test_that_the_limit_for_files_can_be_set(store: SnapshotStore, project: Project) -> None:
    (project.folder / "data.csv").write_text("x" * 2_000_000)
    usual = store.commit(project.folder, project.id)
    assert usual.left_out == ()
    assert store.commit(project.folder, project.id, size_limit=1_000_000).left_out == ("data.csv",)
    assert store.commit(project.folder, project.id).files == usual.files
