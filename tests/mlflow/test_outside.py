"""`workbench server env` points any program of MLflow's at the workspace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.conftest import served

_CODE = """
import mlflow
mlflow.set_experiment("outside")
with mlflow.start_run(run_name="mine"):
    mlflow.log_metric("loss", 0.5)
"""
_COMMAND = [sys.executable, "-m", "workbench.cli.main", "server", "env"]


@pytest.mark.skipif(sys.platform == "win32", reason="the lines are those of a POSIX shell")
@pytest.mark.parametrize("python", ["newest"], indirect=True)
def test_that_a_program_outside_logs_by_what_the_command_prints(home: Path, tmp_path: Path, python: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "PYTHON"))}
    variables = kept | {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "example.org", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    with served(home) as client:
        lines = f'eval "$({" ".join(_COMMAND)})"; {python} -c "$1"'
        done = subprocess.run(
            ["sh", "-euc", lines, "sh", _CODE], cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        (run,) = client.runs().runs
        assert (run.experiment, run.name, run.metrics["loss"].last) == ("outside", "mine", 0.5)


def test_that_the_lines_are_those_of_the_shell(home: Path) -> None:
    with served(home) as client:
        for shell, line in (
            ("sh", "export MLFLOW_TRACKING_URI={}"),
            ("powershell", "$env:MLFLOW_TRACKING_URI = '{}'"),
            ("cmd", "set MLFLOW_TRACKING_URI={}"),
        ):
            done = subprocess.run([*_COMMAND, "--shell", shell], capture_output=True, text=True, timeout=60)
            assert line.format(client.url) in done.stdout.splitlines(), done.stderr
            assert client.token in done.stdout
