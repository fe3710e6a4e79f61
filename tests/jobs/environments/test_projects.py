"""What the files of a project ask for: pyproject.toml, uv.lock, indexes."""

import subprocess
import sys
from pathlib import Path

import pytest

from workbench.base.errors import UserError
from workbench.jobs.environments import EnvironmentBuilder, python_of, uv_program

_PROJECT = """[project]
name = "x"
version = "1"
requires-python = "{python}"
dependencies = ["six", "colorama; sys_platform == 'win32'", "iniconfig<2.1; python_version >= '3.9'"]

[dependency-groups]
dev = ["pluggy"]
"""


def _project(folder: Path, python: str = ">=3.9", *, locked: bool = True) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(_PROJECT.format(python=python))
    if locked:
        command = [uv_program(), "lock", "--quiet", "--python", sys.executable, "--upgrade-package", "six==1.16.0"]
        subprocess.run(command, cwd=folder, check=True)
    return path


@pytest.mark.parametrize("name", ["pyproject.toml", "uv.lock"])
def test_that_a_uv_lock_is_taken_as_it_is_for_this_platform_without_a_network(
    builder: EnvironmentBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _project(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    monkeypatch.setenv("UV_OFFLINE", "1")
    assert builder.resolve(tmp_path / name) == "iniconfig==2.0.0\nsix==1.16.0\n"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_that_a_changed_lock_gives_another_answer_and_more_packages_keep_to_it(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    path = _project(tmp_path)
    builder.resolve(path)
    lock = (tmp_path / "uv.lock").read_text()
    assert builder.resolve(path, extra=["pluggy==1.5.0"]) == "iniconfig==2.0.0\npluggy==1.5.0\nsix==1.16.0\n"
    (tmp_path / "uv.lock").write_text(lock.replace("1.16.0", "1.15.0"))
    assert "six==1.15.0" in builder.resolve(path)
    (tmp_path / "uv.lock").write_text("= no TOML")
    with pytest.raises(UserError, match=r"^uv\.lock cannot be read: ") as caught:
        builder.resolve(path)
    assert caught.value.place == str(tmp_path / "uv.lock")
    (tmp_path / "uv.lock").rename(tmp_path / "moved.lock")
    path.unlink()
    (tmp_path / "moved.lock").rename(tmp_path / "uv.lock")
    with pytest.raises(UserError, match=r"uv\.lock has no pyproject\.toml beside it"):
        builder.resolve(tmp_path / "uv.lock")


def test_that_a_lock_that_its_project_has_outgrown_is_refused(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    path = _project(tmp_path)
    path.write_text(path.read_text().replace("iniconfig<2.1", "iniconfig<2"))
    with pytest.raises(UserError, match=r"^uv\.lock is not up to date: ") as caught:
        builder.resolve(path)
    assert caught.value.hint == "Renew it with: uv lock"


def test_that_a_project_file_without_a_project_says_so(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n")
    with pytest.raises(UserError, match=r"^pyproject\.toml has no table \[project\] that names packages\."):
        builder.resolve(tmp_path / "pyproject.toml")


def test_that_another_python_that_the_project_asks_for_stands_in_the_lock(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    path = _project(tmp_path, ">=3.9", locked=False)
    assert python_of(builder.resolve(path)) == ""
    path = _project(tmp_path, "==2.7.*", locked=False)
    lock = builder.resolve(path)
    assert python_of(lock) == "2.7"
    with pytest.raises(UserError, match=r"could not be built: .*Python <3\.6 is not supported but 2\.7 was requested"):
        builder.ensure(lock)
    assert python_of("# python: >=3.12\nsix==1.16.0\n") == ">=3.12"
    path.write_text("[project\n")
    with pytest.raises(UserError, match=r"pyproject\.toml is not valid TOML"):
        builder.resolve(path)


def test_that_indexes_of_the_requirements_stay_with_the_lock_but_never_a_password(
    builder: EnvironmentBuilder, tmp_path: Path
) -> None:
    path = tmp_path / "requirements.txt"
    (tmp_path / "more.txt").write_text("--extra-index-url https://pypi.org/simple\nsix==1.16.0\n")
    path.write_text("-r more.txt\n")
    lock = builder.resolve(path)
    assert lock == "--extra-index-url https://pypi.org/simple\nsix==1.16.0\n"
    python = builder.ensure(lock)
    assert builder.installed(python) == "six==1.16.0\n"
    assert builder.resolve(lock, extra=["iniconfig==2.0.0"]).splitlines()[1:] == ["iniconfig==2.0.0", "six==1.16.0"]
    path.write_text("--extra-index-url https://me:secret@pypi.org/simple\nsix==1.16.0\n")
    with pytest.raises(UserError, match="names a package index with its password") as caught:
        builder.resolve(path)
    assert "secret" not in str(caught.value)
    assert not [one for one in (tmp_path / "workspace/envs").rglob("*.txt") if "secret" in one.read_text()]


def test_that_a_folder_of_this_machine_is_refused(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/pyproject.toml").write_text('[project]\nname = "inner"\nversion = "1"\n')
    (tmp_path / "inner/inner.py").write_text("")
    path = tmp_path / "requirements.txt"
    for line in ("-e ./inner", "./inner", str(tmp_path / "inner")):
        path.write_text(f"{line}\n")
        with pytest.raises(UserError, match=r"local folder or file .*which a run's environment cannot share"):
            builder.resolve(path)
