"""The command line as users have it: in this process, or as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workbench.cli.main import run


@dataclass(frozen=True)
class Answer:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Answer]


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command in this process, through the same entry as the program."""
    monkeypatch.setenv("COLUMNS", "160")

    def call(*arguments: str | Path) -> Answer:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run([str(argument) for argument in arguments])
        written = capsys.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else 0, written.out, written.err)

    return call


@pytest.fixture
def process(home: Path) -> Cli:
    """Runs a command as a process of its own."""

    def call(*arguments: str | Path, **more: Any) -> Answer:
        command = [sys.executable, "-m", "workbench.cli.main", *map(str, arguments)]
        environment = {**os.environ, "COLUMNS": "160", **more.pop("env", {})}
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=environment, **more)
        return Answer(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def server(home: Path) -> Iterator[None]:
    """Whatever server the test starts is stopped at its end."""
    yield
    from workbench.base.errors import EnvironmentError_
    from workbench.client import Client

    try:
        with Client.connect(home, start=False) as client:
            client.shutdown()
    except EnvironmentError_:
        pass


TRAIN = """
import sys, workbench
workbench.log_params({"rate": sys.argv[1] if len(sys.argv) > 1 else "0.5"})
for step in range(3):
    workbench.log("loss", 1 / (step + 1), step=step)
workbench.log("auc", float(sys.argv[1]) if len(sys.argv) > 1 else 0.5)
workbench.log_text("model.joblib", "not really")
print("trained")
"""


@pytest.fixture
def project(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project, whose jobs run in Workbench's own Python (no environment to build); the current folder is in it."""
    from workbench.projects import Project

    folder = Project.create(tmp_path / "small", name="small").folder
    (folder / "train.py").write_text(TRAIN, "utf-8")
    (folder / "runconfig" / "local.toml").write_text('script = "train.py"\n[environment]\nkind = "workbench"\n', "utf-8")
    monkeypatch.chdir(folder)
    return folder
