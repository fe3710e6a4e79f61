import hashlib
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.projects import Project, Snapshot, SnapshotStore

Git = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "home/snapshots.git")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "project")


def _state_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_that_a_snapshot_leaves_the_users_repository_untouched(store: SnapshotStore, project: Project, git: Git) -> None:
    hook = project.folder / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch hook-ran\nexit 1\n")
    hook.chmod(0o755)
    git(project.folder, "switch", "-q", "-c", "topic")
    (project.folder / "train.py").write_text("changed")
    (project.folder / "staged.py").write_text("staged")
    git(project.folder, "add", "staged.py")
    before = _state_of(project.folder)
    snapshot = store.commit(project.folder, project.id, "run 1")
    assert _state_of(project.folder) == before
    assert git(project.folder, "branch", "--show-current").strip() == "topic"
    assert store.read(snapshot.commit, "train.py") == b"changed"
    assert store.read(snapshot.commit, "staged.py") == b"staged"


def test_that_bytes_are_kept_whatever_git_is_told_to_convert(
    store: SnapshotStore, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "gitconfig"
    config.write_text('[core]\n autocrlf = input\n hooksPath = /nowhere\n[filter "upper"]\n clean = tr a-z A-Z\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "foreign"))
    (project.folder / ".gitattributes").write_text("*.txt text eol=lf filter=upper\n*.utf working-tree-encoding=UTF-16\n")
    (project.folder / "a.txt").write_bytes(b"one\r\ntwo\r\n")
    (project.folder / "b.utf").write_bytes(b"\xff\xfeplain")
    (project.folder / "Übung 'x'.txt").write_bytes(b"\x00\xff")
    snapshot = store.commit(project.folder, project.id)
    store.checkout(snapshot.commit, tmp_path / "copy")
    assert (tmp_path / "copy/a.txt").read_bytes() == b"one\r\ntwo\r\n"
    assert (tmp_path / "copy/b.utf").read_bytes() == b"\xff\xfeplain"
    assert (tmp_path / "copy/Übung 'x'.txt").read_bytes() == b"\x00\xff"
    assert not (tmp_path / "foreign").exists()


def test_that_ignored_and_big_files_are_left_out_and_the_big_ones_named(store: SnapshotStore, project: Project) -> None:
    (project.folder / ".wbignore").write_text("notes/\n*.bin\n")
    for name in ("notes/a.md", "x.bin", "outputs/model.pkl", "data/raw/flights.csv", "data/small.csv"):
        (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / name).write_text("1")
    with (project.folder / "big.dat").open("wb") as file:
        file.truncate(50_000_001)
    Project.create(project.folder.parent / "inner")
    (project.folder.parent / "inner").rename(project.folder / "inner")
    snapshot = store.commit(project.folder, project.id)
    assert snapshot.left_out == ("big.dat", "inner/")
    files = set(store.files(snapshot.commit))
    assert len(files) == snapshot.files
    assert "data/small.csv" in files
    assert not files & {"notes/a.md", "x.bin", "outputs/model.pkl", "data/raw/flights.csv", "big.dat"}


def test_that_a_file_that_grows_too_big_or_is_ignored_later_leaves_the_snapshot(store: SnapshotStore, project: Project) -> None:
    (project.folder / "grows.dat").write_text("small")
    (project.folder / "later.txt").write_text("x")
    (project.folder / "gone.txt").write_text("x")
    first = store.commit(project.folder, project.id)
    with (project.folder / "grows.dat").open("wb") as file:
        file.truncate(60_000_000)
    (project.folder / ".wbignore").write_text("later.txt\n")
    (project.folder / "gone.txt").unlink()
    second = store.commit(project.folder, project.id)
    assert second.left_out == ("grows.dat",)
    assert set(store.files(first.commit)) - set(store.files(second.commit)) == {"grows.dat", "later.txt", "gone.txt"}
    assert store.read(first.commit, "grows.dat") == b"small"
    assert "-x" in "".join(one.text for one in store.changes(first.commit, second.commit))


@pytest.mark.parametrize("written", [b"%s", b"\xef\xbb\xbf%s"], ids=["plain", "with a byte order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_that_wbignore_is_read_as_git_reads_its_own(store: SnapshotStore, project: Project, written: bytes, end: bytes) -> None:
    patterns = [
        b"*.log",
        b"!keep.log",
        b"/top/",
        b"\\#mark",
        b"trailing\\ ",
        b"data/*",
        b"!data/small.csv",
        b"foo/**/baz.txt",
        "é.txt".encode(),
    ]
    (project.folder / ".wbignore").write_bytes(written % end.join([*patterns, b""]))
    taken = {"keep.log", "deep/top/x.txt", "data/small.csv", "foo/baz.py", "e.txt"}
    ignored = {"a.log", "deep/b.log", "top/x.txt", "#mark", "trailing ", "data/big.csv", "foo/a/b/baz.txt", "é.txt"}
    for name in taken | ignored:
        (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / name).write_text("x")
    files = set(store.files(store.commit(project.folder, project.id).commit))
    assert (files & taken, files & ignored) == (taken, set())


def test_that_an_unchanged_folder_gives_the_same_commit(store: SnapshotStore, project: Project) -> None:
    first = store.commit(project.folder, project.id)
    assert store.commit(project.folder, project.id) == first
    (project.folder / "train.py").write_text("new")
    assert store.commit(project.folder, project.id).commit != first.commit


def test_that_a_damaged_index_and_a_lock_of_a_killed_git_do_no_harm(store: SnapshotStore, project: Project, tmp_path: Path) -> None:
    first = store.commit(project.folder, project.id)
    (index,) = (tmp_path / "home/snapshots.git/workbench").glob("*.index")
    index.write_bytes(b"DIRC garbage")
    index.with_name(index.name + ".lock").write_text("")
    assert store.commit(project.folder, project.id) == first


def test_that_snapshots_taken_at_once_are_whole(store: SnapshotStore, project: Project, tmp_path: Path) -> None:
    other = Project.create(tmp_path / "other")
    found: list[Snapshot] = []

    def take(one: Project) -> None:
        for number in range(3):
            (one.folder / f"{threading.get_ident()}-{number}.py").write_text("x")
            found.append(store.commit(one.folder, one.id))

    threads = [threading.Thread(target=take, args=(one,)) for one in (project, project, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 9
    for snapshot in found:
        assert len(store.files(snapshot.commit)) == snapshot.files


def test_that_restore_keeps_what_it_overwrites(store: SnapshotStore, project: Project) -> None:
    folder = project.folder
    (folder / "pkg").mkdir()
    (folder / "pkg/a.py").write_text("old")
    (folder / "plain").write_text("file")
    snapshot = store.commit(folder, project.id)
    (folder / "train.py").write_text("mine, newer")
    (folder / "requirements.txt").unlink()
    (folder / "pkg/a.py").unlink()
    (folder / "pkg").rmdir()
    (folder / "pkg").write_text("a file now")
    (folder / "plain").unlink()
    (folder / "plain").mkdir()
    (folder / "plain/inside").write_text("a folder now")
    (folder / "later.py").write_text("later")
    restored = store.restore(snapshot.commit, folder)
    assert set(restored.changed) == {"train.py", "requirements.txt", "pkg/a.py", "plain"}
    assert restored.kept_in is not None
    assert (restored.kept_in / "train.py").read_text() == "mine, newer"
    assert (restored.kept_in / "pkg").read_text() == "a file now"
    assert (restored.kept_in / "plain/inside").read_text() == "a folder now"
    assert (folder / "pkg/a.py").read_text() == "old"
    assert (folder / "plain").read_text() == "file"
    assert (folder / "later.py").read_text() == "later"
    assert store.restore(snapshot.commit, folder).changed == ()


def test_that_restore_does_not_write_through_a_link_out_of_the_folder(
    store: SnapshotStore, project: Project, tmp_path: Path
) -> None:
    (project.folder / "pkg").mkdir()
    (project.folder / "pkg/a.py").write_text("old")
    snapshot = store.commit(project.folder, project.id)
    (project.folder / "pkg/a.py").unlink()
    (project.folder / "pkg").rmdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (project.folder / "pkg").symlink_to(outside)
    store.restore(snapshot.commit, project.folder)
    assert (project.folder / "pkg/a.py").read_text() == "old"
    assert list(outside.iterdir()) == []


def test_that_unknown_snapshots_and_files_are_not_found(store: SnapshotStore, project: Project, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        store.read("0" * 40, "x")
    snapshot = store.commit(project.folder, project.id)
    for commit in ("", "0" * 40, "--help", "HEAD"):
        with pytest.raises(NotFound):
            store.files(commit)
    with pytest.raises(NotFound, match=r"no file nothing\.py"):
        store.read(snapshot.commit, "nothing.py")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").write_text("")
    with pytest.raises(UserError, match="not empty"):
        store.checkout(snapshot.commit, tmp_path / "full")


def test_that_one_change_among_many_files_is_found(store: SnapshotStore, project: Project) -> None:
    for number in range(2000):
        path = project.folder / f"d{number % 100}" / f"f{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"x = {number}\n")
    first = store.commit(project.folder, project.id)
    assert first.files >= 2000
    (project.folder / "d5/f5.py").write_text("y = 5\n")  # as long as before, perhaps within the same tick of the clock
    second = store.commit(project.folder, project.id)
    assert [change.path for change in store.changes(first.commit, second.commit)] == ["d5/f5.py"]
    assert store.read(second.commit, "d5/f5.py") == b"y = 5\n"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_that_an_unreadable_file_is_named(store: SnapshotStore, project: Project) -> None:
    (project.folder / "secret.txt").write_text("x")
    (project.folder / "secret.txt").chmod(0)
    assert store.commit(project.folder, project.id).left_out == ("secret.txt",)


def test_that_a_workspace_that_cannot_be_written_is_said(tmp_path: Path, project: Project) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentError_):
        SnapshotStore(tmp_path / "file/snapshots.git").commit(project.folder, project.id)


def test_that_files_that_change_all_the_time_do_not_stop_a_snapshot(store: SnapshotStore, project: Project, tmp_path: Path) -> None:
    for number in range(50):
        (project.folder / f"f{number}.py").write_text(str(number))
    (project.folder / "run.sh").write_text("#!/bin/sh\n")
    (project.folder / "run.sh").chmod(0o755)
    ended = threading.Event()

    def churn() -> None:
        turn = 0
        while not ended.is_set():
            turn += 1
            (project.folder / "log.txt").write_bytes(os.urandom(50_000 * (turn % 5)))
            folder = project.folder / f"d{turn % 7}"
            folder.mkdir(exist_ok=True)
            (folder / "x").write_bytes(b"a" * (turn % 100_000))
            if turn % 3 == 0:
                shutil.rmtree(project.folder / f"d{(turn + 3) % 7}", ignore_errors=True)

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        snapshots = [store.commit(project.folder, project.id) for _ in range(15)]
    finally:
        ended.set()
        thread.join()
    for snapshot in snapshots:
        files = store.files(snapshot.commit)
        assert len(files) == snapshot.files
        assert {f"f{number}.py" for number in range(50)} <= set(files)
    last = store.commit(project.folder, project.id)
    store.checkout(last.commit, tmp_path / "copy")
    assert (tmp_path / "copy/log.txt").read_bytes() == (project.folder / "log.txt").read_bytes()
    assert os.access(tmp_path / "copy/run.sh", os.X_OK)
