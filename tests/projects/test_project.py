import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.base.errors import Cancelled, Conflict, EnvironmentError_, NotFound, UserError
from workbench.projects import Project, clone, git_state, templates

Git = Callable[..., str]


def test_that_a_new_project_is_a_git_repository_with_a_first_commit(tmp_path: Path, git: Git) -> None:
    project = Project.create(tmp_path / "flights", description='Says "late" {{name}}')
    assert (project.name, project.default_config) == ("flights", "local")
    assert git(project.folder, "log", "--format=%s").strip() == "Start of flights"
    assert git(project.folder, "status", "--porcelain") == ""
    assert {".gitignore", ".wbignore", "README.md", "requirements.txt", "workbench.toml"} <= set(
        git(project.folder, "ls-files").split()
    )
    assert project.scripts() == ["train.py"]
    assert project.config_names() == ["local", "docker"]
    assert project.config()["script"] == "train.py"
    assert project.readme().startswith("# flights")
    assert Project.open(project.folder) == project


def test_that_a_user_without_a_git_identity_gets_a_project_and_no_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git
) -> None:
    config = tmp_path / "gitconfig"
    config.write_text("")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME", raising=False)
        monkeypatch.delenv(f"GIT_{role}_EMAIL", raising=False)
    project = Project.create(tmp_path / "new", git_url="https://example.org/x.git")
    assert git(project.folder, "log", "--format=%an <%ae>").strip() == "Workbench <workbench@localhost>"
    assert git(project.folder, "branch", "--show-current").strip() == "main"
    assert git(project.folder, "remote", "get-url", "origin").strip() == "https://example.org/x.git"
    assert config.read_text() == ""
    assert "user" not in (project.folder / ".git/config").read_text()


def test_that_a_folder_with_files_is_refused_unless_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print(1)")
    with pytest.raises(Conflict, match="not empty"):
        Project.create(tmp_path)
    project = Project.create(tmp_path, existing=True)
    assert (tmp_path / "train.py").read_text() == "print(1)"
    assert (project.folder / "requirements.txt").exists()
    with pytest.raises(Conflict, match="is a project already"):
        Project.create(tmp_path, existing=True)


def test_that_a_project_inside_a_repository_gets_no_repository_of_its_own(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q")
    Project.create(tmp_path / "sub")
    assert not (tmp_path / "sub/.git").exists()


def test_that_a_name_with_quotes_is_kept(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a", name='My "best" \\ project')
    assert tomllib.loads((project.folder / "workbench.toml").read_text())["name"] == 'My "best" \\ project'
    assert project.name == 'My "best" \\ project'


def test_that_what_is_no_project_is_said_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        Project.open(tmp_path)
    assert "workbench init" in caught.value.hint
    with pytest.raises(NotFound):
        Project.open(tmp_path / "nowhere")
    (tmp_path / "workbench.toml").write_text("name = ")
    with pytest.raises(UserError, match="not valid TOML") as caught:
        Project.open(tmp_path)
    assert caught.value.place == str(tmp_path / "workbench.toml")


def test_that_an_unknown_configuration_or_template_gives_the_known_ones(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a")
    with pytest.raises(NotFound, match="Known: local"):
        project.config("gpu")
    with pytest.raises(NotFound, match="blank"):
        Project.create(tmp_path / "b", template="nothing")
    assert templates()[0].name == "blank"
    assert not (tmp_path / "b").exists()


def test_that_lists_skip_environments_and_hidden_folders(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a")
    for path in (".venv/x.py", "myenv/x.py", "src/deep/model.py", "data/f.wbprep", "data/f.wbsource", "n.ipynb", "outputs/o.py"):
        (project.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / path).write_text("")
    (project.folder / "myenv/pyvenv.cfg").write_text("")
    assert project.scripts() == ["src/deep/model.py", "train.py"]
    assert (project.packages(), project.sources(), project.notebooks()) == (["data/f.wbprep"], ["data/f.wbsource"], ["n.ipynb"])


def test_that_the_git_state_hides_passwords_and_writes_nothing(tmp_path: Path, git: Git) -> None:
    project = Project.create(tmp_path / "a", git_url="https://me:secret@example.org/x.git")
    (project.folder / "train.py").touch()
    before = (project.folder / ".git/index").read_bytes()
    state = git_state(project.folder)
    assert (state.remote, state.branch, state.dirty) == ("https://example.org/x.git", "main", False)
    assert state.commit == git(project.folder, "rev-parse", "HEAD").strip()
    (project.folder / "train.py").write_text("changed")
    assert git_state(project.folder).dirty
    assert (project.folder / ".git/index").read_bytes() == before
    assert git_state(tmp_path).commit == ""


def test_that_a_clone_tells_its_progress_and_leaves_nothing_when_it_fails(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a")
    lines: list[str] = []
    clone(str(project.folder), tmp_path / "b", lambda part, text: lines.append(text))
    assert Project.open(tmp_path / "b").id == project.id
    assert lines
    with pytest.raises(EnvironmentError_, match="could not be cloned"):
        clone(str(tmp_path / "nowhere"), tmp_path / "c")
    assert not (tmp_path / "c").exists()
    with pytest.raises(Conflict, match="not empty"):
        clone(str(project.folder), tmp_path / "b")


def test_that_a_cancelled_clone_leaves_nothing(tmp_path: Path) -> None:
    fifo = "ext::sh -c 'sleep 60'"
    with pytest.raises((Cancelled, EnvironmentError_)):
        clone(fifo, tmp_path / "c", cancel=lambda: True)
    assert not (tmp_path / "c").exists()
