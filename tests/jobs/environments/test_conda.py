import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.base.errors import EnvironmentError_, UserError
from workbench.jobs.environments import EnvironmentBuilder, environment_variables, is_conda, python_of

_OURS = f"{sys.version_info.major}.{sys.version_info.minor}"


def _file(folder: Path, text: str) -> Path:
    path = folder / "conda_dependencies.yml"
    path.write_text(text)
    return path


@pytest.mark.usefixtures("no_conda")
def test_that_a_file_with_packages_of_pypi_alone_needs_no_conda(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("iniconfig==2.0.0\n")
    path = _file(
        tmp_path, f"name: x\ndependencies:\n  - python={_OURS}.*\n  - pip\n  - pip:\n    - six==1.16.0\n    - -r more.txt\n"
    )
    lock = builder.resolve(path)
    assert lock == "iniconfig==2.0.0\nsix==1.16.0\n"  # that Python is our own
    python = builder.ensure(lock)
    assert builder.installed(python).split() == ["iniconfig==2.0.0", "six==1.16.0"]
    (tmp_path / "more.txt").write_text("iniconfig==2.1.0\n")
    assert "iniconfig==2.1.0" in builder.resolve(path)


@pytest.mark.parametrize(
    ("asked", "python"),
    [
        ("python=3.10", "3.10"),
        ("python==3.10.4", "3.10.4"),
        ("python 3.10.*", "3.10"),
        ("python=3.10.4=h12debd9_0", "3.10.4"),
        ("python >=3.2,<3.3", ">=3.2,<3.3"),
        ("python>=3.9", ""),
        (f"python={_OURS}", ""),
        ("python", ""),
    ],
)
def test_that_the_python_of_the_file_is_read(builder: EnvironmentBuilder, tmp_path: Path, asked: str, python: str) -> None:
    lock = builder.resolve(_file(tmp_path, f"dependencies: ['{asked}']\n"))
    assert python_of(lock) == python


@pytest.mark.usefixtures("no_conda")
def test_that_without_conda_the_packages_and_the_remedy_are_named(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    path = _file(tmp_path, "channels: [conda-forge]\ndependencies: [python=3.11, pip, gdal=3.8, 'bioconda::samtools']\n")
    with pytest.raises(EnvironmentError_) as caught:
        builder.resolve(path)
    assert caught.value.message == (
        "conda_dependencies.yml asks for the conda packages gdal=3.8 and bioconda::samtools, "
        "and this machine has neither micromamba, mamba nor conda."
    )
    assert "Install micromamba" in caught.value.hint
    assert caught.value.place == str(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dependencies: [a, b\n", r"is not valid YAML \(line 2\)"),
        ("- a\n", "has no list of dependencies"),
        ("dependencies: {a: 1}\n", "has no list of dependencies"),
        ("dependencies: [{conda: [x]}]\n", "has a dependency that is none"),
        ("dependencies: ['../x']\n", "has a dependency that is none"),
    ],
)
def test_that_a_wrong_file_is_said_in_a_sentence(builder: EnvironmentBuilder, tmp_path: Path, text: str, said: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(UserError, match=said) as caught:
        builder.resolve(path)
    assert caught.value.place == str(path)
    assert "\n" not in str(caught.value)


def test_that_conda_packages_come_through_micromamba_and_the_rest_through_uv(
    builder: EnvironmentBuilder, tmp_path: Path, micromamba: Path
) -> None:
    path = _file(
        tmp_path,
        f"channels: [nodefaults, conda-forge]\ndependencies:\n  - python={_OURS}\n  - six=1.15.0\n  - pip:\n"
        "    - six\n    - iniconfig==2.0.0\n",
    )
    lines: list[str] = []
    lock = builder.resolve(path, say=lines.append)
    assert is_conda(lock)
    assert lock.splitlines() == [
        f"# python: {_OURS}",
        "@EXPLICIT",
        f"https://conda.example.org/conda-forge/linux-64/python-{_OURS}-0.conda#{'0' * 32}",
        f"https://conda.example.org/conda-forge/linux-64/six-1.15.0-0.conda#{'0' * 32}",
        "# from PyPI",
        "iniconfig==2.0.0",  # six is there already, in conda's version
    ]
    assert "Asking micromamba for six=1.15.0 ..." in lines
    python = builder.ensure(lock)
    assert builder.installed(python).split() == ["iniconfig==2.0.0", "six==1.15.0"]
    assert environment_variables(python)["CONDA_PREFIX"] == str(python.parent.parent)
    calls = [json.loads(line) for line in micromamba.read_text().splitlines()]
    assert "--override-channels" in calls[0]
    assert "nodefaults" not in calls[0]
    assert [call[0] for call in calls] == ["create", "create"]
    assert not list((tmp_path / "workspace/envs").glob("solving-*"))
    # resolved and built once
    builder.ensure(builder.resolve(path))
    assert len(micromamba.read_text().splitlines()) == 2


def test_that_packages_can_be_added_to_a_lock_with_conda_packages(
    builder: EnvironmentBuilder, tmp_path: Path, micromamba: Path
) -> None:
    lock = builder.resolve(_file(tmp_path, f"dependencies: [python={_OURS}, six=1.15.0]\n"))
    more = builder.resolve(lock, extra=["iniconfig==2.0.0"])
    assert more == lock + "iniconfig==2.0.0\n"
    assert subprocess.run([builder.ensure(more), "-c", "import six, iniconfig"]).returncode == 0
    assert micromamba.exists()


@pytest.mark.usefixtures("micromamba")
def test_that_a_package_that_conda_does_not_know_gives_its_reason(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"conda_dependencies\.yml cannot be resolved: .*no-such-package .* does not exist"):
        builder.resolve(_file(tmp_path, "dependencies: [no-such-package]\n"))


def test_that_a_program_that_a_variable_names_is_used(
    builder: EnvironmentBuilder, tmp_path: Path, micromamba: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin/micromamba").rename(tmp_path / "elsewhere")
    monkeypatch.setenv("CONDA_EXE", os.fspath(tmp_path / "elsewhere"))
    assert is_conda(builder.resolve(_file(tmp_path, "dependencies: [six=1.15.0]\n")))
    assert micromamba.exists()


@pytest.mark.parametrize(
    ("printed", "kind", "said"),
    [
        (
            "\nPackageNotFoundError: Package missing in current linux-64 channels: \n  - six 1.17*\n\n",
            UserError,
            "Package missing in current linux-64 channels: six 1.17*.",
        ),
        (
            (
                "\nPackagesNotFoundError: The following packages are not available from current channels:\n\n  - nosuch\n\n"
                "Current channels:\n\n  - https://conda.anaconda.org/conda-forge\n\nTo search for others, navigate to\n\n"
                "    https://anaconda.org\n\nand use the search bar at the top of the page.\n"
            ),
            UserError,
            "The following packages are not available from current channels: nosuch.",
        ),
        (
            (
                "error    libmamba Could not solve for environment specs\n    The following package could not be installed\n"
                "    └─ nosuch =* * does not exist (perhaps a typo or a missing channel).\n"
                "critical libmamba Could not solve for environment specs\n"
            ),
            UserError,
            "The following package could not be installed nosuch =* * does not exist (perhaps a typo or a missing channel).",
        ),
        (
            (
                "CondaHTTPError: HTTP None None for url <https://conda.example.org/noarch/repodata.json>\nElapsed: None\n\n"
                'An HTTP error occurred when trying to get this URL.\nConnectionError(MaxRetryError("Max retries exceeded with: '
                "/x (Caused by NewConnectionError('<urllib3.HTTPSConnection object at 0x7fa2>: Failed to establish a new "
                "connection: [Errno -2] Name or service not known',))\",),)\n"
            ),
            EnvironmentError_,
            "no connection to the package index at conda.example.org (Name or service not known).",
        ),
        (
            (
                "\nCondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://conda.example.org/noarch/x.json>\nElapsed: -\n\n"
                "An HTTP error occurred when trying to get this URL.\nHTTP errors are often intermittent, and a simple retry "
                "will get you on your way.\n'https://conda.example.org/noarch'\n"
            ),
            EnvironmentError_,
            (
                "no connection to the package index at conda.example.org "
                "(HTTP 000 CONNECTION FAILED for url <https://conda.example.org/noarch/x.json>)."
            ),
        ),
    ],
    ids=["conda 4.3", "conda 24", "micromamba 1.5", "conda 4.3 without a network", "conda 24 without a network"],
)
@pytest.mark.usefixtures("no_conda")
def test_that_a_failure_of_conda_is_its_reason_alone(
    builder: EnvironmentBuilder, tmp_path: Path, printed: str, kind: type[Exception], said: str
) -> None:
    program = tmp_path / "bin/conda"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stderr.write({printed!r})\nsys.exit(1)\n")
    program.chmod(0o755)
    with pytest.raises(kind) as caught:
        builder.resolve(_file(tmp_path, "dependencies: [nosuch]\n"))
    assert caught.value.message == f"conda_dependencies.yml cannot be resolved: {said}"  # type: ignore[attr-defined]
