import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.projects.conftest import state_of
from workbench.projects import Project, git_state

Git = Callable[..., str]


@pytest.fixture
def repository(tmp_path: Path, git: Git) -> Path:
    folder = Project.create(tmp_path / "project").folder
    git(folder, "switch", "-q", "-c", "topic")
    return folder


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:secret@example.org/x.git", "https://example.org/x.git"),
        ("https://token@example.org/x.git", "https://example.org/x.git"),
        ("ssh://git:secret@example.org:22/x.git", "ssh://git@example.org:22/x.git"),
        ("git@example.org:me/x.git", "git@example.org:me/x.git"),
        ("/srv/git/x@y.git", "/srv/git/x@y.git"),
    ],
)
def test_that_a_remote_is_named_without_its_password(repository: Path, git: Git, url: str, shown: str) -> None:
    git(repository, "remote", "add", "other", "/elsewhere")
    git(repository, "remote", "add", "origin", url)
    assert git_state(repository).remote == shown


def test_that_a_difference_holds_what_is_staged_and_what_is_not_and_nothing_is_written(repository: Path, git: Git) -> None:
    assert (git_state(repository).dirty, git_state(repository).diff) == (False, "")
    (repository / "train.py").write_text("unstaged\n")
    (repository / "Übung\nzwei.py").write_text("staged\n")
    git(repository, "add", "Übung\nzwei.py")
    (repository / "unknown.py").write_text("not known to git\n")
    before = state_of(repository)
    state = git_state(repository / "data" if (repository / "data").is_dir() else repository)
    assert state_of(repository) == before
    assert (state.branch, state.dirty) == ("topic", True)
    assert "+unstaged" in state.diff
    assert "+staged" in state.diff
    assert "not known to git" not in state.diff
    git(repository, "stash", "-q")
    applied = subprocess.run(["git", "apply"], cwd=repository, input=state.diff, text=True, capture_output=True)
    assert applied.returncode == 0, applied.stderr
    assert (repository / "train.py").read_text() == "unstaged\n"


def test_that_a_long_difference_is_cut_and_says_so(repository: Path) -> None:
    (repository / "train.py").write_text("x = 'Übung'\n" * 200_000)
    diff = git_state(repository).diff
    assert len(diff.encode()) < 1_000_200
    assert diff.endswith("\n# The difference is longer than 1 MB: the rest is not kept.\n")


def test_that_a_merge_in_progress_is_told_and_left_as_it_is(repository: Path, git: Git) -> None:
    git(repository, "switch", "-q", "-c", "theirs")
    (repository / "train.py").write_text("theirs\n")
    git(repository, "commit", "-qam", "theirs")
    git(repository, "switch", "-q", "topic")
    (repository / "train.py").write_text("ours\n")
    git(repository, "commit", "-qam", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "theirs")
    before = state_of(repository)
    state = git_state(repository)
    assert state_of(repository) == before
    assert state.dirty
    assert state.commit == git(repository, "rev-parse", "HEAD").strip()


def test_that_changes_in_a_submodule_count_and_one_that_is_not_checked_out_does_no_harm(
    repository: Path, tmp_path: Path, git: Git
) -> None:
    library = Project.create(tmp_path / "library").folder
    for name in ("lib", "absent"):
        git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), name)
    git(repository, "commit", "-qm", "submodules")
    git(repository, "submodule", "--quiet", "deinit", "absent")
    assert not git_state(repository).dirty
    (repository / "lib/train.py").write_text("changed in the library\n")
    before = state_of(repository)
    state = git_state(repository)
    assert state.dirty
    assert "# In the submodule lib:" in state.diff
    assert "+changed in the library" in state.diff
    assert state_of(repository) == before


def test_that_a_program_of_git_lfs_is_not_started_and_an_unchanged_file_is_none(repository: Path, git: Git) -> None:
    content = b"large\n" * 100
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(content).hexdigest()}\nsize {len(content)}\n"
    (repository / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
    (repository / "a.bin").write_text(pointer)
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "as git-lfs commits it")
    for key in ("clean", "smudge", "process"):
        git(repository, "config", f"filter.lfs.{key}", f"touch {repository}/.git/was-called; cat")
    git(repository, "config", "filter.lfs.required", "true")
    (repository / "a.bin").write_bytes(content)
    assert (git_state(repository).dirty, git_state(repository).diff) == (False, "")
    (repository / "train.py").write_text("changed\n")
    assert "a.bin" not in git_state(repository).diff
    (repository / "a.bin").write_bytes(b"other")
    assert "a.bin" in git_state(repository).diff
    assert not (repository / ".git/was-called").exists()


def test_that_a_worktree_a_folder_in_a_repository_and_a_repository_without_commits_have_a_state(
    repository: Path, tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository, "worktree", "add", "-q", "-b", "beside", str(tmp_path / "beside"))
    (repository / "inner").mkdir()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "of-another-git"))
    assert git_state(tmp_path / "beside").branch == "beside"
    assert git_state(repository / "inner").branch == "topic"
    monkeypatch.delenv("GIT_DIR")
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q", "-b", "first")
    assert git_state(tmp_path / "new").branch == "first"
    assert git_state(tmp_path / "new").commit == ""
    assert git_state(tmp_path / "nowhere").commit == ""
