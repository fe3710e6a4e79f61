"""Several command lines at once on one workspace do not lock each other out."""

import json
from pathlib import Path

from tests.flows.conftest import Start
from workbench.client import Client

TRAIN = """
import sys, workbench
workbench.log_params({"who": sys.argv[1]})
for step in range(200):
    workbench.log("loss", 1 / (step + 1), step=step)
print("done by", sys.argv[1])
"""


def test_that_two_command_lines_at_once_share_one_server(start: Start, workspace: Path, project: Path) -> None:
    (project / "train.py").write_text(TRAIN, "utf-8")
    both = [start("submit", "--project", project, "train.py", who) for who in ("a", "b")]  # no server runs yet
    for process, who in zip(both, ("a", "b"), strict=True):
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert f"done by {who}" in out

    several = [
        start("submit", "--project", project, "--detach", "--output", "json", "train.py", str(number)) for number in range(4)
    ]
    readers = [start("run", "list", "--all", "--output", "json") for _ in range(4)]
    ids = set()
    for process in several:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        ids.add(json.loads(out)["id"])
    for process in readers:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert len(json.loads(out)) >= 2
    assert len(ids) == 4
    with Client.connect(workspace, start=False) as client:
        for run_id in ids:
            ended = client.wait(run_id, timeout=120)
            assert ended.status.value == "finished", ended.reason
            assert ended.metrics["loss"].count == 200
        assert sorted(run.number for run in client.runs(project=str(project)).runs) == [1, 2, 3, 4, 5, 6]
