"""The app and two command lines at once on one workspace. Needs PySide6."""

import subprocess
from functools import partial
from pathlib import Path

from tests.flows.conftest import Start
from tests.flows.pointing import User
from workbench.desktop.runs.activity import RunsActivity

TRAIN = """
import sys, workbench
for step in range(100):
    workbench.log("loss", 1 / (step + 1), step=step)
print("done by", *sys.argv[1:])
"""


def test_that_the_app_runs_and_shows_runs_while_two_command_lines_do(user: User, start: Start, project: Path) -> None:
    (project / "train.py").write_text(TRAIN, "utf-8")
    user.context.open_project(project)
    user.until(lambda: user.context.project is not None, "the project to open")
    user.go("runs")
    page = user.window.current
    assert isinstance(page, RunsActivity)
    others = [start("submit", "--project", project, "train.py", who) for who in ("a", "b")]
    user.until(lambda: page.list.run_bar.script.currentText() == "train.py", "the script to be offered")
    user.press("Run", page.list.run_bar, exact=True)
    for process, who in zip(others, ("a", "b"), strict=True):
        user.until(partial(_has_ended, process), "the command line to end", 120)
        out, err = process.communicate()
        assert process.returncode == 0, err
        assert f"done by {who}" in out
    user.until(lambda: [run.status.value for run in page.list.table.records] == ["finished"] * 3, "three finished runs", 60)
    assert sorted(run.number for run in page.list.table.records) == [1, 2, 3]
    assert all(run.metrics["loss"].count == 100 for run in page.list.table.records)
    assert not user.problems


def _has_ended(process: "subprocess.Popen[str]") -> bool:
    return process.poll() is not None
