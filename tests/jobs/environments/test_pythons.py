"""Another Python than Workbench's: used where this machine has it, and said plainly where it has not."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Requirement
from tests.jobs.conftest import Workspace
from workbench.base.errors import EnvironmentError_, UserError
from workbench.jobs.environments import EnvironmentBuilder, python_of
from workbench.projects import Project
from workbench.schema import JobRequest, RunStatus


def _other_python() -> tuple[str, Path] | None:
    """The version and path of another CPython of this machine, on the path or among those of pyenv."""
    for minor in (13, 12, 10, 9):
        if minor == sys.version_info.minor:
            continue
        installed = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3.{minor}"))
        for path in [shutil.which(f"python3.{minor}"), *map(str, installed)]:
            if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
                return f"3.{minor}", Path(path)
    return None


@pytest.fixture
def other_python(require: Requirement, monkeypatch: pytest.MonkeyPatch) -> str:
    found = _other_python()
    require("python", available=found is not None, reason="this machine has one Python only")
    assert found
    monkeypatch.setenv("PATH", f"{found[1].parent}:/usr/bin:/bin")
    return found[0]


@pytest.fixture
def no_other_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Gives a version that this machine has not, and cannot fetch."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "pythons"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", "http://127.0.0.1:9/builds")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("COLUMNS", "40")  # what uv says is read, so it must not be broken into lines
    return "3.9"


def test_that_a_job_runs_with_the_python_of_its_configuration(
    workspace: Workspace, project: Project, request_for: Callable[..., JobRequest], other_python: str
) -> None:
    (project.folder / "runconfig/local.toml").write_text(f'[environment]\npython = "{other_python}"\n')
    (project.folder / "requirements.txt").write_text("six==1.16.0\n")
    code = "import sys, six, workbench\nworkbench.log('a', 1)\nprint('%d.%d' % sys.version_info[:2], six.__version__)\n"
    with workspace.manager() as manager:
        assert manager.plan(request_for(code)).problems == ()
        run = workspace.end_of(manager.submit(request_for(code)).id)
    assert run.status is RunStatus.FINISHED, workspace.log(run.id)
    assert f"{other_python} 1.16.0" in workspace.log(run.id)
    assert list(run.metrics) == ["a"]


def test_that_the_python_that_a_project_requires_is_taken(builder: EnvironmentBuilder, tmp_path: Path, other_python: str) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f'[project]\nname = "x"\nversion = "1"\nrequires-python = "=={other_python}.*"\ndependencies = ["six==1.16.0"]\n'
    )
    lock = builder.resolve(tmp_path / "pyproject.toml")
    assert python_of(lock) == other_python
    shown = subprocess.run([builder.ensure(lock), "--version"], capture_output=True, text=True).stdout
    assert shown.startswith(f"Python {other_python}.")


def test_that_a_python_that_cannot_be_had_is_named(builder: EnvironmentBuilder, no_other_python: str) -> None:
    with pytest.raises(EnvironmentError_) as offline:
        builder.ensure("six==1.16.0\n", python=no_other_python)
    assert offline.value.message.startswith(
        "The environment could not be built: this machine has no Python 3.9, and it could not be "
    )
    assert "fetched from 127.0.0.1:9 (" in offline.value.message
    with pytest.raises(UserError) as unknown:
        builder.ensure("six==1.16.0\n", python="3.99")
    assert (
        unknown.value.message
        == "The environment could not be built: this machine has no Python 3.99, and uv knows of none to fetch."
    )
    with pytest.raises(UserError, match=r"cannot be resolved: there is no interpreter `bogus`\.") as wrong:
        builder.resolve("six==1.16.0\n", python="bogus")
    assert all(one.value.hint.startswith("Install that Python on this machine") for one in (offline, unknown, wrong))


def test_that_a_plan_foresees_a_python_that_is_not_here(
    workspace: Workspace, project: Project, request_for: Callable[..., JobRequest], no_other_python: str
) -> None:
    (project.folder / "runconfig/local.toml").write_text(f'[environment]\npython = "{no_other_python}"\n')
    with workspace.manager(started=False) as manager:
        (problem,) = manager.plan(request_for("print(1)")).problems
    assert problem == "This machine has no Python 3.9: it is fetched from the network when the environment is built."
