"""A builder of environments in a workspace of the test's own, and a stand-in for the program micromamba."""

import os
import sys
from pathlib import Path

import pytest

from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings
from workbench.jobs.environments import EnvironmentBuilder, uv_program

_MICROMAMBA = """#!{python}
# Speaks micromamba's command line; its "conda packages" are those of PyPI, put into an environment that looks like conda's.
import json, pathlib, subprocess, sys

arguments = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(json.dumps(arguments) + "\\n")
prefix = pathlib.Path(arguments[arguments.index("--prefix") + 1])
if "--file" in arguments:
    lines = pathlib.Path(arguments[arguments.index("--file") + 1]).read_text().splitlines()
    assert lines[0] == "@EXPLICIT", lines
    names = [line.rpartition("/")[2].partition(".conda#")[0].split("-")[:2] for line in lines[1:]]
else:
    given = [word for word in arguments[arguments.index("conda-forge") + 1 :] if word != "pip"]
    names = [(word.split("=")[0], word.rpartition("=")[2]) for word in given]
if any(name == "no-such-package" for name, _ in names):
    sys.exit("error    libmamba Could not solve for environment specs\\n    no-such-package =* * does not exist")
uv = {uv!r}
subprocess.run([uv, "venv", "-q", "--no-project", "--python", sys.executable, str(prefix)], check=True)
(prefix / "conda-meta").mkdir()
for name, version in names:
    if name != "python":
        subprocess.run([uv, "pip", "install", "-q", "--python", str(prefix), f"{{name}}=={{version}}"], check=True)
    file = f"{{name}}-{{version}}-0.conda"
    record = {{"url": f"https://conda.example.org/conda-forge/linux-64/{{file}}", "md5": "0" * 32, "name": name}}
    (prefix / "conda-meta" / f"{{name}}.json").write_text(json.dumps(record))
"""


@pytest.fixture
def builder(home: Path) -> EnvironmentBuilder:
    return EnvironmentBuilder(WorkspacePaths(home), Settings())


@pytest.fixture
def no_conda(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without micromamba, mamba and conda."""
    for name in ("MAMBA_EXE", "CONDA_EXE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


@pytest.fixture
def micromamba(no_conda: None, tmp_path: Path) -> Path:
    """Puts the stand-in on the path; gives the file with the arguments of each of its calls."""
    log = tmp_path / "micromamba.log"
    program = tmp_path / "bin/micromamba"
    program.write_text(_MICROMAMBA.format(python=sys.executable, log=str(log), uv=uv_program()))
    program.chmod(0o755)
    assert os.access(program, os.X_OK)
    return log
